import type {
  CheckReport,
  PlannedChange,
  RunTimeline,
  TimelineAttempt,
} from '../../../src/core/findings/check-report.ts';
import type { Finding, FindingVote } from '../../../src/core/findings/finding.ts';

export function vote(
  voter: FindingVote['voter'],
  choice: FindingVote['choice'],
  over: Partial<FindingVote> = {},
): FindingVote {
  return { voter, choice, reason: `${voter} says ${choice}.`, evidence: [], isCounted: true, ...over };
}

export function finding(over: Partial<Finding> = {}): Finding {
  return {
    id: '0123456789abcdef',
    kind: 'duplicate-case',
    severity: 'high',
    title: 'Case stands twice',
    file: 'src/a.js',
    line: 3,
    evidence: [{ source: 'parse', text: 'case 1:', ref: 'src/a.js:3' }],
    state: 'not-voted',
    votes: [],
    baseline: 'new',
    fix: 'Remove it.',
    ...over,
  };
}

export function report(over: Partial<CheckReport> = {}): CheckReport {
  return {
    format: 'waggle-check/1',
    run: 'run-1',
    checkedAtMs: Date.UTC(2026, 2, 1, 14, 5),
    provenance: 'function',
    repository: {
      name: 'shop',
      path: '/srv/shop',
      git: true,
      rootCommit: 'cd'.repeat(20),
      commit: 'ab'.repeat(20),
      branch: 'main',
      changedFiles: 2,
      commits: 120,
    },
    size: {
      files: 10,
      lines: 1_234,
      bytes: 40_000,
      languages: [
        { language: 'TypeScript', files: 9, lines: 1_200 },
        { language: 'Markdown', files: 1, lines: 34 },
      ],
      unread: [],
    },
    findings: [],
    past: [],
    rules: {},
    furtherIds: [],
    before: null,
    hotspots: null,
    functions: null,
    modules: null,
    plan: null,
    trends: [],
    tasks: [],
    notChecked: [],
    leftOut: [],
    ...over,
  };
}

export function attempt(
  task: string,
  startedAtMs: number,
  endedAtMs: number,
  over: Partial<TimelineAttempt> = {},
): TimelineAttempt {
  return {
    task,
    attempt: 1,
    agent: 'reviewer-1',
    role: 'reviewer',
    needs: [],
    startedAtMs,
    endedAtMs,
    outcome: 'succeeded',
    ...over,
  };
}

export function timeline(...attempts: readonly TimelineAttempt[]): RunTimeline {
  const ends = attempts.map(({ endedAtMs }) => endedAtMs);
  return { startedAtMs: 0, endedAtMs: Math.max(1, ...ends), attempts };
}

export function planned(id: string, over: Partial<PlannedChange> = {}): PlannedChange {
  const none = { findingIds: [], writes: [], dependsOn: [], verify: [] };
  return { id, title: 'Mend it', role: 'coder', size: 'S', ...none, ...over };
}
