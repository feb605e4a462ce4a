import type { CheckRun } from '../../app/check-run.ts';
import { shortest } from '../log-of-task.ts';
import { plural } from './format.ts';
import type { Style } from './style.ts';
import { visible, wrap } from './text.ts';

type Place = Readonly<{ style: Style; columns: number }>;
type Finding = CheckRun['findings'][number];

/** Findings shown; the report has all. */
const MOST_FINDINGS = 10;

/** What a check found, what it could not look at, and where the reports are. */
export function checkLines(run: CheckRun, place: Place): readonly string[] {
  const { findings, skipped, reports } = run;
  const { style } = place;
  const lines = [headLine(run, style), ...findings.slice(0, MOST_FINDINGS).flatMap((one) => findingLines(one, place))];
  if (findings.length > MOST_FINDINGS)
    lines.push(style.dim(`  and ${findings.length - MOST_FINDINGS} more in the report`));
  if (skipped.length > 0) lines.push('', 'Not checked:', ...skipped.flatMap((skip) => skipLines(skip, place)));
  return [...lines, '', `Report: ${style.cyan(visible(shortest(reports.html)))}`];
}

function headLine({ counts }: CheckRun, style: Style): string {
  const total = counts.critical + counts.high + counts.medium + counts.low;
  if (total === 0) return style.bold('No findings');
  const kinds = (['critical', 'high', 'medium', 'low'] as const).filter((kind) => counts[kind] > 0);
  const split = kinds.map((kind) => `${counts[kind]} ${kind}`).join(', ');
  const news = counts.new > 0 && counts.new < total ? `; ${counts.new} new` : '';
  return `${style.bold(plural(total, 'finding'))}: ${split}${news}`;
}

function findingLines({ severity, title, file, line }: Finding, { style, columns }: Place): readonly string[] {
  const paint = { critical: style.red, high: style.red, medium: style.yellow, low: style.dim }[severity];
  const where = visible(line > 0 ? `${file}:${line}` : file);
  const [first = '', ...more] = wrapped(visible(title), columns);
  return [`  ${paint(severity.padEnd(8))}  ${first}`, ...more.map((text) => INDENT + text), INDENT + style.dim(where)];
}

function skipLines({ what, reason, fix }: CheckRun['skipped'][number], { style, columns }: Place): readonly string[] {
  const [first = '', ...more] = wrapped(`${visible(what)} (${reason}). ${visible(fix)}`.trimEnd(), columns);
  return [`  ${style.yellow(style.signs.skipped)} ${first}`, ...more.map((text) => `    ${text}`)];
}

const INDENT = ' '.repeat(12);

function wrapped(text: string, columns: number): readonly string[] {
  return Number.isFinite(columns) ? wrap(text, columns - INDENT.length) : [text];
}
