import type { AgentId } from '../ids.ts';
import type { Breaker, BreakerKey } from './breaker.ts';

/** `probe`: the one agent of a half-open provider that may try. */
export type KeptBreaker = Readonly<{ breaker: Breaker; probe?: AgentId }>;

/** All breakers of a swarm. Those that are closed and have nothing against them are not kept. */
export type Breakers = {
  readonly kept: Map<BreakerKey, KeptBreaker>;
  /** Whose figures call for a step that is not decided yet. */
  readonly due: Set<BreakerKey>;
};

export function newBreakers(): Breakers {
  return { kept: new Map(), due: new Set() };
}
