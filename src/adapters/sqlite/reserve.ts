import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, renameSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const MIB = 2 ** 20;
const RESERVE_BYTES = 16 * MIB;
/** Room that must be left beside the reserve before the store counts as having room again. */
const MARGIN_BYTES = MIB;

/**
 * Room kept back on the disk. When the disk is full the file goes, and what it held is there for the events that end
 * work in order. Until it can be made again, everything else is refused.
 */
export class Reserve {
  readonly #path: string;
  #isLow = false;
  #isOwed = false;

  constructor(storePath: string) {
    this.#path = `${storePath}-reserve`;
  }

  /** The disk was full, and no room has been found since. */
  get isLow(): boolean {
    return this.#isLow;
  }

  /** Makes the file where there is none and the disk has room. Never throws: without room there is no reserve. */
  make(): void {
    if (existsSync(this.#path) || this.#freeBytes() < RESERVE_BYTES + MARGIN_BYTES) return;
    const draft = `${this.#path}.new`;
    try {
      const file = openSync(draft, 'w');
      try {
        // Random, so that a file system that compresses keeps the room too.
        const filling = randomBytes(MIB);
        for (let written = 0; written < RESERVE_BYTES;) written += writeSync(file, filling);
      } finally {
        closeSync(file);
      }
      renameSync(draft, this.#path);
    } catch {
      rmSync(draft, { force: true });
    }
  }

  release(): void {
    this.#isLow = true;
    this.#isOwed ||= existsSync(this.#path);
    rmSync(this.#path, { force: true });
  }

  /** Whether there is room again: for the reserve that was given up, or where none ever fitted, for the next events. */
  recover(): boolean {
    if (!this.#isLow) return true;
    this.make();
    const isBack = existsSync(this.#path) || (!this.#isOwed && this.#freeBytes() >= MARGIN_BYTES);
    this.#isLow = !isBack;
    return isBack;
  }

  #freeBytes(): number {
    const { bavail, bsize } = statfsSync(dirname(this.#path));
    return bavail * bsize;
  }
}
