import { Unavailable, userErrorsIn } from '../util/user-error.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Output } from './output.ts';
import { Refused } from './refused.ts';
import { internalErrorLines, type Mistake, unavailableLines, userErrorLines } from './render/errors.ts';

/** Says what went wrong, for people on stderr and for programs with `--json`, and gives the exit code. */
export function reportError(error: unknown, out: Output, version: string): ExitCode {
  const mistakes = userErrorsIn(error);
  if (mistakes.length > 0) return reportProblems(mistakes, out);
  if (error instanceof Refused) {
    const { message, fix } = error;
    out.json({ type: 'error', code: error.refusal.reason.toUpperCase().replaceAll('-', '_'), message, fix });
    out.warn(...userErrorLines([{ code: 'REFUSED', message, fix }], out.talkStyle, out.talkColumns));
    return EXIT.failed;
  }
  if (error instanceof Unavailable) {
    out.json({ type: 'error', code: 'UNAVAILABLE', message: error.message, fix: error.fix });
    out.warn(...unavailableLines(error, out.talkStyle, out.talkColumns));
    return EXIT.unavailable;
  }
  out.json({ type: 'error', code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) });
  out.warn(
    ...internalErrorLines(error, { version, report: 'Report it with the lines above; CONTRIBUTING.md says where.' }),
  );
  return EXIT.internal;
}

function reportProblems(problems: readonly Mistake[], out: Output): ExitCode {
  for (const { code, message, fix, at } of problems) {
    out.json({ type: 'error', code, message, ...(at === undefined ? {} : { at }), fix });
  }
  out.warn(...userErrorLines(problems, out.talkStyle, out.talkColumns));
  // A store that is damaged or cannot be used is nobody's wrong call.
  return problems.every(({ code }) => code.startsWith('STORE_')) ? EXIT.unavailable : EXIT.usage;
}
