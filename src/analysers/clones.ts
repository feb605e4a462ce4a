import type { CodeLine } from './code-lines.ts';

/** Lines that are compared at once. */
export const WINDOW = 10;
/** Comparisons for each line: only text that was made to repeat itself needs more. */
const MAX_STEPS = 40;
const MAX_PAIRS = 50_000;
/** The longest of them are put together. */
const MAX_GROUPED = 4_000;
/** A passage that follows itself is counted so often. */
const MAX_TIMES = 50;

/** A passage of one file: its lines by their order among those that are compared, from `start`, `length` of them. */
export type Passage = Readonly<{ file: number; start: number; length: number }>;

/** One passage, and the places where it stands; the longest pair gave it its length. */
export type Clone = Readonly<{ length: number; places: readonly Passage[] }>;

type Pair = Readonly<{ a: number; b: number; length: number }>;

/**
 * Finds passages that stand several times, in linear time: windows of lines go into a hash table, two that are equal
 * are followed to where they differ. Lines are held as hashes of 53 bits; whoever shows a clone compares its text.
 */
export class CloneIndex {
  readonly #starts: number[] = [0];
  readonly #maxLines: number;
  #hashes: Float64Array = new Float64Array(65_536);
  /** Lines before it that do something. */
  #logic: Int32Array = new Int32Array(65_537);
  #numbers: Int32Array = new Int32Array(65_536);
  #size = 0;
  /** Set when text that repeats itself endlessly was not followed to its end. */
  isCut = false;

  constructor(maxLines: number) {
    this.#maxLines = maxLines;
  }

  get size(): number {
    return this.#size;
  }

  /** False when there is no room for the file. */
  add(lines: readonly CodeLine[]): boolean {
    if (this.#size + lines.length > this.#maxLines) return false;
    this.#grow(this.#size + lines.length);
    for (const { text, line, isLogic } of lines) {
      this.#hashes[this.#size] = hashOf(text);
      this.#numbers[this.#size] = line;
      this.#logic[this.#size + 1] = (this.#logic[this.#size] ?? 0) + (isLogic ? 1 : 0);
      this.#size += 1;
    }
    this.#starts.push(this.#size);
    return true;
  }

  /** Line in its file of a line of a passage. */
  lineOf({ file, start }: Passage, offset: number): number {
    return this.#numbers[(this.#starts[file] ?? 0) + start + offset] ?? 0;
  }

  linesOf(file: number): number {
    return (this.#starts[file + 1] ?? 0) - (this.#starts[file] ?? 0);
  }

  /** Passages of at least `minLogic` lines that do something, the longest first. */
  clones(minLogic: number): readonly Clone[] {
    const all = this.#pairs(minLogic).toSorted((x, y) => y.length - x.length || x.b - y.b || x.a - y.a);
    const pairs = all.slice(0, MAX_GROUPED);
    if (pairs.length < all.length) this.isCut = true;
    const groups: { length: number; places: Passage[] }[] = [];
    const byFile = new Map<number, { passage: Passage; group: number }[]>();
    const place = (group: number, passage: Passage): void => {
      groups[group]?.places.push(passage);
      const known = byFile.get(passage.file);
      if (known === undefined) byFile.set(passage.file, [{ passage, group }]);
      else known.push({ passage, group });
    };
    const groupOf = (passage: Passage): number | undefined =>
      byFile.get(passage.file)?.find((one) => overlap(one.passage, passage) >= passage.length * 0.6)?.group;
    for (const { a, b, length } of pairs) {
      const [first, second] = [this.#passage(a, length), this.#passage(b, length)];
      const [left, right] = [groupOf(first), groupOf(second)];
      if (left !== undefined && right !== undefined) continue;
      const known = left ?? right;
      const isMore = known !== undefined && length >= (groups[known]?.length ?? 0) * 0.6;
      if (isMore) place(known, left === undefined ? first : second);
      else if (known === undefined) {
        groups.push({ length, places: [] });
        place(groups.length - 1, first);
        place(groups.length - 1, second);
      }
    }
    return groups;
  }

  #pairs(minLogic: number): readonly Pair[] {
    const previous = this.#previousWindows();
    const covered = new Map<number, number>();
    const pairs: Pair[] = [];
    let steps = 0;
    for (let at = 0; at < this.#size; at += 1) {
      const before = previous[at] ?? -1;
      if (before < 0 || (covered.get(at - before) ?? 0) > at) continue;
      if (steps > this.#size * MAX_STEPS || pairs.length >= MAX_PAIRS) {
        this.isCut = true;
        break;
      }
      const [from, to] = this.#follow(before, at);
      steps += to - from;
      covered.set(at - before, to);
      pairs.push(...this.#apart(from, to, at - before).filter(({ b, length }) => this.#isWorth(b, length, minLogic)));
    }
    return pairs;
  }

  /** A run that is longer than the way between its two places repeats itself: each time is a passage. */
  #apart(from: number, to: number, gap: number): readonly Pair[] {
    const times = Math.min(MAX_TIMES, Math.ceil((to - from) / gap));
    return Array.from({ length: times }, (_, time) => {
      const start = from + time * gap;
      return { a: start - gap, b: start, length: Math.min(to - start, gap) };
    });
  }

  /** Where the run of equal lines around two equal windows begins and ends, as places of the second. */
  #follow(before: number, at: number): readonly [number, number] {
    const gap = at - before;
    const [fileA, fileB] = [this.#fileAt(before), this.#fileAt(at)];
    const lowest = Math.max(this.#starts[fileB] ?? 0, (this.#starts[fileA] ?? 0) + gap);
    const highest = Math.min(this.#starts[fileB + 1] ?? 0, (this.#starts[fileA + 1] ?? 0) + gap);
    let [from, to] = [at, at + WINDOW];
    while (from > lowest && this.#hashes[from - 1] === this.#hashes[from - 1 - gap]) from -= 1;
    while (to < highest && this.#hashes[to] === this.#hashes[to - gap]) to += 1;
    return [from, to];
  }

  /** Enough lines that do something, and not the same few over and over. */
  #isWorth(from: number, length: number, minLogic: number): boolean {
    if (length < WINDOW || (this.#logic[from + length] ?? 0) - (this.#logic[from] ?? 0) < minLogic) return false;
    return new Set(this.#hashes.subarray(from, from + length)).size >= length * 0.6;
  }

  /** For each place, the nearest one before it at which the same ten lines stand; -1 where there is none. */
  #previousWindows(): Int32Array {
    const previous = new Int32Array(this.#size).fill(-1);
    const bits = Math.max(10, Math.ceil(Math.log2(this.#size * 2 + 1)));
    const table = new Int32Array(2 ** bits);
    const mask = table.length - 1;
    for (let file = 0; file + 1 < this.#starts.length; file += 1) {
      const end = (this.#starts[file + 1] ?? 0) - WINDOW;
      for (let at = this.#starts[file] ?? 0; at <= end; at += 1) {
        let slot = this.#windowHash(at) & mask;
        while (table[slot] !== 0 && !this.#isSame((table[slot] ?? 0) - 1, at)) slot = (slot + 1) & mask;
        previous[at] = (table[slot] ?? 0) - 1;
        table[slot] = at + 1;
      }
    }
    return previous;
  }

  #windowHash(at: number): number {
    let hash = 0;
    for (let next = at; next < at + WINDOW; next += 1)
      hash = Math.imul(hash, 0x9e3779b1) + ((this.#hashes[next] ?? 0) | 0);
    return hash ^ (hash >>> 15);
  }

  #isSame(a: number, b: number): boolean {
    for (let step = 0; step < WINDOW; step += 1) if (this.#hashes[a + step] !== this.#hashes[b + step]) return false;
    return true;
  }

  #passage(at: number, length: number): Passage {
    const file = this.#fileAt(at);
    return { file, start: at - (this.#starts[file] ?? 0), length };
  }

  #fileAt(place: number): number {
    let [low, high] = [0, this.#starts.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= place) low = middle;
      else high = middle;
    }
    return low;
  }

  #grow(size: number): void {
    if (size <= this.#hashes.length) return;
    const room = Math.max(size, this.#hashes.length * 2);
    const [hashes, logic, numbers] = [new Float64Array(room), new Int32Array(room + 1), new Int32Array(room)];
    hashes.set(this.#hashes);
    logic.set(this.#logic);
    numbers.set(this.#numbers);
    [this.#hashes, this.#logic, this.#numbers] = [hashes, logic, numbers];
  }
}

function overlap(a: Passage, b: Passage): number {
  return Math.min(a.start + a.length, b.start + b.length) - Math.max(a.start, b.start);
}

/** Two hashes of 32 bits, 53 bits of them kept. */
function hashOf(text: string): number {
  let [high, low] = [0x811c9dc5, 0x2c1b3c6d];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x85ebca6b) + 0x9e3779b9;
  }
  return ((high ^ (high >>> 15)) >>> 0) * 0x200000 + ((low ^ (low >>> 13)) >>> 11);
}
