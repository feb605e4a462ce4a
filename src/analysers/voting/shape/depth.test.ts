import { describe, expect, it } from 'vitest';
import { depthsOf } from './depth.ts';

const shown = (path: string, text: string): string => {
  const { deep, lines, deepest } = depthsOf(path, text);
  return `${deep} of ${lines}, ${deepest}`;
};

describe('how deep lines stand', () => {
  it('is counted from the head of their function, however deep that stands', () => {
    const java = `class A {\n  static final B C =\n      new B() {\n        @Override\n        public void go(D d) {\n          if (d.isOpen()) {\n            d.close();\n          }\n        }\n      };\n}\n`;
    expect(shown('A.java', java)).toBe('0 of 11, 3');
    const python = `class A:\n    class B:\n        def go(self):\n            for a in self:\n                if a:\n                    while a.b:\n                        a.c()\n`;
    expect(shown('a.py', python)).toBe('1 of 7, 4');
    const js = `export function make() {\n  const inner = (a) => {\n    function most() {\n      if (a) {\n        b();\n      }\n    }\n    return most;\n  };\n  return inner;\n}\n`;
    expect(shown('a.js', js)).toBe('0 of 11, 2');
  });

  it('counts callbacks as a level: they are read where they stand', () => {
    const text = `function go(a) {\n  a.on('b', () => {\n    a.each((c) => {\n      if (c) {\n        c();\n      }\n    });\n  });\n}\n`;
    expect(shown('a.js', text)).toBe('1 of 9, 4');
  });

  it('leaves out comments, docstrings and empty lines', () => {
    const text = `def go(a):\n    """\n            If it is so.\n                Then so.\n    """\n\n    if a:\n                    # why\n        b()\n`;
    expect(shown('a.py', text)).toBe('0 of 3, 2');
  });
});
