import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { nameOf } from '../../src/core/ids.ts';
import { findGraphProblems } from '../../src/core/tasks/task-graph.ts';
import type { TaskSpec } from '../../src/core/tasks/task-spec.ts';
import { CoreWorld } from '../support/core-world.ts';
import { Ledger } from '../support/core-world-ledger.ts';
import { cases, graphs, plans, playPlan } from '../support/core-world-plans.ts';
import { agentsOf, DONE, submitOf } from '../support/core-world-specs.ts';

/** A graph and one more need that closes a circle: from some task down to one that waits for it, or itself. */
const circles = fc.tuple(graphs(30), fc.nat(), fc.nat()).map(([specs, pick, walk]) => closeCircle(specs, pick, walk));

describe('any graph', () => {
  test('with a cycle is refused, whoever is in it, and nothing of it is kept', () => {
    fc.assert(
      fc.property(circles, (specs) => {
        const world = new CoreWorld();
        const ruling = world.send(submitOf(specs));
        assert.ok(!ruling.ok && ruling.refusal.reason === 'graph-invalid');
        assert.match(ruling.refusal.problems.join(), /wait for each other/);
        assert.deepEqual([world.events, world.swarm.tasks.size, world.swarm.runs.size], [[], 0, 0]);
      }),
      cases(300),
    );
  });

  test('without one is accepted and run to its end, each task once, none before its needs', () => {
    fc.assert(
      fc.property(graphs(60), fc.integer({ min: 1, max: 5 }), (specs, count) => {
        assert.deepEqual(findGraphProblems(specs), []);
        const ledger = new Ledger();
        const world = new CoreWorld({ onEvent: ledger.note });
        world.send({ type: 'agents.register', agents: agentsOf(count) });
        assert.deepEqual(world.send(submitOf(specs)).ok, true);
        world.run();
        assert.deepEqual(world.all('run.finished')[0]?.outcome, { state: 'succeeded' });
        assert.equal(world.all('attempt.assigned').length, specs.length);
        assert.equal(world.swarm.tasks.size, 0);
      }),
      cases(200),
    );
  });

  test('under failures, conditions and commands starts no task before its needs have ended as `when` says', () => {
    fc.assert(
      fc.property(plans(), (plan) => {
        const ledger = new Ledger();
        const world = playPlan(plan, { ledger });
        assert.equal(world.all('run.finished').length, plan.runs.length);
        for (const { isFinished } of ledger.runs.values()) assert.ok(isFinished);
      }),
      cases(400),
    );
  });

  test('on m like agents takes at most work / m + (1 - 1 / m) of the longest path', () => {
    const timed = graphs(
      40,
      fc.integer({ min: 1, max: 500 }).map((estimateMs) => ({ estimateMs })),
    );
    fc.assert(
      fc.property(timed, fc.integer({ min: 1, max: 6 }), (specs, m) => {
        const spentMs = makespan(specs, m);
        const work = workOf(specs);
        const most = work / m + (1 - 1 / m) * longestPath(specs);
        assert.ok(spentMs <= most + 1e-6, `${spentMs} ms is over the bound of ${most} ms`);
        assert.ok(spentMs >= Math.max(work / m, longestPath(specs)) - 1e-6, 'faster than possible');
      }),
      cases(300),
    );
  });
});

/** Makes some task need one that waits for it, found by walking down from it. */
function closeCircle(specs: readonly TaskSpec[], pick: number, walk: number): readonly TaskSpec[] {
  const from = specs[pick % specs.length];
  let end = from;
  for (let left = walk % 5; left > 0; left--) end = specs.find(({ needs }) => needs.includes(end?.name ?? '')) ?? end;
  return specs.map((spec) =>
    spec === from ? { ...spec, needs: [...new Set([...spec.needs, end?.name ?? spec.name])] } : spec,
  );
}

/** ms that `m` agents of one slot need for the graph, when each task takes as long as it was estimated. */
function makespan(specs: readonly TaskSpec[], m: number): number {
  const msOf = new Map(specs.map(({ name, estimateMs }) => [name, estimateMs ?? 0]));
  const world = new CoreWorld({ play: ({ taskId }) => ({ afterMs: msOf.get(nameOf(taskId)) ?? 0, end: DONE }) });
  world.send({ type: 'agents.register', agents: agentsOf(m) });
  world.send(submitOf(specs));
  return world.run().nowMs;
}

function workOf(specs: readonly TaskSpec[]): number {
  return specs.reduce((sum, { estimateMs = 0 }) => sum + estimateMs, 0);
}

function longestPath(specs: readonly TaskSpec[]): number {
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const known = new Map<string, number>();
  const until = (name: string): number => {
    const spec = byName.get(name);
    const before = known.get(name) ?? Math.max(0, ...(spec?.needs ?? []).map(until)) + (spec?.estimateMs ?? 0);
    known.set(name, before);
    return before;
  };
  return Math.max(...specs.map(({ name }) => until(name)));
}
