import { type AlertRule, DEFAULT_ALERTS } from './alerts/alert-rule.ts';
import { type Alerts, watchRules } from './alerts/alerts.ts';
import { Durations } from './agents/durations.ts';
import { Registry, type Strategy } from './agents/registry.ts';
import type { ApprovalRules } from './consensus/approval-rules.ts';
import type { Proposal } from './consensus/proposal.ts';
import type { BreakerRules } from './health/breaker.ts';
import { type Breakers, newBreakers } from './health/kept-breakers.ts';
import type { Health, HealthRules } from './health/health.ts';
import type { Host } from './hosts/host.ts';
import type { AgentId, ProposalId, RunId, TaskId } from './ids.ts';
import type { Invalidation } from './memory/invalidation.ts';
import { CoreMetrics } from './metrics/core-metrics.ts';
import { Capacity } from './resources/capacity.ts';
import type { Accounts } from './quota/pause.ts';
import type { Run } from './runs/run.ts';
import { DEFAULT_SCALING, type ScalingRules } from './scaling/scale-group.ts';
import type { Claims, ReadyGroup } from './scheduling/ready-lane.ts';
import { ReadyQueue } from './scheduling/ready-queue.ts';
import { WaitingLeads } from './scheduling/waiting-leads.ts';
import { WriteLocks } from './scheduling/write-locks.ts';
import type { LiveOption, Setting } from './settings/setting-events.ts';
import { TaskTable } from './task-table.ts';
import type { RetryPolicy } from './tasks/task-spec.ts';
import { newTuning, type TunerRules, type Tuning } from './tuning/tuner.ts';

/** The rules of one swarm; configuration that a journal does not depend on. */
export type SwarmRules = Readonly<{
  retry: RetryPolicy;
  strategy: Strategy;
  /** The longest that a task may wait for a busy better agent, ms. @default 3_600_000 */
  maxWaitMs: number;
  /** @default 100_000 */
  maxTasksPerRun: number;
  /** Levels of sub-tasks below a task of the definition. @default 3 */
  maxDelegationDepth: number;
  /** Sub-tasks that one patch may add. @default 8 */
  maxFanOut: number;
  /** Patches with something new per task, over all its attempts. @default 10 */
  maxRevisions: number;
  /** Runs that are open at the same time. @default 10_000 */
  maxOpenRuns: number;
  /** Votes that go on at the same time, over all runs. @default 100 */
  maxOpenProposals: number;
  /** Messages that may wait in one mailbox. @default 1_000 */
  maxMailboxMessages: number;
  /** Messages that may follow from one another. @default 8 */
  maxMessageHops: number;
  /** All that a run may send. @default 1_000_000 */
  maxMessagesPerRun: number;
  /** How long the check of a veto may take before the veto is a plain rejection, ms. @default 120_000 */
  vetoCheckMs: number;
  breaker: BreakerRules;
  health: HealthRules;
  scaling: ScalingRules;
  /** Whom the coordinator asks before it changes an option or lets a group grow. */
  approval: ApprovalRules;
  /** What is watched. @default the three of docs/semantics.md */
  alerts: readonly AlertRule[];
  /** Whether and how the swarm changes its own options. */
  tuner: TunerRules;
  /** Options that may be changed while somebody leads. @default none */
  live: readonly LiveOption[];
}>;

export const DEFAULT_RULES: SwarmRules = {
  retry: { maxAttempts: 3, firstDelayMs: 1_000, maxDelayMs: 300_000, nonRetryable: [] },
  strategy: 'adaptive',
  maxWaitMs: 3_600_000,
  maxTasksPerRun: 100_000,
  maxDelegationDepth: 3,
  maxFanOut: 8,
  maxRevisions: 10,
  maxOpenRuns: 10_000,
  maxOpenProposals: 100,
  maxMailboxMessages: 1_000,
  maxMessageHops: 8,
  maxMessagesPerRun: 1_000_000,
  vetoCheckMs: 120_000,
  breaker: { threshold: 5, openMs: 60_000, successes: 3 },
  health: { responseMs: 5_000, errorRate: 0.1, memoryRatio: 0.9, maxRestarts: 5, restartWindowMs: 60_000 },
  scaling: DEFAULT_SCALING,
  approval: { members: [], timeoutMs: 3_600_000, askAgainMs: 600_000 },
  alerts: DEFAULT_ALERTS,
  tuner: { isOn: false, asks: false, windowMs: 300_000 },
  live: [],
};

/**
 * The whole state. Entities change by replacement; the maps that hold them change in place: copying them per event
 * is quadratic. What is not a map of entities is an index over them, rebuilt from the same events.
 */
export type Swarm = {
  /** As they count now: what the configuration says, with the changes of `settings`. */
  rules: SwarmRules;
  readonly configured: SwarmRules;
  /** Options that were changed while somebody led. */
  readonly settings: Map<string, Setting>;
  readonly tasks: TaskTable;
  readonly runs: Map<RunId, Run>;
  /** Of all open runs, where closed ones stay until their run ends, and the newest of the swarm's own. */
  readonly proposals: Map<ProposalId, Proposal>;
  /** Those whose vote goes on. */
  readonly openProposals: Set<ProposalId>;
  /** Fingerprints of runs that have ended, oldest first. */
  readonly ended: Map<RunId, string>;
  readonly registry: Registry;
  readonly capacity: Capacity;
  /** Of agents that have anything to tell of. */
  readonly health: Map<AgentId, Health>;
  readonly breakers: Breakers;
  /** Processes outside of the coordinator that run agents, by name. */
  readonly hosts: Map<string, Host>;
  readonly durations: Durations;
  /** Removals from memory that are not done everywhere yet. */
  readonly invalidations: Map<string, Invalidation>;
  /** What happened lately, as far as somebody decides on it. */
  readonly metrics: CoreMetrics;
  readonly alerts: Alerts;
  readonly tuning: Tuning;
  readonly queue: ReadyQueue;
  readonly leads: WaitingLeads;
  /** Tasks whose needs have all ended, and for which it is not decided yet what that means. */
  readonly undecided: Set<TaskId>;
  /** Runs in whose mailboxes something waits for those who are gone. */
  readonly deadMail: Set<RunId>;
  /** Runs that may have nothing open any more. */
  readonly closing: Set<RunId>;
  /** Runs of whose tasks something was learned since they were put in order. */
  readonly unranked: Set<RunId>;
  /** Agents that go when they have ended what they have, by id, and the run that they serve. */
  readonly leaving: Map<AgentId, RunId>;
  /** Accounts at providers that get no requests for now. */
  readonly accounts: Accounts;
  /** What running attempts may write. */
  readonly writeLocks: WriteLocks;
  /** Tasks that have waited so long for files that nothing may pass them. */
  readonly claims: Claims;
  /** What waits for files that others hold, by project, the oldest first. */
  readonly keptBack: Map<string, Set<ReadyGroup>>;
};

export function newSwarm(rules: SwarmRules = DEFAULT_RULES): Swarm {
  const metrics = new CoreMetrics();
  return {
    rules,
    configured: rules,
    settings: new Map(),
    tasks: new TaskTable(),
    runs: new Map(),
    proposals: new Map(),
    openProposals: new Set(),
    ended: new Map(),
    registry: new Registry(rules.strategy),
    capacity: new Capacity(),
    health: new Map(),
    breakers: newBreakers(),
    hosts: new Map(),
    durations: new Durations(),
    invalidations: new Map(),
    metrics,
    alerts: watchRules(metrics, rules.alerts),
    tuning: newTuning(rules.tuner, metrics),
    queue: new ReadyQueue(),
    leads: new WaitingLeads(),
    undecided: new Set(),
    deadMail: new Set(),
    closing: new Set(),
    unranked: new Set(),
    leaving: new Map(),
    accounts: new Map(),
    writeLocks: new WriteLocks(),
    claims: new Map(),
    keptBack: new Map(),
  };
}
