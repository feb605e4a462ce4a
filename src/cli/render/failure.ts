import type { Evidence, RunOutcome, SkipCause, TaskFailure, Work } from '../../app/views.ts';
import { bytes, duration, plural } from './format.ts';
import type { Style } from './style.ts';
import { lastLines, visible } from './text.ts';

/** Lines of output shown under a failure. */
const TAIL_LINES = 20;

/** A failure in one line, safe for the terminal. */
export function failureSentence(failure: TaskFailure): string {
  return visible(sentenceOf(failure));
}

function sentenceOf(failure: TaskFailure): string {
  if ('message' in failure) return `${MESSAGES[failure.reason]}: ${failure.message}`;
  switch (failure.reason) {
    case 'exit-non-zero':
      return `exit code ${failure.exitCode}`;
    case 'crashed':
      return `ended by ${failure.signal}`;
    case 'timed-out':
      return `timed out after ${duration(failure.afterMs)}`;
    case 'stalled':
      return `no sign of life for ${duration(failure.afterMs)}`;
    case 'no-result':
      return `ended without its declared result: ${failure.missing.join(', ')}`;
    case 'check-failed':
      return `check failed: ${failedChecks(failure.evidence)}`;
    case 'children-open':
      return `said to be done before its sub-tasks were: ${failure.tasks.join(', ')}`;
    case 'children-failed':
      return `sub-tasks did not succeed: ${failure.tasks.join(', ')}`;
    case 'budget-exhausted':
      return `does not fit into the ${failure.limit} ${failure.budget === 'tokens' ? 'tokens' : 'micro-dollars'} that its parent was granted`;
    case 'coordinator-lost':
      return 'its coordinator ended; not counted as a try';
    case 'agent-lost':
      return 'its agent was lost';
    case 'quota-exceeded':
      return `the quota of ${failure.account} is used up (${failure.kind}); not counted as a try`;
    case 'stopped':
      return `stopped: ${failure.why}`;
  }
}

const MESSAGES = {
  'start-failed': 'could not start',
  threw: 'threw',
  'limit-exceeded': 'limit exceeded',
  'expression-failed': 'expression failed',
  'internal-error': 'internal error',
} as const;

function failedChecks(evidence: readonly Evidence[]): string {
  return evidence
    .filter(({ ok }) => !ok)
    .map(evidenceSentence)
    .join('; ');
}

/** What was measured, in words. Not yet safe for the terminal. */
export function evidenceSentence(evidence: Evidence): string {
  const { ok } = evidence;
  switch (evidence.check) {
    case 'exit-code':
      return `exit code ${evidence.exitCode}`;
    case 'person':
      return said(ok, 'a person said it succeeded', 'a person said it failed');
    case 'returned':
      return said(ok, 'returned', 'did not return');
    case 'output-file':
      return `file ${evidence.path} ${said(ok, `has ${bytes(evidence.bytes)}`, 'is missing or empty')}`;
    case 'output-value':
      return `output ${evidence.output} ${said(ok, 'given', 'missing')}`;
    case 'output-schema':
      return `result ${said(ok, 'fits its schema', `does not fit its schema: ${evidence.problems.join(', ')}`)}`;
    case 'command':
      return `${evidence.argv.join(' ')} gave exit code ${evidence.exitCode} in ${evidence.workspace}`;
  }
}

function said(ok: boolean, yes: string, no: string): string {
  return ok ? yes : no;
}

/** Where the reader finds more. */
export type LogPlace = Readonly<{
  /** Path of the whole log, if it was kept. */
  path?: string;
  /** Command that prints it. */
  command: string;
  /** How it ends. */
  tail?: string;
}>;

/** The whole story of a failed task: command, exit code, the last lines, where the log is. Safe for the terminal. */
export function failureBlock(
  task: Readonly<{ name: string; failure: TaskFailure; attempt: number; work?: Work }>,
  log: LogPlace | undefined,
  { style, columns }: Readonly<{ style: Style; columns: number }>,
): readonly string[] {
  const { failure, attempt, work } = task;
  const tries = attempt > 1 ? ` (attempt ${attempt})` : '';
  const lines = [
    `${style.red(`${style.signs.failed} ${visible(task.name)}`)} failed: ${failureSentence(failure)}${tries}`,
  ];
  const command = commandOf(failure) ?? (work === undefined ? undefined : workSentence(work));
  if (command !== undefined) lines.push(`  command  ${visible(onOneLine(command))}`);
  const tail = lastLines(tailOf(failure) ?? log?.tail ?? '', TAIL_LINES);
  if (tail.length > 0) {
    lines.push(style.dim(`  last ${plural(tail.length, 'line')} of output:`));
    lines.push(...tail.map((line) => `  ${style.dim('|')} ${line}`));
  }
  if (log === undefined) return lines;
  lines.push(`  whole log  ${visible(log.command)}`);
  if (log.path !== undefined && 13 + log.path.length <= columns)
    lines.push(`             ${style.dim(visible(log.path))}`);
  return lines;
}

function commandOf(failure: TaskFailure): string | undefined {
  if ('command' in failure) return failure.command;
  return failure.reason === 'check-failed' ? failedCommand(failure.evidence)?.argv.join(' ') : undefined;
}

/** What a task does, in one line: `⏎` stands for the line breaks of a script. Not yet safe for the terminal. */
export function workSentence(work: Work): string {
  if (work.kind === 'function') return `function ${work.function}`;
  return onOneLine(work.shell ?? (work.argv ?? []).join(' '));
}

function onOneLine(script: string): string {
  return script.trim().replaceAll(/\s*\n\s*/g, ' ⏎ ');
}

/** What was printed by what failed; undefined where only the log knows. */
function tailOf(failure: TaskFailure): string | undefined {
  if ('tail' in failure) return failure.tail;
  if (failure.reason === 'threw') return failure.stack ?? '';
  return failure.reason === 'check-failed' ? failedCommand(failure.evidence)?.tail : undefined;
}

function failedCommand(evidence: readonly Evidence[]): (Evidence & { check: 'command' }) | undefined {
  return evidence.find((item): item is Evidence & { check: 'command' } => item.check === 'command' && !item.ok);
}

/** Why a task did not run, safe for the terminal. */
export function skipSentence(cause: SkipCause): string {
  switch (cause.reason) {
    case 'need-failed':
      return `needs ${visible(cause.task)}, which did not succeed`;
    case 'nothing-failed':
      return 'only runs after a failure';
    case 'condition-false':
      return `condition does not hold: ${visible(cause.condition)}`;
  }
}

/** Why a run did not succeed, safe for the terminal. */
export function outcomeReason(outcome: Exclude<RunOutcome, { state: 'succeeded' }>): string {
  if (outcome.state === 'cancelled') return visible(outcome.reason);
  const { failure } = outcome;
  if (failure.reason === 'task-failed') return `${plural(failure.tasks.length, 'task')} failed`;
  return `the ${BUDGETS[failure.budget]} is used up (limit ${budgetAmount(failure.budget, failure.limit)})`;
}

const BUDGETS = {
  wallMs: 'time budget',
  attempts: 'budget of attempts',
  agents: 'budget of agents',
  tokens: 'token budget',
  costMicros: 'money budget',
} as const;

/** A budget's figure with its unit. */
export function budgetAmount(budget: keyof typeof BUDGETS, amount: number): string {
  if (budget === 'wallMs') return duration(amount);
  return budget === 'costMicros' ? `${(amount / 1_000_000).toFixed(2)} USD` : String(amount);
}
