import type { SwarmInput } from '../../src/core/inputs.ts';
import { agentsOf, submitOf, taskOf } from './core-world-specs.ts';

/** Registers agents `a1` and `a2`. */
export const TWO_AGENTS: SwarmInput = { type: 'agents.register', agents: agentsOf(2) };
/** Submits run `r1` with the one task `t1`. */
export const ONE_TASK: SwarmInput = submitOf([taskOf('t1')]);

/** A command that is always accepted and moves nothing else. */
export function registerHost(name: string): SwarmInput {
  return { type: 'host.register', host: { host: name, cpu: 1_000, memory: 1_000 } };
}

export const ACCEPTED = { ok: true } as const;

/** The answer to a refused command. */
export function refused(reason: string): unknown {
  return { ok: false, refusal: { reason } };
}
