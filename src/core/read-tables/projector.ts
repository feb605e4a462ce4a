import { isAccountEvent } from '../quota/account-events.ts';
import { assert, unreachable } from '../../util/assert.ts';
import type { AgentEvent, MemoryEvent, RunEvent, SwarmEvent, TaskEvent } from '../events.ts';
import type { HealthEvent } from '../health/health-events.ts';
import { isAlertEvent } from '../alerts/alert-events.ts';
import { isMessageEvent } from '../messaging/is-message-event.ts';
import type { OverloadEvent } from '../scaling/overload-events.ts';
import { isScalingEvent } from '../scaling/is-scaling-event.ts';
import type { HostEvent } from '../hosts/host.ts';
import { ProposalBatch } from './proposal-projector.ts';
import { agentId as agentIdOf, taskId as taskIdOf, type AgentId, type RunId, type TaskId } from '../ids.ts';
import { type ArtifactRef, waitAfter } from '../tasks/attempt.ts';
import type { AttemptOutcome } from './records.ts';
import type {
  AgentRow,
  ArtifactRow,
  AttemptRow,
  PastAttempt,
  RowChanges,
  RunRow,
  StoredRows,
  StoredStatus,
  TaskOrigin,
  TaskState,
} from './rows.ts';

/** A committed event, or one that is about to be. */
export type ProjectedRecord = Readonly<{ seq: number; event: SwarmEvent }>;

const UNTOUCHED: TaskState = { status: 'added', last: null, stateSeq: 0, endedAtMs: null };
const MAX_CACHED = 10_000;

/**
 * Turns events into changes of the read tables. Keeps the rows of open runs, of running attempts and of their agents,
 * so that the common events need no look-up; whatever else it needs it asks `stored` for. The result of `project` must
 * be written whole, or `forget` called.
 */
export class Projector {
  readonly #stored: StoredRows;
  readonly #active = new Map<TaskId, TaskState>();
  readonly #runs = new Map<RunId, RunRow>();
  readonly #agents = new Map<AgentId, AgentRow>();
  #batch: Batch;

  constructor(stored: StoredRows) {
    this.#stored = stored;
    this.#batch = new Batch(stored, 0);
  }

  project(records: readonly ProjectedRecord[], wallTimeMs: number): RowChanges {
    const batch = new Batch(this.#stored, wallTimeMs);
    this.#batch = batch;
    for (const { seq, event } of records) {
      if ('taskId' in event) this.#onTask(event, seq);
      else if (isMessageEvent(event) || isScalingEvent(event) || isAlertEvent(event) || isAccountEvent(event)) continue;
      else if ('runId' in event) this.#onRun(event, seq);
      else if ('proposalId' in event) batch.proposed.take(event, seq);
      else this.#onOther(event, seq);
    }
    this.#remember(batch);
    return batch;
  }

  /** The last changes were not stored, or somebody else writes: everything is looked up again. */
  forget(): void {
    this.#active.clear();
    this.#runs.clear();
    this.#agents.clear();
  }

  #remember(batch: Batch): void {
    for (const [id, state] of batch.tasks) {
      if (isActive(state.status)) this.#active.set(id, state);
      else this.#active.delete(id);
    }
    for (const [id, run] of batch.runs) {
      if (run.finishedSeq === null) this.#runs.set(id, run);
      else this.#runs.delete(id);
    }
    if (this.#agents.size + batch.agents.size > MAX_CACHED) this.#agents.clear();
    for (const [id, agent] of batch.agents) {
      if (agent.removed) this.#agents.delete(id);
      else this.#agents.set(id, agent);
    }
  }

  #onTask(event: TaskEvent, seq: number): void {
    const { taskId: id } = event;
    switch (event.type) {
      case 'attempt.assigned':
        return this.#assign(event, seq);
      case 'reservation.reviewed':
      case 'reservation.shrunk':
        return;
      case 'attempt.reported':
        return this.#touch(id, { reportSeq: seq });
      case 'attempt.claimed':
        this.#keepArtifacts(event);
        this.#touch(id, { claimSeq: seq, outcome: 'verifying' });
        return this.#stand(id, 'verifying', seq);
      case 'attempt.failed':
        return this.#end(event, seq, event.charge === 'none' ? 'stopped' : 'failed', waitAfter(event.failure));
      case 'task.succeeded':
        return this.#end(event, seq, 'succeeded', 'succeeded');
      case 'task.failed':
        return this.#end(event, seq, 'failed', 'failed');
      case 'task.outcome-unknown':
        return this.#end(event, seq, 'failed', 'outcome-unknown');
      case 'task.cancelled':
        return this.#end(event, seq, 'stopped', 'cancelled');
      case 'task.became-ready':
        return this.#stand(id, 'ready', seq);
      case 'attempt.awaiting':
        return this.#stand(id, 'awaiting-children', seq);
      case 'attempt.resumed':
        return this.#stand(id, 'running', seq);
      case 'task.skipped':
        return this.#stand(id, 'skipped', seq);
      case 'task.cancelling':
        return this.#stand(id, 'cancelling', seq);
      default:
        return unreachable(event);
    }
  }

  #assign(event: Extract<TaskEvent, { type: 'attempt.assigned' }>, seq: number): void {
    const { taskId: id, attempt, agentId } = event;
    // A first attempt has nothing before it that is worth a look-up.
    const before = attempt === 1 ? null : this.#task(id).last;
    if (before !== null) this.#batch.pastAttempts.push({ taskId: id, attempt: before });
    const last: AttemptRow = {
      attempt,
      agentId,
      startedAtMs: this.#batch.wallTimeMs,
      outcome: 'running',
      claimSeq: null,
      reportSeq: null,
      endSeq: null,
      endedAtMs: null,
    };
    this.#batch.tasks.set(id, { status: 'running', last, stateSeq: seq, endedAtMs: null });
    this.#count(agentId, 1, null);
  }

  /** Gives the task its new status, and ends its attempt if one is open. */
  #end(
    event: TaskEvent & Readonly<{ artifacts?: readonly ArtifactRef[] }>,
    seq: number,
    outcome: AttemptOutcome,
    status: StoredStatus,
  ): void {
    this.#keepArtifacts(event);
    const { taskId: id } = event;
    const { last } = this.#task(id);
    const endedAtMs = isFinal(status) ? this.#batch.wallTimeMs : null;
    if (last === null || last.endSeq !== null) {
      this.#batch.tasks.set(id, { status, last, stateSeq: seq, endedAtMs });
      return;
    }
    const ended = { ...last, outcome, endSeq: seq, endedAtMs: this.#batch.wallTimeMs };
    this.#batch.tasks.set(id, { status, last: ended, stateSeq: seq, endedAtMs });
    this.#count(last.agentId, -1, outcome);
  }

  #stand(id: TaskId, status: StoredStatus, seq: number): void {
    const { last } = this.#task(id);
    this.#batch.tasks.set(id, {
      status,
      last,
      stateSeq: seq,
      endedAtMs: isFinal(status) ? this.#batch.wallTimeMs : null,
    });
  }

  #touch(id: TaskId, change: Partial<AttemptRow>): void {
    const state = this.#task(id);
    if (state.last === null) return;
    this.#batch.tasks.set(id, { ...state, last: { ...state.last, ...change } });
  }

  #keepArtifacts(event: TaskEvent & Readonly<{ artifacts?: readonly ArtifactRef[] }>): void {
    if (event.artifacts === undefined) return;
    const { taskId: id } = event;
    const attempt = 'attempt' in event ? event.attempt : (this.#task(id).last?.attempt ?? 0);
    for (const { sha256, bytes, name } of event.artifacts) {
      this.#batch.artifacts.push({ sha256, bytes, name, taskId: id, attempt });
    }
  }

  #count(agentId: AgentId, running: number, outcome: AttemptOutcome | null): void {
    const agent = this.#batch.agents.get(agentId) ?? this.#agents.get(agentId) ?? this.#stored.agent(agentId);
    // Its registration may stand in an older journal than the tables know of: there is nothing to count then.
    if (agent === undefined) return;
    this.#batch.agents.set(agentId, {
      ...agent,
      running: agent.running + running,
      succeeded: agent.succeeded + (outcome === 'succeeded' ? 1 : 0),
      failed: agent.failed + (outcome === 'failed' ? 1 : 0),
    });
  }

  #onRun(event: RunEvent, seq: number): void {
    const { runId } = event;
    const { runs, added, wallTimeMs } = this.#batch;
    switch (event.type) {
      case 'run.created':
        runs.set(runId, createdRun(event, seq));
        return;
      case 'tasks.added':
      case 'tasks.delegated': {
        const run = this.#run(runId);
        for (const [position, { name }] of event.tasks.entries()) {
          added.push({ taskId: taskIdOf(runId, name), index: run.taskCount + position, addedSeq: seq, position });
        }
        runs.set(runId, { ...run, taskCount: run.taskCount + event.tasks.length });
        return;
      }
      case 'run.paused':
        runs.set(runId, { ...this.#run(runId), state: 'paused' });
        return;
      case 'run.resumed':
        runs.set(runId, { ...this.#run(runId), state: 'running' });
        return;
      case 'run.ending':
        return;
      case 'run.finished': {
        const { state } = event.outcome;
        runs.set(runId, { ...this.#run(runId), state, finishedSeq: seq, finishedAtMs: wallTimeMs });
        return;
      }
      default:
        return unreachable(event);
    }
  }

  #onOther(event: AgentEvent | HealthEvent | HostEvent | MemoryEvent | OverloadEvent, seq: number): void {
    const { agents } = this.#batch;
    switch (event.type) {
      case 'agent.draining':
      case 'agent.health-changed':
      case 'agent.restarted':
      case 'agent.revived':
      case 'agent.stopped':
        return this.#mark(event.agentId, { healthSeq: seq });
      case 'breaker.closed':
      case 'breaker.half-opened':
      case 'breaker.opened':
        if (event.key.startsWith('agent:')) this.#mark(event.key.slice('agent:'.length), { breakerSeq: seq });
        return;
      case 'agent.overloaded':
      case 'agent.relieved':
      case 'agent.restart-planned':
      case 'host.draining':
      case 'host.joined':
      case 'host.left':
      case 'host.lost':
      case 'host.registered':
      case 'memory.cleared':
      case 'memory.invalidated':
        return;
      case 'agents.registered':
        for (const [position, { id }] of event.agents.entries()) {
          const known = agents.get(id) ?? this.#agents.get(id) ?? this.#stored.agent(id);
          agents.set(id, { ...(known ?? unknownAgent(id)), registeredSeq: seq, position, removed: false });
        }
        return;
      case 'agent.removed':
        return this.#mark(event.agentId, { removed: true });
      default:
        return unreachable(event);
    }
  }

  #mark(id: string, change: Partial<AgentRow>): void {
    const key = agentIdOf(id);
    const agent = this.#batch.agents.get(key) ?? this.#agents.get(key) ?? this.#stored.agent(key);
    if (agent !== undefined) this.#batch.agents.set(key, { ...agent, ...change });
  }

  #task(id: TaskId): TaskState {
    return this.#batch.tasks.get(id) ?? this.#active.get(id) ?? this.#stored.task(id) ?? UNTOUCHED;
  }

  #run(id: RunId): RunRow {
    const run = this.#batch.runs.get(id) ?? this.#runs.get(id) ?? this.#stored.run(id);
    assert(run !== undefined, `an event of run ${id}, which was never created`);
    return run;
  }
}

/** Changes while they are gathered. */
class Batch {
  readonly wallTimeMs: number;
  readonly added: TaskOrigin[] = [];
  readonly pastAttempts: PastAttempt[] = [];
  readonly tasks = new Map<TaskId, TaskState>();
  readonly runs = new Map<RunId, RunRow>();
  readonly agents = new Map<AgentId, AgentRow>();
  readonly artifacts: ArtifactRow[] = [];
  readonly proposed: ProposalBatch;

  constructor(stored: StoredRows, wallTimeMs: number) {
    this.wallTimeMs = wallTimeMs;
    this.proposed = new ProposalBatch(stored, wallTimeMs);
  }

  get proposals(): RowChanges['proposals'] {
    return this.proposed.proposals;
  }

  get votes(): RowChanges['votes'] {
    return this.proposed.votes;
  }
}

function createdRun({ runId, wallTimeMs }: Extract<RunEvent, { type: 'run.created' }>, seq: number): RunRow {
  const open = { state: 'running', taskCount: 0, finishedSeq: null, finishedAtMs: null, counts: null } as const;
  return { runId, createdSeq: seq, createdAtMs: wallTimeMs, ...open };
}

const UNMARKED = { healthSeq: null, breakerSeq: null };

function unknownAgent(agentId: AgentId): AgentRow {
  return { agentId, registeredSeq: 0, position: 0, running: 0, succeeded: 0, failed: 0, removed: false, ...UNMARKED };
}

function isActive(status: StoredStatus): boolean {
  return status === 'running' || status === 'verifying' || status === 'awaiting-children' || status === 'cancelling';
}

function isFinal(status: StoredStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled' || status === 'skipped';
}
