import { expect, test } from 'vitest';
import { SystemRandom } from './system-random.ts';

test('words are whole, within 32 bits and differ, also beyond one draw from the system', () => {
  const random = new SystemRandom();
  const words = Array.from({ length: 5_000 }, () => random.word());
  expect(words.every((word) => Number.isInteger(word) && word >= 0 && word < 2 ** 32)).toBe(true);
  expect(new Set(words).size).toBeGreaterThan(4_990);
  expect(words.some((word) => word >= 2 ** 31)).toBe(true);
});

test('texts have the length asked for, letters and digits only, and differ', () => {
  const random = new SystemRandom();
  const texts = Array.from({ length: 100 }, () => random.text(24));
  expect(texts.every((text) => /^[A-Za-z0-9]{24}$/.test(text))).toBe(true);
  expect(new Set(texts).size).toBe(100);
  expect(random.text(0)).toBe('');
});
