import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type AnyFunction,
  defineWorkflow,
  type FunctionCall,
  type Swarm,
  type SwarmOptions,
  type TaskDefinition,
  type WorkflowDefinition,
} from '../../src/index.ts';
import { SwarmFolder } from '../support/swarm-folder.ts';

const WORKERS = new URL('../support/worker-functions.ts', import.meta.url).href;
let project: SwarmFolder;
beforeEach(() => {
  project = new SwarmFolder();
});
afterEach(() => project[Symbol.asyncDispose]());

function swarmWith(functions: Readonly<Record<string, AnyFunction>>, more: SwarmOptions = {}): Promise<Swarm> {
  const options = { 'coordination.maxAgents': 1, ...more.options };
  return project.open({ functions, ...more, options });
}

function ledBy(definition: Omit<TaskDefinition, 'function'> & { function: string }): WorkflowDefinition {
  return defineWorkflow({ name: 'led' }, ({ task }) => void task('lead', definition));
}

describe('a workflow whose function delegates', () => {
  test('runs functions and commands as sub-tasks, on one agent, and hands their results up', async () => {
    const lead = async ({ tasks }: FunctionCall): Promise<unknown> => {
      const outcomes = await tasks.run([
        {
          name: 'file',
          shell: 'echo "$WORD" > out.txt',
          env: { WORD: '${{ not evaluated }}' },
          outputs: { text: { file: 'out.txt' } },
        },
        { name: 'sum', function: 'sum', input: [1, 2, 3], needs: ['file'] },
      ]);
      return outcomes.map((outcome) => (outcome.state === 'succeeded' ? outcome.outputs : outcome.state));
    };
    const sum = ({ input, needs }: FunctionCall): unknown => ({ of: input ?? null, after: Object.keys(needs) });
    const swarm = await swarmWith({ lead, sum });
    const result = await (await swarm.run(ledBy({ function: 'lead', delegate: true }))).finished;
    expect(result.ok).toBe(true);
    expect(await result.value('lead')).toEqual([{ text: 'out.txt' }, { of: [1, 2, 3], after: ['file'] }]);
    expect(await readFile(join(project.path, 'out.txt'), 'utf8')).toBe('${{ not evaluated }}\n');
    expect(result.tasks.map(({ spec, status }) => [spec.name, spec.child?.parent, status])).toEqual([
      ['lead', undefined, 'succeeded'],
      ['lead.file', 'lead', 'succeeded'],
      ['lead.sum', 'lead', 'succeeded'],
    ]);
  });

  test('goes three levels down in worker threads, of which there are fewer than levels', async () => {
    const down = { worker: { module: WORKERS, export: 'down' } };
    const swarm = await swarmWith({ down });
    const result = await (await swarm.run(ledBy({ function: 'down', input: 3, delegate: true }))).finished;
    expect(await result.value('lead')).toEqual({ depth: 3 });
  });

  test('fails with all that is wrong when it may not do what it asks', async () => {
    const lead = async ({ tasks }: FunctionCall): Promise<unknown> =>
      tasks.run([
        { name: 'a', command: ['true'] },
        { name: 'b', function: 'lead', delegate: true },
      ]);
    const swarm = await swarmWith({ lead });
    const delegate = { depth: 1, functions: [], commands: false };
    const run = await swarm.run(ledBy({ function: 'lead', delegate, retry: { maxAttempts: 1 } }));
    const [task] = (await run.finished).tasks;
    expect(task?.failure).toMatchObject({
      reason: 'threw',
      message:
        'The sub-tasks are refused: "a" is a command, and "lead" may not delegate commands; ' +
        '"b" may not delegate: its sub-tasks would be too deep; "b" calls "lead", which "lead" may not delegate.',
    });
  });

  test('is refused by the limits of the configuration', async () => {
    const lead = async ({ tasks }: FunctionCall): Promise<unknown> => tasks.run([{ name: 'a', command: ['true'] }]);
    const swarm = await swarmWith({ lead }, { options: { 'coordination.maxDelegationDepth': 0 } });
    const run = await swarm.run(ledBy({ function: 'lead', delegate: true, retry: { maxAttempts: 1 } }));
    const [task] = (await run.finished).tasks;
    expect(task?.failure?.reason === 'threw' && task.failure.message).toMatch(/1 levels deep/);
  });

  test('goes on after its program was closed while the lead waited, and does nothing twice', async () => {
    const calls: string[] = [];
    const gate = Promise.withResolvers<void>();
    const functions = (isOpen: () => Promise<unknown>): Readonly<Record<string, AnyFunction>> => ({
      lead: async ({ tasks }: FunctionCall) =>
        (
          await tasks.run([
            { name: 'first', function: 'note' },
            { name: 'second', function: 'hold', needs: ['first'] },
          ])
        ).length,
      note: ({ task }: FunctionCall) => void calls.push(task.name),
      hold: async ({ task, signal }: FunctionCall) => {
        gate.resolve();
        calls.push(task.name);
        await Promise.race([isOpen(), new Promise((_, reject) => signal.addEventListener('abort', reject))]);
      },
    });
    const before = await swarmWith(functions(() => new Promise(() => {})));
    const { id } = await before.run(ledBy({ function: 'lead', delegate: true }), { id: 'r1' });
    await gate.promise;
    await before.close();
    const after = await swarmWith(functions(async () => {}));
    const result = await after.find(id)?.finished;
    expect(result?.ok).toBe(true);
    expect(calls).toEqual(['lead.first', 'lead.second', 'lead.second']);
    expect(await result?.value('lead')).toBe(2);
  });
});

test('system agents watch and coordinate a run, on agents of their own', { timeout: 30_000 }, async () => {
  const meet = async ({ messages, task }: FunctionCall): Promise<string> => {
    await messages.send({ to: 'task:meeting', type: 'arrive', body: { barrier: 'middle' } });
    const [go] = await messages.receive({ limit: 1 });
    return `${task.name} ${go?.type ?? 'nothing'}`;
  };
  const fail = (): never => {
    throw new Error('broken');
  };
  const workflow = defineWorkflow({ name: 'watched' }, ({ task }) => {
    task('watch', { function: 'waggle.monitor', input: { everyMs: 50 } });
    task('meeting', {
      function: 'waggle.coordinator',
      input: { barriers: { middle: ['task:a', 'task:b'] }, everyMs: 50 },
    });
    task('a', { function: 'meet' });
    task('b', { function: 'meet' });
    task('bad', { function: 'fail', retry: { maxAttempts: 1 } });
  });
  // Two for the two that meet; whoever watches takes none of them.
  const swarm = await swarmWith({ meet, fail }, { options: { 'coordination.maxAgents': 2 } });
  const result = await (await swarm.run(workflow)).finished;
  expect(await result.value('a')).toBe('a go');
  expect(await result.value('b')).toBe('b go');
  expect(await result.value('meeting')).toEqual({ middle: 'open' });
  expect(await result.value('watch')).toMatchObject({ failed: ['bad'], slow: [], stuck: 0 });
});
