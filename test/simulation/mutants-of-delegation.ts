import type { Mutant } from './mutant.ts';

/** Bugs in what tasks delegate, and in what they may write. */
export const DELEGATION_MUTANTS: readonly Mutant[] = [
  {
    id: 'delegation-without-depth',
    file: 'core/tasks/delegation-problems.ts',
    edits: [
      ['    [limits.depth >= 1, `', '    [limits.depth >= -9, `'],
      ['  if (delegate !== undefined && limits.depth < 2) {', '  if (delegate !== undefined && limits.depth < -9) {'],
    ],
    breaks: ['delegation-depth'],
    seed: 2,
  },
  {
    id: 'delegation-without-fan-out',
    file: 'core/tasks/delegation-problems.ts',
    edits: [['[add.length <= limits.fanOut, `', '[add.length <= 9 + limits.fanOut, `']],
    breaks: ['fan-out'],
    seed: 2,
  },
  {
    id: 'delegated-twice',
    file: 'core/tasks/delegation.ts',
    edits: [
      [
        "  if (child.contentKey === contentKey) return { kind: 'keep', child };",
        "  if (child.contentKey === contentKey) return { kind: 'add', given, contentKey, instead: undefined };",
      ],
    ],
    breaks: ['sub-task-once'],
    seed: 1,
  },
  {
    id: 'parent-ends-before-its-sub-tasks',
    file: 'core/tasks/end-children.ts',
    edits: [
      [
        "  if (open.length === 0 && task.status !== 'awaiting-children') return input;",
        '  if (open.length < 9) return input;',
      ],
    ],
    breaks: ['children-end-first', 'no-orphans'],
    seed: 107,
  },
  {
    id: 'files-written-by-two',
    file: 'core/scheduling/kept-back.ts',
    edits: [
      [
        '  if (spec.writes !== undefined) writeLocks.hold(run.spec.project, id, spec.writes);',
        '  if (spec.writes === null) writeLocks.hold(run.spec.project, id, spec.writes);',
      ],
    ],
    breaks: ['write-conflict'],
    seed: 1,
  },
  {
    id: 'time-out-waits-for-nobody',
    file: 'engine/running-attempt.ts',
    edits: [
      [
        'const forcedAtMs = this.#host.time.nowMs() + FORCED_END_MS;',
        'const forcedAtMs = this.#host.time.nowMs() + 0 * FORCED_END_MS;',
      ],
    ],
    breaks: ['ends-in-the-world-first', 'writes-at-once'],
    seed: 2,
  },
];
