import type { CheckReport } from '../core/findings/check-report.ts';
import type { Finding } from '../core/findings/finding.ts';
import { severityCounts } from './check-run-view.ts';
import { countOf, date, listed } from './format.ts';
import { byState } from './votes.ts';

/** What came out, in one or two sentences. */
export function verdictOf({ findings }: CheckReport): string {
  if (findings.length === 0) return 'Nothing was found by what ran.';
  const { confirmed, unconfirmed, rejected, 'not-voted': open } = byState(findings);
  if (open.length === findings.length)
    return `${countOf(open.length, 'finding')}: ${bySeverity(open)}. Nobody voted on them.`;
  const apart = [
    [unconfirmed.length, 'unconfirmed'],
    [rejected.length, 'rejected'],
    [open.length, 'not voted on'],
  ] as const;
  const others = apart.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  if (confirmed.length === 0) return `No finding was confirmed: ${listed(others)}.`;
  const sum = `${countOf(confirmed.length, 'confirmed finding')}: ${bySeverity(confirmed)}.`;
  return others.length === 0 ? sum : `${sum} Apart from these: ${listed(others)}.`;
}

function bySeverity(findings: readonly Finding[]): string {
  return listed(severityCounts(findings).map(({ severity, findings: some }) => `${some} ${severity}`));
}

export type Changes = Readonly<{ new: number; known: number; gone: number; notChecked: number }>;

/** Against the check before; undefined on the first. */
export function changesOf({ before, findings, past }: CheckReport): Changes | undefined {
  if (before === null) return undefined;
  const all = [...findings, ...past];
  const count = (baseline: string): number => all.filter((one) => one.baseline === baseline).length;
  return { new: count('new'), known: count('known'), gone: count('gone'), notChecked: count('not-checked') };
}

/** `Since 2026-02-01 00:00 UTC: 2 new, 11 known, 1 gone.` */
export function changesText(report: CheckReport): string {
  const changes = changesOf(report);
  if (changes === undefined || report.before === null) return 'First check here: there is nothing to compare with.';
  const missed = changes.notChecked === 0 ? '' : `, ${changes.notChecked} not looked for this time`;
  return `Since ${date(report.before.checkedAtMs)}: ${changes.new} new, ${changes.known} known, ${changes.gone} gone${missed}.`;
}

/** `commit 0123456789, 2 changed files` */
export function commitText({ repository }: CheckReport): string {
  if (!repository.git) return 'no git';
  if (repository.commit === null) return 'no commits yet';
  const changed = repository.changedFiles ?? 0;
  const state = changed === 0 ? 'no changed files' : countOf(changed, 'changed file');
  return `commit ${repository.commit.slice(0, 10)}, ${state}`;
}
