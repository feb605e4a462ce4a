import type { CheckReport } from '../core/findings/check-report.ts';
import { groupSkips, type Skips } from '../core/findings/group-skips.ts';
import { placeOf, type CheckView } from './check-run-view.ts';
import { count, countOf, date, duration, listed } from './format.ts';
import { findingsParts, headLine } from './markdown-findings.ts';
import { code, part, table, text } from './markdown-text.ts';
import { trendStep } from './trend-text.ts';
import { changesText, commitText, verdictOf } from './verdict.ts';
import { byState } from './votes.ts';

/** Findings in the head; the rest follow with their evidence. */
const FIRST = 5;
const FIRST_TASKS = 2;
const MAX_LINES = 50;
const MAX_ROWS = 10;

/** `report.md`. Its first 20 lines say what matters. */
export function renderMarkdown({ report, timeline }: CheckView): string {
  const parts = [
    ...head(report, timeline.endedAtMs - timeline.startedAtMs),
    ...plan(report),
    ...findingsParts(report),
    ...changes(report),
    ...hotspots(report),
    ...rings(report),
    ...functions(report),
    ...part('What ran', tasks(report)),
    ...part('Left out and not read', leftOut(report)),
    ...part('How far to trust this', TRUST),
  ];
  return `${parts.join('\n').trimEnd()}\n`;
}

const TRUST: readonly string[] = [
  'Confirmed means approved by at least two voters with evidence of their own, or by all that were asked. It is not a',
  'proof. How often confirmed findings are right is measured on planted repositories: `docs/calibration.md` of Waggle.',
];

function head(report: CheckReport, ms: number): readonly string[] {
  const { repository, size, findings, notChecked, tasks: all } = report;
  const { confirmed, 'not-voted': open } = byState(findings);
  const shown = open.length === findings.length ? open : confirmed;
  const more = shown.length - FIRST;
  const failed = all.filter(({ state }) => state === 'failed').map(({ title }) => `${text(title)} (failed)`);
  const missed = [...failed, ...groupSkips(notChecked).map(skipText)];
  return [
    `# Check of ${text(repository.name)}`,
    '',
    `**${verdictOf(report)}**`,
    changesText(report),
    '',
    `${countOf(size.files, 'file')}, ${countOf(size.lines, 'line')}${languages(report)}, ${commitText(report)}. ${date(report.checkedAtMs)}, ${duration(ms)}, by functions: no model took part.`,
    '',
    ...shown.slice(0, FIRST).map((finding, index) => `${index + 1}. ${headLine(finding, report.before !== null)}`),
    ...(more > 0 ? [`6. ... and ${countOf(more, 'more finding')} below`] : []),
    ...(shown.length > 0 ? [''] : []),
    ...firstTasks(report),
    `**Not checked**: ${missed.length === 0 ? 'nothing was skipped.' : missed.join(' · ')}`,
    '',
  ];
}

function firstTasks({ plan: all }: CheckReport): readonly string[] {
  if (all === null || all.length === 0) return [];
  const first = all.slice(0, FIRST_TASKS).map(({ id, title }) => `${id} ${text(title)}`);
  const more = all.length > FIRST_TASKS ? ` · ${all.length - FIRST_TASKS} more below` : '';
  return [`**To do first**: ${first.join(' · ')}${more}`, ''];
}

function languages({ size }: CheckReport): string {
  const names = size.languages.slice(0, 3).map(({ language }) => text(language));
  return names.length === 0 ? '' : ` (${listed(names)})`;
}

function skipText({ whats, reason, fix }: Skips): string {
  return `${text(whats.join('; '))} (${reason}: ${text(fix)})`;
}

function plan({ plan: all }: CheckReport): readonly string[] {
  const rows = (all ?? []).slice(0, MAX_LINES).map(({ id, title, role, size, writes, verify, dependsOn }) => {
    const after = dependsOn.length === 0 ? 'at once' : `after ${dependsOn.join(', ')}`;
    return [id, text(title), size, role, after, shortList(writes), shortList(verify)];
  });
  return part('What to do', table(['task', 'what', 'size', 'role', 'when', 'writes', 'shown by'], rows));
}

function shortList(values: readonly string[]): string {
  const more = values.length > 3 ? ` and ${values.length - 3} more` : '';
  return `${values.slice(0, 3).map(code).join(', ')}${more}`;
}

function changes({ past, trends }: CheckReport): readonly string[] {
  const old = past.slice(0, MAX_LINES).map(({ baseline, title, file }) => {
    return `* ${baseline === 'gone' ? 'gone' : 'not looked for this time'}: ${text(title)}, ${code(file)}`;
  });
  const rows = trends.flatMap((trend) => {
    const step = trendStep(trend);
    return step === undefined ? [] : [[text(trend.label), count(step.now), step.text]];
  });
  return [
    ...part('Gone or not looked for', old),
    ...part('Figures over time', table(['figure', 'now', 'against the check before'], rows, [1])),
  ];
}

function hotspots({ hotspots: all }: CheckReport): readonly string[] {
  const rows = (all ?? []).slice(0, MAX_ROWS).map((one) => {
    const decisions = `${one.complexityBy === 'counted' ? '≈ ' : ''}${count(one.complexity)}`;
    return [code(one.file), count(one.commits), count(one.authors), decisions, count(one.lines)];
  });
  return part('Hot spots', table(['file', 'commits', 'people', 'decisions', 'lines'], rows, [1, 2, 3, 4]));
}

function rings({ modules }: CheckReport): readonly string[] {
  const lines = (modules?.cycles ?? []).slice(0, MAX_ROWS).map(({ files, path }) => {
    const way = [...path, ...path.slice(0, 1)].map(({ file }) => code(file)).join(' → ');
    return `* ${countOf(files.length, 'file')}, shortest way around: ${way}`;
  });
  return part('Import cycles', lines);
}

function functions({ functions: all }: CheckReport): readonly string[] {
  const rows = (all ?? []).slice(0, MAX_ROWS).map((one) => {
    return [code(one.name), code(placeOf(one)), count(one.complexity), count(one.nesting), count(one.lines)];
  });
  return part('Hardest functions', table(['function', 'where', 'decisions', 'nesting', 'lines'], rows, [2, 3, 4]));
}

function tasks({ tasks: all }: CheckReport): readonly string[] {
  const rows = all.map(({ name, state, figures, note }) => {
    const said = figures.map(({ label, value }) => `${value} ${label}`).join(', ');
    return [code(name), state, text(note ?? said)];
  });
  return table(['task', 'state', 'figures'], rows);
}

function leftOut({ leftOut: some, size }: CheckReport): readonly string[] {
  const unread = size.unread.map(
    ({ cause, files, examples }) => `* ${countOf(files, 'file')}: ${text(cause)} (${examples.map(code).join(', ')})`,
  );
  return [...some.map((one) => `* ${text(one)}`), ...unread];
}
