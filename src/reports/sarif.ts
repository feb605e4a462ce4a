/**
 * `report.sarif`, SARIF 2.1.0 with what code scanning services ask for beyond the schema: every result with a place,
 * a region and `primaryLocationLineHash`; every rule with both descriptions and help.
 * Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
 */
import type { CheckReport, PastFinding } from '../core/findings/check-report.ts';
import type { Finding, Severity } from '../core/findings/finding.ts';
import type { JsonObject } from '../core/json.ts';
import { placeOf, type CheckView } from './check-run-view.ts';
import { listed } from './format.ts';
import { KNOWN_KINDS, kindText } from './kinds.ts';
import { cut, visible } from './visible.ts';
import { tallyOf } from './votes.ts';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
const MAX_TEXT = 1_000;
const MAX_RELATED = 10;

export type SarifOptions = Readonly<{ all: boolean; version?: string }>;

/**
 * Confirmed findings only; with `all` the others too, at level note, and those that are gone as `absent`. Services
 * that do not know `absent` would open an alert for what is gone: that is why it takes `all`.
 */
export function renderSarif({ report, timeline }: CheckView, { all, version }: SarifOptions): string {
  const shown = all ? report.findings : report.findings.filter(({ state }) => state === 'confirmed');
  const gone = all && report.before !== null ? report.past.filter(({ baseline }) => baseline === 'gone') : [];
  const kinds = [...new Set([...KNOWN_KINDS, ...shown.map(({ kind }) => kind), ...gone.map(({ kind }) => kind)])];
  const ruleIndex = new Map(kinds.map((kind, index) => [kind, index]));
  const isCompared = report.before !== null;
  const run: JsonObject = {
    tool: { driver: driver(kinds, report, version) },
    automationDetails: { id: `waggle-check/${report.run}`, description: { text: 'waggle check' } },
    columnKind: 'utf16CodeUnits',
    invocations: [invocation(report, timeline)],
    originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The folder that was checked.' } } },
    ...provenance(report),
    results: [
      ...shown.map((finding) => result(finding, ruleIndex.get(finding.kind) ?? 0, isCompared)),
      ...gone.map((finding) => absent(finding, ruleIndex.get(finding.kind) ?? 0)),
    ],
    properties: { provenance: report.provenance, findings: all ? 'all' : 'confirmed' },
  };
  return `${JSON.stringify({ $schema: SCHEMA, version: '2.1.0', runs: [run] }, undefined, 2)}\n`;
}

function driver(kinds: readonly string[], report: CheckReport, version: string | undefined): JsonObject {
  const isSemantic = version !== undefined && /^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version);
  return {
    name: 'Waggle',
    fullName: 'waggle check',
    ...(version === undefined ? {} : { version }),
    ...(isSemantic ? { semanticVersion: version } : {}),
    rules: kinds.map(rule),
    notifications: [
      ...[...new Set(report.notChecked.map(({ reason }) => reason))].map(skipDescriptor),
      { id: 'task-failed', shortDescription: { text: 'A task of the check failed.' } },
    ],
  };
}

function skipDescriptor(reason: string): JsonObject {
  return { id: `not-checked/${reason}`, shortDescription: { text: `A part was not checked: ${reason}.` } };
}

/** Higher for what can be abused; SARIF has no place for it, services read it from here. */
const SECURITY_SCORE = '8.0';

function rule(kind: string): JsonObject {
  const { name, short, why, help, topic } = kindText(kind);
  const whole = `${short} ${why}`.trim();
  return {
    id: kind,
    name: pascal(kind),
    shortDescription: { text: name },
    fullDescription: { text: whole },
    help: { text: `${whole} ${help}`, markdown: `${short} ${why}\n\n**What to do:** ${help}` },
    defaultConfiguration: { level: topic === 'security' ? 'error' : 'warning' },
    properties: { tags: [topic], ...(topic === 'security' ? { 'security-severity': SECURITY_SCORE } : {}) },
  };
}

function pascal(kind: string): string {
  return kind.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase());
}

const LEVELS: Readonly<Record<Severity, string>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
};

function result(finding: Finding, ruleIndex: number, isCompared: boolean): JsonObject {
  const related = relatedOf(finding);
  const { id, kind, severity, state, fix } = finding;
  const { approve, reject, abstain } = tallyOf(finding.votes);
  return {
    ruleId: kind,
    ruleIndex,
    kind: 'fail',
    level: state === 'confirmed' ? LEVELS[severity] : 'note',
    message: { text: message(finding, related.length) },
    locations: [location(finding)],
    ...(related.length === 0 ? {} : { relatedLocations: related }),
    partialFingerprints: fingerprints(id),
    ...(isCompared ? { baselineState: finding.baseline === 'known' ? 'unchanged' : 'new' } : {}),
    properties: {
      severity,
      state,
      votes: { for: approve, against: reject, abstained: abstain },
      ...(fix === undefined ? {} : { fix: plain(fix) }),
    },
  };
}

function absent({ id, kind, severity, title, file }: PastFinding, ruleIndex: number): JsonObject {
  return {
    ruleId: kind,
    ruleIndex,
    kind: 'fail',
    level: 'note',
    message: { text: literal(title) },
    locations: [location({ file, line: 0 })],
    partialFingerprints: fingerprints(id),
    baselineState: 'absent',
    properties: { severity },
  };
}

/** Services compare the first; the second says by its name what it is. */
function fingerprints(id: string): JsonObject {
  return { primaryLocationLineHash: `${id}:1`, 'waggleFindingId/v1': id };
}

/** The first sentence stands alone where room is short. */
function message({ title, fix }: Finding, related: number): string {
  const links = Array.from({ length: related }, (_, index) => `[${index + 1}](${index + 1})`);
  const parts = [
    `${literal(title).replace(/[.!?]$/, '')}.`,
    ...(fix === undefined ? [] : [literal(fix)]),
    ...(links.length === 0 ? [] : [`See ${listed(links)}.`]),
  ];
  return parts.join(' ');
}

/** The first line stands for a file as a whole: services refuse a result without a region. */
function location(place: Pick<Finding, 'file' | 'line'>): JsonObject {
  const startLine = Math.max(1, place.line);
  const region = { startLine, startColumn: 1, endLine: startLine };
  return { physicalLocation: { artifactLocation: artifact(place.file), region } };
}

function artifact(path: string): JsonObject {
  return { uri: encodePath(path), uriBaseId: '%SRCROOT%' };
}

function encodePath(path: string): string {
  return path.toWellFormed().split('/').map(encodeURIComponent).join('/');
}

/** Places that evidence names, of the detector and of voters, each once. */
function relatedOf(finding: Finding): readonly JsonObject[] {
  const evidence = [...finding.evidence, ...finding.votes.flatMap((vote) => vote.evidence)];
  const seen = new Set([placeOf(finding)]);
  const places = evidence.flatMap(({ ref, text }) => {
    const place = ref === undefined || seen.has(ref) ? undefined : placeIn(ref);
    if (ref === undefined || place === undefined) return [];
    seen.add(ref);
    return [{ ...place, text }];
  });
  return places.slice(0, MAX_RELATED).map(({ file, line, text }, index) => ({
    id: index + 1,
    ...location({ file, line }),
    message: { text: literal(text) },
  }));
}

/** `path:line`; anything else names no place in a file. */
function placeIn(ref: string): Readonly<{ file: string; line: number }> | undefined {
  const [, file, line] = /^(.+):(\d{1,9})$/s.exec(ref) ?? [];
  return file === undefined ? undefined : { file, line: Number(line) };
}

function invocation(report: CheckReport, timeline: CheckView['timeline']): JsonObject {
  const failed = report.tasks.filter(({ state }) => state === 'failed');
  return {
    executionSuccessful: true,
    startTimeUtc: new Date(timeline.startedAtMs).toISOString(),
    endTimeUtc: new Date(timeline.endedAtMs).toISOString(),
    toolConfigurationNotifications: report.notChecked.map(({ task, reason, what, fix }) => ({
      descriptor: { id: `not-checked/${reason}` },
      level: 'warning',
      message: { text: literal(`Not checked: ${what} (${reason}). ${fix}`) },
      properties: { task },
    })),
    toolExecutionNotifications: failed.map(({ name, title, note }) => ({
      descriptor: { id: 'task-failed' },
      level: 'error',
      message: { text: literal(`${title}: ${note ?? 'it failed.'}`) },
      properties: { task: name },
    })),
  };
}

function provenance({ repository }: CheckReport): JsonObject {
  const { path, commit, branch } = repository;
  if (commit === null) return {};
  const details = {
    repositoryUri: `file://${encodePath(path)}`,
    revisionId: commit,
    ...(branch === null ? {} : { branch: plain(branch) }),
    mappedTo: { uriBaseId: '%SRCROOT%' },
  };
  return { versionControlProvenance: [details] };
}

/** Plain text of a message, in which brackets could start a link. */
function literal(text: string): string {
  return plain(text).replace(/[\\[\]]/g, (sign) => `\\${sign}`);
}

function plain(text: string): string {
  return cut(visible(text.replace(/\s+/g, ' ').trim()), MAX_TEXT);
}
