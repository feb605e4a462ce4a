import { describe, expect, it } from 'vitest';
import { Apart, areVersions, isInMacro } from './copy-apart.ts';
import { TextReader } from './read-text.ts';

describe('copies kept apart', () => {
  it.each([
    ['src/PhpseclibV2/A.php', 'src/PhpseclibV3/B.php', true],
    ['api/v1/list.go', 'api/v2/list.go', true],
    ['api/list/a.go', 'api/show/a.go', false],
    ['api/v1/list.go', 'api/v1/show.go', false],
    ['one2/a.js', 'two3/a.js', false],
  ])('knows versions of one thing by their folders: %s %s', (one, other, isSo) => {
    expect(areVersions(one, other)).toBe(isSo);
  });

  it.each([
    [['a/A.java', 'a/B.java'], 'Move it into a superclass of both, or into a helper class, so'],
    [['a/A.java'], 'Make it one method and call it from each place.'],
    [['a/A.php', 'b/B.php'], 'Move it into a trait, a superclass or a helper class, so'],
    [['a/a.go', 'a/b.go'], 'Move it into one function of the package, so'],
    [['a/a.go', 'b/b.go'], 'Move it into a package that each of them can import, so'],
    [['a/a.c', 'a/b.c'], 'Move it into one function that a header declares for each of these files, so'],
    [['a/a.js', 'a/b.ts'], 'Move it into one module in a, so'],
    [['a/a.py'], 'Make it one function and call it from each place.'],
  ])('are told how to mend in the words of their language: %s', (files, fix) => {
    expect(new Apart([], new TextReader('.')).fixFor(files)).toContain(fix);
  });

  it('knows what a macro expands from a function below it', () => {
    const rust = [
      'macro_rules! event {',
      '    ($a:expr) => {{',
      '        run($a);',
      '    }};',
      '}',
      '',
      'fn own() {',
      '    run(1);',
      '}',
    ];
    expect(isInMacro('src/a.rs', rust, 3, 3)).toBe(true);
    expect(isInMacro('src/a.rs', rust, 8, 8)).toBe(false);
    const c = ['#define EACH(a) \\', '  do { \\', '    run(a); \\', '  } while (0)', 'run(1);'];
    expect(isInMacro('src/a.c', c, 2, 3)).toBe(true);
    expect(isInMacro('src/a.c', c, 5, 5)).toBe(false);
  });
});
