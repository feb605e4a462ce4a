import assert from 'node:assert/strict';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { ContractCase } from './journal-contract.ts';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytesOf = (content: string): Uint8Array => new TextEncoder().encode(content);

/** What every `ArtifactStore` must do. Each case gets a fresh, empty store. Runs under any test runner. */
export const ARTIFACT_STORE_CONTRACT: readonly ContractCase<ArtifactStore>[] = [
  {
    name: 'what is put comes back, named by its content',
    run: async (store) => {
      const ref = await store.put('hello.txt', 'hello');
      const sha256 = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';
      assert.deepEqual(ref, { sha256, bytes: 5, name: 'hello.txt' });
      assert.equal(text(await store.read(ref)), 'hello');
      const empty = await store.put('empty', new Uint8Array());
      assert.equal((await store.read(empty)).byteLength, 0);
    },
  },
  {
    name: 'pieces that are written one by one are one blob, and nothing is there before it is finished',
    run: async (store) => {
      const writer = await store.create('log');
      await writer.write(bytesOf('one '));
      const ref = { ...(await store.put('probe', 'x')), name: 'log' };
      await assert.rejects(store.read({ ...ref, sha256: 'ab'.repeat(32) }), { code: 'ARTIFACT_MISSING' });
      await writer.write(bytesOf('two'));
      assert.equal(text(await store.read(await writer.finish())), 'one two');
    },
  },
  {
    name: 'the same content twice is one blob, under two names',
    run: async (store) => {
      const [one, two] = [await store.put('a', 'same'), await store.put('b', 'same')];
      assert.equal(one.sha256, two.sha256);
      assert.equal(text(await store.read(two)), 'same');
      const many = await Promise.all(Array.from({ length: 10 }, () => store.put('c', 'at once')));
      assert.equal(new Set(many.map(({ sha256 }) => sha256)).size, 1);
    },
  },
  {
    name: 'the tail is the end of the blob, or all of it when it is short',
    run: async (store) => {
      const ref = await store.put('log', 'abcdef');
      assert.equal(text(await store.tail(ref, 2)), 'ef');
      assert.equal(text(await store.tail(ref, 100)), 'abcdef');
      assert.equal(text(await store.tail(ref, 0)), '');
    },
  },
  {
    name: 'what is abandoned leaves nothing behind',
    run: async (store) => {
      const writer = await store.create('log');
      await writer.write(bytesOf('lost'));
      await writer.abandon();
      await writer.abandon();
      assert.equal(await store.prune(new Set(), 0), 0);
    },
  },
  {
    name: 'prune keeps what is named and what is young, and says how many bytes it freed',
    run: async (store) => {
      const [kept, gone] = [await store.put('kept', 'keep me'), await store.put('gone', 'four')];
      assert.equal(await store.prune(new Set(), 3_600_000), 0);
      assert.equal(await store.prune(new Set([kept.sha256]), -1), 4);
      assert.equal(text(await store.read(kept)), 'keep me');
      await assert.rejects(store.read(gone), { code: 'ARTIFACT_MISSING' });
      await assert.rejects(store.tail(gone, 1), { code: 'ARTIFACT_MISSING' });
    },
  },
];
