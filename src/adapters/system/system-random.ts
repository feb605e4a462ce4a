import { randomFillSync, randomInt } from 'node:crypto';
import type { Random } from '../../ports/random.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Words drawn from the system at a time: one call per word would cost more than the word. */
const POOL_WORDS = 1_024;

/** Chance from the operating system. */
export class SystemRandom implements Random {
  readonly #pool = new Uint32Array(POOL_WORDS);
  #next = POOL_WORDS;

  word(): number {
    if (this.#next === POOL_WORDS) {
      randomFillSync(this.#pool);
      this.#next = 0;
    }
    return this.#pool[this.#next++] ?? 0;
  }

  text(length: number): string {
    return Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
  }
}
