import type { Agent } from './agent-class.ts';

/** How fast old outcomes fade: each new one weighs 1 − this. Source: docs/semantics.md, Scheduling 4. */
const OUTCOME_DECAY = 0.98;
const SPEED_ALPHA = 0.2;
/** Of the first two attempts of an agent. */
const EXPECTED_SUCCESSES = 1.9;

/** Share of slots in use, 0 to 1. */
export function loadRatio(agent: Agent): number {
  return agent.used / agent.spec.slots;
}

/** Attempts that it may take now. */
export function roomOf({ spec, used, blocked, limit }: Agent): number {
  return blocked.size > 0 ? 0 : Math.max(0, Math.min(spec.slots, limit ?? spec.slots) - used);
}

/** Laplace's rule over faded outcomes: 0.5 when nothing is known. */
export function successRate(agent: Agent): number {
  return (agent.succeeded + 1) / (agent.ended + 2);
}

/** Likely to succeed: the same over what is known, but of an agent about which nothing is known most is expected. */
export function chanceOf(agent: Agent): number {
  return (agent.succeeded + EXPECTED_SUCCESSES) / (agent.ended + 2);
}

/** 0.7 · success rate + 0.3 · speed, 0 to 1. */
export function performance(agent: Agent): number {
  return 0.7 * successRate(agent) + 0.3 * agent.speed;
}

/** Notes how an attempt ended; `speed` is expected by actual duration, absent when it says nothing. */
export function noteOutcome(agent: Agent, hasSucceeded: boolean, speed: number | undefined): void {
  agent.succeeded = agent.succeeded * OUTCOME_DECAY + (hasSucceeded ? 1 : 0);
  agent.ended = agent.ended * OUTCOME_DECAY + 1;
  if (speed !== undefined) agent.speed += SPEED_ALPHA * (Math.min(1, speed) - agent.speed);
}
