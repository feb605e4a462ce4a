import type { Mutant } from './mutant.ts';

/** Bugs in the mail of runs. */
export const MAIL_MUTANTS: readonly Mutant[] = [
  {
    id: 'mailbox-without-dedup',
    file: 'core/messaging/send-message.ts',
    edits: [['  if (known !== undefined) return isSame', '  if (known !== undefined && bytes < 0) return isSame']],
    breaks: ['message-once'],
    seed: 4,
  },
  {
    id: 'no-hop-cap',
    file: 'core/messaging/send-message.ts',
    edits: [['  if (hops > maxMessageHops) {', '  if (hops > 1_000 * maxMessageHops) {']],
    breaks: ['hop-cap'],
    seed: 4,
  },
  {
    id: 'mailbox-without-bound',
    file: 'core/messaging/send-message.ts',
    edits: [['  if (box !== undefined) return box.size < most;', '  if (box !== undefined) return box.size <= most;']],
    breaks: ['mailbox-bound'],
    seed: 7,
  },
  {
    id: 'newest-mail-first',
    file: 'engine/mailroom.ts',
    edits: [
      [
        '  return rankOf(one.spec) - rankOf(other.spec) || one.no - other.no;',
        '  return rankOf(one.spec) - rankOf(other.spec) || other.no - one.no;',
      ],
    ],
    breaks: ['mail-order'],
    seed: 7,
  },
  {
    id: 'dead-letters-forgotten',
    file: 'core/messaging/decide-messages.ts',
    edits: [
      [
        "deaths(run, address, waitingIn(run, address), 'run-ended')",
        "deaths(run, address, waitingIn(run, address).slice(1), 'run-ended')",
      ],
    ],
    breaks: ['mail-ends'],
    seed: 4,
  },
];
