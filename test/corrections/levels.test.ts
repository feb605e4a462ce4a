import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { nameOf } from '../../src/core/ids.ts';
import type { TaskSpec } from '../../src/core/tasks/task-spec.ts';
import { CoreWorld } from '../support/core-world.ts';
import { agentsOf, DONE, submitOf, taskOf, THREW } from '../support/core-world-specs.ts';

type Timed = Readonly<{ name: string; atMs: number }>;

const once = { retry: { maxAttempts: 1 } };
/** How long each takes; those not named take 10 ms. */
type Durations = Readonly<Record<string, number>>;

/** The first rule, as it was written down: one level after the other, each begun when all of the last have ended. */
function startsByLevel(tasks: readonly TaskSpec[], durations: Durations): readonly Timed[] {
  const level = new Map<string, number>();
  for (const { name, needs } of tasks) level.set(name, 1 + Math.max(-1, ...needs.map((need) => level.get(need) ?? 0)));
  const starts: Timed[] = [];
  let atMs = 0;
  for (let at = 0; at <= Math.max(...level.values()); at++) {
    const names = tasks.map(({ name }) => name).filter((name) => level.get(name) === at);
    for (const name of names) starts.push({ name, atMs });
    // How they ended is gathered, and looked at after the last level.
    atMs += Math.max(...names.map((name) => durations[name] ?? 10));
  }
  return starts;
}

function startsOfOurs(tasks: readonly TaskSpec[], durations: Durations, failing: string): readonly Timed[] {
  const world = new CoreWorld({
    play: ({ taskId }) => ({
      afterMs: durations[nameOf(taskId)] ?? 10,
      end: nameOf(taskId) === failing ? THREW : DONE,
    }),
  });
  world.send({ type: 'agents.register', agents: agentsOf(8) });
  world.send(submitOf(tasks));
  world.run();
  return world.entries.flatMap(({ atMs, event }) =>
    event.type === 'attempt.assigned' ? [{ name: nameOf(event.taskId), atMs }] : [],
  );
}

const startOf = (starts: readonly Timed[], wanted: string): number | undefined =>
  starts.find(({ name }) => name === wanted)?.atMs;

describe('level barrier', () => {
  const tasks = [taskOf('quick'), taskOf('slow'), taskOf('after-quick', { needs: ['quick'] })];

  test('a task starts the moment its own needs are done, whatever else of their level still runs', () => {
    assert.equal(startOf(startsOfOurs(tasks, { slow: 500 }, ''), 'after-quick'), 10);
    assert.equal(startOf(startsByLevel(tasks, { slow: 500 }), 'after-quick'), 500);
  });
});

describe('running the next level after a failure', () => {
  const tasks = [taskOf('broken', once), taskOf('sound', once), taskOf('after-broken', { needs: ['broken'], ...once })];

  test('what needs a failed task does not start, and its siblings go on', () => {
    const ours = startsOfOurs(tasks, {}, 'broken');
    assert.deepEqual([startOf(ours, 'after-broken'), startOf(ours, 'sound')], [undefined, 0]);
    assert.equal(startOf(startsByLevel(tasks, {}), 'after-broken'), 10);
  });
});
