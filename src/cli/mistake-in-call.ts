import type { Command, CommanderError } from 'commander';
import { nearestName } from '../util/nearest-name.ts';
import { type UserError, userError } from '../util/user-error.ts';

/** What is wrong with a command line, in our words. */
export function mistakeInCall({ code, message }: CommanderError, program: Command, argv: readonly string[]): UserError {
  const { called, rest } = commandIn(program, argv);
  // A group has a command that is meant where none is named; a word that is none is no argument of that one.
  const [word] = rest.filter((one) => !one.startsWith('-'));
  if (code === 'commander.excessArguments' && called.commands.length > 0 && word !== undefined)
    return unknownCommand(called, word);
  const command = nameOf(called);
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

/** Of `waggle` itself, or of one of its groups. */
export function unknownCommand(group: Command, word: string): UserError {
  const near = nearestName(
    word,
    group.commands.map((one) => one.name()),
  );
  const hint = near === undefined ? '' : `Did you mean ${near}? `;
  const fix = `${hint}See: ${nameOf(group)} --help`;
  return userError({ code: 'CLI_UNKNOWN_COMMAND', message: `Unknown command "${word}".`, fix });
}

/** The command that the words name, `runs list` of `runs list --limt 5`, and the words that name none. */
function commandIn(program: Command, argv: readonly string[]): Readonly<{ called: Command; rest: readonly string[] }> {
  const rest: string[] = [];
  let called = program;
  for (const word of argv) {
    const next = called.commands.find((one) => one.name() === word);
    if (next === undefined) rest.push(word);
    called = next ?? called;
  }
  return { called, rest };
}

/** `waggle runs list` */
function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

/** `(Did you mean --json?)` */
function fixFor(hint: string | undefined, command: string): string {
  const [, names] = /^\(Did you mean (?:one of )?(.*)\?\)$/.exec(hint ?? '') ?? [];
  return names === undefined ? `See: ${command} --help` : `Did you mean ${names}? See: ${command} --help`;
}
