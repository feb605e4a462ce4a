import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../../util/duration.ts';
import type { Act, Handlers } from './handlers.ts';
import { count } from './values.ts';

const RUN = 'id of a run, its first letters, or last';
const RUN_OR_TASK = `${RUN}; inside a task: its own run`;
const PRIORITIES = ['critical', 'high', 'normal', 'low'];

/** `messages`: what tasks, agents and people of a run tell each other. */
export function addMessages(program: Command, handlers: Handlers, act: Act): void {
  const messages = program
    .command('messages')
    .helpCommand(false)
    .summary('read and send messages of a run')
    .description('Messages between tasks, agents and people of a run. Inside a task they are its own.');
  messages
    .command('list', { isDefault: true })
    .description('messages of a run, newest first, dead letters included')
    .argument('[run]', RUN, 'last')
    .option('-n, --limit <n>', 'at most this many', count, 50)
    .option('--from <address>', 'only from this sender')
    .option('--to <address>', 'only to this recipient')
    .option('--dead', 'only dead letters')
    .option('--waiting', 'only what somebody has still to read')
    .action(act(handlers.messagesList));
  messages
    .command('show')
    .description('one message, and what became of it')
    .argument('<message>', 'id of a message, or its number')
    .option('--run <run>', RUN, 'last')
    .action(act(handlers.messagesShow));
  messages
    .command('tail')
    .description('what was sent and read, line by line')
    .argument('[run]', RUN, 'last')
    .option('-n, --limit <n>', 'begin with so many lines', count, 20)
    .option('-f, --follow', 'go on until the run ends')
    .action(act(handlers.messagesTail));
  addMail(messages, handlers, act);
  messages.addHelpText('after', EXAMPLES);
}

function addMail(messages: Command, handlers: Handlers, act: Act): void {
  messages
    .command('send')
    .description('send a message')
    .argument('[run]', RUN_OR_TASK)
    .option('--to <address>', 'task:<name>, agent:<id>, user:<name>, role:<role> or all')
    .option('--topic <topic>', 'to whoever has subscribed: findings.secrets')
    .option('--body <json>', 'what it says, as JSON')
    .option('--text <text>', 'what it says, as text')
    .option('--type <type>', 'what it is, for its readers', 'message')
    .addOption(new Option('--priority <priority>', 'critical, high, normal or low').choices(PRIORITIES))
    .option('--reply-to <id>', 'the message that it answers')
    .option('--cause <id>', 'the message because of which it is sent')
    .option('--expires <time>', 'not delivered after this time: 10m', time)
    .option('--id <id>', 'sent again under the same id it is the same message')
    .option('--as <name>', 'who sends, outside of a task: ann is user:ann')
    .action(act(handlers.messagesSend));
  messages
    .command('receive')
    .description('print what waits and say that it is read; exit code 1 when there is nothing')
    .argument('[run]', RUN_OR_TASK)
    .option('--wait <time>', 'wait so long for the first one: 10s', time)
    .option('-n, --limit <n>', 'at most this many', count, 100)
    .option('--keep', 'do not say that it is read')
    .option('--as <name>', 'for whom, outside of a task: ann is user:ann')
    .action(act(handlers.messagesReceive));
  messages
    .command('subscribe')
    .description('inside a task: get what is sent to topics that fit')
    .argument('<pattern>', 'findings.secrets, findings.*, findings.** or **')
    .action(act(handlers.messagesSubscribe));
  messages
    .command('unsubscribe')
    .description('inside a task: get no more of it')
    .argument('<pattern>', 'as it was subscribed to')
    .action(act(handlers.messagesUnsubscribe));
}

/** ms */
function time(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new InvalidArgumentError('Write a time with a unit: 10s, 5m.');
}

const EXAMPLES = `
Examples:
  waggle messages                              the newest messages of the newest run
  waggle messages --dead                       dead letters
  waggle messages tail --follow
  waggle messages send last --to task:build --text "take the other branch" --as ann
Inside a task:
  waggle messages send --to task:b --body '{"x":1}'
  waggle messages receive --wait 10s`;
