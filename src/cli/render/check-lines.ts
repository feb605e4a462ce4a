import type { CheckRun } from '../../app/check-run.ts';
import { shortest } from '../log-of-task.ts';
import { duration, plural, when } from './format.ts';
import type { Style } from './style.ts';
import { cut, fit, visible, widthOf, wrap } from './text.ts';

type Place = Readonly<{ style: Style; columns: number }>;
type Finding = CheckRun['findings'][number];
type Planned = NonNullable<CheckRun['plan']>[number];

/** Findings and tasks shown; the report has all. */
const MOST_FINDINGS = 10;
const MOST_TASKS = 3;
/** From here on a finding and its place stand on one line. */
const WIDE = 140;
const SEVERITY = 12;
const INDENT = ' '.repeat(SEVERITY);

export type CheckLinesOptions = Readonly<{
  /** Also what was not confirmed. @default false */
  isAll: boolean;
}>;

/** What a check found, what changed, what to do first, what it could not look at, and where the reports are. */
export function checkLines(
  run: CheckRun,
  place: Place,
  { isAll }: CheckLinesOptions = { isAll: false },
): readonly string[] {
  const { style } = place;
  return [
    headLine(run, style),
    ...wrapTo(sizeLine(run), place.columns).map(style.dim),
    ...changesLine(run, style),
    ...findingsLines(run, place, isAll),
    ...planLines(run, place),
    ...notCheckedLines(run, place),
    '',
    `Report: ${style.cyan(visible(shortest(run.reports.html)))}`,
  ];
}

function headLine(run: CheckRun, style: Style): string {
  const { counts } = run;
  const total = counts.critical + counts.high + counts.medium + counts.low;
  if (total === 0) return style.bold(run.findings.length === 0 ? 'No findings' : 'No confirmed findings');
  const kinds = (['critical', 'high', 'medium', 'low'] as const).filter((kind) => counts[kind] > 0);
  const split = kinds.map((kind) => `${counts[kind]} ${kind}`).join(', ');
  return `${style.bold(plural(total, 'confirmed finding'))}: ${split}`;
}

/** A check looks at no more. */
const MOST_COMMITS = 3_000;

function sizeLine({ size: { files, lines, commits, tasks }, record }: CheckRun): string {
  const number = (value: number, noun: string): string =>
    plural(value, noun).replace(/^\d+/, value.toLocaleString('en-US'));
  const which = commits === MOST_COMMITS ? 'the newest ' : '';
  const past = commits === null ? '' : `, ${which}${number(commits, 'commit')}`;
  const took = record.finishedAtMs === undefined ? '' : ` in ${duration(record.finishedAtMs - record.createdAtMs)}`;
  return `${number(files, 'file')}, ${number(lines, 'line')}${past}; ${number(tasks, 'task')}${took}`;
}

function changesLine({ changes, record }: CheckRun, style: Style): readonly string[] {
  if (changes === null) return [];
  const { sinceMs, known, gone, notChecked } = changes;
  const fresh = changes.new > 0 ? style.bold(`${changes.new} new`) : '0 new';
  const missed = notChecked === 0 ? '' : `, ${notChecked} not looked for this time`;
  const since = when(sinceMs, record.finishedAtMs ?? record.createdAtMs);
  return [`Since ${since}: ${fresh}, ${known} known, ${gone} gone${missed}`];
}

function findingsLines(run: CheckRun, place: Place, isAll: boolean): readonly string[] {
  const { style, columns } = place;
  const chosen = run.findings.filter(({ state }) => isAll || state === 'confirmed');
  const shown = isAll ? chosen : chosen.slice(0, MOST_FINDINGS);
  const isOneLine = Number.isFinite(columns) && columns >= WIDE;
  const lines = isOneLine ? oneLineEach(shown, place) : shown.flatMap((one) => twoLines(one, place));
  const more = chosen.length - shown.length;
  const others = otherStates(run);
  return [
    ...(lines.length === 0 ? [] : ['', ...lines]),
    ...(more > 0 ? [style.dim(`  and ${more} more in the report`)] : []),
    ...(others === '' ? [] : [style.dim(`  Not confirmed: ${others}${isAll ? '' : '. See them with --all.'}`)]),
  ];
}

function otherStates({ states }: CheckRun): string {
  const kinds = (['unconfirmed', 'rejected', 'not-voted'] as const).filter((state) => states[state] > 0);
  return kinds.map((state) => `${states[state]} ${state === 'not-voted' ? 'not voted on' : state}`).join(', ');
}

function paintOf({ severity }: Finding, style: Style): string {
  const paint = { critical: style.red, high: style.red, medium: style.yellow, low: style.dim }[severity];
  return `  ${paint(severity.padEnd(SEVERITY - 4))}  `;
}

/** Where it is, how the vote went, and what is new. */
function standing(finding: Finding, style: Style): string {
  const { file, line, state, votes, baseline } = finding;
  const where = visible(line > 0 ? `${file}:${line}` : file);
  const count = (which: string): number =>
    votes.filter(({ choice, isCounted }) => isCounted && choice === which).length;
  const parts = [
    where,
    ...(votes.length === 0 ? [] : [`${count('approve')} for, ${count('reject')} against`]),
    ...(state === 'confirmed' ? [] : [state === 'not-voted' ? 'not voted on' : state]),
    ...(baseline === 'new' ? ['new'] : []),
  ];
  return parts.join(` ${style.signs.dot} `);
}

function twoLines(finding: Finding, { style, columns }: Place): readonly string[] {
  const [first = '', ...more] = wrapped(visible(finding.title), columns);
  const second = wrapped(standing(finding, style), columns);
  return [
    paintOf(finding, style) + first,
    ...more.map((text) => INDENT + text),
    ...second.map((text) => INDENT + style.dim(text)),
  ];
}

function oneLineEach(findings: readonly Finding[], { style, columns }: Place): readonly string[] {
  const room = columns - SEVERITY - 2;
  const widest = Math.max(0, ...findings.map(({ title }) => widthOf(visible(title))));
  const title = Math.min(widest, Math.floor(room * 0.58));
  return findings.map((finding) => {
    const rest = cut(standing(finding, style), room - title);
    return `${paintOf(finding, style)}${fit(visible(finding.title), title)}  ${style.dim(rest)}`;
  });
}

function planLines({ plan }: CheckRun, place: Place): readonly string[] {
  if (plan === null || plan.length === 0) return [];
  const more = plan.length - MOST_TASKS;
  return [
    '',
    'To do first:',
    ...plan.slice(0, MOST_TASKS).flatMap((task) => taskLines(task, place)),
    ...(more > 0 ? [place.style.dim(`  and ${plural(more, 'more task', 'more tasks')} in the report`)] : []),
  ];
}

const SIZES: Readonly<Record<Planned['size'], string>> = { S: 'small', M: 'medium', L: 'large' };

function taskLines({ id, title, size, writes }: Planned, { style, columns }: Place): readonly string[] {
  const [first = '', ...more] = wrapped(visible(title), columns);
  const [target = '', ...others] = writes;
  const files = others.length === 0 ? target : `${target} and ${others.length} more`;
  const about = [SIZES[size], ...(writes.length === 0 ? [] : [`writes ${visible(files)}`])];
  const second = wrapped(about.join(` ${style.signs.dot} `), columns);
  return [
    `  ${fit(visible(id), SEVERITY - 4)}  ${first}`,
    ...more.map((text) => INDENT + text),
    ...second.map((text) => INDENT + style.dim(text)),
  ];
}

function notCheckedLines({ skipped, failedTasks }: CheckRun, place: Place): readonly string[] {
  if (skipped.length + failedTasks.length === 0) return [];
  const failed = failedTasks.map((name) => ({ what: `${name} failed`, reason: 'see the report', fix: '' }));
  return ['', 'Not checked:', ...[...failed, ...skipped].flatMap((skip) => skipLines(skip, place))];
}

function skipLines({ what, reason, fix }: CheckRun['skipped'][number], { style, columns }: Place): readonly string[] {
  const [first = '', ...more] = wrapped(`${visible(what)} (${reason}). ${visible(fix)}`.trimEnd(), columns);
  return [`  ${style.yellow(style.signs.skipped)} ${first}`, ...more.map((text) => `    ${text}`)];
}

function wrapped(text: string, columns: number): readonly string[] {
  return wrapTo(text, columns - INDENT.length);
}

function wrapTo(text: string, columns: number): readonly string[] {
  return Number.isFinite(columns) ? wrap(text, columns) : [text];
}
