import { expect, it } from 'vitest';
import { parseSource } from '../parse-source.ts';

function told(text: string): readonly string[] {
  const parsed = parseSource('test/a.test.js', text, 'test');
  return parsed.ok ? parsed.findings.map(({ severity, title }) => `${severity}: ${title}`) : [parsed.cause];
}

it.each([
  ["fdescribe('a', () => {\n  it('b', () => {});\n});\n// it('c', () => {});\n", 'fdescribe'],
  ["describe('a', () => {\n  it.only('b', () => {});\n});\n", 'it.only'],
  ["it.only('a', () => {});\nit.only('b', () => {});\n", 'it.only'],
])('a focus beside which no test stands is told quietly', (text, call) => {
  expect(told(text)).toEqual([`low: ${call} singles out what holds every test of the file`]);
});

it.each([
  ["fdescribe('a', () => {});\ntest.each([1])('b', () => {});\n"],
  ["fdescribe('a', () => {});\nxit('b', () => {});\n"],
  ["describe.only('a', () => {\n  it.only('b', () => {});\n  it('c', () => {});\n});\n"],
])('a focus that leaves out a test of the file is told aloud', (text) => {
  expect(told(text).every((one) => one.startsWith('high: Only '))).toBe(true);
});
