import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redactText, secretsOf, StreamRedactor } from './redact.ts';

function stream(secrets: readonly string[], chunks: readonly Uint8Array[]): string {
  const redactor = new StreamRedactor(secretsOf(secrets));
  const shown = [...chunks.map((chunk) => Buffer.from(redactor.push(chunk))), Buffer.from(redactor.end())];
  return Buffer.concat(shown).toString('latin1');
}

const split = (text: string, cuts: readonly number[]): readonly Uint8Array[] => {
  const bytes = Buffer.from(text, 'utf8');
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((one, other) => one - other);
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
};

/** Few letters, so that secrets overlap, repeat and start inside each other. */
const secret = fc.stringMatching(/^[abé]{4,9}$/);
const noise = fc.stringMatching(/^[abé\n]{0,40}$/);

describe('StreamRedactor', () => {
  test('a secret never appears, wherever the stream is cut', () => {
    const pieces = fc.array(fc.oneof(noise, secret), { maxLength: 12 });
    const cuts = fc.array(fc.nat(500), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(secret, { minLength: 1, maxLength: 4 }), pieces, cuts, (secrets, texts, places) => {
        const shown = stream(secrets, split(texts.join(secrets[0]), places));
        for (const value of secrets) expect(shown).not.toContain(Buffer.from(value, 'utf8').toString('latin1'));
      }),
      { numRuns: 500 },
    );
  });

  test('the same text is shown however it is cut', () => {
    fc.assert(
      fc.property(secret, noise, fc.array(fc.nat(99), { maxLength: 9 }), (value, text, places) => {
        const whole = `${text}${value}${text}`;
        expect(stream([value], split(whole, places))).toBe(stream([value], split(whole, [])));
      }),
    );
  });

  test('everything else passes unchanged, bytes that are no text too', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    expect(stream(['not-there'], [bytes])).toBe(Buffer.from(bytes).toString('latin1'));
  });

  test('many hits of one secret do not make the search for another one slow', () => {
    const chunk = Buffer.from('abcd'.repeat(250_000));
    expect(stream(['abcd', 'never-there'], [chunk])).toBe('***'.repeat(250_000));
  });
});

describe('secretsOf', () => {
  test('lines of a key are secrets of their own, short values are none', () => {
    expect(secretsOf(['1', 'first-line\nsecond-line\n---', 'first-line'])).toEqual([
      'first-line\nsecond-line\n---',
      'second-line',
      'first-line',
    ]);
  });
});

test('redactText hides the longer secret where two start together', () => {
  expect(redactText('x abcdef y abcd', secretsOf(['abcd', 'abcdef']))).toBe('x *** y ***');
});
