const CONTINUATION = { mask: 0xc0, bits: 0x80 };

/** Keeps the end of a stream of bytes in a fixed amount of memory, and gives it as valid text. */
export class OutputTail {
  readonly #maxBytes: number;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #total = 0;

  /** @param maxBytes how much is kept, as UTF-8 */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes seen in all. */
  get totalBytes(): number {
    return this.#total;
  }

  push(chunk: Uint8Array): void {
    this.#total += chunk.length;
    // A copy: the caller may use its buffer again.
    const kept = Buffer.from(chunk.subarray(-this.#maxBytes));
    this.#chunks.push(kept);
    this.#bytes += kept.length;
    // Rebuilt only when twice the size is held: each byte is copied at most once or twice.
    if (this.#bytes > 2 * this.#maxBytes || this.#chunks.length > 256) this.#compact();
  }

  /** At most `maxBytes` as UTF-8, never starting inside a character. Bytes that are no text become U+FFFD. */
  text(): string {
    this.#compact();
    const [bytes] = this.#chunks;
    if (bytes === undefined) return '';
    const text = Buffer.from(bytes.subarray(startOfText(bytes))).toString('utf8');
    return lastBytesOf(text, this.#maxBytes);
  }

  #compact(): void {
    const all = Buffer.concat(this.#chunks);
    const kept = all.length > this.#maxBytes ? Buffer.from(all.subarray(-this.#maxBytes)) : all;
    this.#chunks = kept.length === 0 ? [] : [kept];
    this.#bytes = kept.length;
  }
}

/** The end of `text`, at most `maxBytes` as UTF-8, cut between characters. */
export function lastBytesOf(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= maxBytes) return bytes.toString('utf8');
  const end = bytes.subarray(bytes.length - maxBytes);
  return end.subarray(startOfText(end)).toString('utf8');
}

/** Skips what is left of a character that was cut: at most 3 bytes. */
function startOfText(bytes: Uint8Array): number {
  let start = 0;
  while (start < Math.min(3, bytes.length) && isContinuation(bytes[start])) start++;
  return start;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & CONTINUATION.mask) === CONTINUATION.bits;
}
