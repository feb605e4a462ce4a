import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate } from './evaluate.ts';
import { formatReference, references, type Expression } from './expression.ts';
import { EXPRESSION_LIMITS, parseExpression } from './parse-expression.ts';
import { parseTemplate } from './template.ts';

/** Writes a tree back as text, apart from the parser. */
function write(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'string'
        ? `'${expression.value.replaceAll("'", "''")}'`
        : String(expression.value);
    case 'reference':
      return formatReference(expression.reference);
    case 'not':
      return `!(${write(expression.operand)})`;
    case 'and':
      return `(${write(expression.left)} && ${write(expression.right)})`;
    case 'or':
      return `(${write(expression.left)} || ${write(expression.right)})`;
    case 'compare':
      return `(${write(expression.left)} ${expression.operator} ${write(expression.right)})`;
    case 'contains':
      return `contains(${write(expression.whole)}, ${write(expression.part)})`;
  }
}

/** The tree without positions. */
function shape(expression: Expression): unknown {
  return JSON.parse(JSON.stringify(expression, (key, value: unknown) => (key === 'at' ? undefined : value)));
}

const parse = (text: string): Expression => {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.expression;
};

const problem = (text: string): string => {
  const parsed = parseExpression(text);
  return parsed.ok ? 'accepted' : `${parsed.problem.at}: ${parsed.problem.message}`;
};

describe('parsing', () => {
  test('binds ! tighter than comparison, comparison tighter than &&, && tighter than ||', () => {
    const text = "!inputs.a == true || matrix.os == 'x' && inputs.n < 3";
    expect(write(parse(text))).toBe("((!(inputs.a) == true) || ((matrix.os == 'x') && (inputs.n < 3)))");
  });

  test('reads texts with either quote, doubled inside', () => {
    expect(parse(`'it''s'`)).toMatchObject({ value: `it's` });
    expect(parse(`"say ""hi"""`)).toMatchObject({ value: `say "hi"` });
  });

  test('reads numbers with sign and fraction', () => {
    expect(parse('-1.5')).toMatchObject({ value: -1.5 });
  });

  test('lets task names hold dots and dashes, as cells of a matrix have them', () => {
    expect(parse('tasks.build.linux-x64.outputs.file')).toMatchObject({
      reference: { kind: 'task-output', task: 'build.linux-x64', output: 'file' },
    });
    expect(parse('tasks.1st.state')).toMatchObject({ reference: { kind: 'task-state', task: '1st' } });
  });

  test('names every reference from left to right', () => {
    const found = references(parse("contains(inputs.a, env.B) && tasks.c.state != 'x' || !(run.id == matrix.d)"));
    expect(found.map(formatReference)).toEqual(['inputs.a', 'env.B', 'tasks.c.state', 'run.id', 'matrix.d']);
  });

  test.each([
    ['', '0: it ends where a value is expected.'],
    ['inputs', '0: "inputs" is not known: write "inputs.<name>".'],
    ['inputs.a.b', '0: "inputs.a.b" is not known: write "inputs.<name>".'],
    ['inputs["a"]', '0: "inputs" is not known: write "inputs.<name>".'],
    [
      'secrets.x',
      '0: "secrets.x" is not known: there are inputs, matrix, env, run.id and tasks; texts stand in quotes.',
    ],
    [
      'tasks.a.result',
      '0: "tasks.a.result" is not known: write "tasks.<name>.state" or "tasks.<name>.outputs.<name>".',
    ],
    [
      'tasks.a.outputs',
      '0: "tasks.a.outputs" is not known: write "tasks.<name>.state" or "tasks.<name>.outputs.<name>".',
    ],
    ['a == b == c', '0: "a" is not known: there are inputs, matrix, env, run.id and tasks; texts stand in quotes.'],
    ['1 == 1 == 1', '7: comparisons cannot be chained: join two with "&&".'],
    ['inputs.a = 1', '9: a single "=" is not known: write "==" to compare.'],
    ['true & true', '5: a single "&" is not known: write "&&".'],
    ['1 + 1', '2: "+" is not part of the language.'],
    ['true ? 1 : 2', '5: "?" is not part of the language.'],
    ["'open", '0: this text has no closing quote.'],
    ['(true', '5: ")" is missing here.'],
    ['true)', '4: ")" is not expected here.'],
    ['contains(1)', '10: "," is missing here.'],
    ['startsWith("a", "b")', '0: there is no function "startsWith", only "contains".'],
    ['inputs.constructor.prototype', '0: "inputs.constructor.prototype" is not known: write "inputs.<name>".'],
    ['inputs.__proto__', '0: "inputs.__proto__" is not known: write "inputs.<name>".'],
    ['3a', '1: "a" is not expected here.'],
    ['1e9', '1: "e" is not expected here.'],
    ['[1]', '0: "[" is not part of the language.'],
    ['`x`', '0: "`" is not part of the language.'],
    ['1 }}', '2: "}" is not part of the language.'],
  ])('refuses %j with its position', (text, expected) => {
    expect(problem(text)).toBe(expected);
  });

  test('refuses what is too long, too deep or has too many parts', () => {
    expect(problem(`'${'a'.repeat(511)}'`)).toBe('512: it has more than 512 characters.');
    expect(problem(`'${'a'.repeat(510)}'`)).toBe('accepted');
    expect(problem(`${'!'.repeat(17)}true`)).toBe('17: it is nested more than 16 deep.');
    expect(problem(`${'!'.repeat(16)}true`)).toBe('accepted');
    expect(problem(Array.from({ length: 33 }, () => 'true').join('&&'))).toMatch(/more than 64 parts/);
    expect(problem(Array.from({ length: 32 }, () => 'true').join('&&'))).toBe('accepted');
  });
});

const name = fc.constantFrom('a', 'os', 'version', 'x-1');
const leaf: fc.Arbitrary<string> = fc.oneof(
  fc.boolean().map(String),
  fc.integer({ min: -99, max: 99 }).map(String),
  fc.string({ maxLength: 6 }).map((text) => `'${text.replaceAll("'", "''")}'`),
  name.map((field) => `inputs.${field}`),
  name.map((field) => `tasks.${field}.outputs.${field}`),
  fc.constant('run.id'),
);
const sentence = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.tuple(tie('any'), fc.constantFrom('==', '<', '>=', '!='), tie('any')).map(([a, o, b]) => `(${a}) ${o} (${b})`),
    fc.tuple(tie('any'), fc.constantFrom('&&', '||'), tie('any')).map(([a, o, b]) => `${a} ${o} (${b})`),
    tie('any').map((inner) => `!(${inner})`),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `contains(${a}, ${b})`),
  ),
})).any;

/** Pieces that come close to the language, so that random texts reach deep into the parser. */
const PIECES =
  `inputs tasks matrix.os env.A run.id . .. x - 1 1.5 " ' ( ) , contains contains( == = ! && | < >= ` +
  '${{ }} 🐝 [ ] { __proto__ constructor toString true null state outputs \\ ` ; + /* \u202e \0';
const nearMiss = fc
  .array(fc.constantFrom(' ', '\n', ...PIECES.split(' ')), { maxLength: 24 })
  .map((pieces) => pieces.join(''));

const emptyScope = { runId: 'r', inputs: {}, task: () => undefined };

describe('fuzz', () => {
  test('accepts exactly what can be written back from the tree, and throws for nothing', { timeout: 120_000 }, () => {
    const anything = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), nearMiss, sentence);
    let accepted = 0;
    fc.assert(
      fc.property(anything, (text) => {
        const parsed = parseExpression(text);
        parseTemplate(text);
        if (!parsed.ok) {
          expect(parsed.problem.at).toBeGreaterThanOrEqual(0);
          expect(parsed.problem.at).toBeLessThanOrEqual(text.length);
          return;
        }
        accepted += 1;
        expect(text.length).toBeLessThanOrEqual(EXPRESSION_LIMITS.characters);
        evaluate(parsed.expression, emptyScope);
        const again = parseExpression(write(parsed.expression));
        // Parentheses may push the written form over the limits; then nothing can be compared.
        if (again.ok) expect(shape(again.expression)).toEqual(shape(parsed.expression));
      }),
      { numRuns: 100_000 },
    );
    expect(accepted).toBeGreaterThan(10_000);
  });

  test('accepts no text whose tokens are outside the language', { timeout: 60_000 }, () => {
    const words =
      /^(?:[ \t\r\n]|inputs\.[A-Za-z][A-Za-z0-9_-]*|matrix\.[A-Za-z][A-Za-z0-9_-]*|env\.[A-Za-z_]\w*|run\.id|tasks\.[A-Za-z0-9][A-Za-z0-9._-]*\.(?:state|outputs\.[A-Za-z][A-Za-z0-9_-]*)|true|false|contains(?=[ \t\r\n]*\()|-?\d+(?:\.\d+)?|'(?:[^'\r\n]|'')*'|"(?:[^"\r\n]|"")*"|==|!=|<=?|>=?|&&|\|\||[!(),])+$/;
    fc.assert(
      fc.property(fc.oneof(nearMiss, sentence), (text) => {
        if (parseExpression(text).ok) expect(text).toMatch(words);
      }),
      { numRuns: 20_000 },
    );
  });
});
