import { Argument, type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../../util/duration.ts';
import type { Act, Handlers } from './handlers.ts';
import { count } from './values.ts';

const KEY = 'swarm:<name>, run/<run>:<name>, role/<role>:<name> or agent/<agent>:<name>';

/** `memory`: what the runs of a project share and leave for each other. */
export function addMemory(program: Command, handlers: Handlers, act: Act): void {
  const memory = program
    .command('memory')
    .helpCommand(false)
    .summary('look up, keep and remove what agents remember')
    .description('The memory of this project. In a pattern * stands for any characters.');
  memory
    .command('list', { isDefault: true })
    .description('entries by key')
    .argument('[pattern]', 'only keys that match', '*')
    .option('-n, --limit <n>', 'at most this many', count, 50)
    .action(act(handlers.memoryList));
  memory
    .command('get')
    .description('print the value of a key as JSON; exit code 1 when there is none')
    .argument('<key>', KEY)
    .action(act(handlers.memoryGet));
  memory
    .command('set')
    .description('keep a value: JSON, or text that is none')
    .argument('<key>', KEY)
    .argument('[value]', 'what to keep')
    .option('--file <file>', 'keep what stands in this file')
    .option('--ttl <time>', 'gone after this time: 10m', time)
    .option('--passing', 'a power cut may take it; gone after 5 minutes without --ttl')
    .option('--if-version <n>', 'only if this is its version now; 0: only if it is new', version)
    .option('--as <name>', 'who writes; default: your user name', person)
    .action(act(handlers.memorySet));
  addFinding(memory, handlers, act);
  memory.addHelpText('after', EXAMPLES);
}

function addFinding(memory: Command, handlers: Handlers, act: Act): void {
  memory
    .command('search')
    .description('lasting entries with these words, the best first; exit code 1 when there are none')
    .argument('<words...>', 'red "round ball" bounc* -flat')
    .option('--in <pattern>', 'only keys that match')
    .option('-n, --limit <n>', 'at most this many, up to 100', count, 20)
    .action(act(handlers.memorySearch));
  memory
    .command('invalidate')
    .description('remove what matches, everywhere, and nothing else')
    .argument('<pattern>', 'swarm:plan/*, run/k7f3*:*')
    .option('--as <name>', 'who removes; default: your user name', person)
    .action(act(handlers.memoryInvalidate));
  memory
    .command('notes')
    .description('what tasks handed over, what was decided, how far tasks have come; newest first')
    .addArgument(new Argument('[kind]').choices(['hand-off', 'decision', 'checkpoint']).default('decision'))
    .option('--run <run>', 'only of this run, by its whole id')
    .option('-n, --limit <n>', 'at most this many', count, 20)
    .action(act(handlers.memoryNotes));
  memory.command('stats').description('how full it is, and hits per tier').action(act(handlers.memoryStats));
}

/** ms */
function time(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new InvalidArgumentError('Write a time with a unit: 10s, 5m.');
}

function person(text: string): string {
  if (text !== '' && text.length <= 100) return text;
  throw new InvalidArgumentError('Write a name of 1 to 100 characters.');
}

function version(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new InvalidArgumentError('Write a whole number.');
}

const EXAMPLES = `
Examples:
  waggle memory                                what is remembered
  waggle memory set swarm:deploy '{"order":["db","web"]}'
  waggle memory search cluster drain* -test
  waggle memory invalidate 'swarm:plan/*'
  waggle memory notes hand-off`;
