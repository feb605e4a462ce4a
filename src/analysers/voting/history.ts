import { countOf } from '../words.ts';
import type { Motion, Past, Usual } from './ballot.ts';
import { ruleOf } from './kinds.ts';
import { abstain, approve, type Bench, type Opinion, reject } from './opinion.ts';

const DAY_MS = 24 * 3_600_000;
const YEAR_MS = 365.25 * DAY_MS;
/** Quality of what nobody has touched for so long costs nobody anything. */
const UNTOUCHED_MS = 2 * YEAR_MS;
/** Fewer fixes are no pattern. */
const MIN_FIXES = 3;

type UsualPast = NonNullable<Usual['past']>;

/** Age, changes in 12 months, share of fixes: what is worked on matters, what nobody has touched for years does not. */
export function historyOf({ finding, past, place }: Motion, { usual }: Bench): Opinion {
  const isQuality = ruleOf(finding.kind).class === 'quality';
  if (usual.past === null) return abstain('There is no history to look at.');
  if (!place.isCode || !['defect', 'quality', 'security'].includes(ruleOf(finding.kind).class)) {
    return abstain('How often such a file changes says nothing about a finding of this kind.');
  }
  if (past === null) return unknownPast(usual.past, isQuality);
  const ref = finding.file;
  const untouchedMs = usual.past.newestAtMs - past.lastAtMs;
  if (isQuality && untouchedMs > UNTOUCHED_MS) {
    const years = yearsOf(untouchedMs);
    return reject(`Not changed for ${years} years: nobody works on it.`, {
      text: `${countOf(past.commits, 'commit')}, the last one ${years} years before the newest of the repository.`,
      ref,
    });
  }
  return activity(past, usual.past, ref);
}

function activity(past: Past, { recentP75, fixShareP75 }: UsualPast, ref: string): Opinion {
  const by = `by ${countOf(past.authors, 'person', 'people')}`;
  if (past.recent > recentP75) {
    return approve(`Changed ${countOf(past.recent, 'time')} in 12 months; ${usually(recentP75)}.`, {
      text: `${countOf(past.commits, 'commit')} ${by}, ${past.recent} of them in 12 months.`,
      ref,
    });
  }
  const fixShare = past.fixes / Math.max(1, past.commits);
  if (past.recent > 0 && past.fixes >= MIN_FIXES && fixShare > fixShareP75) {
    return approve(
      `${past.fixes} of ${past.commits} changes were fixes; in three quarters of the files ${percent(fixShareP75)} or less are.`,
      { text: `${countOf(past.fixes, 'fix', 'fixes')} among ${countOf(past.commits, 'commit')} ${by}.`, ref },
    );
  }
  return abstain(`Changed ${countOf(past.recent, 'time')} in 12 months, as most files are.`);
}

function usually(times: number): string {
  return times === 0
    ? 'most files were not changed at all'
    : `three quarters of the files changed ${countOf(times, 'time')} or less`;
}

/** Not in the commits that were looked at, or only in those that touched everything. */
function unknownPast({ commits, newestAtMs, oldestAtMs }: UsualPast, isQuality: boolean): Opinion {
  const spanMs = newestAtMs - oldestAtMs;
  if (!isQuality || spanMs <= UNTOUCHED_MS) return abstain('No commit on record is about this file.');
  return reject(
    `Not changed in the last ${commits} commits, which go back ${yearsOf(spanMs)} years: nobody works on it.`,
  );
}

function yearsOf(ms: number): string {
  return (ms / YEAR_MS).toFixed(1);
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)}%`;
}
