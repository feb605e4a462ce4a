import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { taskOf } from '../../../test/support/core-world-specs.ts';
import { type Agent, AgentClass } from '../agents/agent-class.ts';
import { Registry } from '../agents/registry.ts';
import { agentId, nameOf, runId, type TaskId, taskId } from '../ids.ts';
import type { PriorityClass, TaskSpec } from '../tasks/task-spec.ts';
import type { TaskIdentity } from '../tasks/task.ts';
import { AGEING_MS, type ReadyTask } from './ready-lane.ts';
import { ReadyQueue, type Wait } from './ready-queue.ts';

const one = runId('r1');
const two = runId('r2');

let queue: ReadyQueue;
let registry: Registry;
let index: number;
const identities = new Map<TaskId, TaskIdentity>();
beforeEach(() => {
  queue = new ReadyQueue();
  registry = new Registry('capability-based');
  index = 0;
  identities.clear();
  queue.addRun(one, 1);
});

type Place = Readonly<{
  run?: typeof one;
  priority?: PriorityClass;
  sinceMs?: number;
  remainingMs?: number;
  more?: Partial<TaskSpec>;
}>;

function push(
  name: string,
  { run = one, priority = 'normal', sinceMs = 0, remainingMs = 0, more = {} }: Place = {},
): void {
  const spec = taskOf(name, { priority, ...more });
  const identity = { id: taskId(run, name), runId: run, index: index++, spec };
  identities.set(identity.id, identity);
  queue.push(identity, registry.signatureOf(spec, run), sinceMs, remainingMs);
}

function remove(name: string): void {
  const identity = identities.get(taskId(one, name));
  assert.ok(identity !== undefined);
  queue.remove(identity);
}

const spec = { id: agentId('a1'), role: 'r', driver: 'command', capabilities: ['x'], slots: 1, host: 'local' } as const;
let busy: AgentClass;
let other: AgentClass;
let idle: Agent;
beforeEach(() => {
  busy = new AgentClass(spec);
  other = new AgentClass({ ...spec, role: 'other' });
  registry.add(spec);
  const agent = registry.agents.get(spec.id);
  assert.ok(agent !== undefined);
  idle = { ...agent, heapIndex: -1 };
});

/** Takes the next one out, as if it were given to an agent for `workMs`. */
function take(workMs = 0): string | undefined {
  const ready = queue.peek();
  if (ready === undefined) return undefined;
  queue.remove(ready.identity);
  queue.charge(ready.identity.runId, workMs);
  return nameOf(ready.id);
}

function takeAll(workMs = 0): readonly string[] {
  const names: string[] = [];
  for (let name = take(workMs); name !== undefined; name = take(workMs)) names.push(name);
  return names;
}

const waitFor = (agentClass: AgentClass): Wait => ({ agentClass, workMs: 100 });
const peeked = (): ReadyTask => queue.peek() ?? assert.fail('nothing is ready');

describe('the order of ready tasks', () => {
  test('is priority class, then longest remaining path, then waiting time, then position', () => {
    push('low', { priority: 'low', remainingMs: 9_000 });
    push('third', { sinceMs: 5 });
    push('fourth', { sinceMs: 5 });
    push('second', { sinceMs: 1 });
    push('first', { sinceMs: 9, remainingMs: 10 });
    push('high', { priority: 'high' });
    push('critical', { priority: 'critical' });
    assert.deepEqual(takeAll(), ['critical', 'high', 'first', 'second', 'third', 'fourth', 'low']);
  });

  test('does not depend on what they ask of an agent', () => {
    push('b', { remainingMs: 2, more: { requires: ['rare'] } });
    push('c', { remainingMs: 1 });
    push('a', { remainingMs: 3, more: { resources: { cpu: 1 } } });
    assert.deepEqual(takeAll(), ['a', 'b', 'c']);
  });

  test('raises a task by one class each time it has waited 5 minutes', () => {
    assert.equal(AGEING_MS, 300_000);
    push('low', { priority: 'low' });
    push('high', { priority: 'high', sinceMs: 500_000 });
    queue.age(599_999);
    assert.equal(peeked().id, taskId(one, 'high'));
    queue.age(600_000);
    assert.equal(peeked().id, taskId(one, 'low'), 'low for 10 minutes is high, and waits for longer');
  });

  test('raises it by as many classes as it has waited for, also when nobody looked in between', () => {
    push('low', { priority: 'low' });
    push('critical', { priority: 'critical', sinceMs: 900_000 });
    queue.age(900_000);
    assert.equal(peeked().id, taskId(one, 'low'));
  });

  test('counts a pause for no waiting', () => {
    push('low', { priority: 'low' });
    push('high', { priority: 'high', sinceMs: 900_000 });
    queue.suspend(one);
    queue.age(900_000);
    queue.resume(one, 900_000);
    assert.equal(peeked().id, taskId(one, 'high'));
    queue.age(1_799_999);
    assert.equal(peeked().id, taskId(one, 'high'));
    queue.age(1_800_000);
    assert.equal(peeked().id, taskId(one, 'low'));
  });

  test('raises each at its own time, in whatever order they came', () => {
    push('younger', { priority: 'low', sinceMs: 200_000 });
    push('older', { priority: 'low', sinceMs: 0 });
    push('normal', { sinceMs: 250_000 });
    queue.age(300_000);
    assert.equal(peeked().id, taskId(one, 'older'));
  });

  test('stays that of the longest path among tasks of one run and class, however long some have waited', () => {
    push('old and short', { remainingMs: 1 });
    push('new and long', { remainingMs: 9, sinceMs: AGEING_MS });
    push('low, long and old', { priority: 'low', remainingMs: 99 });
    queue.age(AGEING_MS);
    assert.deepEqual(takeAll(), ['new and long', 'old and short', 'low, long and old']);
  });

  test('lowers a class again when none of its tasks has waited for long', () => {
    push('old', { priority: 'low', remainingMs: 2 });
    push('young', { priority: 'low', sinceMs: AGEING_MS, remainingMs: 1 });
    queue.age(AGEING_MS);
    push('normal', { sinceMs: AGEING_MS, remainingMs: 0 });
    assert.deepEqual([take(), take(), take()], ['old', 'normal', 'young']);
  });

  test('follows new figures of what remains, for what is offered, parked and deferred', () => {
    for (const name of ['a', 'b', 'c', 'd']) push(name, { remainingMs: 10 - index });
    queue.defer(peeked(), waitFor(busy), 0);
    queue.rerank(one, (place) => place);
    assert.deepEqual(nameOf(peeked().id), 'd');
    queue.park(peeked().group.kind);
    queue.rerank(one, (place) => (place === 0 ? 99 : -place));
    queue.reopen();
    assert.deepEqual(takeAll(), ['a', 'b', 'c', 'd']);
  });

  test('raises none above critical, and forgets those that are gone', () => {
    push('a', { priority: 'critical' });
    push('b', { priority: 'high' });
    remove('b');
    queue.age(100 * AGEING_MS);
    assert.deepEqual(takeAll(), ['a']);
  });
});

describe('between runs', () => {
  const fill = (run: typeof one, count: number): void => {
    for (let task = 0; task < count; task++) push(`${run}-${task}`, { run });
  };
  const share = (names: readonly string[], run: typeof one): number =>
    names.filter((name) => name.startsWith(run)).length;
  const takeSome = (count: number): readonly string[] => Array.from({ length: count }, () => take(100) ?? '');

  test('work is shared alike', () => {
    queue.addRun(two, 1);
    fill(one, 40);
    fill(two, 40);
    assert.equal(share(takeSome(20), one), 10);
  });

  test('work is shared by weight', () => {
    queue.addRun(two, 3);
    fill(one, 40);
    fill(two, 40);
    assert.equal(share(takeSome(40), two), 30);
  });

  test('shares are of work, not of tasks', () => {
    queue.addRun(two, 1);
    fill(one, 40);
    fill(two, 40);
    let [first, second] = [0, 0];
    for (let count = 0; count < 33; count++) {
      const isFirst = peeked().identity.runId === one;
      take(isFirst ? 1_000 : 100);
      if (isFirst) first++;
      else second++;
    }
    assert.deepEqual([first, second], [3, 30]);
  });

  test('a higher class goes first whatever the shares', () => {
    queue.addRun(two, 1);
    fill(one, 5);
    takeSome(3);
    push('urgent', { priority: 'critical' });
    fill(two, 1);
    assert.equal(take(), 'urgent');
  });

  test.each([
    ['comes late', (): void => queue.addRun(two, 1)],
    ['had nothing to do for long', (): void => void 0],
  ])('one that %s may not claim the past', (what, come) => {
    if (what !== 'comes late') queue.addRun(two, 1);
    fill(one, 100);
    takeSome(50);
    come();
    fill(two, 50);
    assert.equal(share(takeSome(20), one), 10);
  });

  test('one that comes while the tasks of the others are parked is level with them too', () => {
    fill(one, 100);
    takeSome(50);
    queue.park(peeked().group.kind);
    queue.addRun(two, 1);
    fill(two, 50);
    queue.reopen();
    assert.equal(share(takeSome(20), one), 10);
  });

  test('one that was suspended is offered nothing, and may not claim the time', () => {
    queue.addRun(two, 1);
    fill(one, 100);
    fill(two, 100);
    queue.suspend(two);
    assert.equal(share(takeSome(40), one), 40);
    queue.resume(two, 0);
    assert.equal(share(takeSome(20), two), 10);
  });
});

describe('what cannot be placed', () => {
  test('is parked with all that ask for the same of an agent, whatever each of them writes or costs', () => {
    for (const name of ['a', 'b', 'c']) push(name, { more: { writes: [name], grant: { tokens: 1 } } });
    queue.park(peeked().group.kind, [{ class: busy, capability: 1 }]);
    assert.equal(queue.peek(), undefined);
    queue.freed(busy);
    assert.deepEqual(takeAll(), ['a', 'b', 'c']);
  });

  test('waits in line for a budget, and is offered one by one when some may have come back', () => {
    for (const name of ['a', 'b', 'c']) {
      push(name, { more: { writes: [name], grant: { tokens: 5 } } });
      const { group, identity } = peeked();
      queue.parkForBudget(group, identity);
    }
    assert.deepEqual([queue.peek(), queue.offerKeptBack()], [undefined, false]);
    queue.reconsider();
    assert.equal(queue.offerKeptBack(), true);
    assert.deepEqual(takeAll(), ['a']);
    assert.equal(queue.offerKeptBack(), true);
    assert.equal(nameOf(peeked().id), 'b');
    queue.parkForBudget(peeked().group, peeked().identity);
    assert.deepEqual([queue.peek(), queue.offerKeptBack()], [undefined, false]);
  });

  test('keeps its place in line when what remains is known better', () => {
    for (const name of ['a', 'b']) {
      push(name, { remainingMs: 1, more: { writes: [name], grant: { tokens: 5 } } });
      queue.parkForBudget(peeked().group, peeked().identity);
    }
    queue.rerank(one, (at) => at);
    queue.reconsider();
    queue.offerKeptBack();
    assert.equal(take(), 'b');
  });

  test('is parked with all that ask for the same, and offered again when something was freed', () => {
    push('a');
    push('b');
    push('other', { more: { requires: ['rare'] } });
    queue.park(peeked().group.kind);
    push('c');
    assert.deepEqual(takeAll(), ['other']);
    queue.reopen();
    assert.deepEqual(takeAll(), ['a', 'b', 'c']);
  });

  test('is offered again when a class that could take it is free, and not for another one', () => {
    push('a');
    queue.park(peeked().group.kind, [{ class: busy, capability: 1 }]);
    push('b', { more: { requires: ['rare'] } });
    queue.park(peeked().group.kind);
    queue.freed(other);
    assert.deepEqual(takeAll(), ['b']);
    queue.freed(busy);
    assert.deepEqual(takeAll(), ['a']);
  });

  test('waits for its class one by one, in order, and counts as awaiting it until then', () => {
    for (const [name, remainingMs] of [
      ['a', 1],
      ['b', 3],
      ['c', 2],
    ] as const)
      push(name, { remainingMs });
    for (let task = queue.peek(); task !== undefined; task = queue.peek()) queue.defer(task, waitFor(busy), 0);
    assert.deepEqual([queue.deferredCount, busy.awaited, busy.awaitedMs], [3, 3, 300]);
    queue.freed(other);
    assert.deepEqual(takeAll(), []);
    queue.freed(busy);
    assert.deepEqual([takeAll(), busy.awaited], [['b'], 2]);
    remove('a');
    assert.deepEqual([queue.deferredCount, busy.awaited, busy.awaitedMs], [1, 1, 100]);
    assert.equal(queue.offerServable(), false);
    busy.free.push(idle);
    assert.equal(queue.offerServable(), true);
    assert.deepEqual([takeAll(), busy.awaited], [['c'], 0]);
  });

  test('that waits for a class is offered once more when ends of attempts have paid for the looks, two each', () => {
    for (const name of ['a', 'b', 'c']) push(name);
    const deferAll = (): void => {
      for (let task = queue.peek(); task !== undefined; task = queue.peek()) queue.defer(task, waitFor(busy), 0);
    };
    deferAll();
    queue.freed(other);
    assert.equal(queue.offerWaiting(), false, 'two looks, three tasks');
    queue.freed(other);
    assert.equal(queue.offerWaiting(), true);
    deferAll();
    assert.equal(queue.offerWaiting(), false);
  });

  test('is deferred alone when it waits for a busy agent, and keeps its place', () => {
    push('a', { remainingMs: 2 });
    push('b', { remainingMs: 1 });
    queue.defer(peeked(), waitFor(busy), 0);
    assert.deepEqual([queue.deferredCount, queue.size], [1, 2]);
    assert.equal(peeked().id, taskId(one, 'b'));
    queue.reopen();
    assert.deepEqual(takeAll(), ['a', 'b']);
  });

  test('does not come back when it was taken out meanwhile', () => {
    push('a');
    push('b', { more: { requires: ['rare'] } });
    queue.defer(peeked(), waitFor(busy), 0);
    queue.park(peeked().group.kind);
    remove('a');
    remove('b');
    queue.reopen();
    assert.deepEqual([takeAll(), queue.size], [[], 0]);
  });

  test('is raised by waiting all the same', () => {
    push('a', { priority: 'low' });
    queue.defer(peeked(), waitFor(busy), 0);
    queue.age(AGEING_MS);
    push('b', { sinceMs: AGEING_MS });
    queue.reopen();
    assert.deepEqual(takeAll(), ['a', 'b']);
  });
});

test('a run that is gone leaves nothing behind', () => {
  push('a');
  push('b', { more: { requires: ['rare'] } });
  queue.park(peeked().group.kind);
  queue.removeRun(one);
  queue.reopen();
  assert.deepEqual([queue.size, queue.peek(), queue.ids()], [0, undefined, []]);
  push('c');
  assert.equal(queue.size, 0);
});
