import { createHash, type Hash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, rmdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactRef } from '../../core/tasks/attempt.ts';
import type { ArtifactStore, ArtifactWriter } from '../../ports/artifact-store.ts';
import type { Clock } from '../../ports/clock.ts';
import { userError } from '../../util/user-error.ts';

const DRAFTS = 'drafts';
/** A draft that nobody has written to for so long belongs to a process that is gone. */
const DRAFT_MS = 86_400_000;

/** Blobs as files `<folder>/ab/cdef…`, named by what is in them. Two processes may use one folder. */
export class FileArtifactStore implements ArtifactStore {
  readonly #folder: string;
  readonly #clock: Clock;

  /** `folder` is made when the first blob is written. */
  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  async create(name: string): Promise<ArtifactWriter> {
    const drafts = join(this.#folder, DRAFTS);
    await mkdir(drafts, { recursive: true });
    const draft = join(drafts, randomUUID());
    const file = await open(draft, 'wx');
    return new FileWriter({ name, draft, file, publish: (sha256) => this.#publish(draft, sha256) });
  }

  async put(name: string, content: Uint8Array | string): Promise<ArtifactRef> {
    const writer = await this.create(name);
    try {
      await writer.write(typeof content === 'string' ? Buffer.from(content) : content);
      return await writer.finish();
    } catch (error) {
      await writer.abandon();
      throw error;
    }
  }

  async read(ref: ArtifactRef): Promise<Uint8Array> {
    const content = await readFile(this.#pathOf(ref.sha256)).catch((error: unknown) => {
      throw this.#missing(ref, error);
    });
    if (createHash('sha256').update(content).digest('hex') !== ref.sha256) throw this.#damaged(ref);
    return content;
  }

  async tail(ref: ArtifactRef, maxBytes: number): Promise<Uint8Array> {
    const file = await open(this.#pathOf(ref.sha256), 'r').catch((error: unknown) => {
      throw this.#missing(ref, error);
    });
    try {
      const { size } = await file.stat();
      if (size !== ref.bytes) throw this.#damaged(ref);
      const length = Math.min(size, Math.max(0, maxBytes));
      const tail = Buffer.alloc(length);
      const { bytesRead } = await file.read(tail, 0, length, size - length);
      return tail.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  pathOf(ref: ArtifactRef): string {
    return this.#pathOf(ref.sha256);
  }

  async prune(keep: ReadonlySet<string>, olderThanMs: number): Promise<number> {
    const nowMs = this.#clock.wallTimeMs();
    let freed = 0;
    for (const shelf of await namesIn(this.#folder)) {
      const ageMs = shelf === DRAFTS ? Math.max(olderThanMs, DRAFT_MS) : olderThanMs;
      for (const rest of await namesIn(join(this.#folder, shelf))) {
        if (!keep.has(shelf + rest)) freed += await removeIfOlder(join(this.#folder, shelf, rest), nowMs - ageMs);
      }
      // Only an empty folder goes; a writer that is just about to use it makes it again.
      await rmdir(join(this.#folder, shelf)).catch(() => {});
    }
    return freed;
  }

  async #publish(draft: string, sha256: string): Promise<void> {
    const path = this.#pathOf(sha256);
    const shelf = join(this.#folder, sha256.slice(0, 2));
    if (await isThere(path)) {
      // The same content again: it counts as new, so that nobody prunes it before it is named in the journal.
      const now = new Date(this.#clock.wallTimeMs());
      await utimes(path, now, now).catch(() => {});
      if (await isThere(path)) return await rm(draft, { force: true });
    }
    await mkdir(shelf, { recursive: true });
    await rename(draft, path);
    await syncFolder(shelf);
    await syncFolder(this.#folder);
  }

  #pathOf(sha256: string): string {
    return join(this.#folder, sha256.slice(0, 2), sha256.slice(2));
  }

  #missing({ name, sha256 }: ArtifactRef, cause: unknown): Error {
    const isGone = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    return userError({
      code: isGone ? 'ARTIFACT_MISSING' : 'ARTIFACT_UNREADABLE',
      message: isGone ? `"${name}" is not stored any more.` : `"${name}" cannot be read: ${String(cause)}.`,
      at: this.#pathOf(sha256),
      fix: isGone ? 'Run the task again, or put back the folder.' : 'Make the file readable for yourself.',
    });
  }

  #damaged({ name, sha256 }: ArtifactRef): Error {
    const message = `"${name}" is damaged: its content does not fit its hash.`;
    const fix = 'Remove the file and run the task again.';
    return userError({ code: 'ARTIFACT_DAMAGED', message, at: this.#pathOf(sha256), fix });
  }
}

type WriterParts = Readonly<{
  name: string;
  draft: string;
  file: FileHandle;
  publish: (sha256: string) => Promise<void>;
}>;

class FileWriter implements ArtifactWriter {
  readonly #parts: WriterParts;
  readonly #hash: Hash = createHash('sha256');
  #bytes = 0;
  #isOpen = true;

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#hash.update(chunk);
    this.#bytes += chunk.byteLength;
    for (let done = 0; done < chunk.byteLength;) {
      const { bytesWritten } = await this.#parts.file.write(chunk, done);
      done += bytesWritten;
    }
  }

  async finish(): Promise<ArtifactRef> {
    await this.#parts.file.sync();
    await this.#close();
    const sha256 = this.#hash.digest('hex');
    await this.#parts.publish(sha256);
    return { sha256, bytes: this.#bytes, name: this.#parts.name };
  }

  async abandon(): Promise<void> {
    await this.#close();
    await rm(this.#parts.draft, { force: true });
  }

  async #close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#parts.file.close();
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

async function removeIfOlder(path: string, beforeMs: number): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true || found.mtimeMs >= beforeMs) return 0;
  await rm(path, { force: true });
  return found.size;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
