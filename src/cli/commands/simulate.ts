import { stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Project } from '../../app/project.ts';
import {
  agentsFor,
  compareAgents,
  runSource,
  type Simulated,
  type SimulationOptions,
  type SimulationSource,
  simulateSource,
  workflowSource,
} from '../../app/simulation.ts';
import { simulateApart } from '../../app/simulate-apart.ts';
import { userError } from '../../util/user-error.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findRun } from '../find.ts';
import { ganttSvg } from '../render/gantt-svg.ts';
import { comparedData, comparedLines, simulatedData, simulatedLines } from '../render/simulation-lines.ts';
import { visible } from '../render/text.ts';
import { readSimulateFlags, type SimulateFlags } from '../simulate-flags.ts';
import { archiveOf, withProject } from '../with-project.ts';

/** The progress line changes after this long, ms. */
const SAID_EVERY_MS = 200;
/** Shorter ones need no line. */
const QUIET_MS = 500;

type Seen = Readonly<{ simulations: AsyncIterable<Simulated>; notes: readonly string[] }>;
type Asked = ReturnType<typeof readSimulateFlags> &
  Readonly<{ isCompared: boolean; chart: string | undefined; inputTexts: SimulateFlags['input'] }>;

/** `waggle simulate` */
export async function simulate(cli: Cli, name: string, flags: SimulateFlags): Promise<ExitCode> {
  const isCompared = flags.compare === true;
  const asked = { ...readSimulateFlags(flags), isCompared, chart: flags.chart, inputTexts: flags.input };
  const progress = new Progress(cli);
  try {
    const seen = isGraph(name) ? graphOf(cli, name, asked, progress) : await workOf(cli, name, asked, progress);
    return isCompared ? await showCompared(cli, seen, progress) : await showOne(cli, seen, asked, progress);
  } finally {
    progress.end();
  }
}

async function showOne(
  { out, cwd }: Cli,
  { simulations, notes }: Seen,
  { options, chart }: Asked,
  progress: Progress,
): Promise<ExitCode> {
  for await (const simulated of simulations) {
    progress.end();
    out.json({ ...simulatedData(simulated, options), notes });
    out.say(...notes.map(visible));
    out.result(...simulatedLines(simulated, options, out));
    if (chart === undefined) continue;
    await writeChart(resolve(cwd, chart), ganttSvg(simulated));
    out.say('', `The chart is in ${visible(chart)}.`);
  }
  return EXIT.ok;
}

async function writeChart(path: string, svg: string): Promise<void> {
  await writeFile(path, svg).catch((error: unknown) => {
    const message = `The chart cannot be written: ${error instanceof Error ? error.message : String(error)}`;
    throw userError({ code: 'CHART_FILE', at: path, message, fix: 'Name a file in a folder that exists.' });
  });
}

async function showCompared({ out }: Cli, { simulations, notes }: Seen, progress: Progress): Promise<ExitCode> {
  const rows = [];
  for await (const simulated of simulations) {
    const row = comparedData(simulated);
    out.json(row);
    rows.push(row);
  }
  progress.end();
  out.say(...notes.map(visible));
  out.result(...comparedLines(rows, out));
  return EXIT.ok;
}

function isGraph(name: string): boolean {
  return name.startsWith('synthetic:') || name.endsWith('.json');
}

/** It may be large: a thread of its own keeps this one free. */
function graphOf(cli: Cli, name: string, asked: Asked, progress: Progress): Seen {
  refuseInputs(asked, name);
  const { agents, options, isCompared } = asked;
  const path = name.startsWith('synthetic:') ? undefined : resolve(cli.cwd, name);
  const request = { name, path, asked: agents, options, isCompared };
  return { simulations: simulateApart(request, (ended, tasks) => progress.say(ended, tasks)), notes: [] };
}

async function workOf(cli: Cli, name: string, asked: Asked, progress: Progress): Promise<Seen> {
  const source = await sourceOf(cli, name, asked);
  const onProgress = (ended: number, tasks: number): void => progress.say(ended, tasks);
  const options = { ...asked.options, agents: agentsFor(source, asked.agents), onProgress };
  const simulations = asked.isCompared ? compareAgents(source, options) : onlyOne(source, options);
  return { simulations, notes: source.notes };
}

async function* onlyOne(source: SimulationSource, options: SimulationOptions): AsyncGenerator<Simulated> {
  yield await simulateSource(source, options);
}

/** A file that is there wins over a run of that name. */
async function sourceOf(cli: Cli, name: string, asked: Asked): Promise<SimulationSource> {
  const isFile = await stat(resolve(cli.cwd, name)).then(
    (found) => found.isFile(),
    () => false,
  );
  const use = (project: Project): Promise<SimulationSource> => projectSource(cli, project, name, asked.inputTexts);
  if (isFile || /\.ya?ml$/.test(name)) return withProject(cli, use);
  refuseInputs(asked, name);
  return withProject(cli, (project) => {
    const archive = archiveOf(project);
    return Promise.resolve(runSource(archive, findRun(archive, name)));
  });
}

function refuseInputs({ inputTexts }: Asked, name: string): void {
  if (inputTexts === undefined) return;
  const fix = `Leave out --input: the tasks of ${name} stand already.`;
  throw userError({ code: 'SIMULATE_OPTION', at: '--input', message: 'Only a workflow has inputs.', fix });
}

function projectSource(
  cli: Cli,
  project: Project,
  name: string,
  inputTexts: Asked['inputTexts'],
): Promise<SimulationSource> {
  const estimate = project.estimate.bind(project);
  const about = { config: project.config, estimate, ...(inputTexts === undefined ? {} : { inputTexts }) };
  return workflowSource(name, cli.cwd, about);
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
