import { IndexedHeap } from '../../util/indexed-heap.ts';
import type { AgentSpec } from './agent-spec.ts';
import type { BlockCause } from './block-cause.ts';

/** One registered agent and how it has done so far. Kept and changed by the registry alone. */
export type Agent = {
  readonly spec: AgentSpec;
  readonly class: AgentClass;
  used: number;
  /** Successes and ends, both fading. */
  succeeded: number;
  ended: number;
  /** Expected by actual duration, at most 1; fading. */
  speed: number;
  /** Rises with every assignment of the swarm: who was used longest ago. */
  lastTurn: number;
  /** Place in the order of its class; the higher the better. Meaning depends on the strategy. */
  key: number;
  isRemoved: boolean;
  /** Why it gets no work now; none when it does. */
  readonly blocked: Set<BlockCause>;
  /** The most it may run at once for now; its own slots when undefined. */
  limit: number | undefined;
  heapIndex: number;
};

/** One running attempt, in the order in which its class expects agents to become free. */
export type BusySlot = { readonly agent: Agent; expectedEndMs: number; heapIndex: number };

/**
 * Agents that are equal before every task: same capabilities, role, driver, host and run. Choosing among classes and
 * then taking the first of a heap is what keeps an assignment from costing more in a larger swarm.
 */
export class AgentClass {
  /** Stable across restarts: what durations are learned under. */
  readonly key: string;
  readonly capabilities: ReadonlySet<string>;
  readonly runId: string;
  readonly host: string;
  /** Agents with a free slot, best first. */
  readonly free: IndexedHeap<Agent> = new IndexedHeap(isAgentBefore);
  /** Slots in use, the one that should end first in front. */
  readonly busy: IndexedHeap<BusySlot> = new IndexedHeap(endsBefore);
  size = 0;
  /** Ready tasks that wait for one of its busy agents, and the work that they will bring, ms; kept by the queue. */
  awaited = 0;
  awaitedMs = 0;
  /** How well it does what it does best, against the best class for it: 1 is best. Kept by whoever chooses. */
  edge = 0;

  constructor(spec: AgentSpec) {
    this.key = classKeyOf(spec);
    this.capabilities = new Set(spec.capabilities);
    this.runId = spec.runId ?? '';
    this.host = spec.host;
  }
}

/** The run is left out of what is learned: the next run of the workflow has the same kinds of agents. */
export function classKeyOf(spec: AgentSpec): string {
  return [spec.role, spec.driver, spec.host, ...spec.capabilities.toSorted()].join('|');
}

function isAgentBefore(one: Agent, other: Agent): boolean {
  if (one.key !== other.key) return one.key > other.key;
  return one.spec.id < other.spec.id;
}

function endsBefore(one: BusySlot, other: BusySlot): boolean {
  return one.expectedEndMs < other.expectedEndMs;
}
