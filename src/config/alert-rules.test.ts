import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { DEFAULT_ALERTS } from '../core/alerts/alert-rule.ts';
import type { UserError } from '../util/user-error.ts';
import { readAlerts } from './alert-rules.ts';
import { parseYaml } from './yaml-file.ts';

function read(yaml: string): Readonly<{ rules: ReturnType<typeof readAlerts>; mistakes: readonly string[] }> {
  const file = parseYaml(new TextEncoder().encode(yaml), 'waggle.yaml');
  const errors: UserError[] = [];
  const given: unknown = Reflect.get(Object(file.value), 'alerts');
  const rules = readAlerts([{ given, at: file.at }], errors);
  return { rules, mistakes: errors.map(({ at, message, fix }) => `${at} ${message} ${fix}`) };
}

describe('rules of alerts', () => {
  test('are the built-in ones where the file says nothing', () => {
    assert.deepEqual(readAlerts([], []), DEFAULT_ALERTS);
  });

  test('are added, changed and left out by name', () => {
    const { rules, mistakes } = read(`alerts:
  high_task_failure_rate: { condition: task_failure_rate > 0.5, for: 30s }
  agent_unavailable: { enabled: false }
  many_waiting:
    condition: tasks_ready > 100 && average_load_ratio >= 1
    severity: critical
    description: Too few agents.
    actions: [scale-up]
`);
    assert.deepEqual(mistakes, []);
    assert.deepEqual(
      rules.map(({ name, condition, forMs, severity }) => [name, condition, forMs, severity]),
      [
        ['high_task_failure_rate', 'task_failure_rate > 0.5', 30_000, 'warning'],
        ['high_coordination_latency', 'coordination_latency > 5000', 0, 'warning'],
        ['many_waiting', 'tasks_ready > 100 && average_load_ratio >= 1', 0, 'critical'],
      ],
    );
    // The old words would not fit the new condition.
    assert.equal(rules[0]?.description, 'task_failure_rate > 0.5');
  });

  test('are refused with the place of every mistake', () => {
    const { mistakes } = read(`alerts:
  one: { condition: task_failur_rate > 1 }
  two: { severity: warning }
  three: { condition: runs_open > 1, actions: [drain-agent] }
`);
    assert.deepEqual(mistakes, [
      'waggle.yaml:2:21 Condition of "one": there is no metric "task_failur_rate". Did you mean "task_failure_rate"? The language of conditions is in docs/guides/alerts.md.',
      'waggle.yaml:3:8 The rule "two" has no condition. Write one: condition: "task_failure_rate > 0.2".',
      'waggle.yaml:4:47 "three" does drain-agent, but its condition is about no agent. Use agent_health_status or agent_load_ratio in it, or leave the action out.',
    ]);
  });

  test('are refused whole: a mistake in the form of one hides none in the words of others', () => {
    const { mistakes } = read(`alerts:
  one: { condition: runs_open > 1, for: 3 }
  two: { condition: task_failur_rate > 1 }
  three: {}
`);
    assert.deepEqual(
      mistakes.map((mistake) => mistake.slice(0, mistake.indexOf(' '))),
      ['waggle.yaml:2:41', 'waggle.yaml:3:21', 'waggle.yaml:4:10'],
    );
    assert.match(mistakes[0] ?? '', /Write for example 30s/);
  });

  test('with unknown keys or words are refused with the nearest known one', () => {
    const { mistakes } = read(`alerts:
  one: { condition: runs_open > 1, severty: warning }
  two: { condition: runs_open > 1, actions: [pause-run] }
`);
    assert.match(mistakes[0] ?? '', /waggle\.yaml:2:36 .*severty.*Did you mean "severity"/);
    assert.match(mistakes[1] ?? '', /waggle\.yaml:3:.*pause-run.*Did you mean "pause-runs"/);
  });

  test('of a program win over those of the file, key by key, and each is told where it stands', () => {
    const file = parseYaml(
      new TextEncoder().encode('alerts: { full: { condition: memory_ratio > 0.9, for: 1m } }'),
      'f',
    );
    const errors: UserError[] = [];
    const own = { full: { severity: 'critical' }, more: { condition: 'nothing > 1' } };
    const rules = readAlerts(
      [
        { given: Reflect.get(Object(file.value), 'alerts'), at: file.at },
        { given: own, at: (path) => path.join('.') },
      ],
      errors,
    );
    const full = rules.find(({ name }) => name === 'full');
    assert.deepEqual([full?.condition, full?.forMs, full?.severity], ['memory_ratio > 0.9', 60_000, 'critical']);
    assert.deepEqual(
      errors.map(({ at }) => at),
      ['alerts.more.condition'],
    );
  });
});
