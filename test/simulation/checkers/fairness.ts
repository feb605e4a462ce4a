import type { AgentSpec } from '../../../src/core/agents/agent-spec.ts';
import type { SwarmEvent } from '../../../src/core/events.ts';
import type { Plan } from '../../../src/simulation/plan.ts';
import type { HostSign } from '../../../src/simulation/watcher.ts';
import type { Books, RunLine, TaskLine } from './books.ts';
import type { MayWork } from './breakers.ts';
import { type Checker, checkerOf, type Tell } from './checker.ts';

/** Waiting raises by one class each time this has passed, ms. */
const AGEING_MS = 300_000;
const CLASSES = ['critical', 'high', 'normal', 'low'] as const;

/** How long an agent may be idle, ms; and how often the leader must have decided something meanwhile. */
const IDLE_MS = 20_000;
const IDLE_LOOKS = 3;

type Lanes = ReadonlyMap<string, number>;
const NO_LANES: Lanes = new Map();

/**
 * Nobody is passed by less urgent work that the same agent could take, where waiting makes urgent; and no agent is idle
 * while there is work for it. Only of tasks that wait for nothing but an agent.
 */
export function fairnessChecker(tell: Tell, books: Books, { rules, faults }: Plan, mayWork: MayWork): Checker {
  const must = checkerOf(tell);
  const mayBeFull = faults.some(({ kind }) => kind === 'store-full');
  const idle = new Map<string, { sinceMs: number; looks: number }>();
  const leader = new Leader();
  const now: Ways = { isChoosy: rules.strategy === 'adaptive', paused: new Set() };
  return {
    host: (sign) => leader.note(sign),
    before: ({ event, atMs, epoch }) => {
      // What was decided together has the same time; the books hold all of it now.
      if (atMs > books.atMs && epoch === books.epoch && !mayBeFull && !leader.isDraining) lookForIdle(atMs);
      if (epoch !== books.epoch) idle.clear();
      noteWays(now, event);
      if (event.type === 'attempt.assigned') checkOrder(event, atMs);
    },
  };

  function checkOrder({ taskId, agentId }: Extract<SwarmEvent, { type: 'attempt.assigned' }>, atMs: number): void {
    const task = books.task(taskId);
    const agent = books.agents.get(agentId);
    if (task === undefined || agent === undefined) return;
    const others = plainReady(books);
    const lanes = others.length === 0 ? NO_LANES : lanesOf(books, atMs);
    const own = classIn(lanes, task);
    for (const other of others) {
      if (other === task || classIn(lanes, other) >= own || !canDo(agent, other)) continue;
      // It may wait for a better agent, or for another one than that which it has failed on.
      if (other.attempt > 0 || (now.isChoosy && kindsFor(books, other) > 1)) continue;
      const waitedMs = atMs - other.readyMs;
      must(false, 'class-order', `${taskId} passes ${other.id}, ${other.spec.priority ?? 'normal'} for ${waitedMs} ms`);
    }
  }

  /** Hosts may be out of reach, which the journal does not tell; who belongs to a run may be about to leave. */
  function isFree(agent: AgentSpec): boolean {
    const { id, driver, runId, account } = agent;
    const isOpen = runId === undefined && (account === undefined || !now.paused.has(account));
    return driver === 'function' && isOpen && mayWork(id) && hasRoom(books, agent);
  }

  function lookForIdle(atMs: number): void {
    const seen = new Set<string>();
    for (const task of plainReady(books)) {
      if (task.attempt > 0 || (now.isChoosy && kindsFor(books, task) > 1)) continue;
      const agent = [...books.agents.values()].find((one) => isFree(one) && canDo(one, task));
      if (agent === undefined) continue;
      const known = idle.get(task.id) ?? { sinceMs: books.atMs, looks: 0 };
      known.looks++;
      idle.set(task.id, known);
      seen.add(task.id);
      const isTooLong = known.looks > IDLE_LOOKS && atMs - known.sinceMs > IDLE_MS;
      must(!isTooLong, 'idle-agent', `${agent.id} is idle for ${atMs - known.sinceMs} ms while ${task.id} is ready`);
    }
    for (const id of idle.keys()) if (!seen.has(id)) idle.delete(id);
  }
}

/** Who leads. One that drains gives nobody work, and may stand still before it ends. */
class Leader {
  #node = '';
  isDraining = false;

  note(sign: HostSign): void {
    if (sign.kind === 'leads') {
      this.#node = sign.node;
      this.isDraining = false;
    } else if (sign.kind === 'leader-drains' && sign.node === this.#node) this.isDraining = true;
  }
}

/** How agents are chosen now, and accounts that take nothing now. */
type Ways = { isChoosy: boolean; readonly paused: Set<string> };

function noteWays(now: Ways, event: SwarmEvent): void {
  if (event.type === 'account.paused') now.paused.add(event.account);
  if (event.type === 'account.resumed') now.paused.delete(event.account);
  const isStrategy = event.type === 'config.changed' && event.name === 'coordination.algorithm';
  if (isStrategy) now.isChoosy = event.value === 'adaptive';
}

/** By run and declared class: the class that its oldest task gives to all of them. */
function lanesOf({ runs }: Books, atMs: number): Lanes {
  const oldest = new Map<string, number>();
  for (const run of runs.values()) {
    for (const task of run.tasks.values()) {
      if (task.status !== 'ready') continue;
      const lane = laneOf(task);
      // A pause is no waiting.
      const sinceMs = Math.max(task.readyMs, run.resumedMs);
      oldest.set(lane, Math.min(oldest.get(lane) ?? Infinity, sinceMs));
    }
  }
  const classOf = (lane: string, sinceMs: number): number =>
    Math.max(0, Number(lane.split(' ')[0]) - Math.floor((atMs - sinceMs) / AGEING_MS));
  return new Map([...oldest].map(([lane, sinceMs]) => [lane, classOf(lane, sinceMs)]));
}

function laneOf({ spec, runId }: TaskLine): string {
  return `${CLASSES.indexOf(spec.priority ?? 'normal')} ${runId}`;
}

function classIn(lanes: Lanes, task: TaskLine): number {
  return lanes.get(laneOf(task)) ?? CLASSES.length;
}

/** Ready tasks that need no room, no files and no budget. */
function plainReady({ runs }: Books): readonly TaskLine[] {
  const found: TaskLine[] = [];
  for (const run of runs.values()) {
    if (!goesOn(run)) continue;
    for (const task of run.tasks.values()) if (isPlain(task)) found.push(task);
  }
  return found;
}

function goesOn({ isPaused, isEnding, isFinished, spec, tasks, taskCount }: RunLine): boolean {
  if (isPaused || isEnding || isFinished || tasks.size !== taskCount) return false;
  return Object.keys(spec.budget).length === 0;
}

function isPlain({ status, spec }: TaskLine): boolean {
  if (status !== 'ready' || spec.resources !== undefined || spec.writes !== undefined) return false;
  return spec.grant === undefined && spec.child === undefined && spec.delegate === undefined;
}

function canDo(agent: AgentSpec, { spec, runId }: TaskLine): boolean {
  const isOwn = agent.runId === undefined || agent.runId === runId;
  return isOwn && spec.requires.every((name) => agent.capabilities.includes(name));
}

function hasRoom({ busy }: Books, { id, slots }: AgentSpec): boolean {
  return (busy.get(id)?.size ?? 0) < slots;
}

/** How many kinds of agents can do it: between two of them there is something to choose. */
function kindsFor({ agents }: Books, task: TaskLine): number {
  const able = [...agents.values()].filter((agent) => canDo(agent, task));
  return new Set(able.map(({ id: _id, slots: _slots, ...kind }) => JSON.stringify(kind))).size;
}
