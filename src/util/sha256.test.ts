import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { sha256 } from './sha256.ts';

const byNode = (text: string): string => createHash('sha256').update(text).digest('hex');

test('gives the digests of the standard', () => {
  expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('agrees with the platform at every length around a block, and beyond one byte per character', () => {
  for (let length = 0; length <= 200; length++) {
    const text = 'é~x'.repeat(length).slice(0, length);
    expect(sha256(text)).toBe(byNode(text));
  }
  expect(sha256('w'.repeat(100_000))).toBe(byNode('w'.repeat(100_000)));
});
