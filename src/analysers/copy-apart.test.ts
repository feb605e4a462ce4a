import { describe, expect, it } from 'vitest';
import { areVersions, isInMacro } from './copy-apart.ts';

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
