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

  it.each([
    ['fs.unlinkSync(a);', 'reject: It tries "unlinkSync", which may fail: nothing is lost when it does.'],
    ['fs.unlinkSync(a); b.restart();', 'abstain: "unlinkSync" may fail; whether "restart" may too, nothing says.'],
  ])('says that nothing is lost where nothing else is tried: %s', (code, said) => {
    const { choice, reason } = emptyCatch(new TokenList(`try {\n${code}\n} catch {}\n`), 3);
    expect(`${choice}: ${reason}`).toBe(said);
  });
});
