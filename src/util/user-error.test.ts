import { expect, test } from 'vitest';
import { describeUserError, Unavailable, userError, UserErrors, userErrorsIn } from './user-error.ts';

const range = userError({
  code: 'CONFIG_RANGE',
  at: 'waggle.yaml:12:9',
  message: 'loadThreshold is 8, but must be 0 to 1.',
  fix: 'Write 0.8 for 80%.',
});

test('says where, what and what to do', () => {
  expect(describeUserError(range)).toBe('waggle.yaml:12:9: loadThreshold is 8, but must be 0 to 1. Write 0.8 for 80%.');
});

test('one or many are told apart from everything else', () => {
  expect(userErrorsIn(range)).toEqual([range]);
  expect(userErrorsIn(new UserErrors([range, range]))).toEqual([range, range]);
  expect(userErrorsIn(new Unavailable({ port: 'journal', message: 'The disk is full.' }))).toEqual([]);
  expect(userErrorsIn('text')).toEqual([]);
});
