/**
 * `npm run bench -- NAME [options]` runs one program of this folder; `all` runs each of them, `--smoke` with sizes so
 * small that it only shows whether they still work.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** In the order of docs/performance.md, with what each measures. */
const PROGRAMS: Readonly<Record<string, string>> = {
  durable: 'tasks per second with every transition synced to disk',
  'in-memory': 'tasks per second and peak memory without a disk',
  growth: 'cost of a task in graphs of 1,000 to 100,000 tasks',
  replay: 'how fast a journal is played, and how soon a coordinator leads that has a long past',
  dispatch: 'delay from the end of the last need to the start of the next attempt',
  'tiered-memory': 'memory by tier: hits per second, delays of the store, search',
  messages: 'durable messages between agents: delay of one, and messages per second',
  assign: 'assignments per second in the pure core',
  makespan: 'makespan against lower bounds, on recorded graphs in virtual time',
  simulate: 'a simulation of 1,000,000 tasks on 1,000 agents: time and peak memory',
  check: 'a whole check of a repository, beside its functions in one loop',
  startup: 'start of the program from a checkout',
  memory: 'memory of a coordinator, idle and with 100,000 tasks behind it',
  install: 'size and start of the packed program',
  journal: 'commits per second of the SQLite journal',
  peers: 'other task runners on the same graphs',
};

/** Programs whose sizes are options of their own. */
const SMOKE: Readonly<Record<string, readonly string[]>> = { journal: ['--tasks', '500', '--lone', '20'] };

const [name = '', ...options] = process.argv.slice(2);
const known = Object.keys(PROGRAMS).filter((program) => existsSync(pathOf(program)));
if (name === 'all') {
  process.exitCode = Math.max(...known.map((program) => run(program)));
} else if (known.includes(name)) {
  process.exitCode = run(name);
} else {
  const list = known.map((program) => `  ${program.padEnd(10)} ${PROGRAMS[program] ?? ''}`);
  console.error(
    `${name === '' ? 'Which benchmark?' : `There is no benchmark "${name}".`} Choose "all" or one of\n${list.join('\n')}`,
  );
  process.exitCode = 2;
}

function pathOf(program: string): string {
  return fileURLToPath(new URL(`./${program}.ts`, import.meta.url));
}

function run(program: string): number {
  const smoke = SMOKE[program] ?? ['--smoke'];
  const given = options.flatMap((option) => (option === '--smoke' ? smoke : [option]));
  return spawnSync(process.execPath, [pathOf(program), ...given], { stdio: 'inherit' }).status ?? 1;
}
