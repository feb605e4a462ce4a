import { isAccountEvent } from '../../src/core/quota/account-events.ts';
import { isAlertEvent } from '../../src/core/alerts/alert-events.ts';
import assert from 'node:assert/strict';
import type { AgentSpec, HostSpec } from '../../src/core/agents/agent-spec.ts';
import type { MessageEvent, ProposalEvent, SwarmEvent, TaskEvent } from '../../src/core/events.ts';
import type { Usage } from '../../src/core/tasks/attempt.ts';
import { isScalingEvent } from '../../src/core/scaling/is-scaling-event.ts';
import { isReservation, type ReservationEvent, reservedAfter } from './reserved-after.ts';
import type { TaskSpec } from '../../src/core/tasks/task-spec.ts';
import type { Entry } from './core-world.ts';
import { isMessageEvent } from '../../src/core/messaging/is-message-event.ts';
import { holdsBudget, ownShareOf, tokensOf } from './ledger-budget.ts';
import {
  childrenOf,
  ENDED,
  isActive,
  isLive,
  levelOf,
  type RunLine,
  type Status,
  type TaskLine,
} from './ledger-lines.ts';
import { assertNeeds, assertSkip } from './ledger-needs.ts';
import { MailLedger } from './mail-ledger.ts';
import { VoteLedger } from './vote-ledger.ts';

const KINDS = ['cpu', 'memory', 'storage', 'network'] as const;
/** The default retry policy; plans declare none. */
const MAX_ATTEMPTS = 3;
const MAX_CRASHES = 2;
/** The limits of delegation; plans declare none. */
const MOST_LEVELS = 3;
const MOST_AT_ONCE = 8;
const MOST_REVISIONS = 10;

/**
 * A recount of a swarm from its events alone, written apart from the core: it never calls it. `note` throws when an
 * event breaks a promise.
 */
export class Ledger {
  readonly runs: Map<string, RunLine> = new Map();
  readonly #agents = new Map<string, AgentSpec>();
  readonly #hosts = new Map<string, HostSpec>();
  readonly mail: MailLedger = new MailLedger();
  readonly #votes = new VoteLedger();
  #lastMs = 0;

  readonly note: (entry: Entry) => void = ({ event, atMs }) => {
    assert.ok(atMs >= this.#lastMs, `${event.type} at ${atMs} goes back in time`);
    this.#lastMs = atMs;
    if ('taskId' in event) this.#noteTask(event);
    else if ('proposalId' in event) this.#votes.note(event, atMs);
    else if (isMessageEvent(event)) this.mail.note(event);
    else this.#noteOther(event);
  };

  /** Tasks that could start now on an agent that has nothing to do. */
  get leftOver(): readonly string[] {
    const found: string[] = [];
    for (const run of this.runs.values()) {
      if (run.isPaused || run.isEnding || run.isFinished) continue;
      for (const task of run.tasks.values()) {
        if (task.status === 'ready' && this.#fitsSomewhere(run, task)) found.push(task.id);
      }
    }
    return found;
  }

  get active(): readonly TaskLine[] {
    return [...this.runs.values()].flatMap(({ tasks }) => [...tasks.values()].filter(isActive));
  }

  run(id: string): RunLine {
    const run = this.runs.get(id);
    assert.ok(run, `no run ${id}`);
    return run;
  }

  #noteOther(event: Exclude<SwarmEvent, TaskEvent | ProposalEvent | MessageEvent>): void {
    if (isAlertEvent(event) || isAccountEvent(event) || isScalingEvent(event)) return;
    switch (event.type) {
      case 'host.registered':
        this.#hosts.set(event.host.host, event.host);
        break;
      case 'agents.registered':
        for (const agent of event.agents) this.#agents.set(agent.id, agent);
        break;
      case 'agent.removed':
        return void this.#agents.delete(event.agentId);
      case 'run.created': {
        const start = { tasks: new Map(), attempts: 0, isPaused: false, isEnding: false, isFinished: false };
        this.runs.set(event.runId, { id: event.runId, spec: event.run, ...start });
        break;
      }
      case 'tasks.added':
        return this.#addTasks(this.run(event.runId), event.tasks);
      case 'tasks.delegated':
        return this.#delegate(this.run(event.runId), event);
      case 'run.paused':
      case 'run.resumed':
        this.run(event.runId).isPaused = event.type === 'run.paused';
        break;
      case 'run.ending':
        this.run(event.runId).isEnding = true;
        break;
      case 'run.finished':
        return this.#finish(event);
      case 'agent.draining':
      case 'agent.health-changed':
      case 'agent.restart-planned':
      case 'agent.restarted':
      case 'agent.revived':
      case 'agent.stopped':
      case 'breaker.closed':
      case 'host.draining':
      case 'host.joined':
      case 'host.left':
      case 'host.lost':
      case 'breaker.half-opened':
      case 'breaker.opened':
      case 'memory.cleared':
      case 'memory.invalidated':
      case 'agent.overloaded':
      case 'agent.relieved':
        break;
    }
  }

  #addTasks(run: RunLine, specs: readonly TaskSpec[]): void {
    for (const spec of specs) {
      assert.ok(!run.tasks.has(spec.name), `two tasks of ${run.id} are called ${spec.name}`);
      const counts = { attempt: 0, charged: 0, crashes: 0, tokens: 0, costMicros: 0, revisions: 0 };
      const start = { status: 'waiting', ...counts, agentId: '' } as const;
      const line: TaskLine = { id: `${run.id}/${spec.name}`, spec, ...start };
      run.tasks.set(spec.name, line);
      this.#wake(run, line);
    }
  }

  #delegate(run: RunLine, event: Extract<SwarmEvent, { type: 'tasks.delegated' }>): void {
    const parent = run.tasks.get(event.parent);
    assert.ok(parent, `${event.parent} delegates, and was never added`);
    assert.ok(
      parent.status === 'active' || parent.status === 'awaiting',
      `${parent.id} delegates while ${parent.status}`,
    );
    assert.equal(event.attempt, parent.attempt, `an older attempt of ${parent.id} delegates`);
    assert.ok(parent.spec.delegate, `${parent.id} may not delegate`);
    assert.ok(event.tasks.length <= MOST_AT_ONCE, `${parent.id} adds ${event.tasks.length} sub-tasks at once`);
    if (event.tasks.length > 0) parent.revisions++;
    assert.ok(parent.revisions <= MOST_REVISIONS, `${parent.id} has added sub-tasks ${parent.revisions} times`);
    const known = new Set(childrenOf(run, parent).map(({ spec }) => spec.name));
    for (const name of event.adopted) assert.ok(known.has(name), `${parent.id} takes over ${name}, a stranger`);
    for (const { name, needs, child } of event.tasks) {
      assert.equal(child?.parent, event.parent, `${name} is of another parent`);
      assert.ok(levelOf(run, child.parent) < MOST_LEVELS, `${name} is too deep`);
      for (const need of needs) assert.ok(known.has(need), `${name} needs ${need}, no earlier sister of it`);
      known.add(name);
    }
    this.#addTasks(run, event.tasks);
  }

  #noteTask(event: TaskEvent): void {
    const [runName = '', name = ''] = event.taskId.split('/');
    const run = this.run(runName);
    const task = run.tasks.get(name);
    assert.ok(task, `${event.type} for ${event.taskId}, which was never added`);
    assert.ok(!ENDED.has(task.status), `${event.type} after ${task.id} has ${task.status}`);
    assert.ok(!run.isFinished, `${event.type} after the end of run ${run.id}`);
    if ('attempt' in event && event.type !== 'attempt.assigned') {
      assert.equal(event.attempt, task.attempt, `${event.type} of an attempt that is not the newest of ${task.id}`);
    }
    task.reserved = reservedAfter(task, event);
    if (!isReservation(event)) return this.#change(run, task, event);
    assert.ok(isLive(task), `${event.type} for ${task.id}, which is ${task.status}`);
  }

  #change(run: RunLine, task: TaskLine, event: Exclude<TaskEvent, ReservationEvent>): void {
    switch (event.type) {
      case 'attempt.assigned':
        return this.#assign(run, task, event);
      case 'task.became-ready':
        assertNeeds(run, task);
        task.status = 'ready';
        return;
      case 'attempt.awaiting':
        assert.ok(task.status === 'active' || task.status === 'awaiting', `${task.id} waits while ${task.status}`);
        task.status = 'awaiting';
        return;
      case 'attempt.resumed':
        assert.equal(task.status, 'awaiting', `${task.id} goes on while ${task.status}`);
        task.status = 'active';
        return this.#assertPlace(run, task);
      case 'attempt.failed':
        this.#leave(run, task, event.usage);
        if (event.charge === 'attempt') task.charged++;
        if (event.charge === 'crash') task.crashes++;
        assert.ok(task.crashes < MAX_CRASHES, `${task.id} is tried again after ${task.crashes} crashes`);
        assert.ok(task.charged + task.crashes < MAX_ATTEMPTS, `${task.id} is tried again after all its attempts`);
        task.status = event.retryAtMs <= this.#lastMs ? 'ready' : 'backing-off';
        return;
      case 'task.outcome-unknown':
        this.#leave(run, task, event.usage);
        task.status = 'unknown';
        return;
      case 'task.succeeded':
        assert.ok(event.evidence.length > 0, `${task.id} succeeded without evidence`);
        for (const { id, status } of childrenOf(run, task)) {
          assert.ok(ENDED.has(status), `${task.id} succeeded while its sub-task ${id} was ${status}`);
        }
        return this.#end(run, task, 'succeeded', event.usage);
      case 'task.failed':
        return this.#end(run, task, 'failed', event.usage);
      case 'task.cancelled':
        return this.#end(run, task, 'cancelled', event.usage);
      case 'task.skipped':
        assert.equal(task.status, 'waiting', `${task.id} is skipped although it is ${task.status}`);
        assertSkip(run, task, event);
        return this.#end(run, task, 'skipped', undefined);
      case 'attempt.claimed':
        return assert.equal(task.status, 'active', `${event.type} for ${task.id}, which is ${task.status}`);
      case 'attempt.reported':
      case 'task.cancelling':
        assert.ok(isLive(task), `${event.type} for ${task.id}, which is ${task.status}`);
    }
  }

  #assign(run: RunLine, task: TaskLine, event: Extract<TaskEvent, { type: 'attempt.assigned' }>): void {
    assert.equal(task.status, 'ready', `${task.id} starts although it is ${task.status}`);
    assertNeeds(run, task);
    assert.ok(!run.isPaused && !run.isEnding, `${task.id} starts in a run that is paused or ending`);
    assert.ok(event.attempt > task.attempt, `attempt ${event.attempt} of ${task.id} after ${task.attempt}`);
    const agent = this.#agents.get(event.agentId);
    assert.ok(agent, `${task.id} starts on ${event.agentId}, which is not registered`);
    assert.ok(canDo(agent, run, task.spec), `${event.agentId} cannot do ${task.id}`);
    run.attempts++;
    task.attempt = event.attempt;
    task.agentId = event.agentId;
    task.status = 'active';
    this.#assertPlace(run, task);
  }

  #assertPlace(run: RunLine, task: TaskLine): void {
    const agent = this.#agents.get(task.agentId);
    assert.ok(agent, `${task.id} runs on ${task.agentId}, which is not registered`);
    assert.ok(this.#usedSlots(agent.id) <= agent.slots, `${agent.id} has more attempts than slots`);
    assert.ok(this.#hostHolds(agent.host), `more than 80 % of host ${agent.host} is reserved`);
    assert.ok(holdsBudget(run), `run ${run.id} is over its budget`);
  }

  #end(run: RunLine, task: TaskLine, status: Status, usage: Usage | undefined): void {
    if (isLive(task)) this.#leave(run, task, usage);
    task.status = status;
    for (const other of run.tasks.values()) this.#wake(run, other);
  }

  /** What is used is known only now; unknown counts as what was granted. */
  #leave(run: RunLine, task: TaskLine, usage: Usage | undefined): void {
    assert.ok(isLive(task), `${task.id} leaves its agent although it is ${task.status}`);
    task.tokens += tokensOf(usage) ?? ownShareOf(task, 'tokens');
    task.costMicros += usage?.costMicros ?? ownShareOf(task, 'costMicros');
    task.agentId = '';
    task.status = 'waiting';
    assert.ok(holdsBudget(run), `run ${run.id} is over its budget`);
  }

  /** A plain task is ready with its last need; others wait for an event that says so. */
  #wake(run: RunLine, task: TaskLine): void {
    const { spec } = task;
    if (task.status !== 'waiting' || spec.if !== undefined || (spec.when ?? 'success') !== 'success') return;
    if (spec.needs.every((need) => run.tasks.get(need)?.status === 'succeeded')) task.status = 'ready';
  }

  #finish({ runId, outcome }: Extract<SwarmEvent, { type: 'run.finished' }>): void {
    const run = this.run(runId);
    const lines = [...run.tasks.values()];
    for (const { id, status } of lines) assert.ok(ENDED.has(status), `${runId} ends while ${id} is ${status}`);
    const top = lines.filter(({ spec }) => spec.child === undefined);
    const worst = (['failed', 'cancelled'] as const).find((state) => top.some(({ status }) => status === state));
    if (!run.isEnding) assert.equal(outcome.state, worst ?? 'succeeded');
    run.isFinished = true;
    this.#votes.finish(runId);
    for (const [id, agent] of this.#agents) if (agent.runId === runId) this.#agents.delete(id);
  }

  #fitsSomewhere(run: RunLine, task: TaskLine): boolean {
    return this.#wouldHold(run, task, () => {
      if (!holdsBudget(run)) return false;
      return [...this.#agents.values()].some((agent) => {
        if (!canDo(agent, run, task.spec)) return false;
        task.agentId = agent.id;
        return this.#usedSlots(agent.id) <= agent.slots && this.#hostHolds(agent.host);
      });
    });
  }

  /** Looks at the books as they would be with the task running. */
  #wouldHold(run: RunLine, task: TaskLine, look: () => boolean): boolean {
    run.attempts++;
    task.attempt++;
    task.status = 'active';
    const answer = look();
    run.attempts--;
    task.attempt--;
    task.status = 'ready';
    task.agentId = '';
    return answer;
  }

  #usedSlots(agentId: string): number {
    return this.active.filter((task) => task.agentId === agentId).length;
  }

  #hostHolds(host: string): boolean {
    const offered = this.#hosts.get(host);
    const here = this.active.filter(({ agentId }) => this.#agents.get(agentId)?.host === host);
    return KINDS.every((kind) => {
      const sum = here.reduce((total, { spec, reserved }) => total + ((reserved ?? spec.resources)?.[kind] ?? 0), 0);
      return offered?.[kind] === undefined || sum * 100 <= offered[kind] * 80;
    });
  }
}

function canDo(agent: AgentSpec, run: RunLine, { requires }: TaskSpec): boolean {
  if (agent.runId !== undefined && agent.runId !== run.id) return false;
  return requires.every((name) => agent.capabilities.includes(name));
}
