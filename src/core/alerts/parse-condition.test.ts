import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { agentId } from '../ids.ts';
import { newSwarm } from '../swarm-state.ts';
import { readsOf } from './condition.ts';
import { evaluateCondition } from './evaluate-condition.ts';
import { parseCondition } from './parse-condition.ts';

function parsed(text: string) {
  const result = parseCondition(text);
  if (!result.ok) assert.fail(`${text}: ${result.message}`);
  return result.condition;
}

const problem = (text: string): string => {
  const result = parseCondition(text);
  return result.ok ? 'none' : `${result.at}: ${result.message}`;
};

/** On a swarm in which nothing has happened: no agents, nothing measured. */
const truth = (text: string): boolean | undefined => evaluateCondition(parsed(text), { swarm: newSwarm(), nowMs: 0 });

describe('a condition', () => {
  test('compares figures that are calculated as in school', () => {
    assert.equal(truth('1 + 2 * 3 == 7'), true);
    assert.equal(truth('(1 + 2) * 3 == 9'), true);
    assert.equal(truth('10 - 4 - 3 == 3'), true);
    assert.equal(truth('-2 + 5 >= 3 && !(1 > 2)'), true);
    assert.equal(truth('1 > 2 || 2 != 2 || 0.5 < 0.25'), false);
    assert.equal(truth('runs_open == 0 && tasks_ready <= 0'), true);
  });

  test('is unknown where a figure is, and only as far as that matters', () => {
    assert.equal(truth('task_failure_rate > 0.1'), undefined);
    assert.equal(truth('1 / 0 > 1'), undefined);
    assert.equal(truth('task_failure_rate > 0.1 || 1 == 1'), true);
    assert.equal(truth('task_failure_rate > 0.1 && 1 == 2'), false);
    assert.equal(truth('!(task_failure_rate > 0.1)'), undefined);
    assert.equal(
      evaluateCondition(parsed('agent_health_status == 3'), { swarm: newSwarm(), nowMs: 0, agentId: agentId('x') }),
      undefined,
    );
  });

  test('names what it reads, each once', () => {
    const reads = readsOf(parsed('rate(tasks_failed, "5m") > 1 && rate(tasks_failed, "5m") < p95(task_wait_ms, "1h")'));
    assert.deepEqual(reads, [
      { name: 'tasks_failed', spanMs: 300_000 },
      { name: 'task_wait_ms', spanMs: 3_600_000 },
    ]);
  });

  test('says where it is wrong, and which name was meant', () => {
    assert.equal(
      problem('task_failur_rate > 1'),
      '0: there is no metric "task_failur_rate". Did you mean "task_failure_rate"?',
    );
    assert.equal(problem('1 = 2'), '2: a single "=" is not known: write "==" to compare.');
    assert.equal(
      problem('runs_open'),
      '0: a comparison is expected here, but this is a figure: add one, such as "> 0".',
    );
    assert.equal(problem('runs_open > (1 > 2)'), '15: a figure is expected here, but this is true or false.');
    assert.equal(problem('1 < 2 < 3'), '6: comparisons cannot be chained: join two with "&&".');
    assert.equal(
      problem('tasks_failed > 3'),
      '0: "tasks_failed" is read over a time: write increase(tasks_failed, "5m").',
    );
    assert.equal(problem('avg(tasks_failed, "5m") > 3'), '4: "tasks_failed" counts things: write rate or increase.');
    assert.equal(problem('max(runs_open, "5m") > 3'), '4: "runs_open" is a figure of now and needs no function.');
    assert.equal(
      problem('rate(tasks_failed, "25h") > 3'),
      '19: a length of time from 1 second to 24 hours is missing here: "5m".',
    );
    assert.equal(problem('p96(task_wait_ms, "5m") > 3'), '0: there is no function "p96". Did you mean "p95"?');
    assert.equal(problem(''), '0: it ends where a figure is expected.');
  });

  test('has limits of length, depth and parts', () => {
    assert.match(problem(`${' '.repeat(512)}1 > 2`), /more than 512 characters/);
    assert.match(problem(`${'('.repeat(40)}1${')'.repeat(40)} > 2`), /nested more than 16 deep/);
    assert.match(problem(`${'!'.repeat(40)}(1 > 2)`), /nested more than 16 deep/);
    assert.match(problem(Array.from({ length: 40 }, () => '1').join('+') + ' > 2'), /more than 64 parts/);
  });

  test.each([
    'process.exit(1)',
    'constructor',
    '__proto__ > 1',
    'runs_open.constructor > 1',
    'runs_open["x"] > 1',
    '`1` > 2',
    '"a" == "a"',
    'true',
    '1 > 2 ? 3 : 4',
    'eval("1") > 0',
    'rate(rate(tasks_failed, "5m"), "5m") > 1',
    '(() => 1)() > 0',
    'toString > 1',
    '0x10 > 1',
    '1e9 > 1',
    '1;2 > 1',
  ])('refuses %s', (text) => {
    assert.notEqual(problem(text), 'none');
  });

  test('never throws and never reads past what it knows, whatever the text', () => {
    const word = fc.constantFrom(
      'runs_open',
      'rate(',
      'tasks_failed',
      '"5m"',
      ',',
      '(',
      ')',
      '!',
      '-',
      '+',
      '*',
      '/',
      '&&',
      '||',
      '>',
      '==',
      '1',
      '0.5',
      ' ',
      'constructor',
      '[',
      '.',
      '`',
      '${',
      '\u0000',
    );
    const text = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.array(word, { maxLength: 30 }).map((words) => words.join('')),
    );
    fc.assert(
      fc.property(text, (one) => {
        const result = parseCondition(one);
        if (!result.ok) return result.at >= 0 && result.at <= one.length && result.message.length > 0;
        const value = evaluateCondition(result.condition, { swarm: SWARM, nowMs: 1 });
        return value === undefined || typeof value === 'boolean';
      }),
      { numRuns: 20_000 },
    );
  });
});

const SWARM = newSwarm();
