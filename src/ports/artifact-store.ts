import type { ArtifactRef } from '../core/tasks/attempt.ts';

/** A blob while it is written. Nothing is visible before `finish`. */
export interface ArtifactWriter {
  write(chunk: Uint8Array): Promise<void>;
  /** Durable on return: file and folder are synced. */
  finish(): Promise<ArtifactRef>;
  /** Leaves nothing behind. */
  abandon(): Promise<void>;
}

/** Big payloads, by content: outputs, logs, patches. The journal names them by hash. */
export interface ArtifactStore {
  /** `name` is for people: `stdout.log`. */
  create(name: string): Promise<ArtifactWriter>;
  put(name: string, content: Uint8Array | string): Promise<ArtifactRef>;
  /** Rejects when the blob is missing or its content does not fit its hash. */
  read(ref: ArtifactRef): Promise<Uint8Array>;
  /** The last `maxBytes` of a blob. */
  tail(ref: ArtifactRef, maxBytes: number): Promise<Uint8Array>;
  /** Absolute path for a person to open, where the store has files. */
  pathOf(ref: ArtifactRef): string | undefined;
  /** Removes every blob that is not in `keep` and is older than `olderThanMs`; gives the bytes freed. */
  prune(keep: ReadonlySet<string>, olderThanMs: number): Promise<number>;
}
