import { resolveWork } from '../core/expressions/resolve-work.ts';
import { type AgentId, runOf, taskId as taskIdOf, type TaskId } from '../core/ids.ts';
import type { SwarmInput } from '../core/inputs.ts';
import type { Run } from '../core/runs/run.ts';
import { scopeOf } from '../core/runs/scope.ts';
import type { Swarm } from '../core/swarm-state.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import type { Verdict } from '../core/tasks/attempt.ts';
import { isActive, type Task } from '../core/tasks/task.ts';
import { assert } from '../util/assert.ts';
import type { AgentDriver } from '../ports/agent-driver.ts';
import type { ClaimToVerify, Verifier } from '../ports/verifier.ts';
import type { HostDriver } from '../ports/worker-link.ts';
import type { Answer } from './answer.ts';
import { RunAssignment } from './assignment.ts';
import type { MailDesk } from './attempt-messages.ts';
import type { MemoryDesk } from './attempt-memory.ts';
import type { VoteDesk } from './attempt-proposals.ts';
import type { LedTime } from './led-time.ts';
import { RemoteAttempts } from './remote-attempts.ts';
import { type AttemptHost, FORCED_END_MS, internalError, RunningAttempt } from './running-attempt.ts';
import type { UsageWatch } from './usage-watch.ts';
import type { Waits } from './waits.ts';

/** Deadline of an attempt that declares none, ms. Source: docs/semantics.md, Attempts. */
export const DEFAULT_TIMEOUT_MS = 3_600_000;

export type AttemptPorts = Readonly<{
  /** By kind of work; `remote` for all work of agents on hosts. Without it there are no hosts. */
  drivers: Readonly<Record<'command' | 'function', AgentDriver>> & Readonly<{ remote?: HostDriver }>;
  verifier: Verifier;
}>;

export type AttemptSurroundings = Readonly<{
  swarm: Swarm;
  waits: Waits;
  time: LedTime;
  feed: (input: SwarmInput) => void;
  ask: (input: SwarmInput) => Promise<Answer>;
  votes: VoteDesk;
  mail: MailDesk;
  memory: MemoryDesk;
  usage: UsageWatch;
}>;

/** The attempts and checks that this process has under way; what comes of them is fed back as inputs. */
export class Attempts {
  readonly #ports: AttemptPorts;
  readonly #swarm: Swarm;
  readonly #feed: (input: SwarmInput) => void;
  readonly #host: AttemptHost;
  readonly #running = new Map<TaskId, RunningAttempt>();
  /** Of agents that were given up: another attempt of the task may run already. */
  readonly #leaving = new Set<RunningAttempt>();
  readonly #checks = new Map<TaskId, AbortController>();
  readonly #remote: RemoteAttempts;
  #isDraining = false;
  #isStopped = false;

  constructor(ports: AttemptPorts, { swarm, feed, ask, ...host }: AttemptSurroundings) {
    this.#ports = ports;
    this.#swarm = swarm;
    this.#feed = feed;
    const onEnd = (ended: RunningAttempt): void => {
      this.#leaving.delete(ended);
      if (this.#running.get(ended.assignment.taskId) === ended) this.#running.delete(ended.assignment.taskId);
    };
    this.#host = { ...host, feed, onEnd };
    this.#remote = new RemoteAttempts(ports.drivers.remote, { ...this.#host, ask });
  }

  /** Attempts that run in this process, without those that are only being checked. */
  get count(): number {
    return this.#running.size + this.#leaving.size;
  }

  get hasIrreversible(): boolean {
    return [...this.#running.values()].some(({ assignment }) => assignment.spec.effect === 'D');
  }

  start(taskId: TaskId, attempt: number, agentId: AgentId): void {
    const task = this.#swarm.tasks.get(taskId);
    // It may have been cancelled in the same batch: then it never starts.
    if (this.#isStopped || task?.status !== 'running' || task.attempt !== attempt) return;
    const { spec } = task.identity;
    // Given out by the commit that was under way when the drain began. Irreversible work has its grace here too: it is
    // never given out again without a person's word.
    if (this.#isDraining && spec.effect !== 'D') return this.#neverStarted(taskId, attempt, 'draining');
    const assignment = this.#assignmentOf(task, agentId);
    if (assignment === undefined) return;
    const timeoutMs = spec.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    if (this.#isRemote(agentId)) return this.#remote.start(assignment, timeoutMs);
    const running = new RunningAttempt(assignment, timeoutMs, this.#host);
    this.#running.set(taskId, running);
    this.#drive(running);
  }

  /** A sub-task has ended: its parent may wait for that here. */
  childEnded(id: TaskId): void {
    const child = this.#swarm.tasks.get(id)?.identity.spec.child;
    if (child !== undefined) this.#find(taskIdOf(runOf(id), child.parent))?.childEnded(id);
  }

  /** An attempt that has waited for sub-tasks has its slot again. */
  goOn(id: TaskId, attempt: number): void {
    const running = this.#find(id);
    if (running?.assignment.attempt === attempt) running.goOn();
  }

  #find(id: TaskId): RunningAttempt | undefined {
    return this.#running.get(id) ?? this.#remote.get(id);
  }

  /** What a sub-task shall do was said by an attempt, and may hold text from anywhere: nothing in it is evaluated. */
  #workOf(run: Run, spec: TaskSpec): ReturnType<typeof resolveWork> {
    if (spec.child !== undefined) return { ok: true, value: spec.work };
    return resolveWork(spec.work, scopeOf(this.#swarm, run, spec));
  }

  /** Goes on with what a host has from the leader before. */
  adopt(taskId: TaskId, attempt: number, agentId: AgentId): void {
    const task = this.#swarm.tasks.get(taskId);
    if (task?.attempt !== attempt || !isActive(task)) return;
    const assignment = this.#assignmentOf(task, agentId);
    const timeoutMs = task.identity.spec.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    if (assignment !== undefined) this.#remote.adopt(assignment, timeoutMs, task.startedMs);
  }

  #isRemote(agentId: AgentId): boolean {
    return this.#swarm.registry.agents.get(agentId)?.spec.driver === 'remote';
  }

  /** Undefined when its work cannot be said: then that is its end. */
  #assignmentOf(task: Task, agentId: AgentId): RunAssignment | undefined {
    const { attempt, identity } = task;
    const { id: taskId, spec } = identity;
    const run = this.#runOf(task);
    const work = this.#workOf(run, spec);
    if (work.ok) return new RunAssignment(this.#swarm, run, { taskId, agentId, attempt, spec, work: work.value });
    const failure = { reason: 'expression-failed', message: work.message } as const;
    this.#feed({ type: 'attempt.end', taskId, attempt, result: { ok: false, failure } });
    return undefined;
  }

  /** Ends an attempt with all it started; one that never started here is reported as stopped. */
  stop(taskId: TaskId, attempt: number, why: 'cancelled' | 'paused' | 'agent-lost'): void {
    if (this.#remote.stop(taskId, attempt, why)) return;
    const running = this.#running.get(taskId);
    if (running?.assignment.attempt === attempt) {
      if (why === 'agent-lost') this.#leave(running);
      return running.stop(why);
    }
    // Nobody waits for its result any more.
    if (why === 'agent-lost') return;
    const check = this.#checks.get(taskId);
    // A check is short and its result may be wanted after a pause; only a cancel ends it.
    if (check !== undefined) return why === 'cancelled' ? this.#cancelCheck(check, taskId, attempt) : undefined;
    this.#neverStarted(taskId, attempt, why);
  }

  /** The task goes on without it. */
  #leave(running: RunningAttempt): void {
    this.#running.delete(running.assignment.taskId);
    this.#leaving.add(running);
  }

  #neverStarted(taskId: TaskId, attempt: number, why: 'cancelled' | 'paused' | 'draining'): void {
    this.#feed({ type: 'attempt.end', taskId, attempt, result: { ok: false, failure: { reason: 'stopped', why } } });
  }

  /** A verifier that ignores it is not waited for longer than a driver. */
  #cancelCheck(check: AbortController, taskId: TaskId, attempt: number): void {
    const { waits, time } = this.#host;
    const verdict = { ok: false, failure: { reason: 'stopped', why: 'cancelled' } } as const;
    const give = (): void => this.#feed({ type: 'attempt.judge', taskId, attempt, verdict });
    waits.add(time.nowMs() + FORCED_END_MS, give, forcedKey(taskId));
    check.abort('cancelled');
  }

  /** Runs the declared checks of a claim that is journaled. */
  verify(taskId: TaskId, attempt: number): void {
    const task = this.#swarm.tasks.get(taskId);
    if (this.#isDraining || task?.status !== 'verifying' || task.attempt !== attempt) return;
    const controller = new AbortController();
    this.#checks.set(taskId, controller);
    const run = this.#runOf(task);
    const { spec } = task.identity;
    const work = this.#workOf(run, spec);
    const parts = { taskId, agentId: task.agentId, attempt, spec, work: work.ok ? work.value : spec.work };
    const assignment = new RunAssignment(this.#swarm, run, parts);
    const claim = { assignment, claim: task.claim, writesBefore: this.#writesBefore(run, task.identity.index) };
    void this.#check(claim, controller.signal);
  }

  /**
   * Asks every attempt to end, and lets none begin; a drain lets irreversible work come to its own end. Checks are
   * dropped: the next lead runs them again.
   */
  stopAll(reason: 'draining' | 'lead-lost'): void {
    this.#isDraining = true;
    for (const running of [...this.#running.values(), ...this.#leaving]) {
      if (reason === 'draining' && running.assignment.spec.effect === 'D') continue;
      running.stop(reason);
    }
    for (const check of this.#checks.values()) check.abort(reason);
  }

  /** Nothing starts any more, and what still comes goes nowhere. */
  close(): void {
    this.#isStopped = true;
    this.stopAll('lead-lost');
    this.#remote.detach();
  }

  #drive(running: RunningAttempt): void {
    const driver = this.#ports.drivers[running.assignment.work.kind];
    try {
      const result = driver.run(running.assignment, running);
      if (!(result instanceof Promise)) return running.conclude(result);
      result.then(
        (value) => running.conclude(value),
        (error: unknown) => running.end(internalError(error)),
      );
    } catch (error) {
      running.end(internalError(error));
    }
  }

  /** An agent's word is not evidence: what it claims is checked before it counts. */
  async #check(claim: ClaimToVerify, signal: AbortSignal): Promise<void> {
    const { taskId, attempt } = claim.assignment;
    const verdict = await this.#verdictOn(claim, signal);
    this.#checks.delete(taskId);
    this.#host.waits.forget(forcedKey(taskId));
    // A check that was stopped has found nothing; unless it was cancelled, the next lead does it again.
    if (this.#isStopped || (signal.aborted && signal.reason !== 'cancelled')) return;
    this.#feed({ type: 'attempt.judge', taskId, attempt, verdict });
  }

  async #verdictOn(claim: ClaimToVerify, signal: AbortSignal): Promise<Verdict> {
    try {
      return await this.#ports.verifier.verify(claim, signal);
    } catch (error) {
      return internalError(error);
    }
  }

  #writesBefore(run: Run, index: number): readonly string[] {
    const writes = new Set<string>();
    for (const before of run.graph.ancestors(index)) {
      const { id, spec } = run.graph.identity(before);
      if (this.#swarm.tasks.get(id)?.status !== 'succeeded') continue;
      for (const path of spec.writes ?? []) writes.add(path);
    }
    return [...writes];
  }

  #runOf({ identity }: Task): Run {
    const run = this.#swarm.runs.get(identity.runId);
    assert(run !== undefined, `task ${identity.id} has no run`);
    return run;
  }
}

function forcedKey(taskId: TaskId): string {
  return `forced:${taskId}`;
}
