import type { SwarmInput } from '../core/inputs.ts';
import type { AgentReport, AttemptResult, TaskFailure, Verdict } from '../core/tasks/attempt.ts';
import type { Assignment, RunContext, StopReason } from '../ports/agent-driver.ts';
import type { RunMemory } from '../ports/run-memory.ts';
import type { RunProposals } from '../ports/run-proposals.ts';
import type { RunMessages } from '../ports/run-messages.ts';
import { AttemptMessages, type MailDesk } from './attempt-messages.ts';
import type { TaskId } from '../core/ids.ts';
import type { RunTasks } from '../ports/run-tasks.ts';
import { AttemptMemory, type MemoryDesk } from './attempt-memory.ts';
import { AttemptProposals, type VoteDesk } from './attempt-proposals.ts';
import { AttemptTasks } from './attempt-tasks.ts';
import { boundedReport } from './bounded-report.ts';
import type { LedTime } from './led-time.ts';
import type { UsageWatch } from './usage-watch.ts';
import type { LiveUsage } from '../ports/process-runner.ts';
import type { Wait, Waits } from './waits.ts';

/** A driver has 10 s to end an attempt; after this it counts as ended whatever the driver does, ms. */
export const FORCED_END_MS = 12_000;
/** At most one progress report per attempt and second is journaled. */
const MS_BETWEEN_REPORTS = 1_000;

/** What an attempt needs of the lead it belongs to. */
export type AttemptHost = Readonly<{
  votes: VoteDesk;
  mail: MailDesk;
  memory: MemoryDesk;
  usage: UsageWatch;
  waits: Waits;
  time: LedTime;
  feed: (input: SwarmInput) => void;
  /** It has ended and its result is fed. */
  onEnd: (attempt: RunningAttempt) => void;
}>;

/** One attempt under way in this process: its context for the driver, its deadline, its one result. */
export class RunningAttempt implements RunContext {
  readonly assignment: Assignment;
  readonly #host: AttemptHost;
  readonly #startedMs: number;
  readonly #deadline: Wait;
  #controller: AbortController | undefined;
  #proposals: AttemptProposals | undefined;
  #messages: AttemptMessages | undefined;
  #tasks: AttemptTasks | undefined;
  #memory: AttemptMemory | undefined;
  #stopReason: StopReason | undefined;
  #forced: Wait | undefined;
  #nextReportMs = 0;
  #hasEnded = false;

  constructor(assignment: Assignment, timeoutMs: number, host: AttemptHost, startedMs: number = host.time.nowMs()) {
    this.assignment = assignment;
    this.#host = host;
    this.#startedMs = startedMs;
    host.usage.begin(assignment, this.#startedMs);
    this.#deadline = host.waits.add(this.#startedMs + timeoutMs, () => this.stop('timed-out'));
  }

  /** Made when a driver first asks for it: most attempts end without. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#stopReason !== undefined) this.#controller.abort(this.#stopReason);
    }
    return this.#controller.signal;
  }

  /** Made when a driver first asks for it: most attempts never vote. */
  get proposals(): RunProposals {
    if (this.#proposals === undefined) {
      this.#proposals = new AttemptProposals(this.assignment, this.#host.votes);
      if (this.#hasEnded) this.#proposals.end();
      else if (this.#stopReason !== undefined) this.#proposals.stop(this.#stopReason);
    }
    return this.#proposals;
  }

  /** Made when a driver first asks for it: most attempts have no mail. */
  get messages(): RunMessages {
    if (this.#messages === undefined) {
      this.#messages = new AttemptMessages(this.assignment, this.#host.mail);
      if (this.#hasEnded) this.#messages.end();
      else if (this.#stopReason !== undefined) this.#messages.stop(this.#stopReason);
    }
    return this.#messages;
  }

  get tasks(): RunTasks {
    return this.#ownTasks();
  }

  #ownTasks(): AttemptTasks {
    if (this.#tasks === undefined) {
      const { votes, time } = this.#host;
      this.#tasks = new AttemptTasks(this.assignment, { ...votes, nowMs: () => time.nowMs() });
      if (this.#hasEnded) this.#tasks.end();
      else if (this.#stopReason !== undefined) this.#tasks.stop(this.#stopReason);
    }
    return this.#tasks;
  }

  /** A sub-task of it has ended, and that is stored. */
  childEnded(id: TaskId): void {
    this.#tasks?.childEnded(id);
  }

  /** It has waited for sub-tasks, and has its slot again. */
  goOn(): void {
    this.#tasks?.goOn();
  }

  /** Made when a driver first asks for it: most attempts remember nothing. */
  get memory(): RunMemory {
    if (this.#memory === undefined) {
      this.#memory = new AttemptMemory(this.assignment, this.#host.memory);
      if (this.#hasEnded) this.#memory.end();
    }
    return this.#memory;
  }

  readonly measured = (usage: LiveUsage): void => {
    if (!this.#hasEnded) this.#host.usage.note(this.assignment, usage);
  };

  /** A function value, so that drivers can hand it on. */
  readonly report = (report: AgentReport): void => {
    const nowMs = this.#host.time.nowMs();
    if (this.#hasEnded || nowMs < this.#nextReportMs) return;
    this.#nextReportMs = nowMs + MS_BETWEEN_REPORTS;
    const { taskId, attempt } = this.assignment;
    this.#host.feed({ type: 'attempt.report', taskId, attempt, report: boundedReport(report) });
  };

  /** Asks the driver to end it; when it does not in time, the attempt ends without it. The first reason stays. */
  stop(reason: StopReason): void {
    if (this.#hasEnded || this.#stopReason !== undefined) return;
    this.#stopReason = reason;
    const forcedAtMs = this.#host.time.nowMs() + FORCED_END_MS;
    this.#forced = this.#host.waits.add(forcedAtMs, () => this.end({ ok: false, failure: this.#stopFailure(reason) }));
    this.#controller?.abort(reason);
    this.#proposals?.stop(reason);
    this.#messages?.stop(reason);
    this.#tasks?.stop(reason);
  }

  /** What the driver says. A task with sub-tasks is not done before they are. */
  conclude(result: AttemptResult): void {
    if (!result.ok || this.#stopReason !== undefined || !this.#hasFamily) return this.end(result);
    this.#ownTasks()
      .finish(result)
      .then(
        (final) => this.end(final),
        (error: unknown) => this.end({ ok: false, failure: this.#brokenOff(error) }),
      );
  }

  /** Only the first result counts. */
  end(result: AttemptResult): void {
    if (!this.#close()) return;
    const { taskId, attempt } = this.assignment;
    this.#host.feed({ type: 'attempt.end', taskId, attempt, result });
    this.#host.onEnd(this);
  }

  /** It goes on elsewhere, and this process has nothing to do with it any more. */
  detach(): void {
    this.#close();
  }

  #close(): boolean {
    if (this.#hasEnded) return false;
    this.#hasEnded = true;
    this.#host.usage.end(this.assignment);
    this.#host.waits.remove(this.#deadline);
    if (this.#forced !== undefined) this.#host.waits.remove(this.#forced);
    this.#proposals?.end();
    this.#messages?.end();
    this.#tasks?.end();
    this.#memory?.end();
    return true;
  }

  /** Whether it, or an earlier attempt of the task, has sub-tasks. */
  get #hasFamily(): boolean {
    const { spec, runId, taskId } = this.assignment;
    if (spec.delegate === undefined) return false;
    return this.#host.votes.swarm.runs.get(runId)?.families.has(taskId) === true;
  }

  #brokenOff(error: unknown): TaskFailure {
    if (this.#stopReason !== undefined) return this.#stopFailure(this.#stopReason);
    return { reason: 'internal-error', message: error instanceof Error ? error.message : String(error) };
  }

  #stopFailure(reason: StopReason): TaskFailure {
    if (reason === 'timed-out') {
      return { reason: 'timed-out', afterMs: this.#host.time.nowMs() - this.#startedMs, tail: '' };
    }
    if (reason === 'agent-lost') return { reason };
    return { reason: 'stopped', why: reason === 'lead-lost' ? 'draining' : reason };
  }
}

/** A driver or verifier that throws has a bug. The swarm goes on, and the task keeps the evidence. */
export function internalError(error: unknown): Extract<AttemptResult, { ok: false }> & Extract<Verdict, { ok: false }> {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { ok: false, failure: { reason: 'internal-error', message: message.slice(0, 8_000) } };
}
