import { type RunId, type TaskId, nameOf, runOf } from '../core/ids.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { type Author, encodeValue, SYSTEM } from '../core/memory/entry.ts';
import { NOTE_KINDS, type NoteKind } from '../core/memory/namespaces.ts';
import type { EntryInfo } from '../ports/key-value-tier.ts';
import type { Checkpoint, Decision, HandOff, NewDecision, NewHandOff } from '../ports/run-memory.ts';
import { sha256 } from '../util/sha256.ts';
import { userError } from '../util/user-error.ts';
import type { TieredMemory } from './tiered-memory.ts';

/** The attempt that a note is of. */
export type NoteToken = Readonly<{ taskId: TaskId; attempt: number }>;

export type NotesOptions = Readonly<{
  /** Notes of each kind that are kept, over all runs; the oldest go. @default 10_000 */
  maxNotes?: number;
}>;

const MAX_NOTE_CHARS = 65_536;
const MAX_LISTED = 100;
/** Of a title, in the key of its decision. */
const MAX_NAME_CHARS = 100;
/** Notes that one task can have: one per attempt. */
const MAX_PER_TASK = 1_000;
/** Writes after which the oldest notes go. */
const WRITES_PER_TRIM = 256;

/**
 * The keeper of notes, part of the coordinator: what one attempt hands over to the next and to the tasks that need it,
 * the decision log of each run, and where a task has come to. Small records in tier 3, found by their words, of which
 * the oldest go when there are too many.
 */
export class Notes {
  readonly #memory: TieredMemory;
  readonly #maxNotes: number;
  #writes = 0;

  constructor(memory: TieredMemory, { maxNotes = 10_000 }: NotesOptions = {}) {
    this.#memory = memory;
    this.#maxNotes = maxNotes;
  }

  handOff({ taskId, attempt }: NoteToken, { text, data }: NewHandOff, write: NoteWrite): Promise<number | undefined> {
    const key = `hand-off/${runOf(taskId)}:${nameOf(taskId)}/${attempt}`;
    return this.#write(key, bounded(key, { task: nameOf(taskId), attempt, text, ...dataOf(data) }), write);
  }

  /** The newest of each task in `needs`, in that order, then those of earlier attempts, oldest first. */
  async handOffs({ taskId, attempt }: NoteToken, needs: readonly string[]): Promise<readonly HandOff[]> {
    const own = await this.#ofTask('hand-off', runOf(taskId), nameOf(taskId));
    const notes: (HandOff | undefined)[] = [];
    for (const need of needs) {
      const newest = (await this.#ofTask('hand-off', runOf(taskId), need)).at(-1);
      if (newest !== undefined) notes.push(await this.#read(newest, handOffOf));
    }
    for (const info of own) if (attemptOf(info) < attempt) notes.push(await this.#read(info, handOffOf));
    return notes.filter((note) => note !== undefined);
  }

  decide(runId: RunId, by: string, decision: NewDecision, write: NoteWrite): Promise<number | undefined> {
    const { title, outcome, why, data } = decision;
    const key = decisionKey(runId, by, title);
    const record = { title, outcome, ...(why === undefined ? {} : { why }), by, ...dataOf(data) };
    return this.#write(key, bounded(key, record), write);
  }

  /** Whether `by` has written down what was decided about a title. */
  async decided(runId: RunId, by: string): Promise<(title: string) => boolean> {
    const keys = new Set(await this.#memory.keys(`decision/${runId}:${by}/*`, this.#maxNotes));
    return (title) => keys.has(decisionKey(runId, by, title));
  }

  /** The newest first. */
  async decisions(runId: RunId, limit: number = MAX_LISTED): Promise<readonly Decision[]> {
    const infos = [...(await this.#memory.entries(`decision/${runId}:*`, this.#maxNotes))];
    const newest = infos.sort((one, other) => other.version - one.version).slice(0, limit);
    const decisions = await Promise.all(newest.map((info) => this.#read(info, decisionOf)));
    return decisions.filter((decision) => decision !== undefined);
  }

  checkpoint({ taskId, attempt }: NoteToken, data: Json, write: NoteWrite): Promise<number | undefined> {
    const key = `checkpoint/${runOf(taskId)}:${nameOf(taskId)}/${attempt}`;
    return this.#write(key, { attempt, data }, write);
  }

  async lastCheckpoint({ taskId }: NoteToken): Promise<Checkpoint | undefined> {
    const newest = (await this.#ofTask('checkpoint', runOf(taskId), nameOf(taskId))).at(-1);
    return newest === undefined ? undefined : this.#read(newest, checkpointOf);
  }

  /** Removes the oldest notes of each kind beyond the limit. */
  async trim(): Promise<void> {
    this.#writes = 0;
    for (const kind of NOTE_KINDS) await this.#memory.trim(`${kind}/*`, this.#maxNotes);
  }

  async #write(
    key: string,
    value: JsonObject,
    { author = SYSTEM, guard, ifVersion }: NoteWrite,
  ): Promise<number | undefined> {
    const version = await this.#memory.set(key, value, {
      persistent: true,
      author,
      ...(guard === undefined ? {} : { guard }),
      ...(ifVersion === undefined ? {} : { ifVersion }),
    });
    this.#writes++;
    if (this.#writes >= WRITES_PER_TRIM) await this.trim();
    return version;
  }

  /** By attempt. */
  async #ofTask(kind: NoteKind, runId: RunId, task: string): Promise<readonly EntryInfo[]> {
    const infos = [...(await this.#memory.entries(`${kind}/${runId}:${task}/*`, MAX_PER_TASK))];
    return infos.sort((one, other) => attemptOf(one) - attemptOf(other));
  }

  /** Undefined when it went meanwhile, or is none of ours. */
  async #read<Note>({ key }: EntryInfo, noteOf: (value: JsonObject, atMs: number) => Note): Promise<Note | undefined> {
    const entry = await this.#memory.get(key);
    if (entry === undefined || typeof entry.value !== 'object' || entry.value === null) return undefined;
    return isList(entry.value) ? undefined : noteOf(entry.value, entry.writtenAtMs);
  }
}

/** Who writes, and what must hold at that moment. */
export type NoteWrite = Readonly<{ author?: Author; guard?: () => void; ifVersion?: number }>;

function decisionKey(runId: RunId, by: string, title: string): string {
  return `decision/${runId}:${by}/${nameOfTitle(title)}`;
}

/** As it stands in a key: readable, and another one for each title. */
function nameOfTitle(title: string): string {
  const name = title
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .slice(0, MAX_NAME_CHARS)
    .toWellFormed();
  return name === title ? name : `${name}-${sha256(title).slice(0, 8)}`;
}

function isList(value: JsonObject | readonly Json[]): value is readonly Json[] {
  return Array.isArray(value);
}

function dataOf(data: Json | undefined): { data?: Json } {
  return data === undefined ? {} : { data };
}

function bounded(key: string, record: JsonObject): JsonObject {
  const chars = encodeValue(key, record).length;
  if (chars <= MAX_NOTE_CHARS) return record;
  const message = `A note takes ${chars} characters as JSON; the most is ${MAX_NOTE_CHARS}.`;
  throw userError({
    code: 'MEMORY_NOTE',
    message,
    fix: 'Keep what is large as an output or an artifact, and name it.',
  });
}

function attemptOf({ key }: EntryInfo): number {
  return Number(key.slice(key.lastIndexOf('/') + 1));
}

function handOffOf({ task, attempt, text, data }: JsonObject, writtenAtMs: number): HandOff {
  return { task: textIn(task), attempt: Number(attempt), text: textIn(text), ...dataOf(data), writtenAtMs };
}

function decisionOf({ title, outcome, why, by, data }: JsonObject, writtenAtMs: number): Decision {
  const because = why === undefined ? {} : { why: textIn(why) };
  return { title: textIn(title), outcome: textIn(outcome), ...because, ...dataOf(data), by: textIn(by), writtenAtMs };
}

function checkpointOf({ attempt, data = null }: JsonObject, writtenAtMs: number): Checkpoint {
  return { attempt: Number(attempt), data, writtenAtMs };
}

/** What `Notes` wrote is text. */
function textIn(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
