import type { ApprovalRules } from '../core/consensus/approval-rules.ts';
import type { OwnAction } from '../core/consensus/own-proposals.ts';
import type { Choice } from '../core/consensus/proposal-spec.ts';
import { type ProposalId, proposalId, runId, SWARM_ITSELF } from '../core/ids.ts';
import { adjustmentsFor } from '../core/tuning/adjustment.ts';
import { BOTTLENECKS } from '../core/tuning/tuner.ts';
import { canonicalJson } from '../util/canonical-json.ts';
import { sha256 } from '../util/sha256.ts';
import { Stream } from './draw.ts';
import type { ApproverProfile, Plan, Request } from './plan.ts';

/** Short, so that a world sees votes that end by their time, and groups that ask again. */
export function drawApproval(seed: number): ApprovalRules {
  const stream = new Stream(seed, 'approval');
  const count = stream.pick(0, 1, 1, 2, 3);
  return {
    members: Array.from({ length: count }, (_, index) => `user:m${index + 1}`),
    timeoutMs: stream.pick(500, 4_000, 15_000),
    askAgainMs: stream.pick(1_000, 10_000),
  };
}

/** How those are who answer. */
function drawApprovers(seed: number): ApproverProfile {
  const stream = new Stream(seed, 'approvers');
  return {
    delayMs: stream.pick(20, 200, 2_000),
    silentPermille: stream.pick(0, 200, 700),
    wrongPermille: stream.pick(0, 0, 200),
    twicePermille: stream.pick(0, 0, 300),
  };
}

type Question = Readonly<{ id: ProposalId; action: OwnAction }>;

/**
 * People answer what the coordinator asks of its own accord. In few worlds some vote on whatever it may ask, most of it
 * before it is asked, or for something else.
 */
export function withApprovals(plan: Plan): Plan {
  const { seed } = plan;
  const isHasty = new Stream(seed, 'hasty approvers').chance(60);
  const early = isHasty ? earlyVotes(plan) : [];
  return { ...plan, approvers: drawApprovers(seed), requests: [...plan.requests, ...early] };
}

function earlyVotes(plan: Plan): readonly Request[] {
  const { seed, rules, clients, chaosMs } = plan;
  return questionsIn(plan).flatMap(({ id, action }) =>
    rules.approval.members.flatMap((memberId): readonly Request[] => {
      const stream = new Stream(seed, `approval ${id} ${memberId} ${canonicalJson(action)}`);
      const times = stream.pick(0, 1, 2);
      return Array.from({ length: times }, (_, nth): Request => {
        const choice = stream.pick<Choice>('approve', 'approve', 'approve', 'reject', 'abstain');
        const vote = { memberId, choice, contentHash: sha256(canonicalJson(action)) };
        return {
          id: `approve ${id} ${memberId} ${canonicalJson(action)} ${nth}`,
          client: stream.of(clients),
          atMs: stream.whole(500, chaosMs),
          input: { type: 'proposal.vote', proposalId: id, vote },
        };
      });
    }),
  );
}

/** Of each group the first two votes, and of the tuner those on what it tries first. */
function questionsIn({ rules, requests }: Plan): readonly Question[] {
  const groups = requests.flatMap(({ input }) =>
    input.type === 'run.submit' ? (input.run.scale ?? []).map((group) => ({ run: input.runId, group })) : [],
  );
  const growths = groups.flatMap(({ run, group: { role, max, voteAbove = max } }) =>
    Array.from({ length: max - voteAbove }, (_, index) => voteAbove + 1 + index).flatMap((to) =>
      [1, 2].map((no): Question => {
        const action = { type: 'grow-group', role, to } as const;
        return { id: proposalId(runId(run), `scaling@${role}-${no}`), action };
      }),
    ),
  );
  if (!rules.tuner.isOn || !rules.tuner.asks) return growths;
  const configured = (name: string): string | number | undefined =>
    rules.live.find((option) => option.name === name)?.configured;
  const adjustments = BOTTLENECKS.flatMap(({ bottleneck }) => adjustmentsFor(bottleneck, rules.live, configured));
  const changes = adjustments.flatMap((adjustment) =>
    [1, 2, 3].map((no): Question => {
      const action = { type: 'set-option', ...adjustment } as const;
      return { id: proposalId(SWARM_ITSELF, `tuning-${no}`), action };
    }),
  );
  return [...growths, ...changes];
}
