import { expect, it } from 'vitest';
import { TestRepository } from '../../test/check/support/repository.ts';
import { settledLines } from './settled-lines.ts';
import { tellsWhyOff } from './skipped-tests.ts';

const asking = (repository: TestRepository): Parameters<typeof settledLines>[0] => ({
  root: repository.path,
  signal: new AbortController().signal,
});

it('only lines that stand for a year, and come without a reason, are settled', async () => {
  using repository = new TestRepository({ 'a.txt': 'one\ntwo\n', 'b.txt': 'one\n' });
  repository.commitAt('2023-05-01T12:00:00Z');
  repository.write({ 'a.txt': 'one\ntwo\nthree\n', 'c.txt': 'one\n' });
  repository.commitAt('2024-09-01T12:00:00Z');
  repository.write({ 'a.txt': 'one\n  two\nthree\nfour\n' });
  repository.commitAt('2025-01-01T12:00:00Z');
  const found = [
    { path: 'a.txt', lines: [1, 2, 3, 4] },
    { path: 'b.txt', lines: [1] },
    { path: 'c.txt', lines: [1] },
  ];
  expect(await settledLines(asking(repository), found, () => false)).toEqual([
    { path: 'a.txt', lines: [1, 2] },
    { path: 'b.txt', lines: [1] },
  ]);
  expect(await settledLines(asking(repository), found, () => true)).toEqual([]);
});

it('without a history nothing is known to be young', async () => {
  using repository = new TestRepository({ 'a.txt': 'one\n' });
  const found = [{ path: 'a.txt', lines: [1] }];
  expect(await settledLines(asking(repository), found, () => false)).toEqual(found);
});

it.each([
  ['Skip flaky test of streams', true],
  ['test: disable it on Windows for now', true],
  ['mark as xfail because of the new parser', true],
  ['Skip a few tests', false],
  ['Fix broken links', false],
])('a commit tells why it switched off, or not: %s', (subject, tells) => {
  expect(tellsWhyOff(subject)).toBe(tells);
});
