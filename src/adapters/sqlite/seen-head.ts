import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { checksum } from './cells.ts';
import type { JournalFile } from './journal-file.ts';
import { headPath } from './open-store.ts';
import { wentBack } from './store-error.ts';

const heads = z.record(z.string(), z.strictObject({ seq: z.number().int(), hash: z.string() }));
type Heads = z.infer<typeof heads>;

/** Writes at most this often, except at the start and the end: what is lost in between is only sharpness. */
const MIN_INTERVAL_MS = 2_000;

/**
 * Remembers, in a file of its own, the newest record seen, so that an older copy of the store put in its place is
 * noticed. Written after the commit, so it is never ahead of the store; lost or damaged, it says nothing.
 */
export class SeenHead {
  readonly #path: string;
  #writtenMs = 0;

  constructor(storePath: string) {
    this.#path = headPath(storePath);
  }

  /** Throws when the journal ends before a record that was seen, or holds another one in its place. */
  check(journal: JournalFile, storePath: string): void {
    for (const [name, { seq, hash }] of Object.entries(this.#read())) {
      if (seq > 0 && journal.hashAt(name, seq) !== hash) throw wentBack(storePath, seq, name);
    }
  }

  note(journal: JournalFile, name: string, mode: 'now' | 'sometimes'): void {
    const nowMs = performance.now();
    if (mode === 'sometimes' && nowMs - this.#writtenMs < MIN_INTERVAL_MS) return;
    this.#writtenMs = nowMs;
    const text = JSON.stringify({ ...this.#read(), [name]: journal.head(name) });
    try {
      writeFileSync(`${this.#path}.new`, `${checksum([text])} ${text}\n`);
      renameSync(`${this.#path}.new`, this.#path);
    } catch {
      // A full or read-only disk: the check is only as sharp as the last write.
    }
  }

  #read(): Heads {
    if (!existsSync(this.#path)) return {};
    const [, sum, text = ''] = /^(\d+) (.*)\n$/.exec(readFileSync(this.#path, 'utf8')) ?? [];
    return Number(sum) === checksum([text]) ? heads.parse(JSON.parse(text)) : {};
  }
}
