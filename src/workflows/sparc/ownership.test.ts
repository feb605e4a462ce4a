import { describe, expect, it } from 'vitest';
import { overlaps, owns, pathProblem } from './ownership.ts';

describe('ownership', () => {
  it('is claimed by files and folders inside the repository, not by patterns', () => {
    for (const path of [
      '',
      '.',
      './',
      '/etc/passwd',
      'a/../../b',
      'src/**',
      'src/*.ts',
      'a\\b',
      'C:/x',
      '.git/hooks/',
    ]) {
      expect(pathProblem(path), path).not.toBeNull();
    }
    for (const path of ['src/', 'app/[slug]/page.tsx', 'src/(group)/+page.svelte', '.github/workflows/ci.yml']) {
      expect(pathProblem(path), path).toBeNull();
    }
  });
  it.each([
    ['src/', 'src/a.ts', true],
    ['src/a.ts', 'SRC/A.ts', true],
    ['src', 'src/a.ts', true],
    ['./src//a.ts', 'src/a.ts', true],
    ['src/a', 'src/ab.ts', false],
    ['src/a/', 'src/ab/', false],
  ])('%s and %s could name the same file: %s', (a, b, clash) => {
    expect([overlaps(a, b), overlaps(b, a)]).toEqual([clash, clash]);
  });

  it('only a claim of a folder owns the files in it', () => {
    expect(owns(['src/slug/'], 'src/slug/a.ts')).toBe(true);
    expect(owns(['src/slug'], 'src/slug/a.ts')).toBe(false);
  });
});
