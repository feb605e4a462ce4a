import { canonicalJson } from '../../util/canonical-json.ts';
import { sha256 } from '../../util/sha256.ts';
import type { ProposalEvent } from '../events.ts';
import type { JsonObject } from '../json.ts';
import { nameOf, type ProposalId, runOf, SWARM_ITSELF } from '../ids.ts';
import type { SettingValue } from '../settings/setting-events.ts';
import type { Swarm } from '../swarm-state.ts';
import type { Proposal } from './proposal.ts';
import type { ProposalKind, ProposalSpec } from './proposal-spec.ts';

/** What the core itself does when it is approved. */
export type OwnAction =
  | Readonly<{ type: 'set-option'; option: string; from: SettingValue; to: SettingValue }>
  /** The group may have up to `to` agents from then on. */
  | Readonly<{ type: 'grow-group'; role: string; to: number }>;

type OwnQuestion = Readonly<{
  id: ProposalId;
  kind: Extract<ProposalKind, 'adjustment' | 'scaling'>;
  subject: string;
  title: string;
  action: OwnAction;
}>;

/** Asked by the coordinator of its own accord: no name that anybody gives to a proposal has an `@` in it. */
export function isOwn(id: ProposalId): boolean {
  return runOf(id) === SWARM_ITSELF || id.includes('@');
}

/** Whether there is anybody to ask, and room for one vote more. */
export function mayAsk({ rules, openProposals }: Swarm): boolean {
  return rules.approval.members.length > 0 && openProposals.size < rules.maxOpenProposals;
}

/** Asks the approvers; undefined where there are none, or where as many votes go on as may. */
export function openOwn(
  swarm: Swarm,
  { id, kind, subject, title, action }: OwnQuestion,
  nowMs: number,
): Extract<ProposalEvent, { type: 'proposal.opened' }> | undefined {
  if (!mayAsk(swarm)) return undefined;
  const { members, timeoutMs } = swarm.rules.approval;
  const content: JsonObject = action;
  const spec: ProposalSpec = {
    name: nameOf(id),
    kind,
    subject,
    title,
    contentHash: sha256(canonicalJson(content)),
    members: members.map((member) => ({ id: member })),
    timeoutMs,
    action: content,
  };
  const rule = { quorumPercent: 60, threshold: 'majority' } as const;
  return { type: 'proposal.opened', proposalId: id, spec, rule, dueMs: nowMs + timeoutMs };
}

/** Undefined for a proposal that the coordinator has not opened to let a group grow. */
export function growthOf({ id, spec }: Proposal): Extract<OwnAction, { type: 'grow-group' }> | undefined {
  const { type, role, to } = spec.action ?? {};
  if (!isOwn(id) || type !== 'grow-group' || typeof role !== 'string' || typeof to !== 'number') return undefined;
  return { type, role, to };
}
