/** What stands in place of a secret. */
export const REDACTED = '***';

/** Shorter values hide nothing and would make output unreadable (`1`, `yes`): they are left alone. */
const MIN_SECRET_LENGTH = 4;

const MARKER = Buffer.from(REDACTED);

/**
 * What must not appear: each value of at least 4 characters and, because programs print keys line by line, each
 * line of at least 8 characters of a value with several lines. Longest first, without repeats.
 */
export function secretsOf(values: readonly string[]): readonly string[] {
  const whole = values.filter((value) => value.length >= MIN_SECRET_LENGTH);
  const lines = values
    .filter((value) => value.includes('\n'))
    .flatMap((value) => value.split(/\r?\n/))
    .filter((line) => line.length >= 2 * MIN_SECRET_LENGTH);
  return [...new Set([...whole, ...lines])].sort((one, other) => other.length - one.length);
}

/** Replaces each secret in a whole text. */
export function redactText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
}

/**
 * Replaces secrets in a stream of bytes, also where a secret is split over chunks. An end of a chunk that may be
 * the start of a secret is held back until the next chunk or `end()`: at most the longest secret less one byte.
 */
export class StreamRedactor {
  readonly #secrets: readonly Buffer[];
  #held: Buffer = Buffer.alloc(0);

  /** @param secrets as `secretsOf` gives them */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets.map((secret) => Buffer.from(secret, 'utf8'));
  }

  /** What may be shown now. Not a copy when there is nothing to hide. */
  push(chunk: Uint8Array): Uint8Array {
    if (this.#secrets.length === 0) return chunk;
    const bytes = Buffer.concat([this.#held, chunk]);
    const { clean, rest } = this.#replace(bytes);
    const keep = this.#undecidedLength(rest);
    this.#held = Buffer.from(rest.subarray(rest.length - keep));
    return Buffer.concat([...clean, rest.subarray(0, rest.length - keep)]);
  }

  /** What was held back. */
  end(): Uint8Array {
    const held = this.#held;
    this.#held = Buffer.alloc(0);
    return held;
  }

  /** Leftmost match first, the longest of those that start together. */
  #replace(bytes: Buffer): { clean: Buffer[]; rest: Buffer } {
    const clean: Buffer[] = [];
    const hits = this.#secrets.map((secret) => bytes.indexOf(secret));
    let from = 0;
    for (let next = this.#leftmost(hits); next >= 0; next = this.#leftmost(hits)) {
      const at = hits[next] ?? 0;
      clean.push(bytes.subarray(from, at), MARKER);
      from = at + (this.#secrets[next]?.length ?? 0);
      this.#moveOn(hits, bytes, from);
    }
    return { clean, rest: bytes.subarray(from) };
  }

  /** Index of the secret that comes first; -1 when none does. Longer secrets stand first and win a tie. */
  #leftmost(hits: readonly number[]): number {
    return hits.reduce((best, at, index) => (at >= 0 && (best < 0 || at < (hits[best] ?? 0)) ? index : best), -1);
  }

  /** Looks again only for secrets whose known place is behind `from`: the whole scan stays linear. */
  #moveOn(hits: number[], bytes: Buffer, from: number): void {
    for (const [index, secret] of this.#secrets.entries()) {
      const at = hits[index] ?? -1;
      if (at >= 0 && at < from) hits[index] = bytes.indexOf(secret, from);
    }
  }

  /** Length of the longest end of `bytes` that some secret starts with. */
  #undecidedLength(bytes: Buffer): number {
    return Math.max(0, ...this.#secrets.map((secret) => overlap(bytes, secret)));
  }
}

function overlap(bytes: Buffer, secret: Buffer): number {
  let length = Math.min(bytes.length, secret.length - 1);
  while (length > 0 && bytes.compare(secret, 0, length, bytes.length - length) !== 0) length--;
  return length;
}
