import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ProposalEvent, SwarmEvent } from '../../src/core/events.ts';
import type { ProposalRecord } from '../../src/ports/run-archive.ts';
import { ARCHIVES } from '../support/archives.ts';
import { cases, plans, playPlan } from '../support/core-world-plans.ts';

/*
 * What an archive shows of votes must be what their events say, counted here in the plainest way, over histories that
 * the core itself has made.
 */

function recount(events: readonly SwarmEvent[]): readonly unknown[] {
  const all = events.filter((event): event is ProposalEvent => 'proposalId' in event);
  return all.flatMap((opened) => {
    if (opened.type !== 'proposal.opened') return [];
    const mine = all.filter(({ proposalId }) => proposalId === opened.proposalId);
    const votes = new Map<string, object>();
    for (const event of mine) {
      if (event.type === 'proposal.voted') {
        votes.delete(event.vote.memberId);
        votes.set(event.vote.memberId, event.vote);
      }
      if (event.type !== 'proposal.veto-judged') continue;
      votes.set(event.memberId, { ...votes.get(event.memberId), finding: event.finding });
    }
    const closed = mine.find((event) => event.type === 'proposal.closed');
    const acted = mine.find((event) => event.type === 'proposal.acted');
    const end = { state: closed?.outcome ?? 'open', cause: closed?.cause, votesHash: closed?.votesHash };
    return [{ id: opened.proposalId, spec: opened.spec, ...end, action: acted?.result, votes: [...votes.values()] }];
  });
}

function shown({ proposalId: id, spec, state, cause, votesHash, action, votes }: ProposalRecord): unknown {
  const cast = votes.map(({ votedAtMs: _votedAtMs, ...vote }) => vote);
  return { id, spec, state, cause, votesHash, action, votes: cast };
}

for (const [adapter, open] of Object.entries(ARCHIVES)) {
  test(`says of votes what their events say: ${adapter}`, async () => {
    const votes = fc.asyncProperty(plans(), fc.integer({ min: 1, max: 9 }), async (plan, size) => {
      const { events } = playPlan(plan);
      const { archive, append, close } = await open();
      try {
        for (let from = 0; from < events.length; from += size) await append(from, ...events.slice(from, from + size));
        expect(archive.proposals().map(shown)).toEqual(recount(events));
        for (const { proposalId, runId } of archive.proposals()) {
          const record = archive.proposal(proposalId);
          expect(archive.proposals({ runId })).toContainEqual(record);
        }
      } finally {
        await close();
      }
    });
    await fc.assert(votes, cases(20));
  });
}
