import type { CommanderError } from 'commander';
import { type UserError, userError } from '../util/user-error.ts';

/** What is wrong with a command line, in our words. `command` is what was called: `waggle runs list`. */
export function mistakeInCall({ code, message }: CommanderError, command: string): UserError {
  const [first = '', hint] = message.replace(/^error: /, '').split('\n');
  const [what = '', ...advice] = first.replaceAll("'", '"').split(/(?<=is invalid)\. /);
  return userError({
    code: code
      .replace('commander.', 'CLI_')
      .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
      .toUpperCase(),
    message: `${what.charAt(0).toUpperCase()}${what.slice(1).replace(/\.$/, '')}.`,
    fix: advice.length > 0 ? advice.join('. ') : fixFor(hint, command),
  });
}

/** `(Did you mean --json?)` */
function fixFor(hint: string | undefined, command: string): string {
  const [, names] = /^\(Did you mean (?:one of )?(.*)\?\)$/.exec(hint ?? '') ?? [];
  return names === undefined ? `See: ${command} --help` : `Did you mean ${names}? See: ${command} --help`;
}
