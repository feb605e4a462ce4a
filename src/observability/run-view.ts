import type { Outcome } from '../core/consensus/outcome.ts';
import type { MessageEvent, ProposalEvent, RunEvent, SkipCause, SwarmEvent, TaskEvent } from '../core/events.ts';
import { isMessageEvent } from '../core/messaging/is-message-event.ts';
import { isScalingEvent } from '../core/scaling/is-scaling-event.ts';
import type { ScalingEvent } from '../core/scaling/scaling-events.ts';
import { type ProposalId, type RunId, runOf } from '../core/ids.ts';
import type { RunOutcome, RunSpec, RunState } from '../core/runs/run-spec.ts';
import { type AgentReport, type TaskFailure, waitAfter } from '../core/tasks/attempt.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { TaskStatus } from '../core/read-tables/records.ts';

/** How a task stands, with just what is known then. Times are led time in ms. */
export type Stand =
  | Readonly<{ status: 'blocked' | 'ready' }>
  | Readonly<{
      status: 'running' | 'verifying' | 'awaiting-children' | 'cancelling';
      agentId: string;
      startedAtMs: number;
      report?: AgentReport;
    }>
  | Readonly<{ status: 'backing-off' | 'awaiting-quota'; retryAtMs: number; failure: TaskFailure }>
  | Readonly<{ status: 'outcome-unknown'; failure: TaskFailure }>
  | Readonly<{ status: 'succeeded'; tookMs?: number; agentId?: string }>
  | Readonly<{ status: 'failed'; failure: TaskFailure; tookMs?: number; agentId?: string }>
  | Readonly<{ status: 'skipped'; cause: SkipCause }>
  | Readonly<{ status: 'cancelled'; reason: string }>;

/** One task on screen. The view replaces `stand` with every event. */
export type TaskView = {
  readonly spec: TaskSpec;
  /** Position in the definition, from 0. */
  readonly index: number;
  readonly dependents: TaskView[];
  attempt: number;
  stand: Stand;
  /** Needs that have not ended, and those that ended without success. */
  openNeeds: number;
  failedNeeds: number;
};

/** Ends in the order they came, the newest last. */
const RECENT = 50;
const FINAL: ReadonlySet<TaskStatus> = new Set(['succeeded', 'failed', 'cancelled', 'skipped']);

/**
 * What one run looks like, as the sum of its committed records: the terminal and every other picture of a run
 * are drawn from this. Give it all records that touch the run, in order; others are ignored.
 */
export class RunView {
  readonly runId: RunId;
  readonly tasks: Map<string, TaskView> = new Map();
  readonly counts: Record<TaskStatus, number> = noCounts();
  /** Tasks with a live attempt, in the order they started. */
  readonly active: Set<TaskView> = new Set();
  /** Votes of this run by how they stand. */
  readonly proposals: Record<'open' | Outcome, number> = { open: 0, approved: 0, rejected: 0, expired: 0 };
  /** Votes on findings: they come in numbers, and whoever asked for them tells what became of them. */
  readonly findings: Set<ProposalId> = new Set();
  readonly failures: TaskView[] = [];
  readonly recent: TaskView[] = [];
  spec: RunSpec | undefined;
  state: RunState = 'running';
  outcome: RunOutcome | undefined;
  pauseReason: string | undefined;
  /** Attempts that this run's agents can have side by side. */
  slots = 0;
  /** Led time of the first and of the newest record. */
  startedAtMs = 0;
  atMs = 0;
  /** Wall time of the first record, ms since 1970. */
  wallTimeMs = 0;
  /** Rises when tasks were added: what is computed from the shape of the graph is then stale. */
  shape = 0;
  readonly #expected = new Map<string, TaskView[]>();
  readonly #agents = new Map<string, number>();
  /** What tasks of one type took in this run. */
  readonly #learned = new Map<string, { count: number; totalMs: number }>();

  constructor(runId: RunId) {
    this.runId = runId;
  }

  apply(records: readonly JournalRecord[]): void {
    for (const { atMs, event } of records) {
      this.atMs = Math.max(this.atMs, atMs);
      this.#applyOne(event, atMs);
    }
  }

  get hasEnded(): boolean {
    return this.outcome !== undefined;
  }

  /** Tasks that will not change any more. */
  get ended(): number {
    const { succeeded, failed, cancelled, skipped } = this.counts;
    return succeeded + failed + cancelled + skipped;
  }

  /** Expected ms of one attempt: declared or from history, else what its type took in this run; undefined when nobody knows. */
  estimateOf(task: TaskView): number | undefined {
    if (task.spec.estimateMs !== undefined) return task.spec.estimateMs;
    const learned = this.#learned.get(task.spec.type);
    return learned === undefined ? undefined : learned.totalMs / learned.count;
  }

  #applyOne(event: SwarmEvent, atMs: number): void {
    // Messages change nothing of how a run stands, and agents tell themselves when they come and go.
    if (!isMessageEvent(event) && !isScalingEvent(event)) this.#applyChange(event, atMs);
  }

  #applyChange(event: Exclude<SwarmEvent, MessageEvent | ScalingEvent>, atMs: number): void {
    if ('taskId' in event) {
      const task = this.#taskOf(event.taskId);
      if (task !== undefined) this.#applyToTask(task, event, atMs);
    } else if ('runId' in event) {
      if (event.runId === this.runId) this.#applyToRun(event, atMs);
    } else if ('proposalId' in event) {
      if (runOf(event.proposalId) === this.runId) this.#applyToProposal(event);
    } else if (event.type === 'agents.registered') {
      for (const agent of event.agents) {
        if (agent.runId === undefined || agent.runId === this.runId) this.#agents.set(agent.id, agent.slots);
      }
      this.#countSlots();
    } else if (event.type === 'agent.removed') {
      this.#agents.delete(event.agentId);
      this.#countSlots();
    }
  }

  #countSlots(): void {
    let slots = 0;
    for (const count of this.#agents.values()) slots += count;
    this.slots = slots;
  }

  #taskOf(id: string): TaskView | undefined {
    return id.startsWith(this.runId) ? this.tasks.get(id.slice(this.runId.length + 1)) : undefined;
  }

  #applyToRun(event: RunEvent, atMs: number): void {
    switch (event.type) {
      case 'run.created':
        this.spec = event.run;
        this.startedAtMs = atMs;
        this.wallTimeMs = event.wallTimeMs;
        return;
      case 'tasks.added':
      case 'tasks.delegated':
        this.#addTasks(event.tasks);
        return;
      case 'run.paused':
        this.state = 'paused';
        this.pauseReason = event.reason;
        return;
      case 'run.resumed':
        this.state = 'running';
        this.pauseReason = undefined;
        return;
      case 'run.ending':
        return;
      case 'run.finished':
        this.outcome = event.outcome;
        this.state = event.outcome.state;
        return;
    }
  }

  #applyToProposal(event: ProposalEvent): void {
    if (event.type === 'proposal.opened') {
      this.proposals.open += 1;
      if (event.spec.kind === 'finding') this.findings.add(event.proposalId);
    }
    if (event.type !== 'proposal.closed') return;
    this.proposals.open -= 1;
    this.proposals[event.outcome] += 1;
  }

  #addTasks(specs: readonly TaskSpec[]): void {
    this.shape += 1;
    for (const spec of specs) {
      const dependents = this.#expected.get(spec.name) ?? [];
      this.#expected.delete(spec.name);
      const stand = { status: 'blocked' } as const;
      const task = { spec, index: this.tasks.size, dependents, attempt: 0, stand, openNeeds: 0, failedNeeds: 0 };
      this.tasks.set(spec.name, task);
      this.counts.blocked += 1;
      this.#connect(task);
    }
  }

  #connect(task: TaskView): void {
    for (const name of task.spec.needs) {
      const need = this.tasks.get(name);
      if (need === undefined) this.#expect(name, task);
      else need.dependents.push(task);
      if (need === undefined || !FINAL.has(need.stand.status)) task.openNeeds += 1;
      else if (need.stand.status !== 'succeeded') task.failedNeeds += 1;
    }
    if (startsByItself(task)) this.#move(task, { status: 'ready' });
  }

  /** The definition may name a task before it defines it. */
  #expect(name: string, dependent: TaskView): void {
    const dependents = this.#expected.get(name);
    if (dependents === undefined) this.#expected.set(name, [dependent]);
    else dependents.push(dependent);
  }

  #applyToTask(task: TaskView, event: TaskEvent, atMs: number): void {
    switch (event.type) {
      case 'task.became-ready':
        return this.#move(task, { status: 'ready' });
      case 'attempt.assigned':
        task.attempt = event.attempt;
        return this.#move(task, { status: 'running', agentId: event.agentId, startedAtMs: atMs });
      case 'reservation.reviewed':
      case 'reservation.shrunk':
        return;
      case 'attempt.reported':
        return report(task, event.report);
      case 'attempt.claimed':
        return this.#moveActive(task, 'verifying');
      case 'task.cancelling':
        return this.#moveActive(task, 'cancelling');
      case 'attempt.awaiting':
        return this.#moveActive(task, 'awaiting-children');
      case 'attempt.resumed':
        return this.#moveActive(task, 'running');
      case 'attempt.failed':
        return this.#move(task, {
          status: waitAfter(event.failure),
          retryAtMs: event.retryAtMs,
          failure: event.failure,
        });
      case 'task.succeeded':
        this.#learn(task, atMs);
        return this.#end(task, { status: 'succeeded', ...spentOn(task, atMs) });
      case 'task.failed':
        this.failures.push(task);
        return this.#end(task, { status: 'failed', failure: event.failure, ...spentOn(task, atMs) });
      case 'task.skipped':
        return this.#end(task, { status: 'skipped', cause: event.cause });
      case 'task.cancelled':
        return this.#end(task, { status: 'cancelled', reason: event.reason });
      case 'task.outcome-unknown':
        return this.#move(task, { status: 'outcome-unknown', failure: event.failure });
    }
  }

  #moveActive(task: TaskView, status: Extract<Stand, { startedAtMs: number }>['status']): void {
    if ('startedAtMs' in task.stand) this.#move(task, { ...task.stand, status });
  }

  #move(task: TaskView, stand: Stand): void {
    this.counts[task.stand.status] -= 1;
    this.counts[stand.status] += 1;
    if ('startedAtMs' in stand) this.active.add(task);
    else this.active.delete(task);
    task.stand = stand;
  }

  #end(task: TaskView, stand: Stand): void {
    this.#move(task, stand);
    this.recent.push(task);
    if (this.recent.length > RECENT) this.recent.shift();
    for (const dependent of task.dependents) {
      dependent.openNeeds -= 1;
      if (stand.status !== 'succeeded') dependent.failedNeeds += 1;
      if (dependent.stand.status === 'blocked' && startsByItself(dependent)) this.#move(dependent, { status: 'ready' });
    }
  }

  #learn(task: TaskView, atMs: number): void {
    if (!('startedAtMs' in task.stand)) return;
    const learned = this.#learned.get(task.spec.type) ?? { count: 0, totalMs: 0 };
    learned.count += 1;
    learned.totalMs += atMs - task.stand.startedAtMs;
    this.#learned.set(task.spec.type, learned);
  }
}

function report(task: TaskView, latest: AgentReport): void {
  if ('startedAtMs' in task.stand) task.stand = { ...task.stand, report: latest };
}

/** Without a condition a task is ready when its last need ends, and no event says so. */
function startsByItself({ spec, openNeeds, failedNeeds }: TaskView): boolean {
  if (openNeeds > 0 || spec.if !== undefined) return false;
  const { when = 'success' } = spec;
  return when === 'always' || (when === 'success') === (failedNeeds === 0);
}

function spentOn({ stand }: TaskView, atMs: number): { tookMs?: number; agentId?: string } {
  return 'startedAtMs' in stand ? { tookMs: atMs - stand.startedAtMs, agentId: stand.agentId } : {};
}

function noCounts(): Record<TaskStatus, number> {
  return {
    blocked: 0,
    ready: 0,
    running: 0,
    verifying: 0,
    'awaiting-children': 0,
    'backing-off': 0,
    'awaiting-quota': 0,
    'outcome-unknown': 0,
    cancelling: 0,
    succeeded: 0,
    failed: 0,
    cancelled: 0,
    skipped: 0,
  };
}
