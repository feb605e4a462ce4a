/**
 * How recorded graphs are run on unlike agents, so that a figure can be repeated anywhere. Task i draws its role,
 * agent j has type j mod R; the duration of a task on an agent is its recorded runtime times a factor.
 */
export type Draw = () => number;

/** `same`: all alike. `speeds`: 2 to 0.5. `specialists`: other roles are slower. `closed`: own role and one neighbour. */
export type Scenario = 'same' | 'speeds' | 'specialists' | 'closed';

const ROLE_SEED = 7;
const TABLE_SEED = 11;
const MOST_ROLES = 6;

/** mulberry32: uniform in [0, 1). Source: Tommy Ettinger's generator, as published by bryc. */
export function drawFrom(seed: number): Draw {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Roles among `agents` agents. */
export const roleCount = (agents: number): number => Math.min(MOST_ROLES, agents);

/** The role of each task, in index order; the same for every graph of that size. */
export function rolesOf(tasks: number, agents: number): readonly number[] {
  const draw = drawFrom(ROLE_SEED);
  const roles = roleCount(agents);
  return Array.from({ length: tasks }, () => Math.floor(roles * draw()));
}

/** Factors of `specialists`, by role of the task, then type of the agent. Nothing is drawn for a role of its own. */
export function specialistTable(agents: number): readonly (readonly number[])[] {
  const draw = drawFrom(TABLE_SEED);
  const roles = roleCount(agents);
  return Array.from({ length: roles }, (_row, role) =>
    Array.from({ length: roles }, (_cell, type) => (type === role ? 1 : 1.5 + 1.5 * draw())),
  );
}

/** Runtime factor of a task of `role` on agent `agent`; undefined when that agent cannot run it. */
export type Factor = (role: number, agent: number) => number | undefined;

export function factorOf(scenario: Scenario, agents: number): Factor {
  const roles = roleCount(agents);
  switch (scenario) {
    case 'same':
      return () => 1;
    case 'speeds':
      return (_role, agent) => 1 / 2 ** (1 - (2 * agent) / (agents - 1));
    case 'specialists': {
      const table = specialistTable(agents);
      return (role, agent) => table[role]?.[agent % roles];
    }
    case 'closed':
      return (role, agent) => closedFactor(role, agent % roles, roles);
  }
}

function closedFactor(role: number, type: number, roles: number): number | undefined {
  if (type === role) return 1;
  return type === (role + 1) % roles ? 1.5 : undefined;
}

/** Estimates that are wrong by up to times or divided by `k`: the true runtime times `k^(2u - 1)`. */
export function wrongEstimates(runtimes: readonly number[], k: number, seed: number): readonly number[] {
  const draw = drawFrom(seed);
  return runtimes.map((runtime) => runtime * k ** (2 * draw() - 1));
}
