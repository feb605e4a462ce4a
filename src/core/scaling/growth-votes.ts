import { growthOf, openOwn } from '../consensus/own-proposals.ts';
import { isOpen, type Proposal } from '../consensus/proposal.ts';
import type { ProposalEvent, SwarmEvent } from '../events.ts';
import { proposalId } from '../ids.ts';
import type { Run } from '../runs/run.ts';
import type { Swarm } from '../swarm-state.ts';
import type { ScalePlan } from './plan-scale.ts';
import type { ScaleState } from './scale-group.ts';

/** How many agents the group may have without a vote that has not been held yet. */
export function allowedOf({ group, approvedTo }: ScaleState): number {
  return Math.max(group.voteAbove ?? Infinity, approvedTo);
}

/** Asks whether the group may have as many agents as its work has use for; undefined while that is, or just was, asked. */
export function askToGrow(
  swarm: Swarm,
  run: Run,
  state: ScaleState,
  { to, nowMs }: Readonly<Pick<ScalePlan, 'to'> & { nowMs: number }>,
): SwarmEvent | undefined {
  const last = state.vote === undefined ? undefined : swarm.proposals.get(state.vote);
  if (last !== undefined && isOpen(last)) return undefined;
  if (nowMs < (state.refusedMs ?? -Infinity) + swarm.rules.approval.askAgainMs) return undefined;
  const { role } = state.group;
  const allowed = allowedOf(state);
  return openOwn(
    swarm,
    {
      id: proposalId(run.id, `scaling@${role}-${state.votes + 1}`),
      kind: 'scaling',
      subject: role,
      title: `May the group "${role}" grow to ${to} agents? Without a vote it may have ${allowed}.`,
      action: { type: 'grow-group', role, to },
    },
    nowMs,
  );
}

/** What a vote of its own means for a group. Of its votes the newest stays in memory. */
export function noteGrowthVote(
  { proposals }: Swarm,
  run: Run,
  proposal: Proposal,
  { event, atMs }: Readonly<{ event: ProposalEvent; atMs: number }>,
): void {
  const growth = growthOf(proposal);
  const state = growth === undefined ? undefined : run.scale.get(growth.role);
  if (growth === undefined || state === undefined) return;
  if (event.type === 'proposal.opened') {
    if (state.vote !== undefined) {
      proposals.delete(state.vote);
      run.proposals.delete(state.vote);
    }
    state.vote = proposal.id;
    state.votes++;
  }
  if (event.type === 'proposal.closed' && event.outcome !== 'approved') state.refusedMs = atMs;
  if (event.type === 'proposal.acted') state.approvedTo = Math.max(state.approvedTo, growth.to);
}
