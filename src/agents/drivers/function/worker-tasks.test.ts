import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { assignmentOf } from '../../../../test/support/assignments.ts';
import { ScriptedContext } from '../../../testing/scripted-context.ts';
import { SystemClock } from '../../../adapters/system/system-clock.ts';
import type { AttemptResult } from '../../../core/tasks/attempt.ts';
import { FunctionDriver } from './function-driver.ts';

const WORKERS = new URL('../../../../test/support/worker-functions.ts', import.meta.url).href;
const NAMES = ['lead', 'delegateInAnotherForm', 'answer', 'hang'] as const;

let driver: FunctionDriver;
beforeEach(() => {
  const functions = Object.fromEntries(NAMES.map((name) => [name, { worker: { module: WORKERS, export: name } }]));
  driver = new FunctionDriver({ functions, clock: new SystemClock(), maxWorkers: 1 });
});
afterEach(() => driver.close());

async function start(name: (typeof NAMES)[number], context = new ScriptedContext()): Promise<AttemptResult> {
  return driver.run(assignmentOf({ kind: 'function', function: name }), context);
}

describe('a lead in a worker thread', () => {
  test('delegates, cancels and hears the outcomes', async () => {
    const context = new ScriptedContext();
    const result = start('lead', context);
    await context.firstReport();
    expect(context.tasks.delegated.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(context.tasks.cancelled).toEqual(['b']);
    context.tasks.end('a', { state: 'succeeded', outputs: {} });
    const taskIds = ['scripted/a', 'scripted/b'];
    expect(await result).toMatchObject({ ok: true, outputs: { answer: { ok: true, taskIds }, states: ['succeeded'] } });
  });

  test('leaves its place to others while it waits: one is enough for a lead and those it waits for', async () => {
    const contexts = [new ScriptedContext(), new ScriptedContext()] as const;
    const leads = contexts.map((context) => start('lead', context));
    for (const { tasks } of contexts) {
      // The second lead begins only when the first one waits.
      while (tasks.delegated.length === 0) await start('answer');
    }
    expect(await start('answer')).toMatchObject({ outputs: { answer: 42 } });
    for (const { tasks } of contexts) tasks.end('a', { state: 'cancelled', reason: 'enough' });
    for (const lead of leads) expect(await lead).toMatchObject({ ok: true, outputs: { states: ['cancelled'] } });
    expect(await start('answer')).toMatchObject({ outputs: { answer: 42 } });
  });

  test('that is stopped while it waits takes no place with it, nor one it was about to have', async () => {
    const [waiting, hanging] = [new ScriptedContext(), new ScriptedContext()];
    const lead = start('lead', waiting);
    await waiting.firstReport();
    const other = start('hang', hanging);
    await hanging.firstReport();
    waiting.tasks.end('a', { state: 'succeeded', outputs: {} });
    waiting.stop('cancelled');
    expect(await lead).toMatchObject({ ok: false, failure: { reason: 'stopped' } });
    hanging.stop('cancelled');
    await other;
    expect(await start('answer')).toMatchObject({ outputs: { answer: 42 } });
  });

  test('that gives what is no sub-task is told all that is wrong with it', async () => {
    const result = await start('delegateInAnotherForm');
    const failure = result.ok ? undefined : result.failure;
    expect(failure?.reason === 'threw' && failure.message).toMatch(/call\.tasks\.run.*speed/);
  });
});
