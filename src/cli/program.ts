import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { userError } from '../util/user-error.ts';
import type { Cli } from './cli.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { addJobs } from './program/jobs.ts';
import { addLooks } from './program/looks.ts';
import { addSetup } from './program/setup.ts';
import type { Act, Handlers } from './program/handlers.ts';
import { Output } from './output.ts';
import { mistakeInCall, unknownCommand } from './mistake-in-call.ts';
import { reportError } from './report-error.ts';

type Globals = Readonly<{ json?: true; quiet?: true; cwd?: string; config?: string }>;

export type ProgramOptions = Readonly<{
  handlers: Handlers;
  version: string;
  /** Aborts when the launcher that started this process is gone. */
  launcherGone: AbortSignal | undefined;
}>;

/** Reads the command line, runs the one command it names and gives the exit code. Reports every error; never rejects. */
export async function runProgram(
  argv: readonly string[],
  { handlers, version, launcherGone }: ProgramOptions,
): Promise<ExitCode> {
  const out = new Output({
    json: argv.includes('--json'),
    quiet: argv.includes('--quiet') || argv.includes('-q'),
    environment: readEnvironment(),
  });
  process.on('uncaughtException', (error) => process.exit(reportError(error, out, version)));
  const program = rootCommand(version);
  let code: ExitCode = EXIT.ok;
  const act: Act =
    (load) =>
    async (...args) => {
      const command = await load();
      const cli = cliFor(program.opts<Globals>(), out, version);
      code = await command(launcherGone === undefined ? cli : { ...cli, launcherGone }, ...args);
    };
  addJobs(program, handlers, act);
  addLooks(program, handlers, act);
  addSetup(program, handlers, act);
  addHelp(program);
  if (argv.length === 0) {
    process.stdout.write(program.helpInformation());
    return EXIT.ok;
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) return endAfter(reportError(error, out, version));
    return error.exitCode === 0 ? EXIT.ok : reportError(mistakeInCall(error, program, argv), out, version);
  }
}

function cliFor({ cwd = '.', config }: Globals, out: Output, version: string): Cli {
  assertCwd();
  return { out, cwd: resolve(cwd), version, ...(config === undefined ? {} : { configFile: resolve(config) }) };
}

/** The folder that a shell stands in may have been removed. */
function assertCwd(): void {
  try {
    process.cwd();
  } catch {
    throw userError({ code: 'FOLDER_GONE', message: 'The current folder is gone.', fix: 'Go to another one: cd ..' });
  }
}

function rootCommand(version: string): Command {
  return new Command('waggle')
    .description('Runs a graph of tasks with a swarm of agents: side by side, durable, and checked.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .option('--json', 'print JSON lines on stdout and nothing else there')
    .option('-q, --quiet', 'print results and errors only')
    .option('--cwd <dir>', 'work in this folder')
    .option('--config <file>', 'read this file instead of waggle.yaml')
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'after',
      `
Examples:
  waggle check                   look at this repository, write a report
  waggle init                    write a first workflow to start from
  waggle run release.yaml        run a workflow
  waggle runs list               what ran here

Exit codes: 0 ok, 1 the work failed, 2 mistake in the call or a file, 3 trouble
outside, 4 waits for a person, 70 bug in Waggle, 130 interrupted.`,
    );
}

/** `waggle help runs list` */
function addHelp(program: Command): void {
  program
    .command('help')
    .description('show help, also for a command: waggle help runs list')
    .argument('[command...]', 'command')
    .action((words: readonly string[]) => {
      let shown = program;
      for (const word of words) {
        const next = shown.commands.find((one) => one.name() === word);
        if (next === undefined) throw unknownCommand(shown, word);
        shown = next;
      }
      shown.outputHelp();
    });
}

/** What a bug has left open would keep the process, and its locks, for ever. */
function endAfter(code: ExitCode): ExitCode {
  if (code === EXIT.internal) process.exit(code);
  return code;
}
