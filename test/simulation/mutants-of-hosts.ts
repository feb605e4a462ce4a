import type { Mutant } from './mutant.ts';

/** Bugs at both ends of the links to hosts. */
export const HOST_MUTANTS: readonly Mutant[] = [
  {
    id: 'each-host-is-a-machine',
    file: 'core/resources/capacity.ts',
    edits: [['return machine === undefined ? `host', 'return machine !== null ? `host']],
    breaks: ['reserve-80'],
    seed: 114,
  },
  {
    id: 'host-ignores-epoch',
    file: 'core/hosts/host-session.ts',
    edits: [['    if (frame.epoch < this.#epoch || this', '    if (this']],
    breaks: ['old-epoch'],
    seed: 479,
  },
  {
    id: 'cut-off-host-never-ends',
    file: 'core/hosts/host-session.ts',
    edits: [[') this.#endOrphans();', ') void this.#endOrphans;']],
    breaks: ['cut-off-ends'],
    seed: 75,
  },
  {
    id: 'lease-of-a-host-never-ends',
    file: 'core/hosts/coordinator-session.ts',
    edits: [
      [
        'nowMs - this.#heardMs > this.#settings.times.leaseMs',
        'nowMs - this.#heardMs > 50 * this.#settings.times.leaseMs',
      ],
    ],
    breaks: ['lost-in-time'],
    seed: 23,
  },
  {
    id: 'draining-host-gets-work',
    file: 'core/hosts/decide-host.ts',
    edits: [["      for (const id of host.agentIds) blockAgent(swarm, id, 'draining');\n", '']],
    breaks: ['draining-host'],
    seed: 0,
  },
  {
    id: 'loss-is-charged',
    file: 'core/tasks/retry.ts',
    edits: [
      ["    case 'agent-lost':\n    case 'stopped':", "    case 'stopped':"],
      ["    case 'exit-non-zero':\n", "    case 'agent-lost':\n    case 'exit-non-zero':\n"],
    ],
    breaks: ['uncharged-loss'],
    seed: 1,
  },
];
