import type { CheckRun } from '../app/check-run.ts';
import { plural } from './render/format.ts';

/** What makes a check exit with 1. */
export type FailOn = Readonly<{
  /** Confirmed findings of this severity or worse. */
  severity?: 'critical' | 'high' | 'medium';
  /** Confirmed findings that the check before did not have. */
  isNew: boolean;
  /** Findings with these ids, whatever the vote made of them short of a rejection. */
  ids: readonly string[];
}>;

type Judged = Pick<CheckRun, 'counts' | 'findings' | 'notLookedFor' | 'failedTasks'>;

/** Why the check fails, in a few words each; empty when it does not. */
export function reasonsToFail(run: Judged, failOn: FailOn | undefined): readonly string[] {
  if (failOn === undefined) return [];
  const { critical, high, medium } = run.counts;
  const upTo = { critical, high: critical + high, medium: critical + high + medium };
  const bad = failOn.severity === undefined ? 0 : upTo[failOn.severity];
  const worse = failOn.severity === 'critical' ? '' : ' or worse';
  return [
    ...(bad > 0 ? [`${plural(bad, 'confirmed finding')} of severity ${failOn.severity}${worse}`] : []),
    ...(failOn.isNew && run.counts.new > 0 ? [`${plural(run.counts.new, 'new confirmed finding')}`] : []),
    ...failOn.ids.flatMap((id) => stillThere(id, run)),
    ...(run.failedTasks.length > 0
      ? [`not known what failed tasks would have found: ${run.failedTasks.join(', ')}`]
      : []),
  ];
}

function stillThere(id: string, { findings, notLookedFor }: Judged): readonly string[] {
  if (findings.some((finding) => finding.id === id && finding.state !== 'rejected')) return [`finding ${id} is there`];
  return notLookedFor.includes(id) ? [`finding ${id} could not be looked for`] : [];
}
