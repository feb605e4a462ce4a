import type { CheckRun } from '../../app/check-run.ts';
import { shortest } from '../log-of-task.ts';
import { plural } from './format.ts';
import type { Style } from './style.ts';
import { visible, wrap } from './text.ts';

type Place = Readonly<{ style: Style; columns: number }>;
type Finding = CheckRun['findings'][number];

/** Findings shown; the report has all. */
const MOST_FINDINGS = 10;

export type CheckLinesOptions = Readonly<{
  /** Also what was not confirmed. @default false */
  isAll: boolean;
}>;

/** What a check found, what it could not look at, and where the reports are. */
export function checkLines(
  run: CheckRun,
  place: Place,
  { isAll }: CheckLinesOptions = { isAll: false },
): readonly string[] {
  const { skipped, reports } = run;
  const { style } = place;
  const findings = run.findings.filter(({ state }) => isAll || state === 'confirmed');
  const most = isAll ? findings.length : MOST_FINDINGS;
  const lines = [headLine(run, style), ...findings.slice(0, most).flatMap((one) => findingLines(one, place))];
  if (findings.length > most) lines.push(style.dim(`  and ${findings.length - most} more in the report`));
  const others = otherStates(run);
  if (others !== '') lines.push(style.dim(`  Not confirmed: ${others}${isAll ? '' : '. See them with --all.'}`));
  if (skipped.length > 0) lines.push('', 'Not checked:', ...skipped.flatMap((skip) => skipLines(skip, place)));
  return [...lines, '', `Report: ${style.cyan(visible(shortest(reports.html)))}`];
}

function headLine(run: CheckRun, style: Style): string {
  const { counts } = run;
  const total = counts.critical + counts.high + counts.medium + counts.low;
  if (total === 0) return style.bold(run.findings.length === 0 ? 'No findings' : 'No confirmed findings');
  const kinds = (['critical', 'high', 'medium', 'low'] as const).filter((kind) => counts[kind] > 0);
  const split = kinds.map((kind) => `${counts[kind]} ${kind}`).join(', ');
  const news = counts.new > 0 && counts.new < total ? `; ${counts.new} new` : '';
  return `${style.bold(plural(total, 'confirmed finding'))}: ${split}${news}`;
}

function otherStates({ states }: CheckRun): string {
  const kinds = (['unconfirmed', 'rejected', 'not-voted'] as const).filter((state) => states[state] > 0);
  return kinds.map((state) => `${states[state]} ${state === 'not-voted' ? 'not voted on' : state}`).join(', ');
}

function findingLines({ severity, title, file, line, state }: Finding, { style, columns }: Place): readonly string[] {
  const paint = { critical: style.red, high: style.red, medium: style.yellow, low: style.dim }[severity];
  const where = visible(line > 0 ? `${file}:${line}` : file);
  const [first = '', ...more] = wrapped(visible(title), columns);
  const stand = state === 'confirmed' ? where : `${where}  ${state}`;
  return [`  ${paint(severity.padEnd(8))}  ${first}`, ...more.map((text) => INDENT + text), INDENT + style.dim(stand)];
}

function skipLines({ what, reason, fix }: CheckRun['skipped'][number], { style, columns }: Place): readonly string[] {
  const [first = '', ...more] = wrapped(`${visible(what)} (${reason}). ${visible(fix)}`.trimEnd(), columns);
  return [`  ${style.yellow(style.signs.skipped)} ${first}`, ...more.map((text) => `    ${text}`)];
}

const INDENT = ' '.repeat(12);

function wrapped(text: string, columns: number): readonly string[] {
  return Number.isFinite(columns) ? wrap(text, columns - INDENT.length) : [text];
}
