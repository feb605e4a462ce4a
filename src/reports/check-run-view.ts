import type { CheckReport, RunTimeline, TimelineAttempt } from '../core/findings/check-report.ts';
import { SEVERITIES, type Finding, type Severity } from '../core/findings/finding.ts';

/** What all reports are made of. */
export type CheckView = Readonly<{ report: CheckReport; timeline: RunTimeline }>;

export type SeverityCount = Readonly<{ severity: Severity; findings: number }>;

/** In the order of severity, those without a finding left out. */
export function severityCounts(findings: readonly Finding[]): readonly SeverityCount[] {
  return SEVERITIES.map((severity) => ({
    severity,
    findings: findings.filter((finding) => finding.severity === severity).length,
  })).filter((one) => one.findings > 0);
}

/** `path:line`, without a line for the file as a whole. */
export function placeOf({ file, line }: Pick<Finding, 'file' | 'line'>): string {
  return line === 0 ? file : `${file}:${line}`;
}

export type Lane = Readonly<{ agent: string; role: string; attempts: readonly TimelineAttempt[] }>;

/** One lane for each agent, in the order in which they began to work. */
export function lanesOf({ attempts }: RunTimeline): readonly Lane[] {
  const ordered = attempts.toSorted((a, b) => a.startedAtMs - b.startedAtMs);
  return [...Map.groupBy(ordered, ({ agent }) => agent)].map(([agent, own]) => ({
    agent,
    role: own[0]?.role ?? '',
    attempts: own,
  }));
}

/**
 * The attempts that the run's end waited for: from the one that ended last back to the need that it waited for
 * longest, and so on. Keys are those of `keyOf`.
 */
export function criticalPath({ attempts }: RunTimeline): ReadonlySet<string> {
  const last = new Map<string, TimelineAttempt>();
  for (const attempt of attempts) {
    const known = last.get(attempt.task);
    if (known === undefined || known.endedAtMs <= attempt.endedAtMs) last.set(attempt.task, attempt);
  }
  const latest = (some: readonly TimelineAttempt[]): TimelineAttempt | undefined =>
    some.reduce<TimelineAttempt | undefined>(
      (top, one) => (top === undefined || one.endedAtMs > top.endedAtMs ? one : top),
      undefined,
    );
  const path = new Set<string>();
  let next = latest([...last.values()]);
  while (next !== undefined && !path.has(keyOf(next))) {
    path.add(keyOf(next));
    next = latest(next.needs.map((need) => last.get(need)).filter((one) => one !== undefined));
  }
  return path;
}

export function keyOf({ task, attempt }: TimelineAttempt): string {
  return `${task}#${attempt}`;
}

/** Why tasks failed, into the report: the data they did not leave says only that they did. */
export function withFailures(report: CheckReport, failures: Readonly<Record<string, string>>): CheckReport {
  return {
    ...report,
    tasks: report.tasks.map((task) => {
      const note = failures[task.name];
      return note === undefined ? task : { ...task, state: 'failed', note };
    }),
  };
}
