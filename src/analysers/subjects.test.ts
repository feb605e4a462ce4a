import { expect, it } from 'vitest';
import { isFixSubject, isRoutineSubject } from './subjects.ts';

it.each([
  'v1.2.3',
  '1.2.0-rc.1',
  'Release 2.0.1',
  'chore(release): 3.4.5',
  'Bump version to 1.3',
  'chore: release v5.0.0 (#12)',
  '[maven-release-plugin] prepare release x-1.0',
  'Update copyright year',
  'style: sort imports',
  'Run prettier',
  'Reformat with clang-format',
  'Remove trailing whitespace',
  'Convert K&R functions to ANSI C',
  'cargo fmt',
])('nobody had to understand the file for it: %s', (subject) => {
  expect(isRoutineSubject(subject)).toBe(true);
});

it.each([
  'Fix a crash when the list is empty',
  'feat: release the lock early',
  'fmt: print the span first',
  'Bump allocator for nodes',
  'Add version check to the handshake',
  'Format dates in the zone of the reader',
])('somebody worked on it: %s', (subject) => {
  expect(isRoutineSubject(subject)).toBe(false);
});

it('a fix says so, and is not about words or white space', () => {
  expect(isFixSubject('fix(http): answer twice')).toBe(true);
  expect(isFixSubject('Guard against an empty name')).toBe(true);
  expect(isFixSubject('Fix typo')).toBe(false);
  expect(isFixSubject('fix lint warnings')).toBe(false);
  expect(isFixSubject('feat: a progress bar, fixed for narrow terminals (fixes #12)')).toBe(false);
  expect(isFixSubject('Revert "Keep the lock while reading"')).toBe(false);
  expect(isFixSubject('Lock again while reading: reverts a change that lost data')).toBe(true);
});
