import { expect, test } from 'vitest';
import { nearestName } from './nearest-name.ts';

const KNOWN = ['needs', 'command', 'timeout', 'requires', 'retry', 'env', 'envFrom'];

test.each([
  ['need', 'needs'],
  ['nedes', 'needs'],
  ['comand', 'command'],
  ['timeuot', 'timeout'],
  ['requries', 'requires'],
  ['ENV', 'env'],
  ['envfrom', 'envFrom'],
])('%s means %s', (name, expected) => {
  expect(nearestName(name, KNOWN)).toBe(expected);
});

test.each(['', 'banana', 'x', 'q'.repeat(100)])('%j means nothing known', (name) => {
  expect(nearestName(name, KNOWN)).toBeUndefined();
});

test('of names that are equally near the first is taken', () => {
  expect(nearestName('bat', ['cat', 'hat'])).toBe('cat');
});
