import type { TuningEvent } from '../core/tuning/tuning-events.ts';
import type { RunArchive } from '../ports/run-archive.ts';

type Decided = Extract<TuningEvent, { type: 'tuning.decided' }>;

/** A change that the tuner has thought of, and what became of it. Times are wall time, ms since 1970. */
export type TuningTrial = Omit<Decided, 'type' | 'outcome' | 'untilMs'> &
  Readonly<{
    outcome: 'asked' | 'refused' | 'trying' | 'dropped' | 'kept' | 'reverted';
    atMs: number;
    after?: number | null;
    endedAtMs?: number;
  }>;

/** Newest first. */
export function tuningHistory(archive: Pick<RunArchive, 'newest'>, limit: number): readonly TuningTrial[] {
  const trials = new Map<number, TuningTrial>();
  // Up to three records belong to one change: it is asked for, tried, ended.
  for (const { event, wallTimeMs } of archive.newest(['tuning.decided', 'tuning.ended'], 3 * limit).toReversed()) {
    if (event.type === 'tuning.decided') {
      const { type: _type, untilMs: _until, outcome, ...rest } = event;
      trials.set(event.no, { ...rest, outcome: outcome === 'tried' ? 'trying' : outcome, atMs: wallTimeMs });
    }
    const before = event.type === 'tuning.ended' ? trials.get(event.no) : undefined;
    if (event.type !== 'tuning.ended' || before === undefined) continue;
    trials.set(event.no, { ...before, outcome: event.outcome, after: event.after, endedAtMs: wallTimeMs });
  }
  return [...trials.values()].reverse().slice(0, limit);
}
