import type { Outcome } from '../../src/core/consensus/outcome.ts';
import type { Choice } from '../../src/core/consensus/proposal-spec.ts';
import { proposalId } from '../../src/core/ids.ts';
import type { RecordedRun } from './recorded-run.ts';
import { membersOf, proposalOf } from './vote-specs.ts';

/** Records of a proposal with these votes, in the order of its members; without an outcome it stays open. */
export function openAndClose(
  run: RecordedRun,
  name: string,
  choices: readonly Choice[],
  outcome: Outcome | undefined,
): void {
  const id = proposalId(run.runId, name);
  const spec = proposalOf({ name, members: membersOf(5) });
  const rule = { quorumPercent: 60, threshold: 'majority' } as const;
  run.put(0, { type: 'proposal.opened', proposalId: id, spec, rule, dueMs: 30_000 });
  for (const [index, choice] of choices.entries()) {
    run.put(1, { type: 'proposal.voted', proposalId: id, vote: { memberId: `m${index + 1}`, choice, revision: 1 } });
  }
  if (outcome === undefined) return;
  const tally = { total: 5, approve: 0, reject: 0, abstain: 0 };
  run.put(2, { type: 'proposal.closed', proposalId: id, outcome, cause: 'due', tally, votesHash: 'ab'.repeat(32) });
}
