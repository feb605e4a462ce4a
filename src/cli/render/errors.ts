import type { Unavailable, UserError } from '../../util/user-error.ts';
import { elapsed, plural } from './format.ts';
import type { Style } from './style.ts';
import { visible, visibleLines } from './text.ts';

/** Most mistakes shown at once. */
const MOST_SHOWN = 50;

/** What a `UserError` says. */
export type Mistake = Readonly<Pick<UserError, 'code' | 'message' | 'fix'> & { at?: string | undefined }>;

/** Every mistake: where, what, what to do. Safe for the terminal. */
export function userErrorLines(problems: readonly Mistake[], style: Style): readonly string[] {
  const lines = problems.slice(0, MOST_SHOWN).flatMap((problem) => userErrorLine(problem, style));
  if (problems.length > MOST_SHOWN) lines.push(`and ${plural(problems.length - MOST_SHOWN, 'more problem')}`);
  return problems.length > 1 ? [...lines, style.bold(plural(problems.length, 'problem'))] : lines;
}

function userErrorLine({ at, message, fix }: Mistake, style: Style): readonly string[] {
  const place = at === undefined ? '' : `${style.cyan(visible(at))}: `;
  return [`${style.red('error')}  ${place}${visible(message)}`, ...(fix === '' ? [] : [`       ${visible(fix)}`])];
}

/** Trouble outside: what is away, what to do. */
export function unavailableLines({ message, fix, retryAfterMs }: Unavailable, style: Style): readonly string[] {
  const lines = [`${style.red('error')}  ${visible(message)}`];
  if (fix !== undefined) lines.push(`       ${visible(fix)}`);
  if (retryAfterMs !== undefined) lines.push(`       A new try makes sense in ${elapsed(retryAfterMs)}.`);
  return lines;
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
