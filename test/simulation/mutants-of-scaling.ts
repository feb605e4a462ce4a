import type { Mutant } from './mutant.ts';

/** Bugs in the quotas of accounts, and in groups of agents that follow the work. */
export const SCALING_MUTANTS: readonly Mutant[] = [
  {
    id: 'quota-is-charged',
    file: 'core/tasks/retry.ts',
    edits: [
      [
        "    case 'stopped':\n    case 'quota-exceeded':\n      return 'none';",
        "    case 'stopped':\n      return 'none';\n    case 'quota-exceeded':\n      return 'attempt';",
      ],
    ],
    breaks: ['quota-is-free'],
    seed: 11,
  },
  {
    id: 'paused-account-works',
    file: 'core/quota/accounts.ts',
    edits: [
      [
        "    if (isPause) blockAgent(swarm, spec.id, 'quota');",
        "    if (isPause) unblockAgent(swarm, spec.id, 'quota');",
      ],
    ],
    breaks: ['paused-account'],
    seed: 11,
  },
  {
    id: 'pause-of-an-account-for-ever',
    file: 'core/owed-effects.ts',
    edits: [['    accountDue(event.account, event.untilMs),\n', '']],
    breaks: ['comes-to-its-end', 'account-resumes'],
    seed: 28,
  },
  {
    id: 'pause-of-an-account-not-armed-again',
    file: 'core/owed-effects.ts',
    edits: [['  for (const [account, { untilMs }] of swarm.accounts) owed.push(accountDue(account, untilMs));\n', '']],
    breaks: ['comes-to-its-end', 'account-resumes'],
    seed: 11,
  },
  {
    id: 'quota-of-irreversible-work',
    script: '0020-quota-of-irreversible-work.json',
    file: 'core/quota/accounts.ts',
    edits: [
      [
        '  if (!ruling.ok || input.type !==',
        "  if (!ruling.ok || ruling.events[0]?.type !== 'attempt.failed' || input.type !==",
      ],
    ],
    breaks: ['quota-pauses'],
    seed: 0,
  },
  {
    id: 'deposed-leader-makes-agents',
    file: 'engine/scale-work.ts',
    edits: [['    this.#epoch = epoch;', '    this.#epoch = 9 + 0 * epoch;']],
    breaks: ['old-lead-scales'],
    seed: 3386,
  },
  {
    id: 'leaver-gets-work',
    file: 'core/scaling/decide-scaling.ts',
    edits: [["    blockAgent(swarm, id, 'draining');\n", '']],
    breaks: ['leaver-works'],
    seed: 2989,
  },
  {
    id: 'leaver-goes-at-work',
    file: 'core/scaling/decide-scaling.ts',
    edits: [
      [
        '    if (agent === undefined || run === undefined || heldBy(swarm, agent) > 0) continue;',
        '    if (agent === undefined || run === undefined || heldBy(swarm, agent) > 9) continue;',
      ],
    ],
    breaks: ['drained-before-gone'],
    seed: 2449,
  },
  {
    id: 'group-beyond-its-most',
    file: 'core/scaling/plan-scale.ts',
    edits: [['facts.group.max, size + Math.max(0, facts.room)', '9 + facts.group.max, size + Math.max(0, facts.room)']],
    breaks: ['scale-bounds'],
    seed: 19,
  },
  {
    id: 'two-decisions-in-a-window',
    file: 'core/scaling/plan-scale.ts',
    edits: [['  if (facts.sinceMs < rules.windowMs) return undefined;\n', '']],
    breaks: ['scale-window'],
    seed: 20,
  },
  {
    id: 'no-cool-down',
    file: 'core/scaling/plan-scale.ts',
    edits: [['lowForMs >= rules.coolDownMs;', 'lowForMs >= 0;']],
    breaks: ['cool-down'],
    seed: 6,
  },
  {
    id: 'busy-leave-first',
    file: 'core/scaling/decide-scaling.ts',
    edits: [['one.held - other.held ||', 'other.held - one.held ||']],
    breaks: ['idle-leave-first'],
    seed: 8,
  },
  {
    id: 'growth-without-a-vote',
    file: 'core/scaling/growth-votes.ts',
    edits: [['  return Math.max(group.voteAbove ?? Infinity, approvedTo);', '  return group.max + approvedTo;']],
    breaks: ['scale-voted'],
    seed: 2,
  },
  {
    id: 'growth-beyond-what-was-approved',
    file: 'core/scaling/growth-votes.ts',
    edits: [
      ["action: { type: 'grow-group', role, to },", "action: { type: 'grow-group', role, to: allowed + 1 },"],
      ['Math.max(state.approvedTo, growth.to);', 'Math.max(state.approvedTo, state.group.max);'],
    ],
    breaks: ['scale-voted'],
    seed: 405,
  },
  {
    id: 'growth-as-nobody-approved',
    file: 'core/scaling/growth-votes.ts',
    edits: [
      [
        "event.outcome !== 'approved') state.refusedMs = atMs;",
        "event.outcome !== 'approved') state.approvedTo = growth.to;",
      ],
    ],
    breaks: ['scale-voted'],
    seed: 124,
  },
];
