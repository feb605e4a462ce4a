import assert from 'node:assert/strict';
import type { ProposalSpec } from '../core/consensus/proposal-spec.ts';
import type { SwarmEvent } from '../core/events.ts';
import { proposalId, type ProposalId, runId } from '../core/ids.ts';
import type { ProposalFilter } from '../core/read-tables/proposal-tables.ts';
import type { ArchiveUnderTest } from './archive-under-test.ts';
import type { ContractCase } from './journal-contract.ts';

const runs = { one: runId('r1'), two: runId('r2') };
const rule = { quorumPercent: 60, threshold: 'majority' } as const;
const p1 = proposalId(runs.one, 'p1');

function specOf(name: string): ProposalSpec {
  const about = { kind: 'finding', subject: 'f1', title: 'Is this so?', contentHash: 'c0'.repeat(32) } as const;
  return { name, ...about, members: [{ id: 'a' }, { id: 'b', weight: 2 }, { id: 'c', mayVeto: true }] };
}

function opened(id: ProposalId): SwarmEvent {
  return { type: 'proposal.opened', proposalId: id, spec: specOf(id.slice(3)), rule, dueMs: 30_000 };
}

function voted(memberId: string, choice: 'approve' | 'reject' | 'abstain', revision = 1, id = p1): SwarmEvent {
  return { type: 'proposal.voted', proposalId: id, vote: { memberId, choice, revision, reason: `${memberId} says` } };
}

function shownOf(archive: ArchiveUnderTest['archive'], filter?: ProposalFilter): readonly ProposalId[] {
  return archive.proposals(filter).map(({ proposalId: id }) => id);
}

const tally = { total: 4, approve: 3, reject: 1, abstain: 0 };
const closed: SwarmEvent = {
  type: 'proposal.closed',
  proposalId: p1,
  outcome: 'approved',
  cause: 'due',
  tally,
  votesHash: 'ab'.repeat(32),
};

/** What every `RunArchive` must show of votes. */
export const RUN_ARCHIVE_VOTE_CASES: readonly ContractCase<ArchiveUnderTest>[] = [
  {
    name: 'proposals come in the order in which they were opened, of one run or of all',
    run: async ({ archive, append }) => {
      const none = [archive.proposals(), archive.proposals({ runId: runs.one }), archive.proposal(p1)];
      assert.deepEqual(none, [[], [], undefined]);
      const ids = [proposalId(runs.one, 'z'), proposalId(runs.two, 'm'), proposalId(runs.one, 'a')];
      for (const [index, id] of ids.entries()) await append(index, opened(id));
      assert.deepEqual(shownOf(archive), ids);
      assert.deepEqual(shownOf(archive, { runId: runs.one }), [ids[0], ids[2]]);
      assert.deepEqual(shownOf(archive, { runId: runs.two }), [ids[1]]);
      assert.deepEqual(archive.proposal(ids[1] ?? p1), archive.proposals({ runId: runs.two })[0]);
    },
  },
  {
    name: 'of many proposals the newest can be asked for, and those that are open',
    run: async ({ archive, append }) => {
      const ids = ['p1', 'p2', 'p3', 'p4'].map((name) => proposalId(runs.one, name));
      await append(0, ...ids.map(opened), opened(proposalId(runs.two, 'p9')));
      await append(1, closed);
      const all = [...ids, proposalId(runs.two, 'p9')];
      assert.deepEqual(shownOf(archive, { limit: 2 }), all.slice(-2));
      assert.deepEqual(shownOf(archive, { limit: 100 }), all);
      assert.deepEqual(shownOf(archive, { limit: 0 }), []);
      assert.deepEqual(shownOf(archive, { runId: runs.one, limit: 1 }), [ids[3]]);
      assert.deepEqual(shownOf(archive, { isOpen: true }), all.slice(1));
      assert.deepEqual(shownOf(archive, { runId: runs.one, isOpen: true, limit: 2 }), ids.slice(2));
    },
  },
  {
    name: 'an open proposal shows its members, its rule and how the votes stand',
    run: async ({ archive, append }) => {
      await append(5, opened(p1));
      await append(6, voted('b', 'approve'), voted('a', 'abstain'));
      assert.deepEqual(archive.proposal(p1), {
        proposalId: p1,
        runId: runs.one,
        spec: specOf('p1'),
        rule,
        state: 'open',
        openedAtMs: 5,
        tally: { total: 4, approve: 2, reject: 0, abstain: 1 },
        votes: [
          { memberId: 'b', choice: 'approve', revision: 1, reason: 'b says', votedAtMs: 6 },
          { memberId: 'a', choice: 'abstain', revision: 1, reason: 'a says', votedAtMs: 6 },
        ],
      });
    },
  },
  {
    name: 'a vote that was changed shows as it is now, where it was cast last',
    run: async ({ archive, append }) => {
      await append(5, opened(p1), voted('a', 'approve'), voted('b', 'approve'));
      await append(6, voted('a', 'reject', 2));
      const { votes = [], tally: now } = archive.proposal(p1) ?? {};
      assert.deepEqual(
        votes.map(({ memberId, choice, revision }) => [memberId, choice, revision]),
        [
          ['b', 'approve', 1],
          ['a', 'reject', 2],
        ],
      );
      assert.deepEqual(now, { total: 4, approve: 2, reject: 1, abstain: 0 });
    },
  },
  {
    name: 'a veto shows what it names, and what came of its check',
    run: async ({ archive, append }) => {
      const veto = { reproduce: ['npm', 'test'], dueMs: 120_000 };
      const vote = { memberId: 'c', choice: 'reject', revision: 1, veto } as const;
      await append(5, opened(p1), { type: 'proposal.voted', proposalId: p1, vote });
      assert.deepEqual(archive.proposal(p1)?.votes, [{ ...vote, votedAtMs: 5 }]);
      const judged = { memberId: 'c', revision: 1, finding: 'confirmed' } as const;
      await append(6, { type: 'proposal.veto-judged', proposalId: p1, ...judged });
      assert.deepEqual(archive.proposal(p1)?.votes, [{ ...vote, finding: 'confirmed', votedAtMs: 5 }]);
    },
  },
  {
    name: 'a closed proposal shows its outcome as it was counted, and what became of its action',
    run: async ({ archive, append }) => {
      await append(5, opened(p1), voted('b', 'approve'));
      await append(7, { type: 'proposal.voting-ended', proposalId: p1 }, closed);
      const { state, cause, closedAtMs, tally: counted, votesHash, action } = archive.proposal(p1) ?? {};
      assert.deepEqual([state, cause, closedAtMs, counted], ['approved', 'due', 7, tally]);
      assert.deepEqual([votesHash, action], ['ab'.repeat(32), undefined]);
      const failure = { reason: 'failed', message: 'no' } as const;
      await append(8, { type: 'proposal.acted', proposalId: p1, result: { ok: false, failure } });
      assert.deepEqual(archive.proposal(p1)?.action, { ok: false, failure });
    },
  },
];
