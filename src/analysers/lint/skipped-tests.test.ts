import { describe, expect, it } from 'vitest';
import { parseSource } from '../parse-source.ts';

const skippedIn = (text: string): readonly number[] => {
  const parsed = parseSource('test/a.test.ts', text, 'test');
  if (!parsed.ok) throw new Error(parsed.cause);
  return parsed.file.skipped ?? [];
};

describe('tests that are switched off', () => {
  it.each([
    "it.skip('adds', () => {});",
    "describe.skip('sums', () => {});",
    "describe.concurrent.skip('sums', () => {});",
    "xit('adds', () => {});",
    "xdescribe('sums', function () {});",
    "test('adds', { skip: true }, () => {});",
  ])('are seen: %s', (text) => {
    expect(skippedIn(`\n${text}\n`)).toEqual([2]);
  });

  it.each([
    "it('adds', () => {});",
    "// waits for the new parser\nit.skip('adds', () => {});",
    "it.skip('adds', () => { // flaky on Windows\n});",
    "it.skip('adds', () => {\n  // see #12\n});",
    "test.skip(browserName === 'webkit', 'no such event');",
    "it.skipIf(isWindows)('adds', () => {});",
    "test('adds', { skip: 'waits for the new parser' }, () => {});",
    "it.skip('a skipped test is counted', () => {});",
    'list.skip(2, () => {});',
  ])('are not: %s', (text) => {
    expect(skippedIn(`\n${text}\n`)).toEqual([]);
  });

  it('count in tests alone', () => {
    const parsed = parseSource('src/a.ts', "it.skip('adds', () => {});", 'production');
    expect(parsed.ok && parsed.file.skipped).toBeUndefined();
  });
});
