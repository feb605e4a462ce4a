import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Project } from '../../app/project.ts';
import {
  agentsFor,
  compareAgents,
  drawnSource,
  fileSource,
  keepHeapSmall,
  runSource,
  type SimulationOptions,
  type SimulationSource,
  simulateSource,
  workflowSource,
} from '../../app/simulation.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findRun } from '../find.ts';
import { comparedData, comparedLines, simulatedData, simulatedLines } from '../render/simulation-lines.ts';
import { visible } from '../render/text.ts';
import { readSimulateFlags, type SimulateFlags } from '../simulate-flags.ts';
import { archiveOf, withProject } from '../with-project.ts';

/** The progress line changes after this long, ms. */
const SAID_EVERY_MS = 200;
/** Shorter ones need no line. */
const QUIET_MS = 500;

/** `waggle simulate` */
export async function simulate(cli: Cli, name: string, flags: SimulateFlags): Promise<ExitCode> {
  const { agents: asked, options: given } = readSimulateFlags(flags);
  keepHeapSmall();
  const progress = new Progress(cli);
  const source = await sourceOf(cli, name);
  const options = { ...given, agents: agentsFor(source, asked) };
  const watched = { ...options, onProgress: (ended: number, tasks: number) => progress.say(ended, tasks) };
  try {
    return flags.compare === true ? await compare(cli, source, watched) : await simulateOne(cli, source, watched);
  } finally {
    progress.end();
  }
}

async function simulateOne({ out }: Cli, source: SimulationSource, options: SimulationOptions): Promise<ExitCode> {
  const simulated = await simulateSource(source, options);
  out.json({ ...simulatedData(simulated, options), notes: source.notes });
  out.say(...source.notes.map(visible));
  out.result(...simulatedLines(simulated, options, out));
  return EXIT.ok;
}

async function compare({ out }: Cli, source: SimulationSource, options: SimulationOptions): Promise<ExitCode> {
  const all = [];
  for await (const one of compareAgents(source, options)) {
    const row = comparedData(one);
    out.json(row);
    all.push(row);
  }
  out.say(...source.notes.map(visible));
  out.result(...comparedLines(all, out));
  return EXIT.ok;
}

/** A file that is there wins over a run of that name. */
async function sourceOf(cli: Cli, name: string): Promise<SimulationSource> {
  if (name.startsWith('synthetic:')) return drawnSource(name);
  const path = resolve(cli.cwd, name);
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (name.endsWith('.json')) return fileSource(path, name);
  const use = (project: Project): Promise<SimulationSource> => projectSource(cli, project, name);
  if (isFile || /\.ya?ml$/.test(name)) return withProject(cli, use);
  return withProject(cli, (project) => {
    const archive = archiveOf(project);
    return Promise.resolve(runSource(archive, findRun(archive, name)));
  });
}

function projectSource(cli: Cli, project: Project, name: string): Promise<SimulationSource> {
  const estimate = project.estimate.bind(project);
  return workflowSource(name, cli.cwd, { config: project.config, estimate });
}

/** One line on the terminal that tells how far it is. */
class Progress {
  readonly #screen: Cli['out']['screen'];
  readonly #startMs = performance.now();
  #saidMs = 0;

  constructor({ out }: Cli) {
    this.#screen = out.screen;
  }

  say(ended: number, tasks: number): void {
    const nowMs = performance.now();
    if (nowMs - this.#startMs < QUIET_MS || nowMs - this.#saidMs < SAID_EVERY_MS) return;
    this.#saidMs = nowMs;
    this.#screen?.write(`\r\u001B[K${ended} of ${tasks} tasks`);
  }

  end(): void {
    if (this.#saidMs > 0) this.#screen?.write('\r\u001B[K');
  }
}
