import { readdirSync, readFileSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { assignmentOf, type AssignmentExtras } from '../../../../test/support/assignments.ts';
import { ScriptedContext } from '../../../testing/scripted-context.ts';
import { MemoryArtifacts } from '../../../../test/support/memory-artifacts.ts';
import { SystemClock } from '../../../adapters/system/system-clock.ts';
import type { Json } from '../../../core/json.ts';
import type { AttemptResult } from '../../../core/tasks/attempt.ts';
import type { Assignment, RunContext } from '../../../ports/agent-driver.ts';
import type { RunMemory } from '../../../ports/run-memory.ts';
import type { RunMessages } from '../../../ports/run-messages.ts';
import type { RunProposals } from '../../../ports/run-proposals.ts';
import type { RunTasks } from '../../../ports/run-tasks.ts';
import { ManualClock } from '../../../testing/manual-clock.ts';
import { ScriptedProposals } from '../../../testing/scripted-proposals.ts';
import { FunctionDriver } from './function-driver.ts';
import type { RegisteredFunction, TaskFunction } from './registered-function.ts';

const WORKERS = new URL('../../../../test/support/worker-functions.ts', import.meta.url).href;

const work = (input?: Json, extras: AssignmentExtras = {}): Assignment =>
  assignmentOf({ kind: 'function', function: 'f', ...(input !== undefined && { input }) }, extras);

function driverOf(registered: RegisteredFunction, artifacts?: MemoryArtifacts): FunctionDriver {
  const functions = { f: registered };
  return new FunctionDriver({ functions, clock: new SystemClock(), ...(artifacts !== undefined && { artifacts }) });
}

async function call(run: TaskFunction, assignment = work(), artifacts?: MemoryArtifacts): Promise<AttemptResult> {
  return driverOf({ run }, artifacts).run(assignment, new ScriptedContext());
}

const failed = (result: AttemptResult): unknown => (result.ok ? 'it claims to be done' : result.failure);

describe('functions in this process', () => {
  test('a synchronous one is answered without a promise, and no signal is made for one that asks for none', async () => {
    const context: RunContext = {
      get signal(): AbortSignal {
        throw new Error('nobody asked for a signal');
      },
      get proposals(): RunProposals {
        throw new Error('nobody asked for votes');
      },
      get memory(): RunMemory {
        throw new Error('nobody asked for memory');
      },
      get messages(): RunMessages {
        throw new Error('nobody asked for mail');
      },
      get tasks(): RunTasks {
        throw new Error('nobody asked for sub-tasks');
      },
      report: () => {},
    };
    expect(driverOf({ run: () => undefined }).run(work(), context)).toEqual({
      ok: true,
      outputs: {},
      evidence: [{ check: 'returned', ok: true }],
    });
    await expect(driverOf({ run: async () => undefined }).run(work(), context)).resolves.toMatchObject({ ok: true });
  });

  test('an object is the outputs by name, anything else the one output "result"', async () => {
    expect(await call(() => ({ a: 1, b: [null] }))).toMatchObject({ ok: true, outputs: { a: 1, b: [null] } });
    expect(await call(async () => 'text')).toMatchObject({ ok: true, outputs: { result: 'text' } });
    expect(await call(() => [1])).toMatchObject({ ok: true, outputs: { result: [1] } });
    expect(await call(() => null)).toMatchObject({ ok: true, outputs: { result: null } });
  });

  test('it is told its input, its task and what came before', async () => {
    const given = work({ n: 1 }, { inputs: { version: '2' }, needs: { build: { size: 3 } }, attempt: 4 });
    const result = await call(({ input, inputs, needs, task }) => ({ input, inputs, needs, task }), given);
    expect(result).toMatchObject({
      outputs: {
        input: { n: 1 },
        inputs: { version: '2' },
        needs: { build: { size: 3 } },
        task: { id: 'run-1/task', name: 'task', run: 'run-1', attempt: 4 },
      },
    });
  });

  test('what it throws is a failure, whatever it is', async () => {
    expect(
      failed(
        await call(() => {
          throw new TypeError('no');
        }),
      ),
    ).toMatchObject({ reason: 'threw', message: 'no' });
    expect(failed(await call(() => Promise.reject(new Error('later'))))).toMatchObject({ message: 'later' });
    const odd = (): never => {
      // oxlint-disable-next-line typescript/only-throw-error -- plain JavaScript may throw anything
      throw { code: 7 };
    };
    expect(failed(await call(odd))).toEqual({ reason: 'threw', message: 'It threw {"code":7}.' });
    const trap = (): unknown => ({
      get a() {
        throw new Error('trap');
      },
    });
    expect(failed(await call(trap))).toMatchObject({ message: 'trap' });
    expect(failed(await call(async () => trap()))).toMatchObject({ message: 'trap' });
  });

  test('a result that JSON cannot carry is refused with its place', async () => {
    expect(JSON.stringify(failed(await call(() => ({ at: new Date(0) }))))).toMatch(/at is a Date/);
  });

  test('a result changed after the return does not change what was claimed', async () => {
    const shared = { list: [1] };
    const result = await call(() => shared);
    shared.list.push(2);
    expect(result).toMatchObject({ outputs: { list: [1] } });
  });

  test('reports that are none are dropped', async () => {
    const context = new ScriptedContext();
    const run: TaskFunction = ({ report }) => {
      report({ kind: 'progress', percentage: 400, step: 'x' });
      report({ kind: 'note', text: 'kept' });
    };
    await driverOf({ run }).run(work(), context);
    expect(context.reports).toEqual([{ kind: 'note', text: 'kept' }]);
  });
});

describe('large results', () => {
  const large = { small: 1, findings: Array.from({ length: 4_000 }, (_, index) => `finding ${index}`) };

  test('without an artifact store they are refused in words', async () => {
    expect(failed(await call(() => large))).toMatchObject({ reason: 'limit-exceeded', limit: 'output' });
  });

  test('with one, the large value becomes an artifact that a later function can load', async () => {
    const artifacts = new MemoryArtifacts();
    const result = await call(() => large, work(), artifacts);
    expect(result).toMatchObject({
      ok: true,
      outputs: { small: 1, findings: { $artifact: { name: 'findings.json' } } },
    });
    expect(result.artifacts).toHaveLength(1);
    const needs = { scan: result.ok ? result.outputs : {} };
    const count: TaskFunction = async ({ needs: before, load }) => {
      const [findings, small] = [before['scan']?.['findings'] ?? null, before['scan']?.['small'] ?? null];
      return { findings: JSON.stringify(await load(findings)).length, small: await load(small) };
    };
    const length = JSON.stringify(large.findings).length;
    expect(await call(count, work(null, { needs }), artifacts)).toMatchObject({
      outputs: { findings: length, small: 1 },
    });
  });
});

describe('functions that do not end', () => {
  test('after its stop a function’s word does not count, and one that ignores it is given up after the grace', async () => {
    const clock = new ManualClock();
    const late = Promise.withResolvers<string>();
    const context = new ScriptedContext();
    const driver = new FunctionDriver({ functions: { f: { run: () => late.promise } }, clock });
    const result = driver.run(work(null, { spec: { timeoutMs: 7_000 } }), context);
    clock.advance(1_000);
    context.stop('timed-out');
    clock.advance(4_999);
    late.resolve('too late, but in the grace');
    expect(failed(await result)).toEqual({ reason: 'timed-out', afterMs: 7_000, tail: '' });

    const deaf = new ScriptedContext();
    const never = new FunctionDriver({ functions: { f: { run: () => new Promise(() => {}) } }, clock });
    const given = never.run(work(), deaf);
    clock.advance(1_000);
    deaf.stop('cancelled');
    clock.advance(5_000);
    expect(failed(await given)).toEqual({ reason: 'stopped', why: 'cancelled' });
    await never.close();
    await driver.close();
    expect(clock.pending).toBe(0);
  });

  test('no timer is left when nothing runs', async () => {
    const clock = new ManualClock();
    const driver = new FunctionDriver({ functions: { f: { run: async () => 1 } }, clock });
    await driver.run(work(), new ScriptedContext());
    clock.advance(1_000);
    expect(clock.pending).toBe(0);
  });

  test('once it is closed no timer is left at all; calls under way are still looked at', async () => {
    const clock = new ManualClock();
    const late = Promise.withResolvers<number>();
    const driver = new FunctionDriver({ functions: { f: { run: () => late.promise } }, clock });
    const result = driver.run(work(), new ScriptedContext());
    await driver.close();
    expect(clock.pending).toBe(1);
    late.resolve(1);
    await result;
    await driver.close();
    expect(clock.pending).toBe(0);
    void driver.run(work(), new ScriptedContext());
    expect(clock.pending).toBe(1);
  });
});

type Start = (name: string, given?: Readonly<{ context?: ScriptedContext; input?: Json }>) => Promise<AttemptResult>;

/** A driver of functions in worker threads that has one thread for all. */
function oneThread(...names: readonly string[]): Readonly<{ driver: FunctionDriver; start: Start }> {
  const functions = Object.fromEntries(names.map((name) => [name, { worker: { module: WORKERS, export: name } }]));
  const driver = new FunctionDriver({ functions, clock: new SystemClock(), maxWorkers: 1 });
  const start: Start = async (name, { context = new ScriptedContext(), input = null } = {}) =>
    driver.run(assignmentOf({ kind: 'function', function: name, input }), context);
  return { driver, start };
}

/** Holds this thread up until no worker thread is left; its messages wait. */
function untilNoThread(): void {
  const limitMs = performance.now() + 10_000;
  while (readdirSync('/proc/self/task').map(threadName).includes('WorkerThread'))
    if (performance.now() > limitMs) throw new Error('the thread does not end');
}

function threadName(id: string): string | undefined {
  try {
    return readFileSync(`/proc/self/task/${id}/comm`, 'utf8').trim();
  } catch {
    return undefined; // It has ended meanwhile.
  }
}

describe('functions in worker threads', () => {
  const inWorker = (name: string, limits = {}): FunctionDriver =>
    driverOf({ worker: { module: WORKERS, export: name }, ...limits });

  async function once(driver: FunctionDriver, input?: Json, context = new ScriptedContext()): Promise<AttemptResult> {
    const result = await driver.run(work(input), context);
    await driver.close();
    return result;
  }

  test('the time limit ends one that computes without end', async () => {
    expect(failed(await once(inWorker('hang', { timeLimitMs: 100 })))).toEqual({
      reason: 'timed-out',
      afterMs: 100,
      tail: '',
    });
  });

  test('the memory limit ends one that takes without end, and we live on', async () => {
    const failure = failed(await once(inWorker('hoard', { memoryMiB: 32 })));
    const message = 'It needed more memory than the 32 MiB that it may use.';
    expect(failure).toEqual({ reason: 'limit-exceeded', limit: 'memory', message });
  });

  test('processor time is measured', async () => {
    const { usage } = await once(inWorker('compute'), 120);
    expect(usage?.cpuMs).toBeGreaterThanOrEqual(120);
    expect(usage?.cpuMs).toBeLessThan(400);
  });

  test.each([
    ['fail', /^it cannot be done$/],
    ['leave', /ended with code 3/],
    ['giveFunction', /could not be cloned/],
    ['notAFunction', /exports no function "notAFunction"/],
    ['missing', /exports no function "missing"/],
  ])('%s is a failure in words', async (name, message) => {
    const failure = failed(await once(inWorker(name)));
    expect(failure).toMatchObject({ reason: 'threw' });
    expect(JSON.stringify(failure)).toMatch(
      new RegExp(message.source.replaceAll(/[\^$]/g, '').replaceAll('"', '\\\\"')),
    );
  });

  test('one that throws after it has returned ends its thread, and no more than that', async () => {
    const { driver, start } = oneThread('throwLater', 'answer');
    const exited = new Promise((resolve) => process.once('worker', (worker: Worker) => worker.once('exit', resolve)));
    expect(await start('throwLater', { input: 50 })).toMatchObject({ ok: true });
    expect(await exited).toBe(1);
    expect(await start('answer')).toMatchObject({ ok: true });
    await driver.close();
  });

  test('a call is not charged for what an earlier one left in its thread', async () => {
    const { driver, start } = oneThread('rejectLater', 'answer');
    // All at once, so that each waits for the thread of the one before.
    const all = Array.from({ length: 3 }, () => [start('rejectLater'), start('answer')] as const);
    for (const [, answered] of all) expect(await answered).toMatchObject({ ok: true });
    await driver.close();
  });

  test('a thread that has ended while this one was busy is not used again', async () => {
    const { driver, start } = oneThread('throwLater', 'answer');
    // What it returns and the end of its thread come together.
    const context = new (class extends ScriptedContext {
      override readonly report = untilNoThread;
    })();
    const first = start('throwLater', { context, input: 0 });
    // Either may be seen first.
    await first;
    expect(await start('answer')).toMatchObject({ ok: true });
    await driver.close();
  });

  test('a thread that was started ahead is used by the first call', async () => {
    let started = 0;
    const count = (): number => started++;
    process.on('worker', count);
    const driver = inWorker('answer');
    driver.warm();
    driver.warm();
    expect(await once(driver)).toMatchObject({ ok: true });
    process.off('worker', count);
    expect(started).toBe(1);
  });

  test('what a function still votes after it has returned does not count for the next one', async () => {
    const { driver, start } = oneThread('voteLater', 'compute');
    const contexts = [new ScriptedContext(), new ScriptedContext()] as const;
    expect(await start('voteLater', { context: contexts[0], input: 0 })).toMatchObject({ ok: true });
    expect(await start('compute', { context: contexts[1], input: 50 })).toMatchObject({ ok: true });
    expect(contexts.map(({ proposals }) => proposals.votes)).toEqual([[], []]);
    await driver.close();
  });

  test('an answer that nobody waited for is not taken for that of the next one', async () => {
    const { driver, start } = oneThread('askAndLeave', 'vote');
    const [first, second] = [new ScriptedContext(), new ScriptedContext()];
    const held = Promise.withResolvers<readonly []>();
    first.proposals.vote = () => held.promise;
    expect(await start('askAndLeave', { context: first })).toMatchObject({ ok: true });
    const next = start('vote', { context: second });
    second.proposals.open = (specs) => {
      held.resolve([]);
      return ScriptedProposals.prototype.open.call(second.proposals, specs);
    };
    await second.firstReport();
    second.proposals.close('ship', 'approved');
    const answer = { ok: true, proposalId: 'scripted/ship' };
    expect(await next).toMatchObject({ outputs: { opened: answer, voted: answer, status: 'approved' } });
    await driver.close();
  });

  test('a thread is used again after a failure, and replaced after a stop', async () => {
    const functions = Object.fromEntries(
      ['fail', 'hang', 'answer'].map((name) => [name, { worker: { module: WORKERS, export: name } }] as const),
    );
    const driver = new FunctionDriver({ functions, clock: new SystemClock(), maxWorkers: 1 });
    const start = (name: string, context = new ScriptedContext()): Promise<AttemptResult> | AttemptResult =>
      driver.run(assignmentOf({ kind: 'function', function: name }), context);
    expect(failed(await start('fail'))).toMatchObject({ reason: 'threw' });
    const context = new ScriptedContext();
    const waiting = new ScriptedContext();
    const hanging = start('hang', context);
    const queued = start('answer');
    const given = start('answer', waiting);
    waiting.stop('paused');
    expect(failed(await given)).toEqual({ reason: 'stopped', why: 'paused' });
    context.stop('cancelled');
    expect(failed(await hanging)).toEqual({ reason: 'stopped', why: 'cancelled' });
    expect(await queued).toMatchObject({ ok: true, outputs: { answer: 42 } });
    await driver.close();
  });
});
