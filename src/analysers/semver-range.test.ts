import { expect, it } from 'vitest';
import { satisfies } from './semver-range.ts';

const CASES: readonly (readonly [version: string, range: string, answer: boolean | undefined])[] = [
  ['1.2.3', '1.2.3', true],
  ['1.2.4', '1.2.3', false],
  ['1.9.0', '^1.2.3', true],
  ['1.2.2', '^1.2.3', false],
  ['2.0.0', '^1.2.3', false],
  ['0.2.9', '^0.2.3', true],
  ['0.3.0', '^0.2.3', false],
  ['0.0.4', '^0.0.3', false],
  ['0.0.3', '^0.0.3', true],
  ['0.5.0', '^0', true],
  ['1.2.9', '~1.2.3', true],
  ['1.3.0', '~1.2.3', false],
  ['1.9.0', '~1', true],
  ['1.4.0', '1.x', true],
  ['2.0.0', '1.x', false],
  ['1.2.7', '1.2', true],
  ['9.9.9', '*', true],
  ['9.9.9', '', true],
  ['5.0.0', '^4.0.0 || ^5.0.0', true],
  ['3.0.0', '^4.0.0 || ^5.0.0', false],
  ['1.5.0', '>=1.2.0 <2.0.0', true],
  ['2.0.0', '>= 1.2.0 < 2.0.0', false],
  ['2.0.0', '>1', true],
  ['1.9.9', '>1', false],
  ['1.9.9', '<=1', true],
  ['1.5.0', '1.2.3 - 2.0.0', true],
  ['2.0.1', '1.2.3 - 2.0.0', false],
  ['1.0.0', 'latest', undefined],
  ['1.0.0-beta.1', '^1.0.0', undefined],
  ['1.0.0-beta.1', '1.0.0-beta.1', true],
  ['1.0.0', 'latest || ^1.0.0', true],
  ['1.0.0', '^2.0.0-rc.1', undefined],
  ['1.0.0', ' '.repeat(150) + '^'.repeat(100), undefined],
];

it.each(CASES)('%s for "%s": %s', (version, range, answer) => {
  expect(satisfies(version, range)).toBe(answer);
});
