import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryArtifacts } from '../../../../test/support/memory-artifacts.ts';
import { OutputKeeper } from './output-keeper.ts';

type Piece = readonly ['stdout' | 'stderr', string];

async function keep(
  secrets: readonly string[],
  pieces: readonly Piece[],
): Promise<Readonly<{ log: string; tail: string }>> {
  const artifacts = new MemoryArtifacts();
  const keeper = new OutputKeeper(artifacts, secrets, () => {});
  for (const [stream, text] of pieces) await keeper.take(stream, Buffer.from(text));
  const { artifacts: refs, tail } = await keeper.finish();
  expect(artifacts.openWriters).toBe(0);
  return { log: refs.length === 0 ? '' : await artifacts.textOf(refs, 'output.log'), tail };
}

test('keeps both streams in the order in which they came', async () => {
  const { log, tail } = await keep(
    [],
    [
      ['stdout', 'a'],
      ['stderr', 'b'],
      ['stdout', 'c\n'],
    ],
  );
  expect([log, tail]).toEqual(['abc\n', 'abc\n']);
});

test('no output makes no artifact', async () => {
  const artifacts = new MemoryArtifacts();
  const { artifacts: refs, tail } = await new OutputKeeper(artifacts, [], () => {}).finish();
  expect([refs, tail]).toEqual([[], '']);
});

test('a secret in one stream is hidden also when the other prints in between', async () => {
  const { log } = await keep(
    ['secret'],
    [
      ['stdout', 'x sec'],
      ['stderr', 'noise'],
      ['stdout', 'ret y'],
    ],
  );
  expect(log).not.toContain('sec');
  expect(log).toContain('***');
});

test('no secret stands in the log or the tail, whichever stream prints which part of it', async () => {
  const piece = fc.tuple(fc.constantFrom('stdout' as const, 'stderr' as const), fc.stringMatching(/^[abc]{0,6}$/));
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 20 }), fc.stringMatching(/^[abc]{4,6}$/), async (pieces, secret) => {
      const { log, tail } = await keep([secret], pieces);
      expect(log).not.toContain(secret);
      expect(tail).not.toContain(secret);
    }),
    { numRuns: 300 },
  );
});
