import { isAbsolute, relative, resolve } from 'node:path';
import type { Project } from '../../app/project.ts';
import type { RunRecord } from '../../app/views.ts';
import { type compileWorkflowFile, loadWorkflow } from '../../config/load-workflow.ts';
import { ask } from '../ask.ts';
import type { Cli } from '../cli.ts';
import { compileRun, type RunFlags } from '../compile-run.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { followRun } from '../follow-run.ts';
import { Refused } from '../refused.ts';
import { agreedConfig } from '../agreed-config.ts';
import { plural } from '../render/format.ts';
import { planLines } from '../render/plan-lines.ts';
import { visible } from '../render/text.ts';
import { planData, planView } from '../plan-view.ts';
import { withProject } from '../with-project.ts';

export type RunOptions = RunFlags & Readonly<{ plan?: true; yes?: true; trust?: string }>;
type Compiled = ReturnType<typeof compileWorkflowFile>['compiled'];

/** `waggle run` */
export async function run(cli: Cli, file: string, options: RunOptions): Promise<ExitCode> {
  const path = resolve(cli.cwd, file);
  const overrides = options.agents === undefined ? {} : { 'coordination.maxAgents': options.agents };
  const workflow = await loadWorkflow(path, isAbsolute(file) ? shownAs(path) : file);
  const { config } = await agreedConfig(cli, options);
  const { compiled, warnings } = compileRun(workflow, config, options);
  for (const warning of warnings)
    cli.out.warn(`warning  ${visible(`${warning.at ?? ''}: ${warning.message} ${warning.fix}`)}`);
  const use = (project: Project): Promise<ExitCode> =>
    options.plan === true ? showPlan(cli, project, compiled) : start(cli, project, compiled, options);
  return withProject(cli, use, { overrides });
}

function shownAs(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

async function showPlan(cli: Cli, project: Project, compiled: Compiled): Promise<ExitCode> {
  const view = planView(await project.estimate(compiled), project.root);
  for (const line of planData(view)) cli.out.json(line);
  cli.out.result(...planLines(view, cli.out.style, cli.out.columns));
  return EXIT.ok;
}

async function start(cli: Cli, project: Project, compiled: Compiled, { yes }: RunOptions): Promise<ExitCode> {
  const open = openRunOf(project, compiled.run.source);
  if (open !== undefined && !(await mayStartAnother(cli, open, yes === true))) return EXIT.ok;
  const coordinator = await project.connect({ onTrouble: (message) => cli.out.warn(visible(message)) });
  for (const runId of coordinator.resumed) cli.out.say(`Run ${runId} was interrupted and goes on beside this one.`);
  const answer = await coordinator.submit(compiled);
  if (!answer.ok) throw new Refused(answer.refusal);
  cli.out.say(`Run ${answer.runId}: ${plural(compiled.tasks.length, 'task')}`);
  return followRun(cli, { project, coordinator, runId: answer.runId, isOwn: true });
}

function openRunOf(project: Project, source: string): RunRecord | undefined {
  const open = project.archive()?.runs({ states: ['running', 'paused', 'waiting'], limit: 100 }) ?? [];
  return open.find((record) => record.run.source === source);
}

/** Who typed the same command again after Ctrl-C may have meant to go on. */
async function mayStartAnother({ out }: Cli, { runId, state }: RunRecord, yes: boolean): Promise<boolean> {
  const goOn = `waggle runs resume ${runId}`;
  if (!yes && out.hasPerson && !(await ask(`Run ${runId} of this workflow is ${state}. Start another one?`))) {
    out.say(`Go on with it: ${goOn}`);
    return false;
  }
  out.say(`Run ${runId} of this workflow is ${state} too; go on with it: ${goOn}`);
  return true;
}
