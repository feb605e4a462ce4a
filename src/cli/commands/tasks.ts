import { type AttemptRecord, runOf, type TaskRecord, type TaskStatus } from '../../app/views.ts';
import { type KeptBack, keptBackBy } from '../../app/kept-back.ts';
import { nearestName } from '../../util/nearest-name.ts';
import { userError } from '../../util/user-error.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findRun, findTask } from '../find.ts';
import type { Settlement } from '../program/values.ts';
import { Refused } from '../refused.ts';
import { evidenceSentence, failureBlock, failureSentence, workSentence } from '../render/failure.ts';
import { bytes, duration, plural, when } from '../render/format.ts';
import { agentName } from '../render/run-screen.ts';
import type { Style } from '../render/style.ts';
import { statusColour, taskTable, tookWords } from '../render/task-table.ts';
import { visible } from '../render/text.ts';
import { tellInterrupted } from '../tell-interrupted.ts';
import { archiveOf, withProject } from '../with-project.ts';
import { logOfTask } from '../log-of-task.ts';

const STATUSES: readonly TaskStatus[] = [
  'blocked',
  'ready',
  'running',
  'verifying',
  'awaiting-children',
  'backing-off',
  'awaiting-quota',
  'outcome-unknown',
  'cancelling',
  'succeeded',
  'failed',
  'cancelled',
  'skipped',
];

/** `waggle tasks list` */
export function tasksList(cli: Cli, id: string, options: Readonly<{ status?: readonly string[] }>): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const wanted = options.status?.map(statusNamed);
    const archive = archiveOf(project);
    const run = findRun(archive, id);
    const { runId } = run;
    const tasks = archive.tasks(runId).filter(({ status }) => wanted === undefined || wanted.includes(status));
    for (const task of tasks) cli.out.json({ type: 'task', ...taskData(task) });
    if (tasks.length === 0) cli.out.result('None.');
    else cli.out.result(...taskTable(tasks, archive.runAttempts(runId), cli.out.style, cli.out.columns));
    await tellInterrupted(cli, project, [run]);
    return EXIT.ok;
  });
}

/** `waggle tasks show` */
export function tasksShow(cli: Cli, name: string): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const archive = archiveOf(project);
    const task = findTask(archive, name);
    const attempts = archive.attempts(task.taskId);
    const keptBack = keptBackBy(archive, task);
    cli.out.json({
      type: 'task',
      ...taskData(task),
      outputs: task.outputs,
      evidence: task.evidence,
      spec: task.spec,
      keptBackBy: keptBack,
    });
    for (const { taskId: _task, agentId, ...rest } of attempts) {
      cli.out.json({ type: 'attempt', run: task.runId, task: task.spec.name, agent: agentId, ...rest });
    }
    cli.out.result(
      ...taskHead(task, cli.out.style),
      ...keptBack.map(keptBackLine),
      ...attempts.flatMap((attempt) => attemptLines(attempt)),
    );
    if (task.failure !== undefined) {
      const told = { name: task.spec.name, failure: task.failure, attempt: task.attempt, work: task.spec.work };
      cli.out.result('', ...failureBlock(told, logOfTask(project, task.taskId), cli.out));
    }
    return EXIT.ok;
  });
}

/** `waggle tasks cancel`: with what needs it, and with all below it. */
export function tasksCancel(cli: Cli, name: string, { reason }: Readonly<{ reason: string }>): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const { taskId, runId, spec } = findTask(archiveOf(project), name);
    const coordinator = await project.connect({
      isBrief: true,
      onTrouble: (message) => cli.out.warn(visible(message)),
    });
    const answer = await coordinator.command({ type: 'task.cancel', taskId, reason });
    if (!answer.ok) throw new Refused(answer.refusal);
    cli.out.json({ type: 'task.cancel', run: runId, task: spec.name, reason });
    cli.out.result(`${visible(spec.name)} is cancelled; what needs it is skipped.`);
    return EXIT.ok;
  });
}

/** `waggle tasks settle`: a person's word on an unknown outcome. */
export function tasksSettle(cli: Cli, name: string, options: Readonly<{ as: Settlement }>): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const { taskId, runId, spec } = findTask(archiveOf(project), name);
    const coordinator = await project.connect({
      isBrief: true,
      onTrouble: (message) => cli.out.warn(visible(message)),
    });
    const answer = await coordinator.command({ type: 'task.settle', taskId, as: options.as });
    if (!answer.ok) throw new Refused(answer.refusal);
    cli.out.json({ type: 'task.settled', run: runId, task: spec.name, as: options.as });
    cli.out.result(`${visible(spec.name)} is settled: ${options.as === 'retry' ? 'it is tried again' : options.as}.`);
    if (coordinator.role === 'leading') cli.out.say(`Go on with: waggle runs resume ${runId}`);
    return EXIT.ok;
  });
}

function statusNamed(text: string): TaskStatus {
  const status = STATUSES.find((known) => known === text);
  if (status !== undefined) return status;
  const near = nearestName(text, STATUSES);
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  const message = `There is no status "${text}".`;
  throw userError({ code: 'STATUS_UNKNOWN', message, fix: `Write ${STATUSES.join(', ')}.${hint}` });
}

function taskData(task: TaskRecord): Readonly<Record<string, unknown>> {
  const { runId, spec, status, attempt, failure, note, endedAtMs } = task;
  const parent = spec.child?.parent;
  return { run: runId, task: spec.name, parent, status, attempt, needs: spec.needs, failure, note, endedAtMs };
}

function taskHead(task: TaskRecord, style: Style): readonly string[] {
  const { spec, status, note, runId } = task;
  const lines = [
    `${style.bold(visible(spec.name))}  of ${runId}  ${statusColour(status, style)(status)}`,
    `  does      ${visible(workSentence(spec.work))}`,
  ];
  if (spec.needs.length > 0) lines.push(`  needs     ${visible(spec.needs.join(', '))}`);
  if (spec.child !== undefined) lines.push(`  part of   ${visible(spec.child.parent)}`);
  if (note !== undefined) lines.push(`  note      ${visible(note)}`);
  for (const [name, value] of Object.entries(task.outputs ?? {})) {
    lines.push(`  output    ${visible(name)} = ${visible(JSON.stringify(value))}`);
  }
  for (const evidence of task.evidence ?? []) {
    lines.push(`  evidence  ${evidence.ok ? 'holds' : 'does not hold'}: ${visible(evidenceSentence(evidence))}`);
  }
  return lines;
}

function keptBackLine({ task, path }: KeptBack): string {
  return `  waits     for ${visible(task)}, which may write ${visible(path)}`;
}

function attemptLines(attempt: AttemptRecord): readonly string[] {
  const { usage, failure, outcome, startedAtMs, agentId } = attempt;
  const facts = [
    agentName(agentId, runOf(attempt.taskId)),
    `started ${when(startedAtMs, Date.now())}`,
    outcome === 'failed' && failure !== undefined ? failureSentence(failure) : outcome,
    tookWords(attempt),
    usage?.cpuMs === undefined ? '' : `${duration(usage.cpuMs)} of processor`,
    usage?.peakMemoryBytes === undefined ? '' : `${bytes(usage.peakMemoryBytes)} of memory`,
    attempt.artifacts.length === 0 ? '' : plural(attempt.artifacts.length, 'artifact'),
  ];
  return [`  attempt ${attempt.attempt} ${facts.filter((fact) => fact !== '').join(', ')}`];
}
