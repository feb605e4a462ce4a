import type { AgentSpec, HostSpec } from '../../../src/core/agents/agent-spec.ts';
import type { SwarmEvent, TaskEvent } from '../../../src/core/events.ts';
import type { RunSpec } from '../../../src/core/runs/run-spec.ts';
import type { Usage } from '../../../src/core/tasks/attempt.ts';
import type { TaskSpec } from '../../../src/core/tasks/task-spec.ts';
import type { JournalRecord } from '../../../src/ports/journal.ts';
import { VoteBooks } from './vote-books.ts';

export type Status =
  | 'waiting'
  | 'ready'
  | 'running'
  | 'verifying'
  /** For sub-tasks, without a slot. */
  | 'awaiting'
  | 'cancelling'
  | 'backing-off'
  | 'unknown'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'skipped';

export type TaskLine = {
  readonly id: string;
  readonly runId: string;
  readonly spec: TaskSpec;
  status: Status;
  attempt: number;
  charged: number;
  crashes: number;
  agentId: string;
  /** When its newest attempt was given out, and by which record. */
  assignedMs: number;
  assignedSeq: number;
  /** Since when it is ready. */
  readyMs: number;
  /** What it has reserved, where that has become less. */
  reserved?: TaskSpec['resources'];
  /** When its back-off is over. */
  retryAtMs: number;
  /** How often a person said that it shall be done again. */
  retriesByPerson: number;
};

export type RunLine = {
  readonly id: string;
  readonly spec: RunSpec;
  taskCount: number;
  readonly createdMs: number;
  readonly tasks: Map<string, TaskLine>;
  attempts: number;
  tokens: number;
  costMicros: number;
  isPaused: boolean;
  /** When it last went on after a pause. */
  resumedMs: number;
  isEnding: boolean;
  isFinished: boolean;
};

const ENDED: ReadonlySet<Status> = new Set(['succeeded', 'failed', 'cancelled', 'skipped']);
const ACTIVE: ReadonlySet<Status> = new Set(['running', 'verifying', 'awaiting', 'cancelling']);

export const hasEnded = ({ status }: TaskLine): boolean => ENDED.has(status);
export const isActive = ({ status }: TaskLine): boolean => ACTIVE.has(status);

/** A recount of a swarm from its stored events alone, written apart from the core. It judges nothing. */
export class Books {
  readonly runs: Map<string, RunLine> = new Map();
  readonly agents: Map<string, AgentSpec> = new Map();
  /** It may have come back since. */
  readonly everRemoved: Set<string> = new Set();
  /** Also those that were removed since. */
  readonly everKnown: Set<string> = new Set();
  readonly hosts: Map<string, HostSpec> = new Map();
  readonly votes: VoteBooks = new VoteBooks();
  /** Tasks that hold an agent, by agent. */
  readonly busy: Map<string, Set<TaskLine>> = new Map();
  seq = 0;
  epoch = 0;
  atMs = 0;

  /** The run and task that an event is about. */
  task(taskId: string): TaskLine | undefined {
    const at = taskId.indexOf('/');
    return this.runs.get(taskId.slice(0, at))?.tasks.get(taskId.slice(at + 1));
  }

  note({ seq, epoch, atMs, event }: JournalRecord): void {
    this.seq = seq;
    this.epoch = epoch;
    this.atMs = atMs;
    if ('taskId' in event) this.#noteTask(event);
    else if ('proposalId' in event) this.votes.note(event);
    else this.#noteOther(event);
  }

  #noteOther(event: SwarmEvent): void {
    if (event.type === 'host.registered' || event.type === 'host.joined') this.hosts.set(event.host.host, event.host);
    else if (event.type === 'agents.registered') this.#register(event.agents);
    else if (event.type === 'agent.removed') {
      this.agents.delete(event.agentId);
      this.everRemoved.add(event.agentId);
    } else if (event.type === 'run.created') this.#create(event);
    else if ('runId' in event) this.#noteRun(event);
  }

  #register(agents: readonly AgentSpec[]): void {
    for (const agent of agents) {
      this.agents.set(agent.id, agent);
      this.everKnown.add(agent.id);
    }
  }

  #create({ runId, run: spec, taskCount }: Extract<SwarmEvent, { type: 'run.created' }>): void {
    const flags = { isPaused: false, resumedMs: 0, isEnding: false, isFinished: false };
    const start = { tasks: new Map<string, TaskLine>(), attempts: 0, tokens: 0, costMicros: 0, createdMs: this.atMs };
    this.runs.set(runId, { id: runId, spec, taskCount, ...start, ...flags });
  }

  #noteRun(event: Extract<SwarmEvent, { runId: unknown }>): void {
    const run = this.runs.get(event.runId);
    if (run === undefined) return;
    if (event.type === 'tasks.added') this.#add(run, event.tasks);
    else if (event.type === 'tasks.delegated') {
      run.taskCount += event.tasks.length;
      this.#add(run, event.tasks);
    } else if (event.type === 'run.paused') run.isPaused = true;
    else if (event.type === 'run.resumed') Object.assign(run, { isPaused: false, resumedMs: this.atMs });
    else if (event.type === 'run.ending') run.isEnding = true;
    else if (event.type === 'run.finished') {
      run.isFinished = true;
      for (const [id, agent] of this.agents) if (agent.runId === run.id) this.agents.delete(id);
    }
  }

  #add(run: RunLine, specs: readonly TaskSpec[]): void {
    for (const spec of specs) {
      const counts = {
        attempt: 0,
        charged: 0,
        crashes: 0,
        agentId: '',
        assignedMs: 0,
        assignedSeq: 0,
        readyMs: 0,
        retryAtMs: 0,
        retriesByPerson: 0,
      };
      run.tasks.set(spec.name, { id: `${run.id}/${spec.name}`, runId: run.id, spec, status: 'waiting', ...counts });
    }
    if (run.tasks.size === run.taskCount) for (const task of run.tasks.values()) this.#wake(run, task);
  }

  #noteTask(event: TaskEvent): void {
    const task = this.task(event.taskId);
    const run = task === undefined ? undefined : this.runs.get(task.runId);
    if (task === undefined || run === undefined) return;
    switch (event.type) {
      case 'attempt.assigned':
        delete task.reserved;
        return this.#assign(run, task, event);
      case 'attempt.awaiting':
      case 'attempt.resumed':
        delete task.reserved;
        return this.#rest(task, event.type === 'attempt.awaiting');
      case 'attempt.claimed':
        task.status = 'verifying';
        return;
      case 'task.cancelling':
        task.status = 'cancelling';
        return;
      case 'task.became-ready':
        if (task.status === 'unknown') task.retriesByPerson++;
        this.#makeReady(task);
        return;
      case 'attempt.failed':
        this.#leave(run, task, event.usage);
        if (event.charge === 'attempt') task.charged++;
        if (event.charge === 'crash') task.crashes++;
        task.retryAtMs = event.retryAtMs;
        if (event.retryAtMs <= this.atMs) this.#makeReady(task);
        else task.status = 'backing-off';
        return;
      case 'attempt.reported':
      case 'reservation.reviewed':
        return;
      case 'reservation.shrunk':
        task.reserved = event.reserved;
        return;
      case 'task.succeeded':
      case 'task.failed':
      case 'task.cancelled':
      case 'task.skipped':
      case 'task.outcome-unknown':
        this.#leave(run, task, 'usage' in event ? event.usage : undefined);
        task.status = STATUS_AFTER[event.type];
        for (const other of run.tasks.values()) this.#wake(run, other);
    }
  }

  #rest(task: TaskLine, isResting: boolean): void {
    const busy = this.busy.get(task.agentId);
    task.status = isResting ? 'awaiting' : 'running';
    if (isResting) busy?.delete(task);
    else busy?.add(task);
  }

  #assign(run: RunLine, task: TaskLine, event: Extract<TaskEvent, { type: 'attempt.assigned' }>): void {
    run.attempts++;
    task.attempt = event.attempt;
    task.agentId = event.agentId;
    task.assignedMs = this.atMs;
    task.assignedSeq = this.seq;
    task.status = 'running';
    const others = this.busy.get(event.agentId);
    if (others === undefined) this.busy.set(event.agentId, new Set([task]));
    else others.add(task);
  }

  /** A plain task is ready with its last need; others wait for an event that says so. */
  #wake(run: RunLine, task: TaskLine): void {
    const { spec } = task;
    if (task.status !== 'waiting' || spec.if !== undefined || (spec.when ?? 'success') !== 'success') return;
    if (spec.needs.every((need) => run.tasks.get(need)?.status === 'succeeded')) this.#makeReady(task);
  }

  #makeReady(task: TaskLine): void {
    task.status = 'ready';
    task.readyMs = this.atMs;
  }

  /** What is used is known only now; what nobody knows counts as what was granted. */
  #leave(run: RunLine, task: TaskLine, usage: Usage | undefined): void {
    if (!isActive(task)) return;
    const { grant } = task.spec;
    run.tokens += tokensOf(usage) ?? grant?.tokens ?? 0;
    run.costMicros += usage?.costMicros ?? grant?.costMicros ?? 0;
    this.busy.get(task.agentId)?.delete(task);
    task.agentId = '';
  }
}

const STATUS_AFTER = {
  'task.succeeded': 'succeeded',
  'task.failed': 'failed',
  'task.cancelled': 'cancelled',
  'task.skipped': 'skipped',
  'task.outcome-unknown': 'unknown',
} as const;

function tokensOf(usage: Usage | undefined): number | undefined {
  if (usage?.inputTokens === undefined && usage?.outputTokens === undefined) return undefined;
  return (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0);
}
