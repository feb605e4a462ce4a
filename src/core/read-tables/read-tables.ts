import { assert } from '../../util/assert.ts';
import type { SkipCause, SwarmEvent } from '../events.ts';
import { runOf, taskId as taskIdOf, type ProposalId, type RunId, type TaskId } from '../ids.ts';
import type { RunState } from '../runs/run-spec.ts';
import type { ArtifactRef, TaskFailure, Usage } from '../tasks/attempt.ts';
import type { TaskSpec } from '../tasks/task-spec.ts';
import { healthRecord } from './health-record.ts';
import { blockedTasks, type SpecOf } from './blocked-tasks.ts';
import { type MailEntry, type MessageFilter, messageRecords } from './message-tables.ts';
import { type ProposalFilter, proposalRecord, proposalRecords, type ProposalSource } from './proposal-tables.ts';
import type {
  AgentRecord,
  AttemptRecord,
  MessageRecord,
  ProposalRecord,
  RunRecord,
  TaskCounts,
  TaskRecord,
  TaskStatus,
} from './records.ts';
import type { AgentRow, AttemptRow, PastAttempt, RunRow, StoredStatus, TaskRow } from './rows.ts';

/** Where rows and events come from. Throws on damage, naming what is damaged: it never leaves a row out. */
export interface RowSource extends ProposalSource {
  /** Newest first. */
  runs(): Iterable<RunRow>;
  run(runId: RunId): RunRow | undefined;
  /** All of the run, by index. */
  tasks(runId: RunId): readonly TaskRow[];
  task(taskId: TaskId): TaskRow | undefined;
  /** How many of the run's tasks stand how; adds up to all of them. */
  countTasks(runId: RunId): ReadonlyMap<StoredStatus, number>;
  /** Oldest first. */
  pastAttempts(taskId: TaskId): readonly PastAttempt[];
  runPastAttempts(runId: RunId): readonly PastAttempt[];
  /** Events of the run's mail, in order, from one record to another; `toSeq` null: up to the newest. */
  mail(runId: RunId, fromSeq: number, toSeq: number | null): Iterable<MailEntry>;
  /** In the order of registration. */
  agents(): Iterable<AgentRow>;
}

export type RunFilter = Readonly<{ states?: readonly RunState[]; limit?: number }>;
type EventOf<T extends SwarmEvent['type']> = Extract<SwarmEvent, { type: T }>;
/** What the events that end an attempt or a task have in common. */
type Ending = Readonly<{
  artifacts?: readonly ArtifactRef[];
  usage?: Usage;
  failure?: TaskFailure;
}>;

/** Makes records for people and programs out of rows and the events they name. The same for every store. */
export class ReadTables {
  readonly #source: RowSource;

  constructor(source: RowSource) {
    this.#source = source;
  }

  runs({ states, limit = Number.POSITIVE_INFINITY }: RunFilter = {}): readonly RunRecord[] {
    const records: RunRecord[] = [];
    for (const row of this.#source.runs()) {
      if (records.length >= limit) break;
      if (states !== undefined && !mayBeIn(row, states)) continue;
      const record = this.#runRecord(row);
      if (states === undefined || states.includes(record.state)) records.push(record);
    }
    return records;
  }

  run(runId: RunId): RunRecord | undefined {
    const row = this.#source.run(runId);
    return row === undefined ? undefined : this.#runRecord(row);
  }

  tasks(runId: RunId): readonly TaskRecord[] {
    const rows = this.#source.tasks(runId);
    const blocked = blockedTasks(rows, this.#specOf);
    return rows.map((row) => this.#taskRecord(row, row.status === 'added' ? waitingStatus(blocked, row) : row.status));
  }

  task(taskId: TaskId): TaskRecord | undefined {
    const row = this.#source.task(taskId);
    if (row === undefined) return undefined;
    if (row.status !== 'added') return this.#taskRecord(row, row.status);
    const needed = this.#specOf(row).needs.map((name) => this.#source.task(taskIdOf(runOf(taskId), name)));
    const rows = [row, ...needed.filter((need) => need !== undefined)];
    return this.#taskRecord(row, waitingStatus(blockedTasks(rows, this.#specOf), row));
  }

  attempts(taskId: TaskId): readonly AttemptRecord[] {
    const row = this.#source.task(taskId);
    const past = this.#source.pastAttempts(taskId).map((one) => this.#attemptRecord(one.taskId, one.attempt));
    return row === undefined || row.last === null ? past : [...past, this.#attemptRecord(taskId, row.last)];
  }

  runAttempts(runId: RunId): readonly AttemptRecord[] {
    const records: AttemptRecord[] = [];
    const past = Map.groupBy(this.#source.runPastAttempts(runId), ({ taskId }) => taskId);
    for (const { taskId, last } of this.#source.tasks(runId)) {
      for (const { attempt } of past.get(taskId) ?? []) records.push(this.#attemptRecord(taskId, attempt));
      if (last !== null) records.push(this.#attemptRecord(taskId, last));
    }
    return records;
  }

  agents(): readonly AgentRecord[] {
    const records: AgentRecord[] = [];
    for (const row of this.#source.agents()) {
      const { registeredSeq, position, running, succeeded, failed, removed } = row;
      const agent = this.#event(registeredSeq, 'agents.registered').agents[position];
      assert(agent !== undefined, `no agent ${position} in record ${registeredSeq}`);
      records.push({ agent, running, succeeded, failed, removed, ...healthRecord(this.#source, row) });
    }
    return records;
  }

  proposals(filter?: ProposalFilter): readonly ProposalRecord[] {
    return proposalRecords(this.#source, filter);
  }

  messages(runId: RunId, filter?: MessageFilter): readonly MessageRecord[] {
    const row = this.#source.run(runId);
    if (row === undefined) return [];
    return messageRecords(this.#source.mail(runId, row.createdSeq, row.finishedSeq), filter);
  }

  proposal(proposalId: ProposalId): ProposalRecord | undefined {
    const row = this.#source.proposal(proposalId);
    return row === undefined ? undefined : proposalRecord(this.#source, row);
  }

  #runRecord(row: RunRow): RunRecord {
    const { runId, createdAtMs, finishedAtMs, finishedSeq } = row;
    const { run } = this.#event(row.createdSeq, 'run.created');
    const counts = row.counts ?? this.#countTasks(runId);
    const open: RunRecord = { runId, state: openState(row.state, counts), run, createdAtMs, counts };
    if (finishedSeq === null || finishedAtMs === null) return open;
    const { outcome } = this.#event(finishedSeq, 'run.finished');
    return { ...open, state: outcome.state, outcome, finishedAtMs };
  }

  #countTasks(runId: RunId): TaskCounts {
    const counts: Record<TaskStatus, number> = noTasks();
    for (const [status, count] of this.#source.countTasks(runId)) {
      if (status === 'added') {
        counts.blocked = blockedTasks(this.#source.tasks(runId), this.#specOf).size;
        counts.ready += count - counts.blocked;
      } else counts[status] += count;
    }
    return counts;
  }

  #taskRecord(row: TaskRow, status: TaskStatus): TaskRecord {
    const { taskId, index, last, stateSeq, endedAtMs } = row;
    const base = { taskId, runId: runOf(taskId), index, spec: this.#specOf(row), status, attempt: last?.attempt ?? 0 };
    const state = stateSeq === 0 ? {} : detailsOf(this.#source.event(stateSeq));
    return { ...base, ...state, ...(endedAtMs === null ? {} : { endedAtMs }) };
  }

  #attemptRecord(taskId: TaskId, row: AttemptRow): AttemptRecord {
    const { attempt, agentId, outcome, startedAtMs, endedAtMs } = row;
    const end = row.endSeq === null ? {} : endingOf(this.#source.event(row.endSeq));
    const claim = row.claimSeq === null ? {} : endingOf(this.#source.event(row.claimSeq));
    const usage = end.usage ?? claim.usage;
    const report = row.reportSeq === null ? undefined : this.#event(row.reportSeq, 'attempt.reported').report;
    return {
      taskId,
      attempt,
      agentId,
      outcome,
      ...(end.failure === undefined ? {} : { failure: end.failure }),
      artifacts: end.artifacts ?? claim.artifacts ?? [],
      ...(usage === undefined ? {} : { usage }),
      ...(report === undefined ? {} : { lastReport: report }),
      startedAtMs,
      ...(endedAtMs === null ? {} : { endedAtMs }),
    };
  }

  readonly #specOf: SpecOf = ({ addedSeq, position }): TaskSpec => {
    const event = this.#source.event(addedSeq);
    assert(
      isOf(event, 'tasks.added') || isOf(event, 'tasks.delegated'),
      `record ${addedSeq} is ${event.type}, and adds no task`,
    );
    const spec = event.tasks[position];
    assert(spec !== undefined, `no task ${position} in record ${addedSeq}`);
    return spec;
  };

  #event<T extends SwarmEvent['type']>(seq: number, type: T): EventOf<T> {
    const event = this.#source.event(seq);
    assert(isOf(event, type), `record ${seq} is ${event.type}, not ${type}`);
    return event;
  }
}

function isOf<T extends SwarmEvent['type']>(event: SwarmEvent, type: T): event is EventOf<T> {
  return event.type === type;
}

function mayBeIn({ state }: RunRow, states: readonly RunState[]): boolean {
  return states.includes(state) || (state === 'running' && states.includes('waiting'));
}

/** A run waits when only a person can make it go on. */
function openState(state: RunRow['state'], counts: TaskCounts): RunState {
  if (state !== 'running' || counts['outcome-unknown'] === 0) return state;
  const moving =
    counts.ready +
    counts['backing-off'] +
    counts['awaiting-quota'] +
    counts.running +
    counts.verifying +
    counts.cancelling;
  return moving === 0 ? 'waiting' : state;
}

function waitingStatus(blocked: ReadonlySet<TaskId>, { taskId }: TaskRow): 'blocked' | 'ready' {
  return blocked.has(taskId) ? 'blocked' : 'ready';
}

function endingOf(event: SwarmEvent): Ending {
  return event.type === 'attempt.failed' ||
    event.type === 'task.failed' ||
    event.type === 'task.outcome-unknown' ||
    event.type === 'task.succeeded' ||
    event.type === 'task.cancelled' ||
    event.type === 'attempt.claimed'
    ? event
    : {};
}

/** What the event that gave a task its status says about it. */
function detailsOf(event: SwarmEvent): Pick<TaskRecord, 'outputs' | 'evidence' | 'failure' | 'note'> {
  if (event.type === 'task.succeeded') return { outputs: event.outputs, evidence: event.evidence };
  if (event.type === 'task.failed' || event.type === 'attempt.failed' || event.type === 'task.outcome-unknown') {
    return { failure: event.failure };
  }
  if (event.type === 'task.cancelled' || event.type === 'task.cancelling') return { note: event.reason };
  if (event.type === 'task.skipped') return { note: skipNote(event.cause) };
  return {};
}

function skipNote(cause: SkipCause): string {
  if (cause.reason === 'need-failed') return `"${cause.task}" did not succeed`;
  if (cause.reason === 'nothing-failed') return 'nothing failed';
  return `condition does not hold: ${cause.condition}`;
}

/** A count of zero for every status. */
export function noTasks(): Record<TaskStatus, number> {
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
