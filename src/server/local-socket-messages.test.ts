import { expect, test } from 'vitest';
import type { Refusal } from '../core/ruling.ts';
import { FROM_LEADER } from './local-socket-messages.ts';

/** One of each: the compiler asks for those that are missing. */
const REFUSALS: { readonly [Reason in Refusal['reason']]: Extract<Refusal, { reason: Reason }> } = {
  'task-unknown': { reason: 'task-unknown' },
  'run-unknown': { reason: 'run-unknown' },
  'agent-unknown': { reason: 'agent-unknown' },
  'attempt-stale': { reason: 'attempt-stale', currentAttempt: 2 },
  'status-wrong': { reason: 'status-wrong', status: 'ended' },
  'run-conflict': { reason: 'run-conflict' },
  'graph-invalid': { reason: 'graph-invalid', problems: ['a cycle'] },
  'delegation-invalid': { reason: 'delegation-invalid', problems: ['no sub-task "x"'] },
  'proposal-unknown': { reason: 'proposal-unknown' },
  'proposal-conflict': { reason: 'proposal-conflict' },
  'proposal-invalid': { reason: 'proposal-invalid', problems: ['0 members'] },
  'proposal-closed': { reason: 'proposal-closed', status: 'approved' },
  'not-a-member': { reason: 'not-a-member' },
  'credential-wrong': { reason: 'credential-wrong' },
  'content-differs': { reason: 'content-differs' },
  'already-cast': { reason: 'already-cast', choice: 'reject' },
  'veto-not-allowed': { reason: 'veto-not-allowed' },
  'option-invalid': { reason: 'option-invalid', problem: 'no' },
  'message-conflict': { reason: 'message-conflict' },
  'message-invalid': { reason: 'message-invalid', problems: ['no id'] },
  'message-unknown': { reason: 'message-unknown' },
  'recipient-unknown': { reason: 'recipient-unknown', address: 'task:b' },
  'mailbox-full': { reason: 'mailbox-full', address: 'task:b' },
  'host-unknown': { reason: 'host-unknown' },
  'host-invalid': { reason: 'host-invalid', problems: ['two agents have the same id'] },
  'limit-reached': { reason: 'limit-reached', limit: 'open proposals', most: 100 },
};

test.each(Object.values(REFUSALS))('a follower is told "$reason" as it was decided', (refusal) => {
  const message = { type: 'answer', id: 1, answer: { ok: false, refusal } };
  expect(FROM_LEADER.parse(JSON.parse(JSON.stringify(message)))).toEqual(message);
});
