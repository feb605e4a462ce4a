import { describe, expect, it } from 'vitest';
import { parseSource } from '../parse-source.ts';

const skippedIn = (text: string): readonly number[] => {
  const parsed = parseSource('test/a.test.ts', text, 'test');
  if (!parsed.ok) throw new Error(parsed.cause);
  return parsed.file.skipped ?? [];
};

describe('tests that are switched off', () => {
  it.each([
    "it.skip('adds', () => { add(1); });",
    "describe.skip('sums', () => { add(1); });",
    "describe.concurrent.skip('sums', () => { add(1); });",
    "xit('adds', () => { add(1); });",
    "xdescribe('sums', function () { add(1); });",
    "test('adds', { skip: true }, () => { add(1); });",
  ])('are seen: %s', (text) => {
    expect(skippedIn(`\n${text}\n`)).toEqual([2]);
  });

  it.each([
    "it('adds', () => { add(1); });",
    "// waits for the new parser\nit.skip('adds', () => { add(1); });",
    "it.skip('adds', () => { // flaky on Windows\nadd(1);\n});",
    "it.skip('adds', () => {\n  // see #12\n  add(1);\n});",
    "test.skip(browserName === 'webkit', 'no such event');",
    "it.skipIf(isWindows)('adds', () => { add(1); });",
    "test('adds', { skip: 'waits for the new parser' }, () => { add(1); });",
    "it.skip('a skipped test is counted', () => { add(1); });",
    'list.skip(2, () => {});',
    '// waits for the new parser\n\nit.skip("adds", () => { add(1); });',
    "it.skip('adds', () => {\n  const a = 1;\n\n  // never ends on Windows\n  add(a);\n});",
    "if (isWindows) {\n  it.skip('adds', () => { add(1); });\n}",
    "if (isLinux) run();\nelse it.skip('adds', () => { add(1); });",
    "it.skip('adds', () => {});",
    "it.skip('adds (#6363)', () => { add(1); });",
    "it.skip('other values are deprecated', () => { add(1); });",
    "it.skip('adds: a bug of the driver', () => { add(1); });",
    "describe('pending tests', () => {\n  it.skip('should not run', () => { add(1); });\n});",
    "const off = xit('has a limit', () => { add(1); }).timeout(10);",
    "let off;\noff = it.skip('has a limit', () => { add(1); });",
    "it.skip('adds as SUMS-123 asks', () => { add(1); });",
    "// These do not pass on slow machines.\ndescribe('sums', () => {\n  a();\n  it.skip('adds', () => { add(1); });\n});",
    "/**\n * See https://example.org/12\n */\ndescribe('sums', () => {\n  a();\n  it.skip('adds', () => { add(1); });\n});",
  ])('are not: %s', (text) => {
    expect(skippedIn(`\n${text}\n`)).toEqual([]);
  });

  it('are seen in a group with a comment about something else', () => {
    const text =
      "// Sums of two numbers.\ndescribe('sums', () => {\n  a();\n  it.skip('adds UTF-16 to node-18', () => { add(1); });\n});\n";
    expect(skippedIn(text)).toEqual([4]);
  });

  it('count in tests alone', () => {
    const parsed = parseSource('src/a.ts', "it.skip('adds', () => { add(1); });", 'production');
    expect(parsed.ok && parsed.file.skipped).toBeUndefined();
  });
});
