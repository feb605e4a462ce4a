import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunId } from '../core/ids.ts';
import type { ArtifactRef } from '../core/tasks/attempt.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { RunArchive } from '../ports/run-archive.ts';
import type { PruneOptions, PruneResult } from './project.ts';

/** What an attempt that still runs has written may not stand in the journal yet, ms. */
const YOUNGEST_MS = 3_600_000;

export type PruneParts = Readonly<{ archive: RunArchive; artifacts: ArtifactStore; dataDir: string; nowMs: number }>;

/** Removes logs, outputs and reports of old runs; what a run that stays shares with them stays. */
export async function pruneRuns(parts: PruneParts, options: PruneOptions): Promise<PruneResult> {
  const { archive, artifacts, dataDir, nowMs } = parts;
  const { olderThanMs, keep = 0, isDryRun = false } = options;
  const all = archive.runs();
  const old = all
    .filter(({ outcome }) => outcome !== undefined)
    .slice(keep)
    .filter(({ finishedAtMs = nowMs }) => nowMs - finishedAtMs > olderThanMs)
    .map(({ runId }) => runId);
  const going = new Set(old);
  const kept = refsOf(
    archive,
    all.map(({ runId }) => runId).filter((runId) => !going.has(runId)),
  );
  const leaving = [...refsOf(archive, old)].filter(([sha256]) => !kept.has(sha256));
  const found = leaving.filter(([, ref]) => isKeptOnDisk(artifacts, ref));
  if (isDryRun) return { runs: old, freedBytes: found.reduce((sum, [, { bytes }]) => sum + bytes, 0) };
  const freedBytes = await artifacts.prune(new Set(kept.keys()), Math.max(YOUNGEST_MS, olderThanMs));
  for (const runId of old) await rm(join(dataDir, 'check', runId), { recursive: true, force: true });
  return { runs: old, freedBytes };
}

function isKeptOnDisk(artifacts: ArtifactStore, ref: ArtifactRef): boolean {
  return artifacts.pathOf(ref) !== undefined;
}

function refsOf(archive: RunArchive, runs: readonly RunId[]): ReadonlyMap<string, ArtifactRef> {
  const refs = runs.flatMap((runId) => archive.runAttempts(runId).flatMap((attempt) => attempt.artifacts));
  return new Map(refs.map((ref) => [ref.sha256, ref]));
}
