import type { AgentSpec } from '../core/agents/agent-spec.ts';
import type { Strategy } from '../core/agents/registry.ts';
import type { SwarmEvent } from '../core/events.ts';
import { type AgentId, runId, type TaskId } from '../core/ids.ts';
import type { SwarmInput } from '../core/inputs.ts';
import { nextEvents } from '../core/scheduling/next-event.ts';
import { DEFAULT_RULES, newSwarm, type Swarm } from '../core/swarm-state.ts';
import { apply, decide } from '../core/swarm.ts';
import type { AttemptResult } from '../core/tasks/attempt.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import { IndexedHeap, NOT_IN_HEAP } from '../util/indexed-heap.ts';
import { Draw } from './draw.ts';

/** How an attempt goes: what becomes of it, and after how many ms. */
export type Play = Readonly<{ ms: number; end: 'succeeded' | 'failed' | 'agent-lost' }>;

/** Tasks of one run among agents, and how long each attempt takes. */
export type VirtualWork = Readonly<{
  tasks: readonly TaskSpec[];
  agents: readonly AgentSpec[];
  strategy: Strategy;
  /** `index`: place of the task in `tasks`. */
  play: (index: number, agentId: AgentId, attempt: number) => Play;
  /** Before the tasks come. */
  prepare?: (swarm: Swarm) => void;
  /** `readyMs`: since when it could have started. `endMs`: known beforehand here. */
  onStart?: (start: VirtualStart) => void;
  /** An attempt was over before the end that was foretold: its agent was lost by another attempt of it. */
  onCut?: (index: number, atMs: number) => void;
  /** For the jitter of retries. @default 1 */
  seed?: number;
}>;

export type VirtualStart = Readonly<{
  index: number;
  agentId: AgentId;
  attempt: number;
  readyMs: number;
  startMs: number;
  endMs: number;
}>;

type Due = Readonly<{ atMs: number }> & { heapIndex: number } & (
    | Readonly<{ kind: 'end'; taskId: TaskId; attempt: number; agentId: AgentId; end: Play['end'] }>
    | Readonly<{ kind: 'retry'; taskId: TaskId; attempt: number }>
    | Readonly<{ kind: 'settled'; taskId: TaskId }>
    | Readonly<{ kind: 'restarted' | 'revived'; agentId: AgentId }>
  );

const RUN = runId('run');
/** A person starts an agent again that failed too often, after this long. */
const REVIVED_AFTER_MS = 60_000;
const DONE: AttemptResult = { ok: true, outputs: {}, evidence: [] };
const FAILED: AttemptResult = { ok: false, failure: { reason: 'threw', message: 'drawn' } };

/**
 * The real core in virtual time: every decision is that of `decide`, `nextEvents` and `apply`, and the only thing that
 * is made up is how attempts go.
 */
export class VirtualSwarm {
  readonly swarm: Swarm;
  readonly #work: VirtualWork;
  readonly #draw: Draw;
  readonly #due = new IndexedHeap<Due>((one, other) => one.atMs < other.atMs);
  #nowMs = 0;
  #lastEndMs = 0;
  #ended = 0;
  readonly #outcome = { succeeded: 0, failed: 0, skipped: 0 };

  constructor(work: VirtualWork) {
    this.#work = work;
    this.#draw = new Draw(work.seed ?? 1);
    const maxTasksPerRun = Math.max(DEFAULT_RULES.maxTasksPerRun, work.tasks.length);
    this.swarm = newSwarm({ ...DEFAULT_RULES, strategy: work.strategy, alerts: [], maxTasksPerRun });
  }

  /** When the last attempt ended, ms. */
  get makespanMs(): number {
    return this.#lastEndMs;
  }

  /** Tasks in all. */
  get size(): number {
    return this.#work.tasks.length;
  }

  /** Attempts that have ended. */
  get ended(): number {
    return this.#ended;
  }

  /** Tasks by how they ended. */
  get outcome(): Readonly<{ succeeded: number; failed: number; skipped: number }> {
    return this.#outcome;
  }

  /**
   * To the end, in small steps, so that others get their turn in between. Throws when the run cannot end.
   * @yields after each step
   */
  *steps(): Generator<void, void, undefined> {
    const { agents, tasks, prepare } = this.#work;
    this.#take({ type: 'agents.register', agents });
    prepare?.(this.swarm);
    yield;
    const run = { name: 'simulated', inputs: {}, budget: {}, project: '/', source: 'code' };
    for (const event of this.#decided({ type: 'run.submit', runId: RUN, run, tasks, agents: [] })) {
      this.#apply(event);
      yield;
    }
    for (;;) {
      yield* this.#settle();
      const next = this.#due.first;
      if (next === undefined) break;
      this.#nowMs = next.atMs;
      for (let due = this.#due.first; due !== undefined && due.atMs <= this.#nowMs; due = this.#due.first) {
        this.#due.remove(due);
        this.#perform(due);
        yield;
      }
    }
    if (this.swarm.runs.has(RUN)) throw new Error('Internal error: the simulated run stands still and has not ended');
  }

  /** All at once. */
  runToEnd(): number {
    for (const _ of this.steps());
    return this.makespanMs;
  }

  /**
   * All that follows by itself at this moment.
   * @yields after each decision
   */
  *#settle(): Generator<void, void, undefined> {
    const { swarm } = this;
    for (;;) {
      const events = nextEvents(swarm, this.#nowMs);
      if (events === undefined) return;
      for (const event of events) this.#apply(event);
      yield;
    }
  }

  #perform(due: Due): void {
    switch (due.kind) {
      case 'end':
        return this.#end(due);
      case 'retry':
        return this.#retry(due);
      case 'settled':
        return this.#take({ type: 'task.settle', taskId: due.taskId, as: 'failed' });
      case 'restarted':
        return this.#take({ type: 'agent.end-restart', agentId: due.agentId, ok: true });
      case 'revived':
        return this.#take({ type: 'agent.revive', agentId: due.agentId });
    }
  }

  #end({ taskId, attempt, agentId, end }: Extract<Due, { kind: 'end' }>): void {
    const task = this.swarm.tasks.get(taskId);
    // It was lost with its agent before.
    if (task?.status !== 'running' || task.attempt !== attempt) return;
    if (end === 'agent-lost') return this.#take({ type: 'agents.lose', agentIds: [agentId] });
    this.#take({ type: 'attempt.end', taskId, attempt, result: end === 'succeeded' ? DONE : FAILED });
  }

  #retry({ taskId, attempt }: Extract<Due, { kind: 'retry' }>): void {
    const task = this.swarm.tasks.get(taskId);
    if (task?.status === 'backing-off' && task.attempt === attempt) this.#take({ type: 'task.retry', taskId, attempt });
  }

  #take(input: SwarmInput): void {
    for (const event of this.#decided(input)) this.#apply(event);
  }

  #decided(input: SwarmInput): readonly SwarmEvent[] {
    const key = 'taskId' in input ? `${input.taskId} ${'attempt' in input ? input.attempt : ''}` : '';
    const random = this.#draw.word('jitter', key);
    const ruling = decide(this.swarm, input, { nowMs: this.#nowMs, wallTimeMs: 0, random });
    if (!ruling.ok) throw new VirtualRefusal(ruling.refusal);
    return ruling.events;
  }

  #apply(event: SwarmEvent): void {
    if (event.type === 'attempt.assigned') this.#start(event);
    else if (event.type === 'attempt.failed') this.#noteFailed(event);
    else if (event.type === 'task.outcome-unknown') this.#noteUnknown(event);
    else if (event.type === 'task.succeeded') this.#noteEnd('succeeded');
    else if (event.type === 'task.failed') this.#noteEnd('failed');
    else if (event.type === 'task.skipped') this.#outcome.skipped++;
    else if (event.type === 'agent.restart-planned') {
      this.#due.push({ kind: 'restarted', agentId: event.agentId, atMs: event.atMs, heapIndex: NOT_IN_HEAP });
    } else if (event.type === 'agent.stopped') {
      const atMs = this.#nowMs + REVIVED_AFTER_MS;
      this.#due.push({ kind: 'revived', agentId: event.agentId, atMs, heapIndex: NOT_IN_HEAP });
    }
    apply(this.swarm, event, this.#nowMs);
  }

  #start({ taskId, attempt, agentId }: Extract<SwarmEvent, { type: 'attempt.assigned' }>): void {
    const task = this.swarm.tasks.get(taskId);
    if (task?.status !== 'ready') throw new Error(`Internal error: ${taskId} was given out and is not ready`);
    const { index } = task.identity;
    const { ms, end } = this.#work.play(index, agentId, attempt);
    const startMs = this.#nowMs;
    const endMs = startMs + ms;
    this.#due.push({ kind: 'end', taskId, attempt, agentId, end, atMs: endMs, heapIndex: NOT_IN_HEAP });
    this.#work.onStart?.({ index, agentId, attempt, readyMs: task.sinceMs, startMs, endMs });
  }

  #noteFailed({ taskId, attempt, retryAtMs }: Extract<SwarmEvent, { type: 'attempt.failed' }>): void {
    this.#noteEnd(undefined);
    this.#noteCut(taskId);
    this.#due.push({ kind: 'retry', taskId, attempt, atMs: retryAtMs, heapIndex: NOT_IN_HEAP });
  }

  /** A person says at once that it failed. */
  #noteUnknown({ taskId }: Extract<SwarmEvent, { type: 'task.outcome-unknown' }>): void {
    this.#noteCut(taskId);
    this.#due.push({ kind: 'settled', taskId, atMs: this.#nowMs, heapIndex: NOT_IN_HEAP });
  }

  #noteCut(taskId: TaskId): void {
    const index = this.swarm.tasks.get(taskId)?.identity.index;
    if (index !== undefined) this.#work.onCut?.(index, this.#nowMs);
  }

  #noteEnd(as: 'succeeded' | 'failed' | undefined): void {
    if (as !== undefined) this.#outcome[as]++;
    this.#ended++;
    this.#lastEndMs = this.#nowMs;
  }
}

/** The core takes no such tasks: why. */
export class VirtualRefusal extends Error {
  readonly problems: readonly string[];

  constructor(refusal: Readonly<{ reason: string; problems?: readonly string[] }>) {
    super(`refused: ${JSON.stringify(refusal)}`);
    this.name = 'VirtualRefusal';
    this.problems = refusal.problems ?? [refusal.reason];
  }
}
