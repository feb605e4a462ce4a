import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { checksum } from './cells.ts';
import type { Head, JournalFile } from './journal-file.ts';
import { headPath } from './open-store.ts';
import { wentBack } from './store-error.ts';

type Heads = Readonly<Record<string, unknown>>;

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
    for (const [name, head] of Object.entries(this.#read())) {
      if (!isHead(head) || head.seq === 0) continue;
      if (journal.hashAt(name, head.seq) !== head.hash) throw wentBack(storePath, head.seq, name);
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
    if (Number(sum) !== checksum([text])) return {};
    const heads: unknown = JSON.parse(text);
    return typeof heads === 'object' && heads !== null ? { ...heads } : {};
  }
}

function isHead(value: unknown): value is Head {
  if (typeof value !== 'object' || value === null) return false;
  return 'seq' in value && typeof value.seq === 'number' && 'hash' in value && typeof value.hash === 'string';
}
