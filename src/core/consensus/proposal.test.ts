import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { VETO_CHECK_MS, VotePlay } from '../../../test/support/vote-play.ts';
import { membersOf, OTHER_CONTENT, proposalIdOf } from '../../../test/support/vote-specs.ts';
import { applyProposal, isOpen, nextDueMs, tallyOf } from './proposal.ts';

const lens = [{ id: 'm1', mayVeto: true }, ...membersOf(5).slice(1)];
const reproduce = ['npm', 'test'];
let play: VotePlay;

beforeEach(() => {
  play = new VotePlay();
});

describe('a vote', () => {
  test('is counted once, with its reasons in the event only', () => {
    const evidence = [{ source: 'shape', text: 'a placeholder', ref: 'a.ts:1' }];
    assert.equal(play.vote('m2', 'reject', { reason: 'not real', evidence }), undefined);
    assert.deepEqual(play.events, [
      {
        type: 'proposal.voted',
        proposalId: proposalIdOf(),
        vote: { memberId: 'm2', choice: 'reject', revision: 1, reason: 'not real', evidence },
      },
    ]);
    assert.deepEqual(play.proposal.votes, [{ memberId: 'm2', choice: 'reject', revision: 1 }]);
  });

  test('that comes again is answered like the first time, also after the close', () => {
    play.vote('m1', 'approve');
    assert.equal(play.vote('m1', 'approve'), undefined);
    assert.equal(play.vote('m1', 'approve', { reason: 'once more' }), undefined);
    assert.equal(play.events.length, 1);
    for (const member of ['m2', 'm3']) play.vote(member, 'approve');
    assert.equal(play.status, 'approved');
    assert.equal(play.vote('m3', 'approve'), undefined);
    assert.equal(play.events.length, 4);
  });

  test('is final: another choice of the same member is refused', () => {
    play.vote('m1', 'approve');
    for (const choice of ['reject', 'abstain'] as const) {
      assert.deepEqual(play.vote('m1', choice), { reason: 'already-cast', choice: 'approve' });
    }
    assert.deepEqual(tallyOf(play.proposal), { total: 5, approve: 1, reject: 0, abstain: 0 });
  });

  test('of a stranger, for another content, or after the close is refused', () => {
    assert.deepEqual(play.vote('m6', 'approve'), { reason: 'not-a-member' });
    assert.deepEqual(play.vote('m1', 'approve', { contentHash: OTHER_CONTENT }), { reason: 'content-differs' });
    for (const member of ['m1', 'm2', 'm3']) play.vote(member, 'reject');
    assert.deepEqual(play.vote('m4', 'approve'), { reason: 'proposal-closed', status: 'rejected' });
    assert.deepEqual(play.vote('m1', 'approve'), { reason: 'proposal-closed', status: 'rejected' });
  });

  test('must show what its member must show', () => {
    const guarded = new VotePlay({ members: [{ id: 'm1', credentialHash: 'aa' }, { id: 'm2' }] });
    assert.deepEqual(guarded.vote('m2', 'approve', { credentialHash: 'aa' }), { reason: 'credential-wrong' });
    assert.deepEqual(guarded.vote('m1', 'approve'), { reason: 'credential-wrong' });
    assert.deepEqual(guarded.vote('m1', 'approve', { credentialHash: 'ab' }), { reason: 'credential-wrong' });
    assert.equal(guarded.vote('m1', 'approve', { credentialHash: 'aa' }), undefined);
    assert.deepEqual(guarded.vote('m1', 'approve'), { reason: 'credential-wrong' });
  });

  test('of more characters than an event holds is refused', () => {
    const refusal = play.vote('m1', 'approve', { reason: 'x'.repeat(16_000) });
    assert.deepEqual(refusal, { reason: 'limit-reached', limit: 'characters in one vote', most: 16_000 });
  });

  test('counts with its weight', () => {
    const heavy = new VotePlay({ members: [{ id: 'm1', weight: 3 }, ...membersOf(3).slice(1)] });
    heavy.vote('m1', 'approve');
    assert.equal(heavy.status, 'approved');
    assert.deepEqual(heavy.closed?.tally, { total: 5, approve: 3, reject: 0, abstain: 0 });
  });
});

describe('a proposal', () => {
  test('closes with the vote that settles it, and not before', () => {
    play.vote('m1', 'approve');
    play.vote('m2', 'approve');
    play.vote('m3', 'reject');
    assert.equal(play.status, 'open');
    play.vote('m4', 'approve');
    assert.equal(play.status, 'approved');
    const { tally, cause, outcome } = play.closed ?? assert.fail();
    assert.deepEqual([tally, cause, outcome], [{ total: 5, approve: 3, reject: 1, abstain: 0 }, 'settled', 'approved']);
  });

  test.each([
    [[], 'expired'],
    [['approve', 'approve'], 'expired'],
    [['approve', 'approve', 'reject'], 'approved'],
    [['approve', 'reject', 'abstain'], 'rejected'],
    [['abstain', 'abstain', 'abstain'], 'rejected'],
  ] as const)('with the votes %j is %s when its time is over', (choices, outcome) => {
    for (const [index, choice] of choices.entries()) play.vote(`m${index + 1}`, choice);
    assert.equal(play.status, 'open');
    play.wakeAt(30_000);
    assert.deepEqual([play.closed?.outcome, play.closed?.cause], [outcome, 'due']);
  });

  test('is not over before its time, however early it is woken', () => {
    for (const nowMs of [0, 29_999]) assert.deepEqual(play.wakeAt(nowMs), { ok: true, events: [] });
    assert.equal(play.status, 'open');
  });

  test('decides a race with its time by order: what comes before the close counts', () => {
    play.vote('m1', 'approve');
    play.vote('m2', 'approve');
    play.nowMs = 30_001;
    assert.equal(play.vote('m3', 'reject'), undefined);
    play.wakeAt(30_001);
    assert.equal(play.closed?.outcome, 'approved');
    assert.deepEqual(play.vote('m4', 'reject'), { reason: 'proposal-closed', status: 'approved' });
  });

  test('never changes after its end', () => {
    play.wakeAt(30_000);
    assert.deepEqual(play.wakeAt(90_000), { ok: true, events: [] });
    assert.deepEqual(play.judge('m1', 'confirmed'), { reason: 'proposal-closed', status: 'expired' });
    const event = play.closed ?? assert.fail();
    assert.throws(() => applyProposal(play.proposal, event), /after the end of proposal r1\/p1/);
  });

  test('hashes what was counted, in the order of the members, whatever the order of the votes', () => {
    const other = new VotePlay();
    for (const member of ['m1', 'm2', 'm3']) play.vote(member, 'approve');
    for (const member of ['m3', 'm1', 'm2']) other.vote(member, 'approve');
    assert.match(play.closed?.votesHash ?? '', /^[0-9a-f]{64}$/);
    assert.equal(play.closed?.votesHash, other.closed?.votesHash);
    const third = new VotePlay();
    for (const member of ['m1', 'm2', 'm4']) third.vote(member, 'approve');
    assert.notEqual(play.closed?.votesHash, third.closed?.votesHash);
  });
});

describe('a revisable proposal', () => {
  beforeEach(() => {
    play = new VotePlay({ revisable: true });
  });

  test('counts the last vote of each member, and never closes early', () => {
    for (const member of ['m1', 'm2', 'm3', 'm4', 'm5']) play.vote(member, 'approve');
    assert.equal(play.status, 'open');
    for (const member of ['m1', 'm2', 'm3']) assert.equal(play.vote(member, 'reject'), undefined);
    assert.equal(play.vote('m3', 'reject'), undefined);
    assert.equal(play.events.length, 8);
    play.wakeAt(30_000);
    assert.deepEqual(play.closed?.tally, { total: 5, approve: 2, reject: 3, abstain: 0 });
    assert.deepEqual([play.closed?.outcome, play.closed?.cause], ['rejected', 'due']);
  });

  test('lets nobody change their mind for ever', () => {
    for (let turn = 0; turn < 100; turn++) play.vote('m1', turn % 2 === 0 ? 'approve' : 'reject');
    assert.deepEqual(play.vote('m1', 'abstain'), { reason: 'limit-reached', limit: 'votes of one member', most: 100 });
  });

  test('drops a veto that its member has taken back', () => {
    play = new VotePlay({ revisable: true, members: lens });
    play.vote('m1', 'reject', { reproduce });
    play.vote('m1', 'approve');
    assert.deepEqual(play.judge('m1', 'confirmed'), { reason: 'status-wrong', status: 'judged or changed' });
    for (const member of ['m2', 'm3']) play.vote(member, 'approve');
    play.wakeAt(30_000);
    assert.equal(play.status, 'approved');
  });
});

describe('a veto', () => {
  beforeEach(() => {
    play = new VotePlay({ members: lens });
  });

  test('needs the right to it, a rejection, and something to run', () => {
    const refusal = { reason: 'veto-not-allowed' };
    assert.deepEqual(play.vote('m2', 'reject', { reproduce }), refusal);
    assert.deepEqual(play.vote('m1', 'approve', { reproduce }), refusal);
    assert.deepEqual(play.vote('m1', 'reject', { reproduce: [] }), refusal);
    assert.equal(play.vote('m1', 'reject', { reproduce }), undefined);
  });

  test('rejects once it is confirmed and enough have voted', () => {
    play.vote('m1', 'reject', { reproduce });
    assert.equal(play.judge('m1', 'confirmed'), undefined);
    play.vote('m2', 'approve');
    assert.equal(play.status, 'open');
    play.vote('m3', 'approve');
    assert.deepEqual([play.status, play.closed?.cause], ['rejected', 'settled']);
  });

  test('that is refuted is a plain rejection', () => {
    play.vote('m1', 'reject', { reproduce });
    for (const member of ['m2', 'm3', 'm4']) play.vote(member, 'approve');
    assert.equal(play.status, 'open');
    play.judge('m1', 'refuted');
    assert.deepEqual([play.status, play.closed?.tally.reject], ['approved', 1]);
  });

  test('that could still come holds up an approval', () => {
    for (const member of ['m2', 'm3', 'm4', 'm5']) play.vote(member, 'approve');
    assert.equal(play.status, 'open');
    play.vote('m1', 'reject');
    assert.equal(play.status, 'approved');
  });

  test('that is being checked when the time is over is waited for, without further votes', () => {
    play.nowMs = 29_000;
    play.vote('m1', 'reject', { reproduce });
    for (const member of ['m2', 'm3', 'm4']) play.vote(member, 'approve');
    play.wakeAt(30_000);
    assert.equal(play.status, 'awaiting-veto');
    assert.deepEqual(play.vote('m5', 'approve'), { reason: 'proposal-closed', status: 'awaiting-veto' });
    play.judge('m1', 'confirmed');
    assert.deepEqual([play.closed?.outcome, play.closed?.cause], ['rejected', 'due']);
  });

  test('that is being checked holds up nothing that it cannot change', () => {
    play.vote('m1', 'reject', { reproduce });
    play.vote('m2', 'approve');
    play.wakeAt(30_000);
    assert.equal(play.status, 'expired');
    const lost = new VotePlay({ members: lens });
    lost.vote('m1', 'reject', { reproduce });
    for (const member of ['m2', 'm3']) lost.vote(member, 'reject');
    assert.equal(lost.status, 'rejected');
  });

  test('whose check takes too long is a plain rejection', () => {
    play.nowMs = 10_000;
    play.vote('m1', 'reject', { reproduce });
    for (const member of ['m2', 'm3', 'm4']) play.vote(member, 'approve');
    play.wakeAt(30_000);
    assert.deepEqual(play.wakeAt(10_000 + VETO_CHECK_MS - 1), { ok: true, events: [] });
    play.wakeAt(10_000 + VETO_CHECK_MS);
    assert.deepEqual(
      play.events.slice(-2).map((event) => ('finding' in event ? event.finding : event.type)),
      ['timed-out', 'proposal.closed'],
    );
    assert.equal(play.status, 'approved');
    assert.deepEqual(play.judge('m1', 'confirmed'), { reason: 'proposal-closed', status: 'approved' });
  });

  test('is judged once, for the vote that it was cast with', () => {
    play.vote('m1', 'reject', { reproduce });
    assert.ok(play.judge('m1', 'confirmed', 2));
    assert.ok(play.judge('m2', 'confirmed'));
    assert.equal(play.judge('m1', 'refuted'), undefined);
    assert.deepEqual(play.judge('m1', 'confirmed'), { reason: 'status-wrong', status: 'judged or changed' });
  });

  test('that comes again is one veto; a plain rejection after it is another vote', () => {
    play.vote('m1', 'reject', { reproduce });
    assert.equal(play.vote('m1', 'reject', { reproduce }), undefined);
    assert.deepEqual(play.vote('m1', 'reject'), { reason: 'already-cast', choice: 'reject' });
    assert.equal(play.events.length, 1);
  });
});

describe('the next wait', () => {
  test('is the first of the proposal and of the checks of its vetoes', () => {
    const dueMs = (): number => nextDueMs(isOpen(play.proposal) ? play.proposal : assert.fail());
    play = new VotePlay({ members: membersOf(9, { mayVeto: true }) });
    for (const [index, nowMs] of [5, 6].entries()) {
      play.nowMs = nowMs;
      play.vote(`m${index + 1}`, 'reject', { reproduce });
    }
    for (const member of ['m3', 'm4', 'm5', 'm6', 'm7']) play.vote(member, 'approve');
    assert.equal(dueMs(), 30_000);
    play.wakeAt(30_000);
    assert.deepEqual([play.status, dueMs()], ['awaiting-veto', 5 + VETO_CHECK_MS]);
    play.judge('m1', 'refuted');
    assert.equal(dueMs(), 6 + VETO_CHECK_MS);
  });
});

describe('what was approved', () => {
  test('is owed from the close until it has ended, once', () => {
    play = new VotePlay({ action: { do: 'merge' } });
    const end = { type: 'proposal.end-action', proposalId: proposalIdOf(), result: { ok: true } } as const;
    assert.deepEqual(play.send(end), { ok: false, refusal: { reason: 'status-wrong', status: 'open' } });
    for (const member of ['m1', 'm2', 'm3']) play.vote(member, 'approve');
    assert.ok(play.proposal.status === 'approved' && play.proposal.action === 'owed');
    assert.deepEqual(play.send(end), {
      ok: true,
      events: [{ type: 'proposal.acted', proposalId: proposalIdOf(), result: { ok: true } }],
    });
    assert.deepEqual(play.send(end), { ok: false, refusal: { reason: 'status-wrong', status: 'approved' } });
  });

  test('is nothing to do without an action, and after a rejection', () => {
    for (const member of ['m1', 'm2', 'm3']) play.vote(member, 'approve');
    assert.ok(play.proposal.status === 'approved' && play.proposal.action === 'none');
    play = new VotePlay({ action: { do: 'merge' } });
    for (const member of ['m1', 'm2', 'm3']) play.vote(member, 'reject');
    const end = { type: 'proposal.end-action', proposalId: proposalIdOf(), result: { ok: true } } as const;
    assert.deepEqual(play.send(end), { ok: false, refusal: { reason: 'status-wrong', status: 'rejected' } });
  });
});
