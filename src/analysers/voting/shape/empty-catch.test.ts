import { describe, expect, it } from 'vitest';
import { emptyCatch } from './structure.ts';
import { TokenList } from './tokens.ts';

describe('a second look at an empty catch', () => {
  it.each([
    [
      'const a = getCaller()\nif (a) b.use(a)',
      'The try calls "getCaller()", "use()", and every error in it is dropped.',
    ],
    ['a(); b(); c(); d(); e();', 'The try calls "a()", "b()", "c()" and 2 more, and every error in it is dropped.'],
  ])('names what is tried, with or without semicolons: %s', (code, reason) => {
    const text = `try {\n${code}\n} catch {}\n`;
    const tokens = new TokenList(text);
    expect(emptyCatch(tokens, text.split('\n').length - 1).reason).toBe(reason);
  });
});
