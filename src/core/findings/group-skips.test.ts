import { expect, it } from 'vitest';
import { groupSkips } from './group-skips.ts';

it('puts what is skipped for one reason together, and keeps the order', () => {
  const one = { task: 'parse', reason: 'unsupported-language', fix: 'None is here.' } as const;
  const other = { task: 'ci', reason: 'no-ci', what: 'CI', fix: 'Add a file.' } as const;
  expect(groupSkips([{ ...one, what: 'Complexity' }, other, { ...one, what: 'Imports' }])).toEqual([
    { whats: ['Complexity', 'Imports'], reason: 'unsupported-language', fix: 'None is here.' },
    { whats: ['CI'], reason: 'no-ci', fix: 'Add a file.' },
  ]);
});
