import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { runsAsCode } from '../support/first-alerts.ts';
import { DEFAULT_ALERTS } from '../../src/core/alerts/alert-rule.ts';
import { evaluateCondition } from '../../src/core/alerts/evaluate-condition.ts';
import { parseCondition } from '../../src/core/alerts/parse-condition.ts';
import { runId } from '../../src/core/ids.ts';
import { newSwarm } from '../../src/core/swarm-state.ts';
import { Metrics } from '../../src/observability/metrics.ts';
import type { JournalRecord } from '../../src/ports/journal.ts';
import { agentId, taskId } from '../../src/core/ids.ts';
import { runSpecOf, taskOf } from '../support/core-world-specs.ts';

/**
 * Rules of the design that this project began with, and what is wrong with them. Each test holds for ours, and fails
 * for a transcription of theirs.
 */

describe('alert conditions as strings to evaluate', () => {
  const hostile = '(globalThis.waggleWasHere = 1, task_failure_rate > 0.1)';

  test('a condition is read once in a closed language, and nothing in it runs', () => {
    assert.equal(parseCondition(hostile).ok, false);
    assert.equal(Reflect.get(globalThis, 'waggleWasHere'), undefined);
    assert.equal(runsAsCode(hostile), true);
  });

  test('what is not known fires nothing, and a name that does not exist is a mistake at once', () => {
    const swarm = newSwarm();
    for (const { parsed } of DEFAULT_ALERTS) {
      assert.notEqual(evaluateCondition(parsed, { swarm, nowMs: 0 }), true);
    }
    assert.equal(parseCondition('task_failure_rat > 0.1').ok, false);
    // Theirs finds out when it is evaluated, by an exception in the middle of all other rules.
    assert.throws(() => firstCheck(['task_failure_rat > 0.1', 'agent_health_status == 0'], { agent_health_status: 0 }));
  });

  test('an alert fires once per episode', () => {
    const fired = Array.from({ length: 10 }, () => firstCheck(['x > 1'], { x: 2 })).flat();
    // Theirs fires at every look; how often ours does is counted in test/properties/alerts.test.ts.
    assert.equal(fired.length, 10);
  });
});

/** Looks at every rule in turn, and fires whatever holds, each time. */
function firstCheck(conditions: readonly string[], metrics: Readonly<Record<string, number>>): readonly string[] {
  return conditions.filter((condition) => {
    const [name = '', operator, figure] = condition.split(' ');
    const value = metrics[name];
    if (value === undefined) throw new ReferenceError(`${name} is not defined`);
    return operator === '>' ? value > Number(figure) : value === Number(figure);
  });
}

describe('histogram ends at 60 s, unbounded labels', () => {
  const FIRST_BOUNDS = [0.1, 0.5, 1, 2, 5, 10, 30, 60];
  const run = runId('r1');

  /** `count` tasks of as many types on as many agents, each of which takes `ms`. */
  function metricsOf(count: number, ms: number): Metrics {
    const metrics = new Metrics();
    let seq = 0;
    const commit = (event: JournalRecord['event'], atMs: number): void =>
      metrics.committed([{ seq: ++seq, epoch: 1, atMs, event }]);
    commit({ type: 'run.created', runId: run, run: runSpecOf(), taskCount: count, wallTimeMs: 0 }, 0);
    const tasks = Array.from({ length: count }, (_, index) => taskOf(`t${index}`, { type: `type-${index}` }));
    commit({ type: 'tasks.added', runId: run, tasks }, 0);
    for (const { name } of tasks) {
      const id = taskId(run, name);
      commit({ type: 'attempt.assigned', taskId: id, attempt: 1, agentId: agentId(`a-${name}`) }, 0);
      commit({ type: 'task.succeeded', taskId: id, attempt: 1, outputs: {}, evidence: [] }, ms);
    }
    return metrics;
  }

  const durations = (metrics: Metrics) =>
    metrics.snapshot().find(({ name }) => name === 'task_execution_duration_seconds');

  test('a task of twenty minutes falls into a bucket with an end', () => {
    const family = durations(metricsOf(1, 1_200_000));
    const [, distribution] = family?.samples[0] ?? [];
    assert.ok(typeof distribution === 'object');
    assert.equal(distribution.counts.at(-1), 0);
    assert.ok((family?.bounds?.at(-1) ?? 0) >= 3_600);
    assert.ok(!FIRST_BOUNDS.some((bound) => 1_200 <= bound));
  });

  test('labels are few, however many types and agents there are', () => {
    const family = durations(metricsOf(1_000, 5));
    assert.ok((family?.samples.length ?? Infinity) <= 201);
    assert.ok(family?.samples.every(([label]) => !label.startsWith('a-')));
    const first = new Set(Array.from({ length: 1_000 }, (_, index) => `type-${index},a-t${index}`));
    assert.equal(first.size, 1_000);
  });
});
