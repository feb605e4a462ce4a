import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lastBytesOf, OutputTail } from './output-tail.ts';

describe('OutputTail', () => {
  test('keeps the end, however the stream was cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 30 }), (texts) => {
        const tail = new OutputTail(64);
        for (const text of texts) tail.push(Buffer.from(text));
        const all = texts.join('');
        expect(all.endsWith(tail.text())).toBe(true);
        expect(Buffer.byteLength(tail.text())).toBeGreaterThan(Math.min(64, Buffer.byteLength(all)) - 4);
        expect(tail.totalBytes).toBe(Buffer.byteLength(all));
      }),
    );
  });

  test('never gives more than asked for and always valid text, whatever bytes come', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (chunks) => {
        const tail = new OutputTail(100);
        for (const chunk of chunks) tail.push(chunk);
        expect(Buffer.byteLength(tail.text())).toBeLessThanOrEqual(100);
        expect(tail.text().isWellFormed()).toBe(true);
      }),
    );
  });

  test('does not change when the caller uses its buffer again', () => {
    const tail = new OutputTail(8);
    const buffer = Buffer.from('0123456789');
    tail.push(buffer);
    buffer.fill(120);
    expect(tail.text()).toBe('23456789');
  });
});

test('lastBytesOf cuts between characters', () => {
  expect(lastBytesOf('aé', 2)).toBe('é');
  expect(lastBytesOf('a€', 2)).toBe('');
  expect(lastBytesOf('short', 9)).toBe('short');
});
