import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { AttemptLog } from '../../simulation/attempt-log.ts';
import type { Simulated } from '../../app/simulation.ts';
import { ganttSvg } from './gantt-svg.ts';

type Attempt = readonly [task: number, agent: number, startMs: number, endMs: number];

function simulatedOf(names: readonly string[], agents: readonly string[], attempts: readonly Attempt[]): Simulated {
  const column = (at: 0 | 1 | 2 | 3): readonly number[] => attempts.map((attempt) => attempt[at]);
  const [task, agent, startMs, endMs] = [column(0), column(1), column(2), column(3)];
  const makespanMs = endMs.reduce((most, one) => Math.max(most, one), 0);
  return {
    name: 'a & b',
    strategy: 'adaptive',
    agents,
    tasks: names.length,
    makespanMs,
    bounds: { lowerMs: makespanMs, pathMs: makespanMs, shareMs: 0, path: names.slice(0, 1) },
    utilisation: 0.5,
    waitMs: { p50: 0, p95: 0, most: 0 },
    attempts: attempts.length,
    outcome: { succeeded: names.length, failed: 0, skipped: 0 },
    cost: { agents: 0, grants: 0, tokens: 0 },
    log: AttemptLog.of({ task, agent, startMs, endMs, waitMs: task.map(() => 0) }),
    taskNames: names,
  };
}

const count = (svg: string, part: string): number => svg.split(part).length - 1;

describe('a chart', () => {
  test('has a lane for each agent and a bar for each attempt, those of the longest chain apart', () => {
    const svg = ganttSvg(
      simulatedOf(
        ['one', 'two'],
        ['x', 'y'],
        [
          [0, 0, 0, 60_000],
          [1, 1, 0, 30_000],
        ],
      ),
    );
    assert.equal(count(svg, '<text class="l"'), 2);
    assert.match(svg, /<rect class="c"[^>]*><title>one, 0 ms to 1m 00s/);
    assert.match(svg, /<rect class="t"[^>]*><title>two/);
    assert.match(svg, /prefers-color-scheme: dark/);
  });

  test('takes nothing of a name for markup, and shows what would be hidden', () => {
    const name = '</title><script>alert(1)</script>\u202E"&\'';
    const svg = ganttSvg(simulatedOf([name], [name], [[0, 0, 0, 10]]));
    assert.ok(!svg.includes('<script') && !svg.includes('\u202E'));
    assert.equal(count(svg, '</title>'), 2);
    assert.match(svg, /: 1 agent, 10 ms<\/title>/);
  });

  test('stays small however much was simulated', () => {
    const attempts = Array.from({ length: 300_000 }, (_, index): Attempt => [index, index % 1_000, index, index + 900]);
    const svg = ganttSvg(
      simulatedOf(
        [],
        Array.from({ length: 1_000 }, (_, index) => `a${index}`),
        attempts,
      ),
    );
    assert.ok(svg.length < 6_000_000, `${svg.length} characters`);
    assert.match(svg, /and 800 more agents/);
  });

  test('of nothing is a chart all the same', () => {
    assert.match(ganttSvg(simulatedOf([], [], [])), /^<svg .*\n/);
  });
});
