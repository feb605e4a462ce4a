import type { RunRecord, RunState } from '../../app/views.ts';
import { userError } from '../../util/user-error.ts';
import { nearestName } from '../../util/nearest-name.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findRun } from '../find.ts';
import { outcomeReason } from '../render/failure.ts';
import { duration, plural, when } from '../render/format.ts';
import type { Style } from '../render/style.ts';
import { table } from '../render/table.ts';
import { visible } from '../render/text.ts';
import { taskTable } from '../render/task-table.ts';
import { tellInterrupted } from '../tell-interrupted.ts';
import { archiveOf, withProject } from '../with-project.ts';

const STATES: readonly RunState[] = ['running', 'paused', 'waiting', 'succeeded', 'failed', 'cancelled'];

/** `waggle runs list` */
export function runsList(cli: Cli, options: Readonly<{ limit: number; state?: readonly string[] }>): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const states = options.state === undefined ? undefined : options.state.map(stateNamed);
    const archive = project.archive();
    const runs = archive?.runs({ limit: options.limit, ...(states === undefined ? {} : { states }) }) ?? [];
    for (const run of runs) cli.out.json({ type: 'run', ...runData(run) });
    if (runs.length === 0)
      cli.out.result(states === undefined ? 'Nothing has run here yet. Start with: waggle check' : 'None.');
    else cli.out.result(...runTable(runs, cli.out.style, cli.out.columns));
    await tellInterrupted(cli, project, runs);
    return EXIT.ok;
  });
}

/** `waggle runs show` */
export function runsShow(cli: Cli, id: string): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const archive = archiveOf(project);
    const run = findRun(archive, id);
    const tasks = archive.tasks(run.runId);
    cli.out.json({ type: 'run', ...runData(run) });
    for (const task of tasks) cli.out.json({ type: 'task', run: run.runId, task: task.spec.name, status: task.status });
    cli.out.result(...runHead(run, cli.out.style), '');
    cli.out.result(...taskTable(tasks, archive.runAttempts(run.runId), cli.out.style, cli.out.columns));
    await tellInterrupted(cli, project, [run]);
    return EXIT.ok;
  });
}

function stateNamed(text: string): RunState {
  const state = STATES.find((name) => name === text);
  if (state !== undefined) return state;
  const near = nearestName(text, STATES);
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  const message = `There is no state "${text}".`;
  throw userError({ code: 'STATE_UNKNOWN', message, fix: `Write ${STATES.join(', ')}.${hint}` });
}

function runData(run: RunRecord): Readonly<Record<string, unknown>> {
  const { runId, state, outcome, createdAtMs, finishedAtMs, counts } = run;
  const { name, source, inputs, budget, retryOf } = run.run;
  return { run: runId, name, state, outcome, createdAtMs, finishedAtMs, counts, source, inputs, budget, retryOf };
}

function runTable(runs: readonly RunRecord[], style: Style, columns: number): readonly string[] {
  const nowMs = Date.now();
  const rows = runs.map((run) => [
    run.runId,
    run.state,
    progressOf(run),
    when(run.createdAtMs, nowMs),
    run.finishedAtMs === undefined ? '' : duration(run.finishedAtMs - run.createdAtMs),
    visible(run.run.name),
  ]);
  const paint = (text: string, row: number): string => stateColour(runs[row]?.state ?? 'running', style)(text);
  const heads = [
    { title: 'run' },
    { title: 'state', paint },
    { title: 'done', align: 'right' },
    { title: 'started' },
    { title: 'took', align: 'right' },
    { title: 'workflow', least: 8 },
  ] as const;
  return table(heads, rows, columns);
}

/** `2/3`: tasks that have ended, of all. */
export function progressOf({ counts }: RunRecord): string {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return `${counts.succeeded + counts.failed + counts.cancelled + counts.skipped}/${total}`;
}

function stateColour(state: RunState, style: Style): (text: string) => string {
  if (state === 'succeeded') return style.green;
  if (state === 'failed') return style.red;
  return state === 'running' ? style.cyan : style.yellow;
}

function runHead(run: RunRecord, style: Style): readonly string[] {
  const { runId, state, outcome, createdAtMs, finishedAtMs } = run;
  const lines = [
    `${style.bold(visible(run.run.name))}  ${runId}  ${stateColour(state, style)(state)}`,
    `  from      ${visible(run.run.source)}`,
    `  started   ${when(createdAtMs, Date.now())}`,
  ];
  if (finishedAtMs !== undefined) lines.push(`  took      ${duration(finishedAtMs - createdAtMs)}`);
  if (outcome !== undefined && outcome.state !== 'succeeded') lines.push(`  outcome   ${outcomeReason(outcome)}`);
  if (run.run.retryOf !== undefined) lines.push(`  again     ${visible(run.run.retryOf)}`);
  const inputs = Object.entries(run.run.inputs);
  for (const [name, value] of inputs) lines.push(`  input     ${visible(name)} = ${visible(JSON.stringify(value))}`);
  if (run.counts['outcome-unknown'] > 0) {
    const count = plural(run.counts['outcome-unknown'], 'task');
    lines.push(
      `  waits     for you: ${count} with unknown outcome; waggle tasks settle ${runId}/<task> --as <outcome>`,
    );
  }
  return lines;
}
