import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { AttemptKey } from '../core/hosts/frames.ts';
import type { KeptResult } from '../core/hosts/host-attempts.ts';
import { MAX_HOSTS } from '../core/hosts/host-limits.ts';
import { nameOf, runOf } from '../core/ids.ts';
import type { AttemptResult } from '../core/tasks/attempt.ts';

/** Reports of attempts that were given to somebody else, kept for people. */
const MAX_EVIDENCE = 100;

/**
 * What a host has on disk: its name, which one process has at a time; the highest epoch it has seen; and results that
 * no coordinator is known to have stored. Files of its own, so that a process that is killed leaves them whole.
 */
export class HostHome implements Disposable {
  readonly name: string;
  readonly instance: number;
  readonly #folder: string;
  readonly #lock: DatabaseSync;

  private constructor(folder: string, name: string, lock: DatabaseSync) {
    this.name = name;
    this.#folder = folder;
    this.#lock = lock;
    for (const part of ['results', 'evidence']) mkdirSync(join(folder, part), { recursive: true, mode: 0o700 });
    rmSync(this.exchange, { recursive: true, force: true });
    mkdirSync(this.exchange, { mode: 0o700 });
    this.instance = this.#number('instance') + 1;
    this.#write(join(folder, 'instance'), String(this.instance));
  }

  /** Takes a name that no living process has: `wanted`, or the first that is free of `<prefix>-1`, `<prefix>-2`, … */
  static claim(hosts: string, prefix: string, wanted?: string): HostHome | undefined {
    const names = wanted === undefined ? Array.from({ length: MAX_HOSTS }, (_, n) => `${prefix}-${n + 1}`) : [wanted];
    for (const name of names) {
      const folder = join(hosts, name);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const lock = lockOf(join(folder, 'lock.sqlite'));
      if (lock !== undefined) return HostHome.#with(folder, name, lock);
    }
    return undefined;
  }

  /** When it throws, the name is free again. */
  static #with(folder: string, name: string, lock: DatabaseSync): HostHome {
    try {
      return new HostHome(folder, name, lock);
    } catch (error) {
      lock.close();
      throw error;
    }
  }

  /** Whether a living process has this name. */
  static isTaken(hosts: string, name: string): boolean {
    const path = join(hosts, name, 'lock.sqlite');
    if (!existsSync(path)) return false;
    const lock = lockOf(path);
    lock?.close();
    return lock === undefined;
  }

  /** Where commands get their inputs and put their results; empty at the start. */
  get exchange(): string {
    return join(this.#folder, 'exchange');
  }

  get epoch(): number {
    return this.#number('epoch');
  }

  noteEpoch(epoch: number): void {
    this.#write(join(this.#folder, 'epoch'), String(epoch));
  }

  /** On disk when it returns. */
  keep(key: AttemptKey, result: AttemptResult): void {
    const { taskId, attempt } = key;
    this.#write(join(this.#folder, 'results', fileOf(key)), JSON.stringify({ key: { taskId, attempt }, result }));
  }

  forget(key: AttemptKey, isEvidence: boolean): void {
    const path = join(this.#folder, 'results', fileOf(key));
    if (!isEvidence) return rmSync(path, { force: true });
    const evidence = join(this.#folder, 'evidence');
    try {
      renameSync(path, join(evidence, fileOf(key)));
    } catch {
      return; // It has not ended yet, or nothing of it was kept.
    }
    const old = readdirSync(evidence).sort();
    for (const name of old.slice(0, Math.max(0, old.length - MAX_EVIDENCE)))
      rmSync(join(evidence, name), { force: true });
  }

  /** What earlier processes of this name have left. A file that cannot be read is left where it is. */
  get kept(): readonly KeptResult[] {
    const results = join(this.#folder, 'results');
    const names = readdirSync(results).filter((name) => name.endsWith('.json'));
    return names.flatMap((name) => {
      try {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only `keep` writes it; the coordinator checks it again
        return [JSON.parse(readFileSync(join(results, name), 'utf8')) as KeptResult];
      } catch {
        return [];
      }
    });
  }

  /** The name is free again. Calling it twice does no harm. */
  [Symbol.dispose](): void {
    if (this.#lock.isOpen) this.#lock.close();
  }

  #number(name: string): number {
    try {
      const found = Number(readFileSync(join(this.#folder, name), 'utf8'));
      return Number.isSafeInteger(found) && found > 0 ? found : 0;
    } catch {
      return 0;
    }
  }

  /** Whole or not at all, also after a power cut. */
  #write(path: string, text: string): void {
    const draft = `${path}.new`;
    const file = openSync(draft, 'w', 0o600);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  }
}

/** An open exclusive transaction: the system frees it the moment its process dies. */
function lockOf(path: string): DatabaseSync | undefined {
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    lock.exec('begin exclusive');
    return lock;
  } catch {
    lock.close();
    return undefined;
  }
}

/** Ids hold nothing that a file name may not. */
function fileOf({ taskId, attempt }: AttemptKey): string {
  return `${runOf(taskId)}~${nameOf(taskId)}~${attempt}.json`;
}
