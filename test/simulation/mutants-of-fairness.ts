import type { Mutant } from './mutant.ts';

/** Bugs in whose turn it is. */
export const FAIRNESS_MUTANTS: readonly Mutant[] = [
  {
    id: 'no-ageing',
    file: 'core/scheduling/ready-lane.ts',
    edits: [['export const AGEING_MS = 300_000;', 'export const AGEING_MS = 300_000_000;']],
    breaks: ['class-order'],
    seed: 3,
  },
  {
    id: 'priority-ignored',
    file: 'core/scheduling/ready-lane.ts',
    edits: [
      [
        '  return rank === otherRank ? isLonger(one, other) : rank < otherRank;',
        '  return rank < otherRank - 3 || isLonger(one, other);',
      ],
    ],
    breaks: ['class-order'],
    seed: 1,
  },
  {
    id: 'unblocked-agent-forgotten',
    file: 'core/agents/availability.ts',
    edits: [['if (registry.unblock(id, cause)) queue.reopen();', 'registry.unblock(id, cause);']],
    breaks: ['class-order', 'comes-to-its-end', 'idle-agent'],
    seed: 646,
  },
  {
    id: 'parked-work-forgotten',
    file: 'core/scheduling/ready-queue.ts',
    edits: [['    for (const kind of this.#parkedFor.get(agentClass) ?? NO_KINDS) this.#unpark(kind);\n', '']],
    breaks: ['idle-agent', 'class-order', 'comes-to-its-end'],
    seed: 310,
  },
];
