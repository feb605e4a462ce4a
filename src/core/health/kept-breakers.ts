import type { AgentId } from '../ids.ts';
import type { Breaker, BreakerKey } from './breaker.ts';

/** `tries`: the agent whose attempt tries a half-open provider now. */
export type KeptBreaker = Readonly<{ breaker: Breaker; tries?: AgentId }>;

/** All breakers of a swarm. Those that are closed and have nothing against them are not kept. */
export type Breakers = {
  readonly kept: Map<BreakerKey, KeptBreaker>;
  /** Whose figures call for a step that is not decided yet. */
  readonly due: Set<BreakerKey>;
};

export function newBreakers(): Breakers {
  return { kept: new Map(), due: new Set() };
}
