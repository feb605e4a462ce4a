import { execFile, execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { defineAgent, defineFunction, defineWorkflow } from '../../src/index.ts';
import { SwarmFolder } from '../support/swarm-folder.ts';

let project: SwarmFolder;
beforeEach(() => {
  project = new SwarmFolder();
});
afterEach(() => project[Symbol.asyncDispose]());

const ONE = defineWorkflow({ name: 'one' }, ({ task }) => void task('only', { function: 'work' }));

test.each([true, false])('functions run, and their results come back with their type (memory: %s)', async (memory) => {
  const add = defineFunction({
    input: z.object({ a: z.number(), b: z.number() }),
    output: z.number(),
    run: ({ input }) => input.a + input.b,
  });
  const workflow = defineWorkflow(
    { name: 'sum', inputs: { a: { type: 'number', required: true } } },
    ({ task, inputs }) => {
      const first = task('first', { function: 'add', input: { a: inputs.a, b: 2 } });
      task('second', { needs: [first], function: 'add', input: { a: first.outputs.result, b: 10 } });
    },
  );
  const swarm = await project.open({ memory, functions: { add } });
  const result = await (await swarm.run(workflow, { inputs: { a: 1 } })).finished;
  expect(result.ok).toBe(true);
  const sum: number = await result.value('second', add);
  expect(sum).toBe(13);
  await expect(result.value('no-such')).rejects.toThrow('has no such task');
});

test('what does not fit the schema of a function fails its task, and says where', async () => {
  const strict = defineFunction({ input: z.object({ a: z.number() }), run: ({ input }) => input.a });
  const vague = defineFunction({ output: z.string().min(3), run: () => 'x' });
  const workflow = defineWorkflow({ name: 'misfits' }, ({ task }) => {
    task('in', { function: 'strict', input: { a: 'x' }, retry: { maxAttempts: 1 } });
    task('out', { function: 'vague', retry: { maxAttempts: 1 } });
  });
  const swarm = await project.open({ memory: true, functions: { strict, vague } });
  const result = await (await swarm.run(workflow)).finished;
  expect(result.outcome).toEqual({ state: 'failed', failure: { reason: 'task-failed', tasks: ['in', 'out'] } });
  expect(JSON.stringify(result.task('in')?.failure)).toContain('input.a');
  expect(JSON.stringify(result.task('out')?.failure)).toContain('The result does not fit');
  await expect(result.value('in')).rejects.toThrow('it is failed');
});

test('every mistake in a workflow is told at once, and nothing is stored', async () => {
  const workflow = defineWorkflow({ name: 'wrong' }, ({ task }) => {
    task('a', { function: 'unknown' });
    task('b', { needs: ['nobody'], command: ['true'] });
  });
  const swarm = await project.open({ functions: { known: () => 1 } });
  await expect(swarm.run(workflow)).rejects.toThrow(/tasks\.a\.function[\s\S]*tasks\.b\.needs/);
  expect(swarm.runs()).toEqual([]);
});

test('the same id is the same run; with another workflow it is a conflict', async () => {
  const swarm = await project.open({ functions: { work: () => 1 } });
  const [one, other] = [await swarm.run(ONE, { id: 'mine' }), await swarm.run(ONE, { id: 'mine' })];
  await Promise.all([one.finished, other.finished]);
  expect(swarm.runs()).toHaveLength(1);
  const changed = defineWorkflow({ name: 'one' }, ({ task }) => void task('other', { function: 'work' }));
  await expect(swarm.run(changed, { id: 'mine' })).rejects.toThrow('run-conflict');
  await expect(swarm.run(ONE, { id: '../x' })).rejects.toThrow('cannot be the id of a run');
});

test('events come from the first to the last, each once, for early and for late readers', async () => {
  const swarm = await project.open({ functions: { work: () => 1 } });
  await (
    await swarm.run(ONE)
  ).finished;
  const run = await swarm.run(ONE);
  const read = async (): Promise<readonly string[]> => {
    const types: string[] = [];
    for await (const { event } of run.events()) types.push(event.type);
    return types;
  };
  const early = read();
  await run.finished;
  const expected = [
    'run.created',
    'agents.registered',
    'tasks.added',
    'attempt.assigned',
    'task.succeeded',
    'run.finished',
  ];
  expect(await early).toEqual(expected);
  expect(await read()).toEqual(expected);
});

test('events of a run that has not ended end with an error when the swarm is closed', async () => {
  const swarm = await project.open({ memory: true, functions: { work: () => new Promise<never>(() => {}) } });
  const run = await swarm.run(ONE);
  const types: string[] = [];
  const read = async (): Promise<void> => {
    for await (const { event } of run.events()) {
      types.push(event.type);
      if (event.type === 'attempt.assigned') void swarm.close();
    }
  };
  await expect(read()).rejects.toThrow('was closed');
  expect(types).toContain('attempt.assigned');
});

test('a signal of the program cancels the run, whenever it aborts', async () => {
  const started = Promise.withResolvers<void>();
  const work = async ({ signal }: { signal: AbortSignal }): Promise<void> => {
    started.resolve();
    await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
  };
  const swarm = await project.open({ memory: true, functions: { work } });
  const controller = new AbortController();
  const run = await swarm.run(ONE, { signal: controller.signal });
  await started.promise;
  controller.abort();
  expect((await run.finished).outcome.state).toBe('cancelled');
  const late = await swarm.run(ONE, { signal: AbortSignal.abort() });
  expect((await late.finished).outcome.state).toBe('cancelled');
});

test('a paused run stands still until it is resumed', async () => {
  let calls = 0;
  const swarm = await project.open({ functions: { work: () => (calls += 1) } });
  const workflow = defineWorkflow({ name: 'two' }, ({ task }) => {
    const first = task('first', { command: ['sleep', '60'], timeout: '2m' });
    task('then', { needs: [first], function: 'work' });
  });
  const run = await swarm.run(workflow);
  expect(await run.pause()).toEqual({ ok: true });
  for await (const { event } of run.events()) if (event.type === 'attempt.failed') break;
  expect(swarm.runs({ states: ['paused'] }).map(({ runId }) => runId)).toEqual([run.id]);
  expect(swarm.find(run.id)?.id).toBe(run.id);
  // What a program in plain JavaScript catches, and gives as it is: nothing ends but the call.
  const caught: unknown = new Error('no');
  for (const name of ['cancel', 'pause'] as const) {
    const steer = async (): Promise<unknown> => Reflect.apply(run[name].bind(run), undefined, [caught]);
    await expect(steer()).rejects.toThrow(/^reason: Invalid input: expected string/);
  }
  await run.cancel('x'.repeat(100_000));
  const { outcome } = await run.finished;
  expect(outcome).toEqual({ state: 'cancelled', reason: `${'x'.repeat(999)}…` });
  expect(calls).toBe(0);
});

test('interrupted runs go on when the program opens the store again, without repeating what is finished', async () => {
  const ran: string[] = [];
  const workflow = defineWorkflow({ name: 'steps' }, ({ task }) => {
    const quick = task('quick', { function: 'work' });
    task('slow', { needs: [quick], function: 'stuck' });
  });
  const reached = Promise.withResolvers<void>();
  const work = ({ task }: { task: { name: string } }): number => ran.push(task.name);
  const stuck = async ({ signal }: { signal: AbortSignal }): Promise<void> => {
    reached.resolve();
    await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
  };
  const first = await project.open({ functions: { work, stuck } });
  const { id } = await first.run(workflow);
  await reached.promise;
  await first.close();
  const second = await project.open({ functions: { work, stuck: work } });
  const [run] = await second.resume();
  expect(run?.id).toBe(id);
  expect((await run?.finished)?.ok).toBe(true);
  expect(ran).toEqual(['quick', 'slow']);
  expect(await second.resume()).toEqual([]);
});

test('a process without the functions of a run leaves it waiting instead of failing it', async () => {
  const reached = Promise.withResolvers<void>();
  const stuck = async ({ signal }: { signal: AbortSignal }): Promise<void> => {
    reached.resolve();
    await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
  };
  const first = await project.open({ functions: { work: stuck } });
  const { id } = await first.run(ONE);
  await reached.promise;
  await first.close();
  const stranger = await project.open();
  expect(stranger.find(id)).toBeDefined();
  expect(stranger.runs().map(({ state }) => state)).toEqual(['paused']);
  await stranger.close();
  const third = await project.open({ functions: { work: () => 1 } });
  expect((await third.find(id)?.finished)?.ok).toBe(true);
});

test('a swarm with functions runs them also where another one leads', async () => {
  await project.open({ functions: { work: () => 1 } });
  const second = await project.open({ functions: { work: () => 2, own: ({ task }) => `own ${task.attempt}` } });
  const both = defineWorkflow({ name: 'both' }, ({ task }) => {
    task('own', { function: 'own' });
    task('again', { function: 'own', needs: ['own'] });
  });
  const run = await second.run(both);
  const result = await run.finished;
  expect(result.ok).toBe(true);
  expect(result.outputs('own')).toEqual({ result: 'own 1' });
  const plain = await project.open();
  const workflow = defineWorkflow({ name: 'plain' }, ({ task }) => void task('a', { command: ['true'] }));
  expect((await (await plain.run(workflow)).finished).ok).toBe(true);
});

test('agents of a group do the tasks that ask for them', async () => {
  const agents = { heavy: defineAgent({ driver: 'command', count: 2, capabilities: ['gpu'] }) };
  const workflow = defineWorkflow({ name: 'groups' }, ({ task }) => {
    task('by-group', { command: ['true'], agent: 'heavy' });
    task('by-capability', { command: ['true'], requires: ['gpu'] });
  });
  const swarm = await project.open({ memory: true, agents });
  const run = await swarm.run(workflow);
  const by: string[] = [];
  for await (const { event } of run.events()) if (event.type === 'attempt.assigned') by.push(event.agentId);
  expect(by).toHaveLength(2);
  expect(by.every((agent) => agent.startsWith(`${run.id}/heavy-`))).toBe(true);
});

test('liars fail and honest work succeeds, whatever the liars did to the tests', async () => {
  await promisify(execFile)('git', ['init', '--quiet', project.path]);
  await mkdir(join(project.path, 'test'));
  await writeFile(join(project.path, 'test', 'check.sh'), 'test "$(cat src/sum)" = 4\n');
  const retry = { maxAttempts: 1 };
  const verify = [['sh', 'test/check.sh']];
  const workflow = defineWorkflow({ name: 'liars' }, ({ task }) => {
    task('liar', { command: ['true'], writes: ['src/'], verify, retry });
    task('cheat', {
      needs: [],
      shell: 'mkdir -p src; echo 5 > src/sum; echo "exit 0" > test/check.sh',
      writes: ['src/sum'],
      verify,
      retry,
    });
    task('deleter', { shell: 'rm -rf test', writes: ['lib/'], verify, retry });
    task('honest', { when: 'always', needs: ['cheat'], shell: 'echo 4 > src/sum', writes: ['src/sum'], verify, retry });
  });
  const swarm = await project.open();
  const result = await (await swarm.run(workflow)).finished;
  const states = result.tasks.map(({ spec, status }) => `${spec.name} ${status}`);
  expect(states).toEqual(['liar failed', 'cheat failed', 'deleter failed', 'honest succeeded']);
  expect(await readFile(join(project.path, 'src', 'sum'), 'utf8')).toBe('4\n');
});

test('a data folder that git tracks is not led by a program either', async () => {
  execFileSync('git', ['-C', project.path, 'init', '--quiet']);
  await (await project.open()).close();
  execFileSync('git', ['-C', project.path, 'add', '--force', '.waggle']);
  await expect(project.open()).rejects.toMatchObject({ code: 'DATA_TRACKED' });
});
