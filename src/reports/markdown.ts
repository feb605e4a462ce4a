import type { CheckReport, NotChecked } from '../core/findings/check-report.ts';
import type { Finding } from '../core/findings/finding.ts';
import { placeOf, severityCounts, type CheckView } from './check-run-view.ts';
import { count, countOf, date, duration, listed } from './format.ts';
import { cut, visible } from './visible.ts';

/** Findings in the head; the rest follow with their evidence. */
const FIRST = 5;
const MAX_DETAILS = 50;
const MAX_ROWS = 10;

/** `report.md`. Its first 20 lines say what matters. */
export function renderMarkdown({ report, timeline }: CheckView): string {
  const seconds = timeline.endedAtMs - timeline.startedAtMs;
  const parts = [
    ...head(report, seconds),
    ...details(report.findings),
    ...hotspots(report),
    ...rings(report),
    ...functions(report),
    ...past(report),
    ...tasks(report),
    ...leftOut(report),
  ];
  return `${parts.join('\n')}\n`;
}

function head(report: CheckReport, ms: number): readonly string[] {
  const { repository, size, findings } = report;
  return [
    `# Check of ${text(repository.name)}`,
    '',
    `${sumOf(report)} ${newest(report)}`.trim(),
    '',
    `${countOf(size.files, 'file')}, ${countOf(size.lines, 'line')}${languages(report)}, ${commitOf(report)}. ${date(report.checkedAtMs)}, ${duration(ms)}, by functions: no model took part.`,
    '',
    ...(findings.length === 0 ? ['Nothing was found.'] : findings.slice(0, FIRST).map(oneLine)),
    ...(findings.length > FIRST ? [`6. ... and ${countOf(findings.length - FIRST, 'more finding')} below`] : []),
    '',
    `**Not checked**: ${report.notChecked.length === 0 ? 'nothing was skipped.' : report.notChecked.map(skipLine).join(' · ')}`,
    '',
  ];
}

function sumOf({ findings }: CheckReport): string {
  const counts = severityCounts(findings).map(({ severity, findings: some }) => `${some} ${severity}`);
  return findings.length === 0 ? '**No findings.**' : `**${countOf(findings.length, 'finding')}**: ${listed(counts)}.`;
}

function newest({ before, findings, past: old }: CheckReport): string {
  if (before === null) return '';
  const fresh = findings.filter(({ baseline }) => baseline === 'new').length;
  const gone = old.filter(({ baseline }) => baseline === 'gone').length;
  return `Since ${date(before.checkedAtMs)}: ${fresh} new, ${gone} gone.`;
}

function languages({ size }: CheckReport): string {
  const names = size.languages.slice(0, 3).map(({ language }) => language);
  return names.length === 0 ? '' : ` (${listed(names)})`;
}

function commitOf({ repository }: CheckReport): string {
  if (!repository.git) return 'no git';
  if (repository.commit === null) return 'no commits yet';
  const changed = repository.changedFiles ?? 0;
  const state = changed === 0 ? 'no changed files' : countOf(changed, 'changed file');
  return `commit ${repository.commit.slice(0, 10)}, ${state}`;
}

function oneLine(finding: Finding, index: number): string {
  return `${index + 1}. **${finding.severity}** ${text(finding.title)}: ${code(placeOf(finding))}`;
}

function skipLine({ what, reason, fix }: NotChecked): string {
  return `${what} (${reason}: ${fix})`;
}

function details(findings: readonly Finding[]): readonly string[] {
  if (findings.length === 0) return [];
  const shown = findings.slice(0, MAX_DETAILS);
  const more = findings.length - shown.length;
  return [
    '## Findings',
    '',
    ...shown.flatMap(detail),
    ...(more > 0 ? [`${countOf(more, 'more finding')} in report.json and report.html.`, ''] : []),
  ];
}

function detail(finding: Finding, index: number): readonly string[] {
  return [
    `### ${index + 1}. ${text(finding.title)}`,
    '',
    `${finding.severity} · ${finding.kind} · ${finding.baseline} · ${code(placeOf(finding))} · id ${finding.id}`,
    '',
    ...finding.evidence.map(
      ({ source, text: said, ref }) => `* ${source}: ${text(said)}${ref === undefined ? '' : ` ${code(ref)}`}`,
    ),
    ...(finding.fix === undefined ? [] : [`* to do: ${text(finding.fix)}`]),
    '',
  ];
}

function hotspots({ hotspots: all }: CheckReport): readonly string[] {
  if (all === null || all.length === 0) return [];
  return [
    '## Hot spots',
    '',
    '| file | commits | people | decisions | lines |',
    '|---|---:|---:|---:|---:|',
    ...all.slice(0, MAX_ROWS).map((one) => {
      const decisions = `${one.complexityBy === 'counted' ? '≈ ' : ''}${count(one.complexity)}`;
      return `| ${cell(one.file)} | ${count(one.commits)} | ${count(one.authors)} | ${decisions} | ${count(one.lines)} |`;
    }),
    '',
  ];
}

function rings({ modules }: CheckReport): readonly string[] {
  if (modules === null || modules.cycles.length === 0) return [];
  return [
    '## Import cycles',
    '',
    ...modules.cycles.slice(0, MAX_ROWS).map(({ files, path }) => {
      const way = [...path, ...path.slice(0, 1)].map(({ file }) => code(file)).join(' → ');
      return `* ${countOf(files.length, 'file')}, shortest way around: ${way}`;
    }),
    '',
  ];
}

function functions({ functions: all }: CheckReport): readonly string[] {
  if (all === null || all.length === 0) return [];
  return [
    '## Hardest functions',
    '',
    '| function | where | decisions | nesting | lines |',
    '|---|---|---:|---:|---:|',
    ...all
      .slice(0, MAX_ROWS)
      .map(
        (one) => `| ${cell(one.name)} | ${cell(placeOf(one))} | ${one.complexity} | ${one.nesting} | ${one.lines} |`,
      ),
    '',
  ];
}

function past({ past: old }: CheckReport): readonly string[] {
  if (old.length === 0) return [];
  return [
    '## Gone or not looked for',
    '',
    ...old.slice(0, MAX_DETAILS).map(({ baseline, title, file }) => `* ${baseline}: ${text(title)}, ${code(file)}`),
    '',
  ];
}

function tasks({ tasks: all }: CheckReport): readonly string[] {
  return [
    '## What ran',
    '',
    '| task | state | figures |',
    '|---|---|---|',
    ...all.map(({ name, state, figures, note }) => {
      const said = figures.map(({ label, value }) => `${value} ${label}`).join(', ');
      return `| ${cell(name)} | ${state} | ${text(note ?? said)} |`;
    }),
    '',
  ];
}

function leftOut({ leftOut: some, size }: CheckReport): readonly string[] {
  const unread = size.unread.map(
    ({ cause, files, examples }) => `* ${countOf(files, 'file')}: ${text(cause)} (${examples.map(code).join(', ')})`,
  );
  const lines = [...some.map((one) => `* ${text(one)}`), ...unread];
  return lines.length === 0 ? [] : ['## Left out on purpose', '', ...lines, ''];
}

/** Text of a repository: no markup, no mentions, no line breaks. */
function text(value: string): string {
  return cut(visible(value.replace(/\s+/g, ' ')), 300).replace(/[\\`*[\]<>|]/g, (sign) => `\\${sign}`);
}

function code(value: string): string {
  const shown = cut(visible(value), 200);
  return shown.includes('`') ? text(value) : `\`${shown.replaceAll('|', '\\|')}\``;
}

function cell(value: string): string {
  return code(value);
}
