import type { CheckRun } from '../../app/check-run.ts';
import { plural } from './format.ts';
import type { Style } from './style.ts';
import { visible } from './text.ts';

/** What a check found, what it could not look at, and where the reports are. */
export function checkLines(run: CheckRun, short: (path: string) => string, style: Style): readonly string[] {
  const { counts, skipped, reports } = run;
  const total = counts.critical + counts.high + counts.medium + counts.low;
  const kinds = (['critical', 'high', 'medium', 'low'] as const).filter((kind) => counts[kind] > 0);
  const split = kinds.map((kind) => `${counts[kind]} ${kind}`).join(', ');
  const found = total === 0 ? 'No findings' : `${plural(total, 'finding')}: ${split}`;
  const isNews = counts.new > 0 && counts.new < total;
  const lines = [`${style.bold(found)}${isNews ? `; ${counts.new} new` : ''}`];
  if (skipped.length > 0) lines.push('Not checked:', ...skipped.map((skip) => skipLine(skip, style)));
  lines.push(`Report: ${style.cyan(visible(short(reports.html)))}`);
  lines.push(`        ${visible(short(reports.markdown))}`, `        ${visible(short(reports.json))}`);
  return lines;
}

function skipLine({ what, reason, fix }: CheckRun['skipped'][number], style: Style): string {
  const advice = fix === '' ? '' : `. ${visible(fix)}`;
  return `  ${style.yellow(style.signs.skipped)} ${visible(what)}: ${visible(reason)}${advice}`;
}
