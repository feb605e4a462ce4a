import { describe, expect, it } from 'vitest';
import { parseSource } from '../parse-source.ts';

describe('one slip made several times', () => {
  const slip = (name: string): string => `if (${name}.b && ${name}.b) { ${name}(); }`;
  const foundIn = (text: string): readonly string[] => {
    const parsed = parseSource('src/a.js', text, 'production');
    if (!parsed.ok) throw new Error(parsed.cause);
    return parsed.findings.map(({ title, evidence }) => `${title}: ${evidence.map(({ ref }) => ref).join(' ')}`);
  };

  it('is one finding in one function, with every place', () => {
    expect(foundIn(`function f(a, c) {\n${slip('a')}\n${slip('c')}\n}\n`)).toEqual([
      'Asks the same twice: a.b && a.b (1 more in this function): src/a.js:2 src/a.js:3',
    ]);
  });

  it('is one finding in one file where the words are the same', () => {
    expect(foundIn(`function f(a) {\n${slip('a')}\n}\nfunction g(a) {\n${slip('a')}\n}\n`)).toEqual([
      'Asks the same twice: a.b && a.b (1 more in this file): src/a.js:2 src/a.js:5',
    ]);
    expect(foundIn(`function f(a) {\n${slip('a')}\n}\nfunction g(c) {\n${slip('c')}\n}\n`)).toHaveLength(2);
  });
});
