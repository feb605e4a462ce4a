import type { Mutant } from './mutant.ts';
import { DELEGATION_MUTANTS } from './mutants-of-delegation.ts';
import { FAIRNESS_MUTANTS } from './mutants-of-fairness.ts';
import { HEALTH_MUTANTS } from './mutants-of-health.ts';
import { HOST_MUTANTS } from './mutants-of-hosts.ts';
import { MAIL_MUTANTS } from './mutants-of-mail.ts';
import { MEMORY_MUTANTS } from './mutants-of-memory.ts';
import { SCALING_MUTANTS } from './mutants-of-scaling.ts';
import { SETTING_MUTANTS } from './mutants-of-settings.ts';

/** Kinds of damage that come when a state is built on records that it does not know. */
const BLIND = [
  'final-state',
  'token-rises',
  'starts-when-ready',
  'right-state',
  'run-once',
  'newest-attempt',
  'task-known',
];

export const MUTANTS: readonly Mutant[] = [
  {
    id: 'result-without-attempt-check',
    file: 'core/tasks/decide-task.ts',
    edits: [["if ('attempt' in input && input.attempt !== task.attempt) {", 'if (input.type === undefined) {']],
    breaks: ['own-result'],
    seed: 279,
  },
  {
    id: 'ack-before-commit',
    file: 'engine/engine.ts',
    edits: [
      [
        'if (answer !== undefined) owed.push({ answer, ruling });',
        'if (ruling.ok) answer?.(ACCEPTED); else if (answer !== undefined) owed.push({ answer, ruling });',
      ],
    ],
    breaks: ['ack-after-commit'],
    seed: 0,
  },
  {
    id: 'time-of-the-wall-clock',
    file: 'engine/led-time.ts',
    edits: [
      [
        'this.#offsetMs = storedMs - this.#clock.monotonicMs();',
        'this.#offsetMs = storedMs - this.#clock.wallTimeMs();',
      ],
      [
        'Math.floor(this.#clock.monotonicMs() + this.#offsetMs)',
        'Math.floor(this.#clock.wallTimeMs() + this.#offsetMs)',
      ],
    ],
    breaks: ['led-time'],
    seed: 11,
  },
  {
    id: 'submit-not-idempotent',
    file: 'core/runs/decide-run.ts',
    edits: [['if (open !== undefined || swarm.ended.has(runId)) {', 'if (open !== undefined) {']],
    breaks: ['run-once'],
    seed: 6,
  },
  {
    id: 'second-vote-counts',
    file: 'core/consensus/decide-proposal.ts',
    edits: [
      [
        'if (earlier !== undefined && proposal.spec.revisable !== true) {',
        'if (vote.choice === undefined && earlier !== undefined) {',
      ],
    ],
    breaks: ['one-vote'],
    seed: 12,
  },
  {
    id: 'decided-at-first-quorum',
    file: 'core/consensus/outcome.ts',
    edits: [['const left = tally.total - castOf(tally);', 'const left = 0;']],
    breaks: ['too-early'],
    seed: 2,
  },
  {
    id: 'recovery-overwrites-an-end',
    file: 'core/owed-effects.ts',
    edits: [
      [
        '  if (!isActive(task)) return NOTHING;\n',
        "  if (task.status === 'blocked' || task.status === 'ready') return NOTHING;\n",
      ],
      [
        '  if (!isWorking(task)) return wrongStatus(task);\n  if (!result.ok)',
        '  if (!result.ok)',
        'core/tasks/decide-task.ts',
      ],
      ['  if (isEnded(task)) throw new Error(', '  if (isEnded(task)) void (', 'core/tasks/task.ts'],
    ],
    breaks: ['final-state'],
    seed: 1,
  },
  {
    id: 'no-attempt-cap',
    file: 'core/tasks/decide-task.ts',
    edits: [['return task.charged + task.crashes + 1 >= policy.maxAttempts;', 'return false;']],
    breaks: ['attempt-cap'],
    seed: 43,
  },
  {
    id: 'reservation-ignored',
    file: 'core/resources/capacity.ts',
    edits: [["if (reserved[kind] + amount > reservable) answer = 'wait';", '']],
    breaks: ['reserve-80'],
    seed: 1,
  },
  {
    id: 'store-without-epoch-check',
    file: 'simulation/store.ts',
    edits: [["if (epoch !== this.epoch) return { ok: false, reason: 'epoch-stale' };", '']],
    breaks: ['epochs-rise'],
    seed: 333,
  },
  {
    id: 'epoch-refusal-ignored',
    file: 'engine/batch-writer.ts',
    edits: [
      ['if (result.ok) return undefined;', "if (result.ok || result.reason === 'epoch-stale') return undefined;"],
    ],
    breaks: ['ack-after-commit', 'effect-after-commit', 'view-after-commit'],
    seed: 1,
  },
  {
    id: 'dependents-not-woken',
    file: 'core/place-task.ts',
    edits: [
      [
        '    settleNeeds(swarm, run, dependent, atMs);',
        '    if (dependent % 5 !== 3) settleNeeds(swarm, run, dependent, atMs);',
      ],
    ],
    breaks: ['comes-to-its-end', 'idle-agent'],
    seed: 0,
  },
  {
    id: 'living-electorate',
    file: 'core/consensus/proposal.ts',
    edits: [['    tally.total += weightOf(member);', '    if (choice !== undefined) tally.total += weightOf(member);']],
    breaks: ['tally'],
    seed: 2,
  },
  {
    id: 'quorum-rounded-down',
    file: 'core/consensus/outcome.ts',
    edits: [['const hundredfold = quorumPercent * total + 99;', 'const hundredfold = quorumPercent * total;']],
    breaks: ['quorum'],
    seed: 4,
  },
  {
    id: 'tie-approves',
    file: 'core/consensus/outcome.ts',
    edits: [['return approve > reject;', 'return approve >= reject;']],
    breaks: ['vote-outcome', 'too-early'],
    seed: 21,
  },
  {
    id: 'veto-ignored',
    file: 'core/consensus/outcome.ts',
    edits: [
      [
        "if (veto === 'confirmed' || !holds(rule.threshold, tally)) return 'rejected';",
        "if (!holds(rule.threshold, tally)) return 'rejected';",
      ],
      [
        "if (veto === 'confirmed' || !holds(rule.threshold, atBest)) return 'rejected';",
        "if (!holds(rule.threshold, atBest)) return 'rejected';",
      ],
    ],
    breaks: ['vote-outcome'],
    seed: 1215,
  },
  {
    id: 'cancel-in-memory-only',
    file: 'core/runs/decide-run.ts',
    edits: [
      [
        "return endRun(swarm, run, { state: 'cancelled', reason: shortReason(input.reason) });",
        'run.pausedBecause = input.reason;\n      return accept();',
      ],
    ],
    breaks: ['ack-after-commit'],
    seed: 17,
  },
  {
    id: 'reservation-leaks',
    file: 'core/resources/capacity.ts',
    edits: [['    this.#add(held, -1);\n', '']],
    breaks: ['comes-to-its-end'],
    seed: 1,
  },
  {
    id: 'dependents-of-a-failure-start',
    file: 'core/scheduling/next-event.ts',
    edits: [
      [
        "if (when === 'success' && needs === 'some-not-succeeded') {",
        "if (when === 'success' && needs === undefined) {",
      ],
    ],
    breaks: ['needs-before-start'],
    seed: 0,
  },
  {
    id: 'waits-not-armed-again',
    file: 'core/owed-effects.ts',
    edits: [
      [
        '  if (isToBeTried(task)) return [retryAt(taskId, attempt, task.retryAtMs)];',
        '  if (isToBeTried(task)) return NOTHING;',
      ],
    ],
    breaks: ['comes-to-its-end'],
    seed: 12,
  },
  {
    id: 'take-over-without-the-tail',
    file: 'engine/engine.ts',
    edits: [
      [
        '      apply(this.#swarm, event, atMs);\n      this.#nextSeq = seq + 1;',
        '      if (snapshot === undefined) apply(this.#swarm, event, atMs);\n      this.#nextSeq = seq + 1;',
      ],
    ],
    breaks: [...BLIND, 'vote-once', 'nobody-busy', 'ack-after-commit'],
    seed: 42,
  },
  {
    id: 'snapshot-lacks-a-field',
    file: 'core/snapshot.ts',
    edits: [['    ...(run.pausedBecause === undefined ? {} : { pausedBecause: run.pausedBecause }),\n', '']],
    breaks: ['run-goes-on'],
    seed: 41,
  },
  {
    id: 'irreversible-work-retried',
    file: 'core/tasks/decide-task.ts',
    edits: [
      [
        "if (spec.effect === 'D' && !(failure.reason === 'agent-lost' && failure.begun === false)) {",
        'if (charge === undefined) {',
      ],
    ],
    breaks: ['irreversible-once'],
    seed: 1,
  },
  {
    id: 'unknown-commit-sent-again',
    file: 'engine/batch-writer.ts',
    edits: [
      [
        '    } catch (error) {\n',
        '    } catch (error) {\n      if ((await this.#journal.append({ ...batch, firstSeq: firstSeq + entries.length })).ok) return undefined;\n',
      ],
    ],
    breaks: [...BLIND, 'vote-once', 'one-vote'],
    seed: 8,
  },
  {
    id: 'refusal-before-commit',
    file: 'engine/engine.ts',
    edits: [
      [
        'if (answer !== undefined) owed.push({ answer, ruling });',
        'if (!ruling.ok) answer?.(ruling); else if (answer !== undefined) owed.push({ answer, ruling });',
      ],
    ],
    breaks: ['refusal-after-commit'],
    seed: 51,
  },
  {
    id: 'live-update-before-commit',
    file: 'engine/engine.ts',
    edits: [
      [
        '    this.#isWriting = true;\n    this.#owed = owed;\n',
        '    this.#isWriting = true;\n    this.#owed = owed;\n    this.#ports.sink.committed(entries.map((entry, index) => ({ ...entry, epoch: this.#epoch, seq: this.#nextSeq + index })));\n',
      ],
    ],
    breaks: ['view-after-commit'],
    seed: 0,
  },
  {
    id: 'effects-of-a-batch-lost',
    file: 'engine/engine.ts',
    edits: [['for (const { event, atMs } of entries) {', 'for (const { event, atMs } of entries.slice(0, 6)) {']],
    breaks: ['comes-to-its-end'],
    seed: 0,
  },
  {
    id: 'word-taken-for-evidence',
    file: 'core/tasks/decide-task.ts',
    edits: [
      [
        'return (spec.verify?.length ?? 0) > 0 || spec.outputSchema !== undefined;',
        'return spec.outputSchema !== undefined;',
      ],
    ],
    breaks: ['evidence', 'no-false-success'],
    seed: 0,
  },
  {
    id: 'budget-not-settled',
    file: 'core/budgets/nested.ts',
    edits: [['const spent = used(kind, usage) ?? reserved;', 'const spent = used(kind, usage) ?? 0;']],
    breaks: ['budget'],
    seed: 7,
  },
  {
    id: 'swapped-content-acted-on',
    file: 'engine/proposal-work.ts',
    edits: [['if (loaded.contentHash !== approved.contentHash) {', 'if (loaded.contentHash === undefined) {']],
    breaks: ['approved-only'],
    seed: 490,
  },
  {
    id: 'paused-run-starts',
    file: 'core/swarm.ts',
    edits: [['      swarm.queue.suspend(run.id);\n', '']],
    breaks: ['run-goes-on'],
    seed: 2,
  },
  {
    id: 'run-ends-with-work-open',
    file: 'core/scheduling/next-event.ts',
    edits: [
      ['if (run === undefined || openCount(run) > 0) {', 'if (run === undefined || openCount(run) > 1) {'],
      [
        '  if (openCount(run) === 0) swarm.closing.add(run.id);',
        '  if (openCount(run) <= 1) swarm.closing.add(run.id);',
        'core/place-task.ts',
      ],
    ],
    breaks: ['run-ends'],
    seed: 0,
  },
  {
    id: 'slots-not-counted',
    file: 'core/agents/registry.ts',
    edits: [
      ['    if (roomOf(agent) === 0) {', '    if (agent.used > agent.spec.slots) {'],
      ['if (agent.used >= agent.spec.slots) {', 'if (agent.used > agent.spec.slots + 9) {'],
    ],
    breaks: ['slots'],
    seed: 2,
  },
  ...DELEGATION_MUTANTS,
  ...MAIL_MUTANTS,
  ...FAIRNESS_MUTANTS,
  ...HEALTH_MUTANTS,
  ...HOST_MUTANTS,
  ...MEMORY_MUTANTS,
  ...SCALING_MUTANTS,
  ...SETTING_MUTANTS,
  {
    id: 'drain-saves-what-is-not-stored',
    script: '0001-drain-saves-what-is-not-stored.json',
    file: 'engine/engine.ts',
    edits: [['return !this.#isWriting && !this.#isEnded();', 'return !this.#isWriting;']],
    breaks: [...BLIND, 'snapshot-is-fold', 'ack-after-commit', 'seq-without-gaps'],
    seed: 956,
  },
  {
    id: 'full-disk-leaves-work-waiting',
    script: '0002-full-disk-leaves-work-waiting.json',
    file: 'engine/engine.ts',
    edits: [['      if (!isFull) this.#wantTurn();\n', '']],
    breaks: ['comes-to-its-end'],
    seed: 4587,
  },
];
