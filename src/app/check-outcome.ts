import { NO_PERMISSION, TOO_MANY_FILES } from '../analysers/unread-causes.ts';
import type { CheckReport } from '../core/findings/check-report.ts';
import { groupSkips } from '../core/findings/group-skips.ts';
import type { CheckRun } from './check-run.ts';

/** What a report says in figures, for whoever waits for the check. */
export function outcomeOf(report: CheckReport): Omit<CheckRun, 'runId' | 'record' | 'reports'> {
  return {
    size: sizeOf(report),
    counts: countsOf(report),
    states: statesOf(report),
    notLookedFor: report.past.filter(({ baseline }) => baseline === 'not-checked').map(({ id }) => id),
    failedTasks: report.tasks.filter(({ state }) => state === 'failed').map(({ name }) => name),
    findings: report.findings,
    changes: changesSince(report),
    plan: report.plan,
    skipped: skippedIn(report),
    notes: notesOnUnread(report),
  };
}

function sizeOf({ size, repository, tasks }: CheckReport): CheckRun['size'] {
  const done = tasks.filter(({ state }) => state === 'done').length;
  return { files: size.files, lines: size.lines, commits: repository.commits, tasks: done };
}

function countsOf({ findings }: CheckReport): CheckRun['counts'] {
  const confirmed = findings.filter(({ state }) => state === 'confirmed');
  const count = (severity: string): number => confirmed.filter((finding) => finding.severity === severity).length;
  return {
    critical: count('critical'),
    high: count('high'),
    medium: count('medium'),
    low: count('low'),
    new: confirmed.filter(({ baseline }) => baseline === 'new').length,
  };
}

function statesOf({ findings }: CheckReport): CheckRun['states'] {
  const count = (state: string): number => findings.filter((finding) => finding.state === state).length;
  return {
    confirmed: count('confirmed'),
    unconfirmed: count('unconfirmed'),
    rejected: count('rejected'),
    'not-voted': count('not-voted'),
  };
}

function changesSince({ before, findings, past }: CheckReport): CheckRun['changes'] {
  if (before === null) return null;
  const all = [...findings, ...past];
  const count = (baseline: string): number => all.filter((one) => one.baseline === baseline).length;
  const counts = { new: count('new'), known: count('known'), gone: count('gone'), notChecked: count('not-checked') };
  return { sinceMs: before.checkedAtMs, ...counts };
}

function skippedIn({ notChecked }: CheckReport): CheckRun['skipped'] {
  return groupSkips(notChecked).map(({ whats, reason, fix }) => ({ what: whats.join('; '), reason, fix }));
}

/** Why files were not read that may well hold what a check looks for. */
const UNREAD: ReadonlySet<string> = new Set([NO_PERMISSION, TOO_MANY_FILES]);

function notesOnUnread({ size }: CheckReport): readonly string[] {
  const unread = size.unread.filter(({ cause }) => UNREAD.has(cause));
  return unread.map(({ cause, files, examples: [first = ''] }) => {
    const count = files === 1 ? '1 file was' : `${files.toLocaleString('en-US')} files were`;
    return `${count} not read: ${cause}. For example: ${first}.`;
  });
}
