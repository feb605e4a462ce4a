import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { SwarmEvent } from '../../src/core/events.ts';
import type { RunArchive } from '../../src/ports/run-archive.ts';

/** One batch of a recorded journal, as one line of its file. */
export type RecordedBatch = Readonly<{ wallTimeMs: number; events: readonly SwarmEvent[] }>;

/** States of tasks that are younger than the first recordings: nobody in them is as if they were not counted. */
const LATER_STATES: ReadonlySet<string> = new Set(['awaiting-children', 'awaiting-quota']);

const FOLDER = new URL('./journals/', import.meta.url);

/** Names of all recorded journals. They are never changed; new releases only add to them. */
export function recordedJournals(): readonly string[] {
  return readdirSync(FOLDER).filter((name) => name.endsWith('.jsonl'));
}

export function readJournal(name: string): readonly RecordedBatch[] {
  const lines = readFileSync(new URL(name, FOLDER), 'utf8').trimEnd().split('\n');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- recorded from a journal of ours
  return lines.map((line) => JSON.parse(line) as RecordedBatch);
}

/** Hash of all that an archive shows, whatever the order of keys. */
export function viewHash(archive: RunArchive): string {
  const runs = archive.runs();
  const all = runs.map((run) => [run, archive.tasks(run.runId), archive.runAttempts(run.runId)]);
  const text = JSON.stringify([all, archive.agents(), archive.headSeq()], (_, value: unknown) => sorted(value));
  return createHash('sha256').update(text).digest('hex');
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([key, item]) => !(LATER_STATES.has(key) && item === 0));
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}
