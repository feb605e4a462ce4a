import { COORDINATION } from './coordination-options.ts';
import { COMMUNICATION_OPTIONS } from './communication-options.ts';
import { MEMORY_OPTIONS } from './memory-options.ts';
import { MONITORING_OPTIONS } from './monitoring-options.ts';
import { PERFORMANCE_OPTIONS } from './performance-options.ts';
import type { ResourceAmounts } from '../core/tasks/task-spec.ts';
import type { OptionRow } from './option-row.ts';

const TABLE = {
  // oxlint-disable-next-line typescript/no-unnecessary-type-assertion -- declarations are made file by file
  communication: COMMUNICATION_OPTIONS as typeof COMMUNICATION_OPTIONS,
  messaging: {
    mailboxSize: {
      type: 'count',
      unit: 'messages',
      default: 1_000,
      min: 1,
      max: 100_000,
      effect: 'Further messages to a recipient are refused while this many wait in its mailbox.',
      reason: 'A recipient that is a thousand messages behind is not reading; its senders should know.',
      applies: 'live',
    },
    maxHops: {
      type: 'count',
      unit: 'messages',
      default: 8,
      min: 1,
      max: 1_000,
      effect: 'Messages that may follow from one another; the next answer in such a chain is refused.',
      reason: 'What two agents have not settled after eight answers they will not settle by more.',
      applies: 'live',
    },
    maxPerRun: {
      type: 'count',
      unit: 'messages',
      default: 1_000_000,
      min: 1,
      max: 100_000_000,
      effect: 'All messages that the tasks of one run may send; further ones are refused.',
      reason: 'Far above what work needs, so that two tasks that talk without end stop before the disk is full.',
      applies: 'live',
    },
  },
  faultTolerance: {
    maxAttempts: {
      type: 'count',
      unit: 'attempts',
      default: 3,
      min: 1,
      max: 20,
      effect: 'How often a task that fails is tried in all, unless the workflow says otherwise.',
      reason: 'Most passing trouble is over by the third try; a real mistake is not.',
      applies: 'run',
    },
    retryFirstDelayMs: {
      type: 'duration',
      default: 1_000,
      min: 0,
      max: 3_600_000,
      effect: 'The wait before the second attempt; it doubles from attempt to attempt.',
      reason: 'Short enough for a person who watches, long enough for a port to be free again.',
      applies: 'run',
    },
    retryMaxDelayMs: {
      type: 'duration',
      default: 300_000,
      min: 0,
      max: 86_400_000,
      effect: 'The longest wait between two attempts.',
      reason: 'Beyond five minutes waiting longer helps no more.',
      applies: 'run',
    },
    taskTimeoutMs: {
      type: 'duration',
      default: 3_600_000,
      min: 1_000,
      max: 604_800_000,
      effect: 'When an attempt is ended that does not end by itself, unless the workflow says otherwise.',
      reason: 'Longer than nearly every build, short enough that a hanging one is noticed the same day.',
      applies: 'run',
    },
    healthCheckInterval: {
      type: 'duration',
      default: 5_000,
      min: 100,
      max: 3_600_000,
      effect:
        'How often supervised agents are asked how they are; one that has not answered by the next time has missed it.',
      reason: 'Often enough that three misses are noticed in a quarter of a minute, seldom enough to cost nothing.',
      applies: 'start',
    },
    maxFailureCount: {
      type: 'count',
      unit: 'answers',
      default: 3,
      min: 1,
      max: 100,
      effect: 'Missing answers in a row after which an agent counts as lost, and its tasks go to others.',
      reason: 'One can get lost and two can be late; three are silence.',
      applies: 'start',
    },
    maxResponseMs: {
      type: 'duration',
      default: 5_000,
      min: 1,
      max: 3_600_000,
      effect: 'An agent that takes longer to answer has one thing against it; with two it gets no work.',
      reason: 'An agent at work answers in milliseconds.',
      applies: 'live',
    },
    maxErrorPercent: {
      type: 'count',
      unit: 'percent',
      default: 10,
      min: 0,
      max: 100,
      effect: 'An agent of whose last 20 attempts more than this failed has one thing against it.',
      reason: 'One failure in ten is bad luck; more is a pattern.',
      applies: 'live',
    },
    maxMemoryPercent: {
      type: 'count',
      unit: 'percent',
      default: 90,
      min: 1,
      max: 100,
      effect: 'An agent that uses more of its memory has one thing against it.',
      reason: 'Close enough to full that the next task may end it.',
      applies: 'live',
    },
    hostLeaseMs: {
      type: 'duration',
      default: 15_000,
      min: 1_000,
      max: 600_000,
      effect: 'After so long without a message from a host, what it runs is given to another agent.',
      reason: 'Three heartbeats: a hiccup loses nothing, and work does not lie idle for long.',
      applies: 'start',
    },
    hostHeartbeatMs: {
      type: 'duration',
      default: 5_000,
      min: 250,
      max: 200_000,
      effect:
        'How often a host says that it is there, in pauses of its other messages. Keep it at a third of the lease.',
      reason: 'Often enough that two may be lost, seldom enough to cost nothing.',
      applies: 'start',
    },
    hostOrphanMs: {
      type: 'duration',
      default: 120_000,
      min: 1_000,
      max: 86_400_000,
      effect: 'How long a host goes on without a leader before it ends what it runs.',
      reason: 'A change of leader takes seconds and must waste no work; after two minutes nobody may be there at all.',
      applies: 'start',
    },
    maxRestarts: {
      type: 'count',
      unit: 'restarts',
      default: 5,
      min: 0,
      max: 1_000,
      effect: 'How often a lost agent is started anew within a minute before it is stopped.',
      reason: 'What does not stay up after five starts needs a person, not a sixth.',
      applies: 'live',
    },
    circuitBreakerThreshold: {
      type: 'count',
      unit: 'failures',
      default: 5,
      min: 1,
      max: 1_000,
      effect:
        'Failed attempts in a row after which nothing goes to a supervised agent, or to its provider, for a while.',
      reason: 'Five in a row are hardly chance, and a sixth would only cost time and money.',
      applies: 'live',
    },
    circuitBreakerSuccesses: {
      type: 'count',
      unit: 'successes',
      default: 3,
      min: 1,
      max: 1_000,
      effect: 'Successes in a row, one at a time, after which a breaker that was open lets everything through again.',
      reason: 'One may be luck; three show that it works.',
      applies: 'live',
    },
    recoveryTimeout: {
      type: 'duration',
      default: 60_000,
      min: 100,
      max: 86_400_000,
      effect: 'How long a breaker stays open before one attempt at a time is let through.',
      reason: 'A minute is what most outages that heal by themselves need.',
      applies: 'live',
    },
  },
  // oxlint-disable-next-line typescript/no-unnecessary-type-assertion -- declarations are made file by file
  performance: PERFORMANCE_OPTIONS as typeof PERFORMANCE_OPTIONS,
  budgets: {
    wallMs: {
      type: 'duration',
      default: null,
      min: 1_000,
      max: 31_536_000_000,
      effect: 'How long a run may take in all, unless the workflow says otherwise.',
      reason: 'Unlimited: a run that nobody limits should end by its work.',
      applies: 'run',
    },
    attempts: {
      type: 'count',
      unit: 'attempts',
      default: null,
      min: 1,
      max: 10_000_000,
      effect: 'Attempts of a run in all, unless the workflow says otherwise.',
      reason: 'Unlimited: every task has a limit of its own.',
      applies: 'run',
    },
  },
  workspaces: {
    setup: {
      type: 'commands',
      default: [],
      most: 20,
      effect: 'Commands that prepare a clean copy of the project before the verify commands of a task run in it.',
      reason: 'None: dependency folders that the project ignores are linked into the copy.',
      applies: 'run',
      needsGrant: true,
    },
    maxFiles: {
      type: 'count',
      unit: 'files',
      default: 200_000,
      min: 100,
      max: 5_000_000,
      effect: 'A project with more files gets no clean copy, so tasks with verify commands fail in it.',
      reason: 'More than the largest checkouts we know, less than a home folder taken by mistake.',
      applies: 'start',
    },
    maxBytes: {
      type: 'bytes',
      default: 2_147_483_648,
      min: 1_048_576,
      max: 1_099_511_627_776,
      effect: 'A project that is larger gets no clean copy.',
      reason: 'A copy of 2 GiB takes seconds; a larger one should be somebody’s decision.',
      applies: 'start',
    },
  },
  // oxlint-disable-next-line typescript/no-unnecessary-type-assertion -- declarations are made file by file
  memory: MEMORY_OPTIONS as typeof MEMORY_OPTIONS,
  // oxlint-disable-next-line typescript/no-unnecessary-type-assertion -- declarations are made file by file
  monitoring: MONITORING_OPTIONS as typeof MONITORING_OPTIONS,
  security: {
    allowHosts: {
      type: 'hosts',
      default: [],
      most: 100,
      effect:
        'Hosts with their port to which notices may go although they are in a private network, or without encryption.',
      reason: 'None: whoever can choose an address must not reach what only this machine or its network can reach.',
      applies: 'start',
      needsGrant: true,
    },
    passEnvironment: {
      type: 'names',
      default: [],
      most: 100,
      effect:
        'Environment variables that every command gets, as if each task named them in envFrom: one that is not set fails it.',
      reason: 'None: a command sees only PATH and the like, so that no secret gets lost by accident.',
      applies: 'run',
      needsGrant: true,
    },
  },
} as const;

type Table = Readonly<{ coordination: typeof COORDINATION }> & typeof TABLE;
type ValueOf<Row> = Row extends { type: 'choice'; choices: readonly (infer Choice)[] }
  ? Choice
  : Row extends { type: 'names' | 'people' | 'hosts' }
    ? readonly string[]
    : Row extends { type: 'commands' }
      ? readonly (readonly string[])[]
      : Row extends { type: 'amounts' }
        ? ResourceAmounts
        : Row extends { default: null }
          ? number | undefined
          : number;

export type OptionGroup = keyof Table;

/** The value of every option, by group: `options.coordination.maxAgents`. Undefined means unlimited. */
export type Options = {
  readonly [Group in OptionGroup]: { readonly [Name in keyof Table[Group]]: ValueOf<Table[Group][Name]> };
};

/** A value of any option. */
export type OptionValue =
  | number
  | string
  | ResourceAmounts
  | readonly string[]
  | readonly (readonly string[])[]
  | undefined;

const GROUPS: Readonly<Record<string, Readonly<Record<string, OptionRow>>>> = {
  coordination: COORDINATION,
  ...TABLE,
};

/** Every option there is, by `<group>.<name>`, in the order of the table. */
export const OPTIONS: ReadonlyMap<string, OptionRow> = new Map(
  Object.entries(GROUPS).flatMap(([group, rows]) =>
    Object.entries(rows).map(([name, row]): [string, OptionRow] => [`${group}.${name}`, row]),
  ),
);

/** In the order of the table. */
export const OPTION_GROUPS: readonly string[] = Object.keys(GROUPS);

/** What an option is when nobody sets it. */
export function defaultOf(row: OptionRow, cores: number): OptionValue {
  if (row.default === 'cores') return Math.max(1, cores);
  return row.default ?? undefined;
}

/** `coordination.maxAgents` is `WAGGLE_COORDINATION_MAX_AGENTS` in the environment. */
export function variableOf(name: string): string {
  return `WAGGLE_${name.replaceAll('.', '_').replaceAll(/([a-z])([A-Z])/g, '$1_$2')}`.toUpperCase();
}

/** Puts values by name into their groups. `values` has one for each option, checked against its row. */
export function toOptions(values: ReadonlyMap<string, OptionValue>): Options {
  const groups = Object.entries(GROUPS).map(([group, rows]) => [
    group,
    Object.fromEntries(Object.keys(rows).map((name) => [name, values.get(`${group}.${name}`)])),
  ]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `Options` is derived from the table that is walked here
  return Object.fromEntries(groups) as Options;
}
