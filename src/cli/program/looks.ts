import type { Command } from 'commander';
import type { Act, Handlers } from './handlers.ts';
import { addMemory } from './memory.ts';
import { addMessages } from './messages.ts';
import { addSimulate } from './simulate.ts';
import { choice, contentHash, count, days, replayPoint, settlement, states } from './values.ts';

/** Commands that look at what runs or ran, and steer it. */
export function addLooks(program: Command, handlers: Handlers, act: Act): void {
  program.commandsGroup('Look and steer:');
  addRuns(program, handlers, act);
  addTasks(program, handlers, act);
  addProposals(program, handlers, act);
  addMessages(program, handlers, act);
  addMemory(program, handlers, act);
  addAgents(program, handlers, act);
  addReplay(program, handlers, act);
  addSimulate(program, handlers, act);
  addAlerts(program, handlers, act);
}

function addRuns(program: Command, handlers: Handlers, act: Act): void {
  const runs = program
    .command('runs')
    .helpCommand(false)
    .summary('list, watch and steer runs')
    .description(
      'Runs of this project. Where a command takes a run, its first letters are enough; "last" is the newest.',
    );
  runs
    .command('list', { isDefault: true })
    .description('runs, newest first')
    .option('-n, --limit <n>', 'at most this many', count, 20)
    .option('--state <states>', 'only these: running,paused,waiting,succeeded,failed,cancelled', states)
    .action(act(handlers.runsList));
  runs
    .command('show')
    .description('one run and its tasks')
    .argument('[run]', RUN, 'last')
    .action(act(handlers.runsShow));
  runs
    .command('watch')
    .description('follow a run until it ends; exit code as from `waggle run`')
    .argument('[run]', RUN, 'last')
    .action(act(handlers.runsWatch));
  runs
    .command('pause')
    .description('start nothing new, end what runs; nothing is lost')
    .argument('<run>', RUN)
    .option('--reason <text>', 'why', 'asked for')
    .action(act(handlers.runsPause));
  addRunChanges(runs, handlers, act);
  runs.addHelpText('after', EXAMPLES.runs);
}

function addRunChanges(runs: Command, handlers: Handlers, act: Act): void {
  runs
    .command('resume')
    .description('go on with a paused or interrupted run, and wait for its end')
    .argument('[run]', `${RUN}; default: all interrupted ones`)
    .action(act(handlers.runsResume));
  runs
    .command('cancel')
    .description('end a run for good')
    .argument('<run>', RUN)
    .option('--reason <text>', 'why', 'asked for')
    .action(act(handlers.runsCancel));
  runs
    .command('retry')
    .description('run again what did not succeed, as a new run')
    .argument('[run]', RUN, 'last')
    .action(act(handlers.runsRetry));
  runs
    .command('prune')
    .description('remove logs and outputs of ended runs that nobody needs any more')
    .option('--older-than <days>', 'only of runs that ended longer ago', days, 30)
    .option('-y, --yes', 'do not ask')
    .action(act(handlers.runsPrune));
}

function addTasks(program: Command, handlers: Handlers, act: Act): void {
  const tasks = program
    .command('tasks')
    .helpCommand(false)
    .summary('list tasks, show their logs')
    .description('Tasks of a run. A task is named run/task; for the newest run the name alone is enough.');
  tasks
    .command('list', { isDefault: true })
    .description('tasks of a run')
    .argument('[run]', RUN, 'last')
    .option('--status <statuses>', 'only these: running,ready,blocked,failed,…', states)
    .action(act(handlers.tasksList));
  tasks
    .command('show')
    .description('one task: attempts, evidence')
    .argument('<task>', TASK)
    .action(act(handlers.tasksShow));
  tasks
    .command('logs')
    .description('what a task printed')
    .argument('<task>', TASK)
    .option('--attempt <n>', 'of this attempt; default: the last', count)
    .option('--raw', 'bytes as they are, colours and control characters included')
    .action(act(handlers.tasksLogs));
  tasks
    .command('cancel')
    .description('cancel one task; what needs it is skipped, everything else goes on')
    .argument('<task>', TASK)
    .option('--reason <text>', 'why', 'asked for')
    .action(act(handlers.tasksCancel));
  tasks
    .command('settle')
    .description('say how a task ended whose outcome nobody knows')
    .argument('<task>', TASK)
    .requiredOption('--as <outcome>', 'succeeded, failed or retry', settlement)
    .action(act(handlers.tasksSettle));
  tasks
    .command('writes')
    .description('files that tasks were seen to write and do not declare')
    .action(act(handlers.tasksWrites));
  addOwnTasks(tasks, handlers, act);
  tasks.addHelpText('after', EXAMPLES.tasks);
}

/** What only a command of a task can ask, about sub-tasks of that task. */
function addOwnTasks(tasks: Command, handlers: Handlers, act: Act): void {
  tasks
    .command('delegate')
    .description('inside a task: add sub-tasks from a JSON list')
    .argument('[file]', 'the list; - for standard input', '-')
    .option('--wait', 'wait, and print how each ended; exit code 1 unless all succeeded')
    .action(act(handlers.tasksDelegate));
  tasks
    .command('await')
    .description('inside a task: wait for sub-tasks, and print how each ended')
    .argument('<names...>', 'as they were given')
    .action(act(handlers.tasksAwait));
  tasks
    .command('drop')
    .description('inside a task: cancel sub-tasks, with all below them')
    .argument('<names...>', 'as they were given')
    .action(act(handlers.tasksDrop));
}

function addProposals(program: Command, handlers: Handlers, act: Act): void {
  const proposals = program
    .command('proposals')
    .helpCommand(false)
    .summary('list what is voted on, vote')
    .description('Votes of this project. A proposal is named run/name; for the newest run the name alone is enough.');
  proposals
    .command('list', { isDefault: true })
    .description('proposals, newest first')
    .option('-n, --limit <n>', 'at most this many', count, 50)
    .option('--run <run>', `only of this run: ${RUN}`)
    .option('--open', 'only what is voted on now')
    .action(act(handlers.proposalsList));
  proposals
    .command('show')
    .description('one proposal: who may vote, who has, why, and what came of it')
    .argument('<proposal>', PROPOSAL)
    .action(act(handlers.proposalsShow));
  proposals
    .command('vote')
    .description('vote as a person; a vote is final')
    .argument('<proposal>', PROPOSAL)
    .argument('<choice>', 'approve, reject or abstain', choice)
    .requiredOption('--as <name>', 'who votes: ann votes as the member user:ann')
    .option('--reason <text>', 'why, for people')
    .option('--credential-file <file>', 'holds what this member must show')
    .option('--content <hash>', 'only if it is about content whose hash begins like this', contentHash)
    .action(act(handlers.proposalsVote));
  proposals.addHelpText('after', EXAMPLES.proposals);
}

function addAgents(program: Command, handlers: Handlers, act: Act): void {
  const agents = program
    .command('agents')
    .helpCommand(false)
    .summary('list and revive agents, drain hosts')
    .description('Agents of this project, and the hosts that run them.');
  agents
    .command('list', { isDefault: true })
    .description('agents and what they do')
    .option('--all', 'also those of ended runs')
    .action(act(handlers.agentsList));
  agents
    .command('show')
    .description('one agent')
    .argument('<agent>', 'id of an agent')
    .action(act(handlers.agentsShow));
  agents
    .command('drain')
    .description('let a host finish what it has, and then go')
    .argument('<host>', 'name of a host: worker-1')
    .option('--reason <text>', 'why', 'asked for')
    .action(act(handlers.agentsDrain));
  agents
    .command('revive')
    .description('give work again to an agent that was stopped or drained')
    .argument('<agent>', 'id of an agent')
    .action(act(handlers.agentsRevive));
}

function addReplay(program: Command, handlers: Handlers, act: Act): void {
  program
    .command('replay')
    .summary('go back in the history of a run')
    .description(
      'Plays the journal again and shows a run as it was. It also proves that replay gives the same: state and effects are compared over two plays, from a snapshot half-way, and with what the lists show. Starts and changes nothing.',
    )
    .argument('[run]', RUN, 'last')
    .option(
      '--at <point>',
      'a record of the journal (57) or a time since the run began (90s); default: now',
      replayPoint,
    )
    .addHelpText('after', EXAMPLES.replay)
    .action(act(handlers.replay));
}

function addAlerts(program: Command, handlers: Handlers, act: Act): void {
  const alerts = program
    .command('alerts')
    .helpCommand(false)
    .summary('list alerts and what they did')
    .description('Rules that are watched, what fires now, and what has fired.');
  alerts
    .command('list', { isDefault: true })
    .description('every rule, and whether it fires')
    .action(act(handlers.alertsList));
  alerts
    .command('show')
    .description('one rule and its last alerts')
    .argument('<alert>', 'name of a rule')
    .action(act(handlers.alertsShow));
  alerts
    .command('history')
    .description('alerts of the past, newest first')
    .option('-n, --limit <n>', 'at most this many', count, 50)
    .action(act(handlers.alertsHistory));
}

const RUN = 'id of a run, its first letters, or last';
const PROPOSAL = 'run/name, or the name of a proposal of the newest run; first letters are enough';
const TASK = 'run/task, or the name of a task of the newest run';

const EXAMPLES = {
  runs: `
Examples:
  waggle runs                    the last 20 runs
  waggle runs watch              follow the newest run
  waggle runs resume             go on with what was interrupted
  waggle runs retry k7f3         run again what failed in k7f3…`,
  proposals: `
Examples:
  waggle proposals --open
  waggle proposals show ship
  waggle proposals vote ship approve --as ann --reason "read the notes"`,
  replay: `
Examples:
  waggle replay                  the newest run as it is now, and the proof
  waggle replay k7f3 --at 90s    what it did after a minute and a half
  waggle replay k7f3 --at 57     what it was when record 57 had been written`,
  tasks: `
Examples:
  waggle tasks list last --status failed
  waggle tasks logs build
  waggle tasks settle k7f3/deploy --as succeeded
Inside a task that may delegate:
  echo '[{"name":"unit","command":["npm","test"]}]' | waggle tasks delegate --wait`,
};
