import { expect, test } from 'vitest';
import { HARMLESS_NAMES, isPortableName, lookUpEnvironment, pickEnvironment } from './environment.ts';

test('only names on the list pass, prefixes included', () => {
  const source = { PATH: '/bin', LC_ALL: 'C', LC_TIME: 'C', LCD: 'no', PATHS: 'no', OPENAI_API_KEY: 'secret' };
  expect(pickEnvironment(source, HARMLESS_NAMES)).toEqual({ PATH: '/bin', LC_ALL: 'C', LC_TIME: 'C' });
});

test('a name that is not set or empty is missing, and so is what every object has', () => {
  expect(lookUpEnvironment({ A: '1', B: '' }, ['A', 'B', 'C', 'toString'])).toEqual({
    found: { A: '1' },
    missing: ['B', 'C', 'toString'],
  });
});

test('portable names are those that a shell can hold', () => {
  expect(['A_1', '_x', '1A', 'A.B', 'A-B', ''].map(isPortableName)).toEqual([true, true, false, false, false, false]);
});
