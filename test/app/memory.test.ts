import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defineWorkflow, type FunctionCall, Swarm } from '../../src/index.ts';

let dir = '';
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'waggle-memory-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const THREE = defineWorkflow({ name: 'three' }, ({ task }) => {
  const first = task('first', { function: 'learn', retry: { maxAttempts: 2, firstDelay: '1ms' } });
  task('second', { needs: [first], function: 'use' });
});

test('what a run learned is there for its tasks, for people, for the next process, and gone when it is invalidated', async () => {
  const functions = {
    learn: async ({ memory, task }: FunctionCall) => {
      await memory.set('swarm:ports', { web: 8080 }, { persistent: true });
      await memory.set('run:draft', 'v1');
      await memory.handOff({ text: `attempt ${task.attempt} has found the ports` });
      await memory.decide({ title: 'port', outcome: '8080', why: '80 is taken' });
      if (task.attempt === 1) throw new Error('once more');
      return { notes: (await memory.handOffs()).map(({ text }) => text) };
    },
    use: async ({ memory }: FunctionCall) => ({
      draft: (await memory.get('run:draft'))?.value ?? null,
      note: (await memory.handOffs())[0]?.text ?? null,
      found: (await memory.search('taken')).map(({ key }) => key),
    }),
  };
  {
    await using swarm = await Swarm.open({ dir, functions });
    const run = await swarm.run(THREE);
    const result = await run.finished;
    expect(result.ok).toBe(true);
    expect(result.outputs('first')).toEqual({ notes: ['attempt 1 has found the ports'] });
    expect(result.outputs('second')).toEqual({
      draft: 'v1',
      note: 'attempt 2 has found the ports',
      found: ['decision:first/port'],
    });
    expect((await swarm.memory.get('swarm:ports'))?.author.id).toMatch(/^agent:/);
    expect(await swarm.memory.notes('decision')).toMatchObject([{ value: { outcome: '8080' } }]);
  }
  await using later = await Swarm.open({ dir, functions });
  expect((await later.memory.get('swarm:ports'))?.value).toEqual({ web: 8080 });
  expect((await later.memory.search('web')).map(({ key }) => key)).toEqual(['swarm:ports']);
  expect(await later.memory.invalidate('swarm:*', 'ann')).toBe(1);
  expect(await later.memory.get('swarm:ports')).toBeUndefined();
  expect((await later.memory.stats()).usage.entries).toBeGreaterThan(0);
});

test('a process that follows asks the one that leads, and both see one memory', async () => {
  await using leader = await Swarm.open({ dir });
  await using follower = await Swarm.open({ dir });
  const version = await follower.memory.set('swarm:a', [1], { persistent: true, as: 'ann' });
  expect(await leader.memory.get('swarm:a')).toMatchObject({ value: [1], version, author: { id: 'user:ann' } });
  expect(await leader.memory.set('swarm:a', [2], { ifVersion: (version ?? 0) + 1 })).toBeUndefined();
  await leader.memory.set('swarm:a', [3], { ifVersion: version ?? 0 });
  expect((await follower.memory.get('swarm:a'))?.value).toEqual([3]);
  expect(await follower.memory.invalidate('swarm:*')).toBe(1);
  expect(await leader.memory.get('swarm:a')).toBeUndefined();
  expect(await follower.memory.get('swarm:a')).toBeUndefined();
  await expect(follower.memory.set('history:x', 1)).rejects.toMatchObject({ code: 'MEMORY_NAMESPACE' });
  await expect(follower.memory.search('-no')).rejects.toMatchObject({ code: 'MEMORY_QUERY' });
});

test('what looks like a secret is not kept, by whoever writes', async () => {
  await using swarm = await Swarm.open({ memory: true, dir });
  const key = ['AKIA', 'IOSFODNN7EXAMPLQ'].join('');
  await expect(swarm.memory.set('swarm:a', { note: `use ${key}` })).rejects.toMatchObject({ code: 'MEMORY_SECRET' });
  expect(await swarm.memory.get('swarm:a')).toBeUndefined();
});

test('a full memory says so, and what is removed makes room', async () => {
  await using swarm = await Swarm.open({ memory: true, dir, options: { 'memory.maxEntries': 100 } });
  for (let index = 0; index < 100; index++) await swarm.memory.set(`swarm:${index}`, index);
  await expect(swarm.memory.set('swarm:more', 1)).rejects.toMatchObject({ code: 'MEMORY_FULL' });
  await swarm.memory.delete('swarm:7');
  expect(await swarm.memory.set('swarm:more', 1)).toBeDefined();
});

test('a worker thread has the same memory', async () => {
  const module = new URL('../support/worker-functions.ts', import.meta.url).href;
  const functions = { remember: { worker: { module, export: 'remember' } } };
  await using swarm = await Swarm.open({ dir, functions });
  const workflow = defineWorkflow({ name: 'w' }, ({ task }) => task('t', { function: 'remember', input: 5 }));
  const result = await (await swarm.run(workflow)).finished;
  expect(result.ok).toBe(true);
  expect(result.outputs('t')).toMatchObject({ read: 5, stale: 'version-differs', removed: 1, mistake: true });
});

test('a value is kept as it was given, whatever becomes of the object later', async () => {
  await using swarm = await Swarm.open({ dir });
  const plan = { steps: ['look'] };
  const kept = swarm.memory.set('swarm:plan', plan, { persistent: true });
  plan.steps.push('leap');
  await kept;
  expect((await swarm.memory.get('swarm:plan'))?.value).toEqual({ steps: ['look'] });
  const hostile = Object.defineProperty({ a: 1 }, '__proto__', { value: { admin: true }, enumerable: true });
  await expect(swarm.memory.set('swarm:b', hostile)).rejects.toThrow(/not allowed/);
});
