import type { PastFinding } from '../core/findings/check-report.ts';
import { SEVERITIES, type Finding, type Severity } from '../core/findings/finding.ts';
import type { Json } from '../core/json.ts';
import type { EarlierReport } from '../workflows/earlier-report-schema.ts';
import { DETECTORS } from './detectors.ts';
import { asRecord, asText } from './json-value.ts';
import { decodeFigures, figuresFrom, type CheckFigures } from './trends.ts';

const FORMAT = 'waggle-check-baseline/1';
/** More findings are not remembered; the ones at the end of the order are left out. */
const MAX_FINDINGS = 2_000;
const MAX_TITLE = 150;

type KnownFinding = Readonly<{
  id: string;
  kind: string;
  severity: Severity;
  title: string;
  file: string;
  /** A vote spoke against it: when it goes, nothing was mended. */
  isRejected?: true;
  /** Version of the rule that found it, where it is an older one. */
  rule?: number;
}>;

/** What a check remembers for the next one. */
export type Baseline = Readonly<{
  run: string;
  checkedAtMs: number;
  commit: string | null;
  /** Version of the rule for each kind that was looked for. */
  detectors: Readonly<Record<string, number>>;
  findings: readonly KnownFinding[];
  /** Ids of more that are known, and nothing else of them. */
  furtherIds?: readonly string[];
}>;

/** The newest baseline and the one before it: a run that is repeated compares with the same one again. */
export type StoredBaseline = Readonly<{
  newest: Baseline;
  previous: Baseline | null;
  /** What the checks so far have measured, the oldest first. */
  figures: readonly CheckFigures[];
}>;

/** From the report of an earlier check. */
export type GivenBaseline = Readonly<{ baseline: Baseline; figures: readonly CheckFigures[] }>;

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
  const known = new Set([...before.findings.map(({ id }) => id), ...(before.furtherIds ?? [])]);
  const now = new Set(findings.map(({ id }) => id));
  return {
    findings: findings.map((finding) => ({ ...finding, baseline: known.has(finding.id) ? 'known' : 'new' })),
    past: before.findings
      .filter(({ id, isRejected }) => isRejected !== true && !now.has(id))
      .map((finding) => {
        const { id, kind, severity, title, file } = finding;
        const isSame = ruleOf(finding, before) === DETECTORS.get(kind)?.version;
        return { id, kind, severity, title, file, baseline: isSame && wasRun(kind, done) ? 'gone' : 'not-checked' };
      }),
  };
}

function ruleOf({ kind, rule }: KnownFinding, { detectors }: Baseline): number | undefined {
  return rule ?? detectors[kind];
}

function wasRun(kind: string, done: ReadonlySet<string>): boolean {
  const detector = DETECTORS.get(kind);
  return detector !== undefined && done.has(detector.task);
}

/**
 * What to remember after this run. What could not be looked for this time stays remembered, so that it is neither new
 * nor forgotten when it is looked for again. What another version of its rule has looked for and not found is not: it
 * can never be told whether it is gone.
 */
export function nextBaseline(
  head: Pick<Baseline, 'run' | 'checkedAtMs' | 'commit'>,
  findings: readonly Finding[],
  before: Baseline | undefined,
  done: ReadonlySet<string>,
): Baseline {
  const now = new Set(findings.map(({ id }) => id));
  const waiting = (before?.findings ?? [])
    .filter(({ id, kind }) => !now.has(id) && !wasRun(kind, done))
    .map((finding) => withRule(finding, before));
  const known = [...findings.map(toKnown), ...waiting].slice(0, MAX_FINDINGS);
  return { ...head, detectors: rulesNow(), findings: known };
}

function withRule(finding: KnownFinding, before: Baseline | undefined): KnownFinding {
  const rule = before === undefined ? undefined : ruleOf(finding, before);
  return rule === undefined || rule === DETECTORS.get(finding.kind)?.version ? finding : { ...finding, rule };
}

/** Version of the rule for every kind. */
export function rulesNow(): Baseline['detectors'] {
  return Object.fromEntries([...DETECTORS].map(([kind, { version }]) => [kind, version]));
}

function toKnown({ id, kind, severity, title, file, state }: Finding): KnownFinding {
  const known = { id, kind, severity, title: title.slice(0, MAX_TITLE), file };
  return state === 'rejected' ? { ...known, isRejected: true } : known;
}

/** As if that check had been the last one here. */
export function baselineOf(report: EarlierReport): GivenBaseline {
  const { run, checkedAtMs, repository, findings, past, rules, furtherIds, trends } = report;
  const waiting = past.filter(({ baseline }) => baseline === 'not-checked');
  const listed = findings.map(({ state, ...finding }): KnownFinding => {
    return state === 'rejected' ? { ...finding, isRejected: true } : finding;
  });
  const known = [...listed, ...waiting].slice(0, MAX_FINDINGS);
  return {
    baseline: { run, checkedAtMs, commit: repository.commit, detectors: rules, findings: known, furtherIds },
    figures: figuresFrom(trends),
  };
}

export function encodeBaseline({ newest, previous, figures }: StoredBaseline): Json {
  return { format: FORMAT, newest: { ...newest }, previous: previous === null ? null : { ...previous }, figures };
}

/** Undefined when it is not a baseline that this release can read. */
export function decodeBaseline(value: unknown): StoredBaseline | undefined {
  const { format, newest, previous, figures } = asRecord(value);
  const first = format === FORMAT ? decodeOne(newest) : undefined;
  if (first === undefined) return undefined;
  return { newest: first, previous: decodeOne(previous) ?? null, figures: decodeFigures(figures) };
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
  const { id, kind, severity, title, file, isRejected, rule } = asRecord(value);
  const known = SEVERITIES.find((one) => one === severity);
  if (typeof id !== 'string' || typeof kind !== 'string' || known === undefined) return undefined;
  const finding = { id, kind, severity: known, title: asText(title) ?? '', file: asText(file) ?? '' };
  return {
    ...finding,
    ...(isRejected === true ? { isRejected } : {}),
    ...(typeof rule === 'number' ? { rule } : {}),
  };
}
