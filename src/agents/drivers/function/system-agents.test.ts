import { describe, expect, test } from 'vitest';
import { assignmentOf } from '../../../../test/support/assignments.ts';
import { ScriptedContext } from '../../../testing/scripted-context.ts';
import { SystemClock } from '../../../adapters/system/system-clock.ts';
import { agentId } from '../../../core/ids.ts';
import type { Json } from '../../../core/json.ts';
import type { AttemptResult } from '../../../core/tasks/attempt.ts';
import type { ReceivedMessage } from '../../../ports/run-messages.ts';
import type { RunOverview, WorkingTask } from '../../../ports/run-tasks.ts';
import { FunctionDriver } from './function-driver.ts';
import { SYSTEM_FUNCTIONS } from './system-functions.ts';

async function start(name: string, input: Json, context: ScriptedContext): Promise<AttemptResult> {
  const driver = new FunctionDriver({ functions: SYSTEM_FUNCTIONS, clock: new SystemClock() });
  return driver.run(assignmentOf({ kind: 'function', function: name, input }), context);
}

const working = (name: string, more: Partial<WorkingTask> = {}): WorkingTask => ({
  name,
  status: 'running',
  attempt: 1,
  agentId: agentId('a'),
  forMs: 1,
  expectedMs: 10,
  ...more,
});
const OVER: RunOverview = { taskCount: 3, openCount: 1, counts: { ready: 0 }, working: [], failed: [] };
const SELF = working('task', { function: 'waggle.monitor' });

/** Shows one picture after the other; the last one stays. */
function show(context: ScriptedContext, views: readonly Partial<RunOverview>[]): void {
  let next = 0;
  context.tasks.overview = async () => ({
    ...OVER,
    openCount: 2,
    working: [SELF],
    ...views[Math.min(next++, views.length - 1)],
  });
}

describe('the monitor', () => {
  test('tells once of each attempt that is slow and of each task that failed, and ends after all others', async () => {
    const context = new ScriptedContext();
    const slow = working('slow', { forMs: 100 });
    show(context, [
      { working: [SELF, working('quick')] },
      { working: [SELF, slow, working('waits', { forMs: 500, status: 'awaiting-children' })] },
      { working: [SELF, slow], failed: ['bad'] },
      { working: [SELF, { ...slow, attempt: 2 }], failed: ['bad'] },
      { openCount: 1, failed: ['bad'] },
    ]);
    const result = await start('waggle.monitor', { everyMs: 10, slowMs: 50 }, context);
    expect(context.messages.sent.map(({ topic, body }) => [topic, body])).toEqual([
      ['monitor.slow', { task: 'slow', attempt: 1, agent: 'a', forMs: 100, expectedMs: 10 }],
      ['monitor.failed', { task: 'bad' }],
      ['monitor.slow', { task: 'slow', attempt: 2, agent: 'a', forMs: 100, expectedMs: 10 }],
    ]);
    expect(result).toMatchObject({ outputs: { looks: 5, slow: ['slow#1', 'slow#2'], failed: ['bad'], stuck: 0 } });
    expect(context.reports.at(0)).toEqual({
      kind: 'progress',
      percentage: 33,
      step: '1 of 3 ended, 1 under way, 0 failed, 0 slow',
    });
  });

  test('tells under ids that its next attempt uses too, so that nobody hears of anything twice', async () => {
    const sentBy = async (): Promise<readonly unknown[]> => {
      const context = new ScriptedContext();
      show(context, [{ working: [SELF, working('slow', { forMs: 100 })], failed: ['bad'] }, { openCount: 1 }]);
      await start('waggle.monitor', { everyMs: 10, slowMs: 50 }, context);
      return context.messages.sent.map(({ id }) => id);
    };
    const first = await sentBy();
    expect(first).toEqual(['slow:task:slow:1', 'failed:task:bad']);
    expect(await sentBy()).toEqual(first);
  });

  test('tells when nothing runs although something could, not at the first look', async () => {
    const context = new ScriptedContext();
    const idle = { counts: { ready: 2 } };
    show(context, [idle, { working: [SELF, working('a')], ...idle }, idle, idle, idle, { openCount: 1 }]);
    await start('waggle.monitor', { everyMs: 10, stuckLooks: 2 }, context);
    expect(context.messages.sent.map(({ topic, body }) => [topic, body])).toEqual([['monitor.stuck', { ready: 2 }]]);
  });

  test('refuses settings that it does not know', async () => {
    expect(await start('waggle.monitor', { often: true }, new ScriptedContext())).toMatchObject({ ok: false });
  });
});

describe('the coordinator', () => {
  const arrival = (id: string, from: string, body: Json = { barrier: 'half' }): ReceivedMessage => ({
    id,
    from,
    to: 'task:task',
    type: 'arrive',
    priority: 'normal',
    body,
    hops: 1,
    atMs: 0,
  });
  const barriers = { half: ['task:a', 'task:b'] };

  test('opens a barrier when all its members have come, and only then says that it has read them', async () => {
    const context = new ScriptedContext();
    const batches = [
      [arrival('1', 'task:a'), arrival('2', 'task:a'), arrival('3', 'task:stranger')],
      [arrival('4', 'task:b', { other: 1 }), arrival('5', 'task:b')],
    ];
    const acknowledged: (readonly string[])[] = [];
    context.messages.receive = async () => {
      acknowledged.push([...context.messages.acknowledged]);
      return batches.shift() ?? [];
    };
    const result = await start('waggle.coordinator', { barriers }, context);
    expect(acknowledged).toEqual([[], ['3']]);
    expect(context.messages.acknowledged.toSorted()).toEqual(['1', '2', '3', '4', '5']);
    expect(context.messages.sent).toEqual([
      { id: 'go:half:task:a', to: 'task:a', type: 'go', body: { barrier: 'half' } },
      { id: 'go:half:task:b', to: 'task:b', type: 'go', body: { barrier: 'half' } },
    ]);
    expect(result).toMatchObject({ outputs: { half: 'open' } });
  });

  test('tells each member of each barrier under an id of its own, whatever their names', async () => {
    const context = new ScriptedContext();
    const long = `task:${'b'.repeat(64)}`;
    const names = ['a b', 'a_b', 'c'.repeat(64)];
    const arrivals = names.map((barrier, at) => arrival(`${at}`, long, { barrier }));
    context.messages.receive = async () => arrivals.splice(0);
    await start('waggle.coordinator', { barriers: Object.fromEntries(names.map((name) => [name, [long]])) }, context);
    const ids = context.messages.sent.map(({ id = '' }) => id);
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/);
  });

  test('fails when a member cannot be told, and leaves the arrivals to its next attempt', async () => {
    const context = new ScriptedContext();
    context.messages.refusal = { reason: 'mailbox-full', address: 'task:a' };
    const arrivals = [arrival('1', 'task:a'), arrival('2', 'task:b')];
    context.messages.receive = async () => arrivals.splice(0);
    const result = await start('waggle.coordinator', { barriers }, context);
    expect(result).toMatchObject({ ok: false, failure: { reason: 'threw' } });
    expect(JSON.stringify(result)).toMatch(/task:a cannot be told/);
    expect(context.messages.acknowledged).toEqual([]);
  });

  test('calls open what an earlier attempt has opened, and waits for the others alone', async () => {
    const both = { ...barriers, end: ['task:c'] };
    const context = new ScriptedContext();
    const first = [arrival('1', 'task:a'), arrival('2', 'task:b')];
    context.messages.receive = async () => {
      if (first.length === 0) throw new Error('crashed');
      return first.splice(0);
    };
    expect(await start('waggle.coordinator', { barriers: both }, context)).toMatchObject({ ok: false });
    const later = [arrival('3', 'task:c', { barrier: 'end' })];
    context.messages.receive = async () => later.splice(0);
    const result = await start('waggle.coordinator', { barriers: both }, context);
    expect(result).toMatchObject({ outputs: { half: 'open', end: 'open' } });
    expect(context.messages.sent.map(({ to }) => to)).toEqual(['task:a', 'task:b', 'task:c']);
  });

  test('opens its barriers where nothing can be remembered', async () => {
    const context = new ScriptedContext();
    context.memory.checkpoint = () => Promise.reject(new Error('full'));
    context.memory.lastCheckpoint = () => Promise.reject(new Error('no memory'));
    const arrivals = [arrival('1', 'task:a'), arrival('2', 'task:b')];
    context.messages.receive = async () => arrivals.splice(0);
    expect(await start('waggle.coordinator', { barriers }, context)).toMatchObject({ outputs: { half: 'open' } });
  });

  test('says which member is none that could come', async () => {
    const result = await start('waggle.coordinator', { barriers: { half: ['task:a', 'b'] } }, new ScriptedContext());
    expect(JSON.stringify(result)).toMatch(/barriers\.half\.1: a member is task:<name> or user:<name>/);
  });

  test('gives up what nobody is left to come to', async () => {
    const context = new ScriptedContext();
    context.tasks.view = { ...OVER, working: [{ ...SELF, function: 'waggle.coordinator' }] };
    context.messages.receive = async () => [];
    expect(await start('waggle.coordinator', { barriers }, context)).toMatchObject({ outputs: { half: 'closed' } });
  });
});
