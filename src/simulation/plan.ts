import type { AgentSpec, HostSpec } from '../core/agents/agent-spec.ts';
import type { HostAgent, HostCapacity, HostTimes } from '../core/hosts/frames.ts';
import type { SwarmInput } from '../core/inputs.ts';
import type { MessageSpec } from '../core/messaging/message.ts';
import type { SwarmRules } from '../core/swarm-state.ts';
import type { Subtask } from '../ports/run-tasks.ts';
import type { NetworkProfile } from './network.ts';

/** What an attempt may do, apart from doing what it should. Each with how many of 1,000 attempts do so. */
export type Behaviours = Readonly<{
  /** Takes eight times as long. */
  slow: number;
  /** Never ends, says nothing, and does not listen when it is told to end. */
  hang: number;
  /** Never ends by itself, but says that it lives. */
  silent: number;
  /** Says that it has failed. */
  fail: number;
  /** Its process dies. */
  crash: number;
  /** Its driver throws or rejects. */
  garbage: number;
  /** Says that it is done, and is not. */
  liar: number;
}>;

/** What is drawn while the world runs, by key. */
export type Profile = Readonly<{
  network: NetworkProfile;
  store: Readonly<{ latencyMs: number; replyLostPermille: number }>;
  behaviours: Behaviours;
  /** Of 1,000 results, so many come once more, much later, from a host that does not know better. */
  echoedPermille: number;
  /** Of 1,000 approved contents, so many are another one by the time they are acted on. */
  swappedPermille: number;
  /** Of 1,000 attempts with a reservation, so many use nearly a whole host. @default 0 */
  greedyPermille?: number;
}>;

/** What an attempt does in the mail of its run; stands in the input of a function task. */
export type MailPart = Readonly<{
  subscribe?: string;
  send: readonly MessageSpec[];
  answers: boolean;
  waitMs: number;
}>;

/** Sub-tasks that an attempt adds; stands in the input of a function task. */
export type DelegationPart = Readonly<{
  /** Plain JSON. */
  subtasks: readonly Subtask[];
  isAwaited: boolean;
  /** Asks for the same once more. */
  isRepeated: boolean;
}>;

/** An account at a provider: how many requests it takes in each window, and what it says to further ones. */
export type AccountPlan = Readonly<{
  account: string;
  requests: number;
  windowMs: number;
  kind: 'requests' | 'tokens' | 'spend' | 'overloaded';
  /** About when to come again. */
  says: 'when' | 'too-early' | 'nothing';
}>;

/** How it goes when agents are made. Each trouble with how many of 1,000 calls have it. */
export type ProvisionProfile = Readonly<{
  delayMs: number;
  failsPermille: number;
  throwsPermille: number;
  hangsPermille: number;
}>;

/** Memory: how much room there is, how long copies live, and how long its calls take. */
export type MemoryProfile = Readonly<{
  maxEntries: number;
  cacheSize: number;
  cacheTtlMs: number;
  passingMs: number;
  latencyMs: number;
  /** There is a tier 2. */
  hasShared: boolean;
}>;

/** What an attempt does in memory; stands in the input of a function task. */
export type MemoryPart = Readonly<{
  steps: readonly MemoryStep[];
  /** Does all of it once more, so long after its end. */
  afterMs?: number;
}>;

export type MemoryStep = Readonly<{
  do: 'count' | 'get' | 'set' | 'delete' | 'invalidate' | 'list' | 'note';
  key: string;
  pattern: string;
  ttlMs?: number;
  isLasting?: boolean;
}>;

/** How people answer what the coordinator asks of its own accord. Each trouble with how many of 1,000 have it. */
export type ApproverProfile = Readonly<{
  delayMs: number;
  silentPermille: number;
  /** They mean something else than what is asked. */
  wrongPermille: number;
  twicePermille: number;
}>;

export type Request = Readonly<{ id: string; client: string; atMs: number; input: SwarmInput }>;

/** How streams between hosts and coordinators fare. */
export type StreamProfile = Readonly<{
  delayMs: number;
  /** About how long one lasts; 0: for ever. */
  breakEveryMs: number;
  /** Of 1,000 that break, so many are noticed by one end only. */
  halfOpenPermille: number;
}>;

/** A machine outside of the coordinators whose process runs agents. `rate`: of its clocks, in thousandths. */
export type RemoteHost = Readonly<{
  name: string;
  rate: number;
  agents: readonly HostAgent[];
  capacity: HostCapacity;
}>;

export type RemotePlan = Readonly<{ times: HostTimes; hosts: readonly RemoteHost[]; streams: StreamProfile }>;

/** A time in which an agent, or all that lean on a provider, are not as they should be. */
export type Stretch = Readonly<{
  /** An agent or a provider. */
  whom: string;
  /** Attempts fail; or it does not answer, says that it cannot work, or takes long to say anything. */
  kind: 'fails' | 'silent' | 'ails' | 'slow';
  fromMs: number;
  toMs: number;
}>;

/** How agents are looked after. */
export type CarePlan = Readonly<{ intervalMs: number; maxMissed: number; stretches: readonly Stretch[] }>;

/** What goes wrong with hosts and the way to them. Hosts are `k1`, `k2` ... */
export type HostFault = Readonly<{ id: string; atMs: number }> &
  (
    | Readonly<{ kind: 'host-crash'; host: string; downMs: number }>
    /** Ends as on SIGTERM, and is started again. */
    | Readonly<{ kind: 'host-drain'; host: string }>
    | Readonly<{ kind: 'host-pause'; host: string; forMs: number }>
    /** Nothing goes to this host or coordinator, and nothing comes from it. */
    | Readonly<{ kind: 'isolate'; node: string; forMs: number }>
    | Readonly<{ kind: 'stream-break'; host: string }>
  );

/** Something that goes wrong at a time. Nodes are `c1`, `c2` ..., clients `u1`, `u2` ... */
export type Fault = HostFault | OwnFault;

export type OwnFault = Readonly<{ id: string; atMs: number }> &
  (
    | Readonly<{ kind: 'crash'; node: string; downMs: number }>
    /** Ends as on SIGTERM, and is started again. */
    | Readonly<{ kind: 'drain'; node: string }>
    | Readonly<{ kind: 'pause'; node: string; forMs: number }>
    /** Takes the lead although somebody leads, who does not notice for that time. */
    | Readonly<{ kind: 'usurp'; node: string; unseenMs?: number }>
    | Readonly<{ kind: 'cut'; from: string; to: string; forMs: number }>
    | Readonly<{ kind: 'wall-jump'; node: string; byMs: number }>
    | Readonly<{ kind: 'store-slow'; byMs: number; forMs: number }>
    | Readonly<{ kind: 'store-away'; forMs: number }>
    /** `reserve`: batches that the room kept back has place for. */
    | Readonly<{ kind: 'store-full'; forMs: number; reserve: number }>
    /** Tier 2 of memory. */
    | Readonly<{ kind: 'shared-away'; forMs: number }>
    | Readonly<{ kind: 'shared-flush' }>
  );

/** Calls of the outside that a fault may aim at. */
export type PortMethod =
  | 'act'
  | 'append'
  | 'claim'
  | 'committed'
  | 'confirmVeto'
  | 'keep'
  | 'latestSnapshot'
  | 'load'
  | 'read'
  | 'remember'
  | 'run'
  | 'saveSnapshot'
  | 'verify';

/** Something that goes wrong just before or after the n-th call of a method, whoever calls. */
export type Targeted = Readonly<{
  id: string;
  method: PortMethod;
  when: 'before' | 'after';
  nth: number;
  what: 'crash' | 'pause' | 'throw' | 'delay';
  forMs: number;
}>;

/** One whole world: what is asked for, by whom, who works, and what goes wrong. Plain JSON. */
export type Plan = Readonly<{
  format: 'waggle-simulation/1';
  /** For all that is drawn while the world runs. */
  seed: number;
  rules: SwarmRules;
  profile: Profile;
  /** Clock rates in thousandths, one for each coordinator. */
  clockRates: readonly number[];
  clients: readonly string[];
  hosts: readonly HostSpec[];
  agents: readonly AgentSpec[];
  /** Machines that run agents of their own. @default none */
  remote?: RemotePlan;
  accounts?: readonly AccountPlan[];
  provision?: ProvisionProfile;
  memory?: MemoryProfile;
  /** @default nobody asks agents how they are */
  care?: CarePlan;
  /** @default nobody answers but by a request */
  approvers?: ApproverProfile;
  requests: readonly Request[];
  /** Task ids whose every attempt kills its agent. */
  poison: readonly string[];
  faults: readonly Fault[];
  targeted: readonly Targeted[];
  /** When all faults end and what is left must come to its end. */
  chaosMs: number;
}>;
