import type { Unavailable, UserError } from '../../util/user-error.ts';
import { elapsed, plural } from './format.ts';
import type { Style } from './style.ts';
import { visible, visibleLines, wrap } from './text.ts';

/** Most mistakes shown at once. */
const MOST_SHOWN = 50;

/** What a `UserError` says. */
export type Mistake = Readonly<Pick<UserError, 'code' | 'message' | 'fix'> & { at?: string | undefined }>;

/** Every mistake: where, what, what to do. Safe for the terminal; broken at `columns`. */
export function userErrorLines(problems: readonly Mistake[], style: Style, columns: number): readonly string[] {
  const lines = problems.slice(0, MOST_SHOWN).flatMap((problem) => mistakeLines(problem, style, columns));
  if (problems.length > MOST_SHOWN) lines.push(`and ${plural(problems.length - MOST_SHOWN, 'more problem')}`);
  return problems.length > 1 ? [...lines, style.bold(plural(problems.length, 'problem'))] : lines;
}

function mistakeLines({ at, message, fix }: Mistake, style: Style, columns: number): readonly string[] {
  const place = at === undefined ? '' : `${visible(at)}: `;
  const [first = '', ...more] = indented(`${place}${visible(message)}`, columns);
  const head = first.startsWith(place) ? style.cyan(place) + first.slice(place.length) : first;
  const fixLines = fix === '' ? [] : indented(visible(fix), columns);
  return [`${style.red('error')}  ${head}`, ...[...more, ...fixLines].map((text) => INDENT + text)];
}

/** Trouble outside: what is away, what to do. */
export function unavailableLines(trouble: Unavailable, style: Style, columns: number): readonly string[] {
  const { message, fix = '', retryAfterMs } = trouble;
  const again = retryAfterMs === undefined ? '' : ` A new try makes sense in ${elapsed(retryAfterMs)}.`;
  return mistakeLines({ code: 'UNAVAILABLE', message, fix: `${fix}${again}`.trim() }, style, columns);
}

const INDENT = '       ';

function indented(text: string, columns: number): readonly string[] {
  return Number.isFinite(columns) ? wrap(text, columns - INDENT.length) : [text];
}

/** Our bug: what happened, for the report that the user is asked for. */
export function internalErrorLines(
  error: unknown,
  about: Readonly<{ version: string; report: string }>,
): readonly string[] {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const machine = `Node ${process.versions.node}, ${process.platform} ${process.arch}`;
  return [
    `Internal error: Waggle ${about.version}, ${machine}`,
    ...visibleLines(stack)
      .slice(0, 30)
      .map((text) => `  ${text}`),
    `This is a bug in Waggle. Nothing that was acknowledged is lost. ${about.report}`,
  ];
}
