import { expect, it } from 'vitest';
import { TestRepository } from '../../test/check/support/repository.ts';
import { OwnPast, toldOf } from './own-past.ts';

const lines = (from: number, to: number, word = 'step'): string =>
  Array.from({ length: to - from + 1 }, (_, at) => `${word}(${from + at});\n`).join('');
const NEWEST_MS = Date.UTC(2026, 5, 1);

function pastOf(repository: TestRepository): OwnPast {
  return new OwnPast({ root: repository.path, signal: new AbortController().signal }, NEWEST_MS);
}

it('a function is worked on when lines of its own were changed within a year', async () => {
  using repository = new TestRepository({ 'a.js': lines(1, 40) });
  repository.commitAt('2024-01-01T12:00:00Z', 'begin');
  repository.write({ 'a.js': lines(1, 20) + lines(21, 32, 'go') + lines(33, 40) });
  repository.commitAt('2026-02-01T12:00:00Z', 'Fix the end');
  const past = pastOf(repository);
  expect(await past.changesOf({ file: 'a.js', line: 1, lines: 20 })).toBeUndefined();
  const change = await past.changesOf({ file: 'a.js', line: 15, lines: 26 });
  expect(change).toMatchObject({ lines: 12, ofLines: 26, fixes: 1 });
  expect(change === undefined ? '' : toldOf(change)).toBe(
    '12 of its 26 lines were changed in the 12 months before the newest commit, in 1 commit, a fix; last on 2026-02-01 ("Fix the end").',
  );
});

it('a line or two of one commit, white space and a new arrangement are no work', async () => {
  using repository = new TestRepository({ 'a.js': lines(1, 40) });
  repository.commitAt('2024-01-01T12:00:00Z', 'begin');
  repository.write({ 'a.js': lines(1, 38) + lines(39, 40, 'go') });
  repository.commitAt('2026-02-01T12:00:00Z', 'Go');
  repository.write({ 'a.js': (lines(1, 38) + lines(39, 40, 'go')).replaceAll('(', '( ') });
  repository.commitAt('2026-03-01T12:00:00Z', 'more air');
  repository.write({ 'a.js': lines(1, 38, 'step_') + lines(39, 40, 'go') });
  repository.commitAt('2026-04-01T12:00:00Z', 'Run prettier');
  expect(await pastOf(repository).changesOf({ file: 'a.js', line: 1, lines: 40 })).toBeUndefined();
});

it('a file that nobody has committed has no past', async () => {
  using repository = new TestRepository({ 'a.js': lines(1, 40) });
  expect(await pastOf(repository).changesOf({ file: 'a.js', line: 1, lines: 40 })).toBeUndefined();
});
