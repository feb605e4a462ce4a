import { describe, expect, test } from 'vitest';
import { evaluate, type Scope } from './evaluate.ts';
import { parseExpression } from './parse-expression.ts';

const scope: Scope = {
  runId: 'run-7',
  inputs: { version: '1.2.0', count: 3, dry: false, systems: ['linux', 'mac'] },
  matrix: { os: 'linux' },
  env: { CI: '1' },
  task: (name) =>
    ({
      build: { state: 'succeeded', outputs: { file: 'dist/x.tgz', size: 42, none: null } },
      test: { state: 'failed', outputs: {} },
    })[name],
};

function result(text: string): unknown {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  const value = evaluate(parsed.expression, scope);
  return value.ok ? value.value : value.message;
}

describe('evaluate', () => {
  test.each([
    ["inputs.version != '' && matrix.os == 'linux'", true],
    ['inputs.count >= 3', true],
    ['inputs.count < 3 || inputs.dry', false],
    ['!inputs.dry', true],
    ["run.id == 'run-7'", true],
    ["env.CI == '1'", true],
    ["tasks.test.state == 'failed'", true],
    ['tasks.build.outputs.size > 41.5', true],
    ["contains(tasks.build.outputs.file, '.tgz')", true],
    ["contains(inputs.systems, 'mac')", true],
    ["contains(inputs.systems, 'ma')", false],
    ['tasks.build.outputs.none == tasks.build.outputs.size', false],
    ['inputs.systems', ['linux', 'mac']],
  ])('%s', (text, expected) => {
    expect(result(text)).toEqual(expected);
  });

  test('does not look at the right side when the left side decides', () => {
    expect(result("tasks.test.state == 'succeeded' && tasks.test.outputs.file == 'x'")).toBe(false);
    expect(result("tasks.test.state == 'failed' || tasks.test.outputs.file == 'x'")).toBe(true);
  });

  test.each([
    ['inputs.nothing', 'inputs.nothing has no value.'],
    ['tasks.ghost.state', 'tasks.ghost.state has no value: this run has no task "ghost".'],
    ['tasks.test.outputs.file', 'tasks.test.outputs.file has no value: "test" is failed and left no such output.'],
    ['inputs.toString', 'inputs.toString has no value.'],
    ['env.constructor', 'env.constructor has no value.'],
    ['inputs.count && true', '"&&" needs true or false, but one side is the number 3.'],
    ["inputs.count == '3'", '"==" compares two values of one type, but got the number 3 and the text "3".'],
    ["inputs.version < '2'", '"<" compares numbers, but got the text "1.2.0" and the text "2".'],
    ['inputs.systems == inputs.systems', '"==" compares two values of one type, but got a list and a list.'],
    [
      "contains(inputs.count, '3')",
      '"contains" takes a text and a text, or a list and a value, but got the number 3 and the text "3".',
    ],
  ])('%s has no value and says why', (text, expected) => {
    expect(result(text)).toBe(expected);
  });
});
