/**
 * Chance that hangs on the seed, a topic and a key alone. Nothing is used up by a draw, so whoever leaves out one task
 * or one fault leaves all other draws as they were.
 */
export class Draw {
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = mixed(seed ^ 0x9e3779b9);
  }

  /** 0 to 2^32 - 1. */
  word(topic: string, key: string | number): number {
    return mixed(hashed(String(key), hashed(topic, this.#seed)));
  }

  /** True in `permille` of 1,000 keys. */
  chance(topic: string, key: string | number, permille: number): boolean {
    return permille > 0 && this.word(topic, key) % 1_000 < permille;
  }

  /** Whole, `low` to `high`. */
  whole(topic: string, key: string | number, [low, high]: readonly [number, number]): number {
    return low + (this.word(topic, key) % (high - low + 1));
  }

  /** About `mean` on average: many are short, few are five times as long. Whole. */
  around(topic: string, key: string | number, mean: number): number {
    return stretched(this.word(topic, key), mean);
  }
}

/** Draws that follow each other, for what is planned before the start: one stream for each topic. */
export class Stream {
  readonly #draw: Draw;
  readonly #topic: string;
  #count = 0;

  constructor(seed: number, topic: string) {
    this.#draw = new Draw(seed);
    this.#topic = topic;
  }

  word(): number {
    return this.#draw.word(this.#topic, this.#count++);
  }

  chance(permille: number): boolean {
    return this.word() % 1_000 < permille;
  }

  whole(low: number, high: number): number {
    return low + (this.word() % (high - low + 1));
  }

  around(mean: number): number {
    return stretched(this.word(), mean);
  }

  pick<Item>(first: Item, ...others: readonly Item[]): Item {
    const at = this.word() % (others.length + 1);
    return at === 0 ? first : (others[at - 1] ?? first);
  }

  /** One of a list that is not empty. */
  of<Item>(items: readonly Item[]): Item {
    const item = items[this.word() % items.length];
    if (item === undefined) throw new Error(`Internal error: nothing to draw from for ${this.#topic}`);
    return item;
  }
}

/** Where an exponential distribution of mean 1 reaches each sixteenth, in thousandths: no `Math.log`, which may differ. */
const SIXTEENTHS = [0, 65, 134, 208, 288, 375, 470, 575, 693, 827, 981, 1163, 1386, 1674, 2079, 2773, 5000];

function stretched(word: number, mean: number): number {
  const place = word >>> 28;
  const part = (word >>> 12) & 0xffff;
  const from = SIXTEENTHS[place] ?? 0;
  const to = SIXTEENTHS[place + 1] ?? 5_000;
  return Math.floor((mean * (from * 65_536 + (to - from) * part)) / 65_536_000);
}

/** FNV-1a. */
function hashed(text: string, start: number): number {
  let hash = start;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return Math.imul(hash ^ 0x7c, 0x01000193);
}

/** Every bit of the word hangs on every bit of `hash`. */
function mixed(hash: number): number {
  let word = hash ^ (hash >>> 16);
  word = Math.imul(word, 0x85ebca6b);
  word ^= word >>> 13;
  word = Math.imul(word, 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}
