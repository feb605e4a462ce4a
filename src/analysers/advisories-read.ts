import type { Severity } from '../core/findings/finding.ts';
import { asRecord, asText, asTexts, isRecord, parseJson, type JsonRecord } from './json-value.ts';

/** One package with what is known against the version in use. */
export type Advisory = Readonly<{
  name: string;
  severity: Severity;
  titles: readonly string[];
  urls: readonly string[];
  /** Versions that have the fault. */
  range: string;
  isDirect: boolean;
  /** What to do, as the package manager says. */
  fix: string;
}>;

export type AuditReport =
  | Readonly<{ ok: true; packages: number; advisories: readonly Advisory[] }>
  | Readonly<{ ok: false; why: string }>;

const SEVERITY: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  high: 'high',
  moderate: 'medium',
  low: 'low',
  info: 'low',
};

/** Reads what `npm audit --json`, `pnpm audit --json` or `yarn audit --json` printed. */
export function readAuditReport(stdout: string): AuditReport {
  const whole = parseJson(stdout.trim());
  const report = isRecord(whole) ? whole : undefined;
  if (report !== undefined && isRecord(report['vulnerabilities'])) return fromNpm(report, report['vulnerabilities']);
  if (report !== undefined && isRecord(report['advisories']))
    return fromList(Object.values(report['advisories']), report);
  const lines = stdout.split('\n').map((line) => asRecord(parseJson(line)));
  const summary = lines.find((line) => line['type'] === 'auditSummary');
  if (summary !== undefined)
    return fromList(
      lines.filter((line) => line['type'] === 'auditAdvisory').map((line) => asRecord(line['data'])['advisory']),
      { metadata: summary['data'] },
    );
  return { ok: false, why: messageOf(report ?? asRecord(lines.find((line) => line['type'] === 'error'))) };
}

function messageOf(report: JsonRecord): string {
  const error = asRecord(report['error']);
  const texts = [report['message'], error['summary'], error['message'], report['data']].flatMap(
    (text) => asText(text) ?? [],
  );
  return (texts.find((text) => text !== '') ?? 'What it printed is no report.').slice(0, 300);
}

/** npm 7 and newer: by package. What is at fault only because of another is left to that one. */
function fromNpm(report: JsonRecord, vulnerabilities: JsonRecord): AuditReport {
  const advisories = Object.entries(vulnerabilities).flatMap(([name, value]): readonly Advisory[] => {
    const entry = asRecord(value);
    const via = entry['via'];
    const own = Array.isArray(via) ? via.filter(isRecord) : [];
    if (own.length === 0) return [];
    return [
      {
        name,
        severity: severityOf(own.map((one) => one['severity'])) ?? 'medium',
        titles: own.flatMap((one) => asText(one['title']) ?? []),
        urls: own.flatMap((one) => asText(one['url']) ?? []),
        range: own.flatMap((one) => asText(one['range']) ?? []).join(' or '),
        isDirect: entry['isDirect'] === true,
        fix: fixOf(entry['fixAvailable']),
      },
    ];
  });
  const total = asRecord(asRecord(report['metadata'])['dependencies'])['total'];
  return { ok: true, packages: typeof total === 'number' ? total : 0, advisories };
}

function fixOf(fix: unknown): string {
  if (fix === true) return 'Run "npm audit fix": a version without it fits the manifest.';
  if (!isRecord(fix))
    return 'There is no version without it yet: look whether the code that uses it is reached, or replace the package.';
  const target = `${asText(fix['name']) ?? ''}@${asText(fix['version']) ?? ''}`;
  return `Install ${target}${fix['isSemVerMajor'] === true ? ', which may break what uses it' : ''}.`;
}

/** pnpm and Yarn 1: by advisory; those of one package become one. */
function fromList(list: readonly unknown[], report: JsonRecord): AuditReport {
  const known = list.filter(isRecord).filter((one) => asText(one['module_name']) !== undefined);
  const advisories = [...Map.groupBy(known, (one) => asText(one['module_name']) ?? '')].map(([name, all]): Advisory => {
    const unique = [...new Map(all.map((one) => [String(one['id'] ?? one['url']), one])).values()];
    const patched = [...new Set(unique.flatMap((one) => asText(one['patched_versions']) ?? []))];
    return {
      name,
      severity: severityOf(unique.map((one) => one['severity'])) ?? 'medium',
      titles: unique.flatMap((one) => asText(one['title']) ?? []),
      urls: unique.flatMap((one) => asText(one['url']) ?? []),
      range: unique.flatMap((one) => asText(one['vulnerable_versions']) ?? []).join(' or '),
      isDirect: pathsOf(unique).some((path) => !path.replace(/^\.>/, '').includes('>')),
      fix: patched.some((range) => range !== '<0.0.0') ? `Bring ${name} to ${patched.join(' and ')}.` : fixOf(false),
    };
  });
  const total = asRecord(report['metadata'])['totalDependencies'] ?? asRecord(report['metadata'])['dependencies'];
  return { ok: true, packages: typeof total === 'number' ? total : 0, advisories };
}

function pathsOf(advisories: readonly JsonRecord[]): readonly string[] {
  return advisories.flatMap(({ findings }) =>
    Array.isArray(findings) ? findings.flatMap((one) => asTexts(asRecord(one)['paths'])) : [],
  );
}

const ORDER: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** The worst of them. */
function severityOf(words: readonly unknown[]): Severity | undefined {
  const known = words.map((word) => SEVERITY[asText(word) ?? '']);
  return ORDER.find((severity) => known.includes(severity));
}
