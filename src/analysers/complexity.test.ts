import { describe, expect, it } from 'vitest';
import { parseSource } from './parse-source.ts';

const decisions = (times: number): string => Array.from({ length: times }, (_, at) => `if (a.b${at}) c();`).join(' ');

function parsed(text: string): Extract<ReturnType<typeof parseSource>, { ok: true }> {
  const result = parseSource('src/a.js', text, 'production');
  if (!result.ok) throw new Error(result.cause);
  return result;
}

const namesIn = (text: string): readonly string[] => parsed(text).functions.map(({ name }) => name);

describe('the name of a function', () => {
  it('that has none is that of what it is given to, and of the function around it', () => {
    const body = `{ ${decisions(10)} }`;
    expect(namesIn(`class Mail { build(a) { a.forEach(() => ${body}); } }`)).toEqual([
      'callback of forEach in Mail.build',
    ]);
    expect(namesIn(`function go() { return new Promise((c) => ${body}); }`)).toEqual(['callback of Promise in go']);
    expect(namesIn(`function go() { on(() => { once((a) => ${body}); }); }`)).toEqual(['callback of once in go']);
    expect(namesIn(`function go() { return (a) => ${body}; }`)).toEqual(['function in go']);
    expect(namesIn(`app.get('/', (a) => ${body})`)).toEqual(['callback of get']);
    expect(namesIn(`(function (a) ${body})(b)`)).toEqual(['function']);
    expect(namesIn(`const Bar = memo(forwardRef((a) => ${body}))`)).toEqual(['Bar']);
    expect(namesIn(`const all = list.map((a) => ${body})`)).toEqual(['callback of map']);
    expect(namesIn(`class App { go = batched((a) => ${body}); }`)).toEqual(['App.go']);
    expect(namesIn(`const api = (function (a) ${body})(b)`)).toEqual(['api']);
    expect(namesIn(`export default isIt && (async (a) => ${body})`)).toEqual(['default export']);
    expect(namesIn(`module.exports = function (a) ${body}`)).toEqual(['module.exports']);
    expect(namesIn(`A.prototype.go = (a) => ${body}`)).toEqual(['go']);
  });
});

describe('what a file holds', () => {
  it('is counted without comments and empty lines', () => {
    const text = `/**\n * Why.\n */\n\n// so\na(); // so\nb(/* one\n two */ 2);\nconst c = '// no comment';\n`;
    expect(parsed(text).file.codeLines).toBe(3);
  });

  it('has its longest function named from 300 lines on', () => {
    const lines = (count: number): string => 'a();\n'.repeat(count);
    const text = `function short() {\n${lines(298)}}\nfunction long() {\n${lines(300)}}\nfunction longer() {\n${lines(400)}}\n`;
    expect(parsed(text).file.longest).toEqual({ name: 'longer', line: 603, lines: 402 });
    expect(parsed(`function short() {\n${lines(298)}}\n`).file.longest).toBeUndefined();
  });

  it('decides nothing by a default', () => {
    expect(parsed("const f = (a, b) => [a ?? b, a || {}, a || [], a || 'x'];").file.complexity).toBe(0);
    expect(parsed('const f = (a, b) => [a || b, a && b];').file.complexity).toBe(2);
  });

  it('decides once by a chain of conditions, whatever is linked in it', () => {
    const count = (code: string): number => parsed(`const f = (a, b, c) => ${code};`).file.complexity;
    expect([count('a && b && c'), count('a || (b && !(c || a))'), count('(a && b) ?? c')]).toEqual([1, 1, 1]);
    expect([count('[a && b, b || c]'), count('a && g(b || c)'), count('a && b ? 1 : 2')]).toEqual([2, 2, 2]);
  });

  it('decides once by a list of cases, and once more for each ten of them', () => {
    const cases = (times: number): string => Array.from({ length: times }, (_, at) => `case ${at}: go();`).join(' ');
    const count = (times: number): number => parsed(`function f(a) { switch (a) { ${cases(times)} } }`).file.complexity;
    expect([count(9), count(10), count(45)]).toEqual([1, 2, 5]);
  });
});
