import type { Json } from '../core/json.ts';
import type { Refusal } from '../core/ruling.ts';

/** What an attempt sees of an entry. */
export type RunEntryInfo = Readonly<{
  /** As the attempt calls it: `run:plan`. */
  key: string;
  /** Rises with every write; for `ifVersion`. */
  version: number;
  /** Who wrote it: `agent:<agent id>`, `user:<name>` or `system`. What agents write is no more than their word. */
  author: string;
  /** Outlives the process and a power cut. */
  isLasting: boolean;
  /** Wall time, ms since 1970. */
  writtenAtMs: number;
  /** Wall time at which it is gone; absent: it stays. */
  expiresAtMs?: number;
}>;
export type RunEntry = RunEntryInfo & Readonly<{ value: Json }>;
/** `snippet`: some words around what was found, which stands between « and ». */
export type FoundRunEntry = RunEntryInfo & Readonly<{ snippet: string }>;

export type RunSetOptions = Readonly<{
  /** ms to live. Absent: 5 minutes for a passing entry, 30 days for a lasting one of the run or of an agent of it, else for ever. */
  ttlMs?: number;
  /** Outlives the process and a power cut. @default false */
  persistent?: boolean;
  /** Store only when the current version is this; 0 means "not there yet". */
  ifVersion?: number;
}>;

export type RunSearchOptions = Readonly<{
  /** Only keys that match, as in `list`. @default all that the attempt may read */
  pattern?: string;
  /** 1 to 100. @default 20 */
  limit?: number;
}>;

/** The attempt is none any more that may write, or somebody else has written meanwhile. */
export type MemoryRefusal = Refusal | Readonly<{ reason: 'version-differs' }>;
export type MemoryAnswer = Readonly<{ ok: true; version: number }> | Readonly<{ ok: false; refusal: MemoryRefusal }>;
export type RemovalAnswer = Readonly<{ ok: true; removed: number }> | Readonly<{ ok: false; refusal: MemoryRefusal }>;

/** A note that one attempt leaves for the next attempt of its task, and for the tasks that need it. */
export type HandOff = Readonly<{ task: string; attempt: number; text: string; data?: Json; writtenAtMs: number }>;
export type NewHandOff = Readonly<{ text: string; data?: Json }>;

/** What was decided in a run, and why. `by`: the task, or `vote` for what a proposal came to. */
export type Decision = Readonly<{
  title: string;
  outcome: string;
  why?: string;
  data?: Json;
  by: string;
  writtenAtMs: number;
}>;
export type NewDecision = Readonly<{ title: string; outcome: string; why?: string; data?: Json }>;

/** Where an attempt of a task has come to. */
export type Checkpoint = Readonly<{ attempt: number; data: Json; writtenAtMs: number }>;

/**
 * Memory, as a running attempt has it. A key is `swarm:name` (all runs of the project), `run:name` (its run),
 * `role:name` (agents of its role, in all runs) or `agent:name` (its agent); the rest of a run, role or agent cannot be
 * named. In a pattern `*` stands for any characters: `run:plan/*`.
 *
 * Writes are refused once the attempt has ended or another one has begun. Calls reject with a `UserError` for a bad
 * key, value or query and for a full memory, and with `Unavailable` when nothing can be written.
 */
export interface RunMemory {
  get(key: string): Promise<RunEntry | undefined>;
  /** A lasting entry is durable when it resolves. */
  set(key: string, value: Json, options?: RunSetOptions): Promise<MemoryAnswer>;
  delete(key: string): Promise<RemovalAnswer>;
  /** Removes the keys that match in every tier and on every node, and nothing else. Journaled. */
  invalidate(pattern: string): Promise<RemovalAnswer>;
  /** Entries that match, by key, at most 1,000. */
  list(pattern: string): Promise<readonly RunEntryInfo[]>;
  /** Lasting entries with these words, the best first: `red "round ball" bounc* -flat`. */
  search(query: string, options?: RunSearchOptions): Promise<readonly FoundRunEntry[]>;
  /** Replaces an earlier note of this attempt. Text and data take at most 64 KiB. */
  handOff(note: NewHandOff): Promise<MemoryAnswer>;
  /** For this attempt: the newest note of each task that it needs, then those of earlier attempts, oldest first. */
  handOffs(): Promise<readonly HandOff[]>;
  /** Adds to the decision log of the run, or replaces the decision of this task with the same title. At most 64 KiB. */
  decide(decision: NewDecision): Promise<MemoryAnswer>;
  /** Of the run, the newest first, at most 100. */
  decisions(): Promise<readonly Decision[]>;
  /** Replaces an earlier one of this attempt. At most 1 MiB. */
  checkpoint(data: Json): Promise<MemoryAnswer>;
  /** The newest checkpoint of this task, by this or an earlier attempt. */
  lastCheckpoint(): Promise<Checkpoint | undefined>;
}
