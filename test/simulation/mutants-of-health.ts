import type { Mutant } from './mutant.ts';

/** Bugs in how agents are looked after. */
export const HEALTH_MUTANTS: readonly Mutant[] = [
  {
    id: 'half-open-admits-all',
    file: 'core/health/breakers.ts',
    edits: [
      ['limitAgent(swarm, id, isTrying ? 1 : undefined);', 'limitAgent(swarm, id, isTrying ? undefined : undefined);'],
      ['one.tries !== undefined && one.tries !== id;', 'one.tries === id && one.tries === undefined;'],
    ],
    breaks: ['one-probe'],
    seed: 75,
  },
  {
    id: 'late-success-closes-breaker',
    file: 'core/health/breaker.ts',
    edits: [["breaker.status === 'open' || startedMs < breaker.countsFromMs", "breaker.status === 'open'"]],
    breaks: ['late-success', 'breaker-opens'],
    seed: 1391,
  },
  {
    id: 'breaker-never-forgets',
    file: 'core/health/breaker.ts',
    edits: [['breaker.failures === 0 ? breaker : { ...breaker, failures: 0 };', 'breaker;']],
    breaks: ['breaker-opens'],
    seed: 46,
  },
  {
    id: 'open-breaker-lets-through',
    file: 'core/health/breakers.ts',
    edits: [["one.breaker.status === 'open' || isAnothersTry", 'isAnothersTry']],
    breaks: ['breaker-blocks'],
    seed: 46,
  },
  {
    id: 'unhealthy-agent-gets-work',
    file: 'core/health/decide-health.ts',
    edits: [["if (status === 'unhealthy') blockAgent(swarm, id, 'unhealthy');\n  else ", '']],
    breaks: ['unfit-agent'],
    seed: 31,
  },
  {
    id: 'overloaded-agent-gets-work',
    file: 'core/scaling/overload.ts',
    edits: [
      [
        "  if (event.type === 'agent.overloaded') blockAgent(",
        "  if (event.type === 'agent.overloaded') unblockAgent(",
      ],
    ],
    breaks: ['unfit-agent'],
    seed: 12,
  },
];
