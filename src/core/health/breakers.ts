import { assert } from '../../util/assert.ts';
import type { Agent } from '../agents/agent-class.ts';
import { blockAgent, limitAgent, unblockAgent } from '../agents/availability.ts';
import type { AgentId } from '../ids.ts';
import type { Context } from '../inputs.ts';
import { accept, refuse, type Ruling } from '../ruling.ts';
import type { Swarm } from '../swarm-state.ts';
import { isActive } from '../tasks/task.ts';
import {
  type Breaker,
  type BreakerKey,
  closed,
  halfOpened,
  NEW_BREAKER,
  nextStep,
  noteEnd,
  opened,
} from './breaker.ts';
import type { KeptBreaker } from './kept-breakers.ts';
import type { HealthEvent, HealthInput } from './health-events.ts';

type BreakerEvent = Extract<HealthEvent, { key: BreakerKey }>;

/** The end of a charged or successful attempt counts for its agent and for the agent's provider. */
export function noteAttempt(swarm: Swarm, agent: Agent, hasSucceeded: boolean, startedMs: number): void {
  for (const key of keysOf(agent)) {
    const before = swarm.breakers.kept.get(key);
    const breaker = noteEnd(before?.breaker ?? NEW_BREAKER, hasSucceeded, startedMs);
    if (breaker !== (before?.breaker ?? NEW_BREAKER)) keep(swarm, key, { ...before, breaker });
  }
}

/** What follows from the ends of attempts without any further input; undefined when nothing does. */
export function nextBreakerEvent(swarm: Swarm, nowMs: number): BreakerEvent | undefined {
  const { kept, due } = swarm.breakers;
  const { breaker: rules } = swarm.rules;
  for (const key of due) {
    const breaker = kept.get(key)?.breaker;
    const step = breaker === undefined ? undefined : nextStep(breaker, rules);
    if (step === 'close') return { type: 'breaker.closed', key };
    if (step === 'open') {
      const failures = breaker?.status === 'closed' ? breaker.failures : 1;
      return { type: 'breaker.opened', key, untilMs: nowMs + rules.openMs, failures };
    }
    due.delete(key);
  }
  return undefined;
}

/** The time of an open breaker is over: one attempt at a time may try. */
export function decideBreaker(
  { breakers }: Swarm,
  { key }: Extract<HealthInput, { type: 'breaker.due' }>,
  { nowMs }: Context,
): Ruling {
  const breaker = breakers.kept.get(key)?.breaker;
  // It may have gone with its agent.
  if (breaker === undefined) return accept();
  if (breaker.status !== 'open') return refuse({ reason: 'status-wrong', status: breaker.status });
  return nowMs < breaker.untilMs ? accept() : accept({ type: 'breaker.half-opened', key });
}

export function applyBreaker(swarm: Swarm, event: BreakerEvent, atMs: number): void {
  const { key } = event;
  const before = swarm.breakers.kept.get(key);
  switch (event.type) {
    case 'breaker.opened':
      keep(swarm, key, { breaker: opened(event.untilMs) });
      break;
    case 'breaker.half-opened':
      keep(swarm, key, { breaker: halfOpened(atMs) });
      break;
    case 'breaker.closed':
      assert(before !== undefined, `breaker ${key} closes, but was never open`);
      keep(swarm, key, { breaker: closed(before.breaker) });
      break;
  }
  for (const agent of agentsOf(swarm, key)) settleAgent(swarm, agent);
}

/** A new agent of a provider that is not to be used is not used either. */
export function admitAgents(swarm: Swarm, ids: readonly AgentId[]): void {
  if (swarm.breakers.kept.size === 0) return;
  for (const id of ids) {
    const agent = swarm.registry.agents.get(id);
    if (agent !== undefined) settleAgent(swarm, agent);
  }
}

/** An attempt has begun: where its provider is only being tried, this is the one that tries, and the others wait. */
export function noteTry(swarm: Swarm, agent: Agent): void {
  const { kept } = swarm.breakers;
  if (kept.size === 0) return;
  for (const key of keysOf(agent)) {
    const one = kept.get(key);
    if (one?.breaker.status === 'half-open' && one.tries === undefined && isOfProvider(key)) {
      letTry(swarm, key, { ...one, tries: agent.spec.id });
    }
  }
}

/** The agent has a slot less in use: when it was the one that tried its provider, another one may be next. */
export function endTry(swarm: Swarm, agent: Agent): void {
  const { kept } = swarm.breakers;
  if (kept.size === 0 || agent.used > 0) return;
  for (const key of keysOf(agent)) {
    const one = kept.get(key);
    if (one?.tries === agent.spec.id) passTryOn(swarm, key, one);
  }
}

/** To an agent that tries as well, because a lead on it went on when its sub-tasks had ended; else to whoever gets work first. */
function passTryOn(swarm: Swarm, key: BreakerKey, { breaker, tries }: KeptBreaker): void {
  const next = agentsOf(swarm, key).find(
    ({ spec, used }) => used > 0 && spec.id !== tries && isTried(swarm, spec.id, breaker),
  );
  letTry(swarm, key, next === undefined ? { breaker } : { breaker, tries: next.spec.id });
}

/** Whether an attempt that counts holds one of its slots. */
function isTried({ registry, tasks }: Swarm, id: AgentId, breaker: Breaker): boolean {
  if (breaker.status !== 'half-open') return false;
  return registry.tasksOf(id).some((taskId) => {
    const task = tasks.get(taskId);
    return task !== undefined && isActive(task) && task.startedMs >= breaker.countsFromMs;
  });
}

/** Its own breaker goes with an agent; one that tried its provider does so no more. */
export function forgetAgent(swarm: Swarm, id: AgentId): void {
  const { kept, due } = swarm.breakers;
  kept.delete(`agent:${id}`);
  due.delete(`agent:${id}`);
  for (const [key, { breaker, tries }] of kept) if (tries === id) passTryOn(swarm, key, { breaker, tries });
}

function letTry(swarm: Swarm, key: BreakerKey, one: KeptBreaker): void {
  swarm.breakers.kept.set(key, one);
  for (const agent of agentsOf(swarm, key)) settleAgent(swarm, agent);
}

/** Puts breakers back as a snapshot has them; agents were blocked with it. */
export function restoreBreakers(swarm: Swarm, stored: readonly (readonly [BreakerKey, KeptBreaker])[]): void {
  for (const [key, one] of stored) keep(swarm, key, one);
}

/** Waits that a breaker owes. */
export function openBreakers({ breakers }: Swarm): readonly Readonly<{ key: BreakerKey; untilMs: number }>[] {
  return [...breakers.kept].flatMap(([key, { breaker }]) =>
    breaker.status === 'open' ? [{ key, untilMs: breaker.untilMs }] : [],
  );
}

function keep({ breakers, rules }: Swarm, key: BreakerKey, one: KeptBreaker): void {
  const { breaker } = one;
  const isPlain = breaker.status === 'closed' && breaker.failures === 0 && breaker.countsFromMs === 0;
  if (isPlain) breakers.kept.delete(key);
  else breakers.kept.set(key, one);
  if (nextStep(breaker, rules.breaker) === undefined) breakers.due.delete(key);
  else breakers.due.add(key);
}

/** Brings what the agent may do in line with its own breaker and that of its provider. */
function settleAgent(swarm: Swarm, agent: Agent): void {
  const { id } = agent.spec;
  let isBlocked = false;
  let isTrying = false;
  for (const key of keysOf(agent)) {
    const one = swarm.breakers.kept.get(key);
    if (one === undefined || one.breaker.status === 'closed') continue;
    const isAnothersTry = one.tries !== undefined && one.tries !== id;
    if (one.breaker.status === 'open' || isAnothersTry) isBlocked = true;
    else isTrying = true;
  }
  limitAgent(swarm, id, isTrying ? 1 : undefined);
  if (isBlocked) blockAgent(swarm, id, 'breaker');
  else unblockAgent(swarm, id, 'breaker');
}

function isOfProvider(key: BreakerKey): boolean {
  return key.startsWith('provider:');
}

function agentsOf({ registry }: Swarm, key: BreakerKey): readonly Agent[] {
  if (key.startsWith('agent:')) {
    const agent = registry.agents.get(agentIdOf(key));
    return agent === undefined ? [] : [agent];
  }
  return [...registry.agents.values()].filter((agent) => keysOf(agent).includes(key));
}

function agentIdOf(key: BreakerKey): AgentId {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a key of this form is made from an agent's id only
  return key.slice('agent:'.length) as AgentId;
}

/** None for an agent whose failures are those of the work that it is given. */
function keysOf({ spec }: Agent): readonly BreakerKey[] {
  if (!isSupervised(spec)) return NO_KEYS;
  const own: BreakerKey = `agent:${spec.id}`;
  return spec.provider === undefined ? [own] : [own, `provider:${spec.provider}`];
}

const NO_KEYS: readonly BreakerKey[] = [];

/** Whether failures of its attempts say something about the agent itself. */
export function isSupervised({ supervised, driver }: Agent['spec']): boolean {
  return supervised ?? (driver !== 'command' && driver !== 'function');
}
