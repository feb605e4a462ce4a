import type { PastFinding } from '../core/findings/check-report.ts';
import { SEVERITIES, type Finding, type Severity } from '../core/findings/finding.ts';
import type { Json } from '../core/json.ts';
import { DETECTORS } from './detectors.ts';
import { asRecord, asText } from './json-value.ts';

const FORMAT = 'waggle-check-baseline/1';
/** More findings are not remembered; the ones at the end of the order are left out. */
const MAX_FINDINGS = 2_000;
const MAX_TITLE = 150;

type KnownFinding = Readonly<{ id: string; kind: string; severity: Severity; title: string; file: string }>;

/** What a check remembers for the next one. */
export type Baseline = Readonly<{
  run: string;
  checkedAtMs: number;
  commit: string | null;
  /** Version of the rule for each kind that was looked for. */
  detectors: Readonly<Record<string, number>>;
  findings: readonly KnownFinding[];
}>;

/** The newest baseline and the one before it: a run that is repeated compares with the same one again. */
export type StoredBaseline = Readonly<{ newest: Baseline; previous: Baseline | null }>;

/** `repository`: hash of the root commit, or of the path where there is no history. */
export function baselineKey(repository: string): string {
  return `check:${repository}/baseline`;
}

/** The baseline to compare with in this run; undefined on the first check. */
export function baselineFor(run: string, stored: StoredBaseline | undefined): Baseline | undefined {
  if (stored === undefined) return undefined;
  return stored.newest.run === run ? (stored.previous ?? undefined) : stored.newest;
}

export type Compared = Readonly<{ findings: readonly Finding[]; past: readonly PastFinding[] }>;

/** `done`: names of the tasks that ran to their end. */
export function compareWith(
  before: Baseline | undefined,
  findings: readonly Finding[],
  done: ReadonlySet<string>,
): Compared {
  if (before === undefined) return { findings, past: [] };
  const known = new Set(before.findings.map(({ id }) => id));
  const now = new Set(findings.map(({ id }) => id));
  return {
    findings: findings.map((finding) => ({ ...finding, baseline: known.has(finding.id) ? 'known' : 'new' })),
    past: before.findings
      .filter(({ id }) => !now.has(id))
      .map((finding) => ({ ...finding, baseline: wasLookedFor(finding.kind, before, done) ? 'gone' : 'not-checked' })),
  };
}

function wasLookedFor(kind: string, before: Baseline, done: ReadonlySet<string>): boolean {
  const detector = DETECTORS.get(kind);
  return detector !== undefined && done.has(detector.task) && before.detectors[kind] === detector.version;
}

/**
 * What to remember after this run. What could not be looked for this time stays remembered, so that it is neither new
 * nor forgotten when it is looked for again.
 */
export function nextBaseline(
  head: Pick<Baseline, 'run' | 'checkedAtMs' | 'commit'>,
  findings: readonly Finding[],
  past: readonly PastFinding[],
): Baseline {
  const waiting = past.filter(({ baseline }) => baseline === 'not-checked');
  return {
    ...head,
    detectors: Object.fromEntries([...DETECTORS].map(([kind, { version }]) => [kind, version])),
    findings: [...findings, ...waiting].slice(0, MAX_FINDINGS).map(({ id, kind, severity, title, file }) => ({
      id,
      kind,
      severity,
      title: title.slice(0, MAX_TITLE),
      file,
    })),
  };
}

export function encodeBaseline({ newest, previous }: StoredBaseline): Json {
  return { format: FORMAT, newest, previous };
}

/** Undefined when it is not a baseline that this release can read. */
export function decodeBaseline(value: unknown): StoredBaseline | undefined {
  const { format, newest, previous } = asRecord(value);
  const first = format === FORMAT ? decodeOne(newest) : undefined;
  return first === undefined ? undefined : { newest: first, previous: decodeOne(previous) ?? null };
}

function decodeOne(value: unknown): Baseline | undefined {
  const { run, checkedAtMs, commit, detectors, findings } = asRecord(value);
  if (typeof run !== 'string' || typeof checkedAtMs !== 'number' || !Array.isArray(findings)) return undefined;
  const versions = Object.entries(asRecord(detectors)).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  return {
    run,
    checkedAtMs,
    commit: asText(commit) ?? null,
    detectors: Object.fromEntries(versions),
    findings: findings.map(decodeFinding).filter((finding) => finding !== undefined),
  };
}

function decodeFinding(value: unknown): KnownFinding | undefined {
  const { id, kind, severity, title, file } = asRecord(value);
  const known = SEVERITIES.find((one) => one === severity);
  if (typeof id !== 'string' || typeof kind !== 'string' || known === undefined) return undefined;
  return { id, kind, severity: known, title: asText(title) ?? '', file: asText(file) ?? '' };
}
