import { reservationOf } from '../resources/reservation-of.ts';
import { assert } from '../../util/assert.ts';
import { checkBudget, type NestedAnswer } from '../budgets/nested.ts';
import { nextAlertEvents } from '../alerts/next-alert.ts';
import { endVotes, owesActions } from '../consensus/votes-of-run.ts';
import { evaluateCondition } from '../expressions/resolve-work.ts';
import type { SwarmEvent } from '../events.ts';
import { nextBreakerEvent } from '../health/breakers.ts';
import type { AgentId, RunId, TaskId } from '../ids.ts';
import { deadMail, endMail } from '../messaging/decide-messages.ts';
import { accept, type Ruling } from '../ruling.ts';
import { endRun } from '../runs/decide-run.ts';
import { openCount, outcomeOf, type Run } from '../runs/run.ts';
import { scopeOf } from '../runs/scope.ts';
import { nextLeave } from '../scaling/decide-scaling.ts';
import { nextSettingEvent } from '../settings/settings.ts';
import type { Swarm } from '../swarm-state.ts';
import { withChildren } from '../tasks/end-children.ts';
import type { Task } from '../tasks/task.ts';
import { type Choice, chooseAgent } from './choose-agent.ts';
import { dropClaim, dropOldClaims, keepBack } from './kept-back.ts';
import { refreshRanks } from './ranks.ts';
import type { ReadyTask } from './ready-lane.ts';
import type { ReadyQueue } from './ready-queue.ts';
import { canMove, nextResumption } from './resume-leads.ts';

type Exhausted = Extract<NestedAnswer, object>;

/** Tasks that may wait for a busy agent while later ones are looked at. */
const MAX_DEFERRED = 64;

/**
 * What happens next without any input: a condition is looked at, a task is skipped, a run ends, a task is given to
 * an agent, unless `mayAssign` is false. The owner applies the event and asks again, until there is nothing. Changes
 * no entity.
 */
export function nextEvents(swarm: Swarm, nowMs: number, mayAssign: boolean = true): readonly SwarmEvent[] | undefined {
  for (const id of swarm.undecided) return [settleTask(swarm, id)];
  const ofAgents = nextOfAgents(swarm, nowMs);
  if (ofAgents !== undefined) return ofAgents;
  for (const id of swarm.deadMail) return deadMailOf(swarm, id);
  const configured = nextSettingEvent(swarm);
  if (configured !== undefined) return [configured];
  const closing = nextOfClosing(swarm);
  if (closing !== undefined) return closing;
  const assigned = mayAssign ? (nextResumption(swarm) ?? nextAssignment(swarm, nowMs)) : undefined;
  // Last: rules see what has become of everything else.
  return assigned ?? nextAlertEvents(swarm, nowMs);
}

/** Runs of which nothing is open end, after their votes and their mail. */
function nextOfClosing(swarm: Swarm): readonly SwarmEvent[] | undefined {
  for (const id of swarm.closing) {
    const run = swarm.runs.get(id);
    if (run === undefined || openCount(run) > 0) {
      swarm.closing.delete(id);
      continue;
    }
    const ended = [...endVotes(swarm, run), ...endMail(run)];
    if (ended.length > 0) return ended;
    if (!owesActions(swarm, run)) return [{ type: 'run.finished', runId: id, outcome: outcomeOf(run) }];
  }
  return undefined;
}

function nextOfAgents(swarm: Swarm, nowMs: number): readonly SwarmEvent[] | undefined {
  const tripped = nextBreakerEvent(swarm, nowMs);
  return tripped === undefined ? nextLeave(swarm) : [tripped];
}

function deadMailOf(swarm: Swarm, id: RunId): readonly SwarmEvent[] {
  const run = swarm.runs.get(id);
  if (run === undefined) throw new Error(`Internal error: dead mail of unknown run ${id}`);
  return deadMail(run);
}

/** The needs of the task have ended: does it run, or is it skipped, and why? */
function settleTask(swarm: Swarm, id: TaskId): SwarmEvent {
  const task = swarm.tasks.get(id);
  const run = task === undefined ? undefined : swarm.runs.get(task.identity.runId);
  if (task === undefined || run === undefined) throw new Error(`Internal error: undecided task ${id} is unknown`);
  const { spec, index } = task.identity;
  const needs = run.graph.needsState(index);
  const when = spec.when ?? 'success';
  if (when === 'success' && needs === 'some-not-succeeded') {
    return {
      type: 'task.skipped',
      taskId: id,
      cause: { reason: 'need-failed', task: stoppedBy(swarm, run, spec.needs) },
    };
  }
  if (when === 'failed' && needs === 'all-succeeded') {
    return { type: 'task.skipped', taskId: id, cause: { reason: 'nothing-failed' } };
  }
  if (spec.if === undefined) return { type: 'task.became-ready', taskId: id };
  const answer = evaluateCondition(spec.if, scopeOf(swarm, run, spec));
  if (!answer.ok) {
    const failure = { reason: 'expression-failed', message: answer.message } as const;
    return { type: 'task.failed', taskId: id, attempt: task.attempt, failure };
  }
  if (answer.value) return { type: 'task.became-ready', taskId: id };
  return { type: 'task.skipped', taskId: id, cause: { reason: 'condition-false', condition: spec.if } };
}

/** The task at the root of a chain of skipped ones. */
function stoppedBy(swarm: Swarm, run: Run, needs: readonly string[]): string {
  for (const name of needs) {
    const id = run.graph.idOf(name);
    const task = id === undefined ? undefined : swarm.tasks.get(id);
    if (task === undefined || task.status === 'succeeded') continue;
    return task.status === 'skipped' && task.cause.reason === 'need-failed' ? task.cause.task : name;
  }
  return needs[0] ?? '';
}

/**
 * Order, filter, score, assign. What cannot be placed now is put aside until something is freed: a task that waits
 * for one agent alone, else all that ask for the same, because where there is no room for one, there is none for any.
 */
function nextAssignment(swarm: Swarm, nowMs: number): readonly SwarmEvent[] | undefined {
  const { queue, registry } = swarm;
  if (queue.size === 0 || registry.freeSlots === 0) return undefined;
  prepare(swarm, nowMs);
  const next = offersOf(queue);
  for (let ready = next(); ready !== undefined; ready = next()) {
    const events = place(swarm, ready, nowMs);
    if (events !== undefined) return events;
  }
  return undefined;
}

/** What becomes of a task that is offered; undefined when it waits for something and was put aside. */
function place(swarm: Swarm, ready: ReadyTask, nowMs: number): readonly SwarmEvent[] | undefined {
  const task = swarm.tasks.get(ready.id);
  const run = swarm.runs.get(ready.identity.runId);
  if (task?.status !== 'ready' || run === undefined) throw new Error(`Internal error: ${ready.id} is not ready`);
  const budget = checkBudget(run, ready.identity, () => canMove(swarm, run, ready.id));
  if (typeof budget === 'object') return exhaust(swarm, run, task, budget);
  const choice = budget === 'wait' ? undefined : chooseAgent(marketOf(swarm), ready, task, nowMs);
  if (choice?.kind === 'assign' && keepBack(swarm, run, ready, nowMs)) return undefined;
  dropClaim(swarm, ready.group);
  if (choice?.kind === 'assign') return [assign(task, choice.agent.spec.id)];
  if (choice === undefined) swarm.queue.parkForBudget(ready.group, ready.identity);
  else putAside(swarm, ready, choice, nowMs);
  return undefined;
}

/** Puts the queue in order as it should be now. */
function prepare(swarm: Swarm, nowMs: number): void {
  swarm.queue.age(nowMs);
  refreshRanks(swarm, nowMs);
  dropOldClaims(swarm);
  swarm.queue.offerKeptBack();
}

function putAside({ queue, registry }: Swarm, ready: ReadyTask, choice: Choice, nowMs: number): void {
  const { kind } = ready.group;
  if (choice.kind === 'wait' && queue.deferredCount < MAX_DEFERRED) queue.defer(ready, choice, nowMs);
  else queue.park(kind, isForWantOfAgents(ready, choice) ? registry.matches(kind.signature) : undefined);
}

/** All that is offered; those that wait for an agent that is free by now get one more look each, after the others. */
function offersOf(queue: ReadyQueue): () => ReadyTask | undefined {
  let looks = queue.deferredCount;
  return () => {
    const ready = queue.peek();
    if (ready !== undefined) return ready;
    while (queue.offerKeptBack()) {
      const keptBack = queue.peek();
      if (keptBack !== undefined) return keptBack;
    }
    if (looks-- > 0 && queue.offerServable()) return queue.peek();
    return queue.offerWaiting() ? queue.peek() : undefined;
  };
}

/** Not where a host or the length of the list of waiting tasks stood in the way. */
function isForWantOfAgents({ identity }: ReadyTask, choice: Choice): boolean {
  return choice.kind === 'none' && identity.spec.resources === undefined;
}

function assign({ identity, attempt }: Task, agentId: AgentId): SwarmEvent {
  const amounts = reservationOf(identity.spec);
  const reserved = amounts === undefined ? NOTHING_RESERVED : { reserved: amounts };
  return { type: 'attempt.assigned', taskId: identity.id, attempt: attempt + 1, agentId, ...reserved };
}

function exhaust(swarm: Swarm, run: Run, task: Task, answer: Exhausted): readonly SwarmEvent[] {
  const { limit } = answer;
  if ('own' in answer) {
    const { attempt, identity } = task;
    const why = { reason: 'budget-exhausted', budget: answer.own, limit } as const;
    const ended = withChildren(
      swarm,
      task,
      accept({ type: 'task.failed', taskId: identity.id, attempt, failure: why }),
    );
    return eventsOf(ended);
  }
  const failure = { reason: 'budget-exhausted', budget: answer.exhausted, limit } as const;
  const ruling = endRun(swarm, run, { state: 'failed', failure });
  return eventsOf(ruling);
}

function eventsOf(ruling: Ruling): readonly SwarmEvent[] {
  assert(ruling.ok, 'what follows from the state was refused');
  return ruling.events;
}

const NOTHING_RESERVED = {};

function marketOf({ registry, capacity, durations, rules }: Swarm): Parameters<typeof chooseAgent>[0] {
  return { registry, capacity, durations, maxWaitMs: rules.maxWaitMs };
}
