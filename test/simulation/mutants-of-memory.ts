import type { Mutant } from './mutant.ts';

/** Bugs in memory and its tiers. */
export const MEMORY_MUTANTS: readonly Mutant[] = [
  {
    id: 'memory-written-without-version',
    file: 'memory/tiered-memory.ts',
    edits: [['{ isLasting, author, ...given({ ttlMs, ifVersion }) }', '{ isLasting, author, ...given({ ttlMs }) }']],
    breaks: ['memory-lost-update'],
    seed: 54,
  },
  {
    id: 'memory-written-without-token',
    file: 'engine/attempt-memory.ts',
    edits: [
      [
        '    if (why !== undefined) throw new RefusedWrite(why);',
        "    if (why?.reason === 'mailbox-full') throw new RefusedWrite(why);",
      ],
      ['    if (this.#isOver) throw', '    if (this.#asked < 0) throw'],
    ],
    breaks: ['memory-fence'],
    seed: 11,
  },
  {
    id: 'memory-without-epoch-check',
    file: 'simulation/memory-doors.ts',
    edits: [['    if (epoch() !== store.epoch) {', '    if (epoch() === undefined) {']],
    breaks: ['old-lead-writes'],
    seed: 472,
  },
  {
    id: 'stale-copy-kept',
    file: 'memory/tiered-memory.ts',
    edits: [['    if (!copy.isStale) this.#local.put(copy.key, entry);', '    this.#local.put(copy.key, entry);']],
    breaks: ['memory-fresh', 'memory-equal'],
    seed: 38,
  },
  {
    id: 'copy-outlives-its-entry',
    file: 'adapters/in-memory/lru-tier.ts',
    edits: [
      [
        '    return expiresAtMs !== undefined && expiresAtMs <= this.#clock.wallTimeMs();',
        '    return expiresAtMs !== undefined && expiresAtMs < 0;',
      ],
    ],
    breaks: ['memory-over', 'memory-fresh'],
    seed: 180,
  },
  {
    id: 'removal-leaves-copies',
    file: 'memory/tiered-memory.ts',
    edits: [['    this.#local.forget(pattern);', "    if (!pattern.includes('*')) this.#local.forget(pattern);"]],
    breaks: ['memory-fresh', 'memory-equal'],
    seed: 21,
  },
  {
    id: 'removal-forgotten-by-the-next-leader',
    file: 'core/owed-effects.ts',
    edits: [
      [
        "  for (const { id, pattern } of swarm.invalidations.values()) owed.push({ type: 'invalidate-memory', id, pattern });\n",
        '',
      ],
    ],
    breaks: ['comes-to-its-end'],
    seed: 30,
  },
  {
    id: 'copies-of-a-dead-leader',
    script: '0021-copy-outlives-its-writer.json',
    file: 'engine/memory-work.ts',
    edits: [['    this.#ports.tiers.distrustCopies();\n', '']],
    breaks: ['memory-fresh'],
    seed: 401,
  },
  {
    id: 'removed-entry-comes-back',
    script: '0022-removed-entry-comes-back.json',
    file: 'adapters/in-memory/map-tier.ts',
    edits: [['    await this.sweep();\n    return', '    return']],
    breaks: ['memory-fresh'],
    seed: 0,
  },
  {
    id: 'copy-by-another-clock',
    script: '0023-copy-that-is-over-by-another-clock.json',
    file: 'memory/tiered-memory.ts',
    edits: [['    return isOver ? undefined : answer;', '    return answer;']],
    breaks: ['memory-over'],
    seed: 0,
  },
];
