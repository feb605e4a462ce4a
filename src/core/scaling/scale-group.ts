import type { AgentSpec } from '../agents/agent-spec.ts';
import type { AgentId, ProposalId } from '../ids.ts';

/** A group of equal agents of one run whose number follows the work. */
export type ScaleGroup = Omit<AgentSpec, 'id' | 'runId'> &
  Readonly<{
    /** Fewest agents, 0 to 1,000. */
    min: number;
    /** Most agents, 1 to 1,000. */
    max: number;
    /** More agents than this are voted on first. @default never */
    voteAbove?: number;
  }>;

/** How a group stands. Kept by its run; its agents are in the registry. */
export type ScaleState = {
  readonly group: ScaleGroup;
  /** Highest number that an agent of the group has had: `<run>/<role>-<number>`. None is given twice. */
  lastNumber: number;
  /** Led time of the last decision. */
  decidedMs: number | undefined;
  /** Agents that were decided on and are not there yet. */
  readonly joining: Set<AgentId>;
  /** Agents that finish what they have and go. */
  readonly leaving: Set<AgentId>;
  /** Votes on its growth so far. */
  votes: number;
  /** The newest of them. */
  vote: ProposalId | undefined;
  /** As many agents as a vote has allowed, 0 when none has. */
  approvedTo: number;
  /** Led time at which it was last not allowed to grow. */
  refusedMs: number | undefined;
};

/** Source: docs/semantics.md, Scaling. Loads are in permille, so that nothing rests on fractions. */
export type ScalingRules = Readonly<{
  /** More agents when the average load is above this, permille. @default 700 */
  upPermille: number;
  /** An agent above this counts as hot, permille. @default 800 */
  hotPermille: number;
  /** More agents only when more than this share of them is hot, percent. @default 60 */
  hotPercent: number;
  /** Fewer agents when the average load is below this, permille. @default 300 */
  downPermille: number;
  /** How long it must have been below, ms. @default 60_000 */
  coolDownMs: number;
  /** At most one decision per group in this time, ms. @default 10_000 */
  windowMs: number;
  /** Agents of all such groups of all runs together. @default 64 */
  maxAgents: number;
  /** Whether running work that can be thrown away moves from an overloaded agent to another host. @default false */
  rebalanceRunning: boolean;
}>;

export const DEFAULT_SCALING: ScalingRules = {
  upPermille: 700,
  hotPermille: 800,
  hotPercent: 60,
  downPermille: 300,
  coolDownMs: 60_000,
  windowMs: 10_000,
  maxAgents: 64,
  rebalanceRunning: false,
};

export function newScaleState(group: ScaleGroup): ScaleState {
  const votes = { votes: 0, vote: undefined, approvedTo: 0, refusedMs: undefined };
  return { group, lastNumber: 0, decidedMs: undefined, joining: new Set(), leaving: new Set(), ...votes };
}
