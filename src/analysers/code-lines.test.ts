import { describe, expect, it } from 'vitest';
import { codeLines } from './code-lines.ts';

const textsOf = (path: string, text: string): readonly string[] => codeLines(path, text).map((one) => one.text);

describe('lines of code', () => {
  it('leave out comments of the language, brackets alone and imports of several lines', () => {
    const source = `/* Licence\n * of many lines\n */\nimport {\n  a,\n  b,\n} from './a.ts';\n// why\nconst  c =\ta;\n}\n  run(c);\n`;
    expect(textsOf('a.ts', source)).toEqual(['const c = a;', 'run(c);']);
    const python = `"""What it is.\n\nimport this\n"""\nfrom os import (\n  path,\n)\n# why\nc = path\n`;
    expect(textsOf('a.py', python)).toEqual(['c = path']);
  });

  it('keep their number in the file', () => {
    expect(codeLines('a.ts', '\n// a\nrun();\n')).toEqual([{ text: 'run();', line: 3, isLogic: true }]);
  });

  it('tell what does something from tables, types and fixed texts', () => {
    const logic = (line: string): boolean | undefined => codeLines('a.ts', line)[0]?.isLogic;
    expect(['run(a);', 'return a', 'const a = 1;', 'a.b += 1', 'if (a) {'].map(logic)).toEqual(Array(5).fill(true));
    const plain = [
      "name: 'first (of two)',",
      "'run();',",
      '{ a: 1, b: 2 },',
      'name: string;',
      '[1, 2, 3],',
      'I extends Input = {},',
    ];
    expect(plain.map(logic)).toEqual(Array(plain.length).fill(false));
  });
});

describe('heads without a body', () => {
  const logic = (line: string): boolean | undefined => codeLines('a.ts', line)[0]?.isLogic;

  it('do nothing, whatever the language', () => {
    const heads = [
      'on(name: string, call: (event: Event) => void): this;',
      'export function parse(text: string): Tree;',
      'List<String> names(Object owner);',
      'int add(int a, int b) throws IOException;',
      'static int parse(const char *text, size_t size);',
    ];
    expect(heads.map(logic)).toEqual(heads.map(() => false));
  });

  it('are not mixed up with calls', () => {
    const calls = ['on(name, call);', 'a.on(name);', 'if (a) on(b);', 'return on(a);', 'fmt.Println(a);', 'new A(b);'];
    expect(calls.map(logic)).toEqual(calls.map(() => true));
  });
});

describe('texts of several lines in Python', () => {
  it('do not turn what follows into a comment', () => {
    const source = 'sql = """\nSELECT a\n"""\nrun(sql)\nr"""What it is.\n\nmore\n"""\nstop()\n';
    expect(textsOf('a.py', source)).toEqual(['sql = """', 'SELECT a', 'run(sql)', 'stop()']);
  });
});

describe('code that was made to take long', () => {
  it('is read in time in step with its length', () => {
    for (const piece of ['\\"', '"\\"', "'", 'a', 'a(', '{ ', 'import { ', 'extends ', ': ', '/*']) {
      const line = piece.repeat(4_000 / piece.length);
      expect(codeLines('a.ts', `${line}\n`.repeat(200)).length).toBeLessThanOrEqual(200);
    }
  });
});
