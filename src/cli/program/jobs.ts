import { Option, type Command } from 'commander';
import type { Act, Handlers } from './handlers.ts';
import { budget, count, duration, failOn, inputs, states } from './values.ts';

/** The main jobs: `check` and `run`. */
export function addJobs(program: Command, handlers: Handlers, act: Act): void {
  program.commandsGroup('Jobs:');
  addCheck(program, handlers, act);
  addRun(program, handlers, act);
  addWorker(program, handlers, act);
}

function addCheck(program: Command, handlers: Handlers, act: Act): void {
  program
    .command('check')
    .summary('look at a repository and report what is wrong with it')
    .description('Looks at a repository with many agents side by side and writes a report. Runs nothing of it.')
    .argument('[dir]', 'folder of the repository; default: the current one')
    .option('--out <dir>', 'write the reports there; default: .waggle/check/<run>')
    .option('--open', 'open the report when it is there')
    .option('--agents <n>', 'agents side by side; default: two for each core', count)
    .option('--plan', 'show the graph and the forecast, run nothing')
    .option('--online', 'let the package manager ask its registry for known vulnerabilities')
    .option('--all', 'show also what was not confirmed, here and in report.sarif')
    .addOption(
      new Option('--baseline <report.json>', 'compare with an earlier report, not with the last check here').conflicts(
        'resetBaseline',
      ),
    )
    .option('--reset-baseline', 'forget the last check first')
    .option('--fail-on <what>', 'exit 1 on confirmed findings: critical, high, medium, new; or on ids', failOn)
    .addHelpText('after', EXAMPLES.check)
    .action(act(handlers.check));
}

function addRun(program: Command, handlers: Handlers, act: Act): void {
  program
    .command('run')
    .summary('run a workflow')
    .description('Runs the tasks of a workflow file. Ctrl-C pauses the run; `waggle runs resume` goes on.')
    .argument('<workflow>', 'workflow file: release.yaml')
    .option('-i, --input <name=value>', 'value of an input; may be given more than once', inputs)
    .option('--plan', 'show the graph and the forecast, run nothing')
    .option('--agents <n>', 'built-in local agents; default: as many as cores', count)
    .option('--budget <limits>', 'limits: "wall=10m,cost=2 USD,attempts=50"', budget)
    .option('-y, --yes', 'start without asking, also when a run of this workflow is open')
    .option('--trust <hash>', 'agree to the settings of this repository with this hash')
    .addHelpText('after', EXAMPLES.run)
    .action(act(handlers.run));
}

function addWorker(program: Command, handlers: Handlers, act: Act): void {
  program
    .command('worker')
    .summary('run tasks for the process that leads this project')
    .description(
      'Joins the process that leads this project and runs tasks for it; waits while nobody leads. The first Ctrl-C or SIGTERM lets what runs come to its end and leaves, the second one ends at once.',
    )
    .option('--agents <n>', 'attempts side by side; default: as many as cores', count)
    .option('--capabilities <names>', 'what tasks may require of it: gpu,linux', states)
    .option('--functions <file>', 'ES module: tasks can name each function that it exports')
    .option('--role <group>', 'group that tasks name in agent; default: worker')
    .option('--name <host>', 'name of this host; default: worker-1, worker-2, …')
    .addOption(
      new Option('--grace <time>', 'how long what runs may take when it is asked to end')
        .argParser(duration)
        .default(30_000, '30s'),
    )
    .addOption(new Option('--for-run <run>', 'started by Waggle for a group of this run').hideHelp())
    .addOption(new Option('--slots <n>', 'tasks that each agent runs side by side').argParser(count).hideHelp())
    .addHelpText('after', EXAMPLES.worker)
    .action(act(handlers.worker));
}

const EXAMPLES = {
  worker: `
Examples:
  waggle worker
  waggle worker --agents 2 --capabilities gpu
  waggle worker --functions ./functions.mjs --name builder`,
  check: `
Examples:
  waggle check
  waggle check ../other-repo --open
  waggle check --json --fail-on high
  waggle check --baseline main/report.json --fail-on new`,
  run: `
Examples:
  waggle run release.yaml --input version=1.2.0
  waggle run release.yaml --plan
  waggle run nightly.yaml --agents 8 --budget "wall=30m,attempts=200"`,
};
