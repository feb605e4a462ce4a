type MetricRow = Readonly<{
  /**
   * `gauge`: a figure of now. `counter`: things that happened, which a condition counts over a window. `samples`:
   * figures one by one, of which it takes an average or a percentile over a window. `summary`: one of these with the
   * window that it mostly needs.
   */
  kind: 'gauge' | 'counter' | 'samples' | 'summary';
  /** One series for each agent. */
  by?: 'agent';
  help: string;
}>;

const TABLE = {
  agent_health_status: { kind: 'gauge', by: 'agent', help: '3 healthy, 2 degraded, 1 unhealthy, 0 lost.' },
  agent_load_ratio: { kind: 'gauge', by: 'agent', help: 'Share of its slots in use, 0 to 1.' },
  agents: { kind: 'gauge', help: 'Registered agents.' },
  agents_lost: { kind: 'counter', help: 'Agents that gave no sign of life any more.' },
  agents_restarted: { kind: 'counter', help: 'Agents that were started anew.' },
  attempts_failed: { kind: 'counter', help: 'Attempts that failed and count against their task.' },
  attempts_running: { kind: 'gauge', help: 'Attempts that run or are being checked.' },
  attempts_started: { kind: 'counter', help: 'Attempts given to an agent.' },
  average_load_ratio: { kind: 'gauge', help: 'Share of all slots in use, 0 to 1; unknown without agents.' },
  breakers_open: { kind: 'gauge', help: 'Circuit breakers that let nothing through.' },
  breakers_opened: { kind: 'counter', help: 'Circuit breakers that opened.' },
  budget_used_ratio: {
    kind: 'gauge',
    help: 'The largest used share of attempts, tokens or money of an open run’s budget; unknown without.',
  },
  cache_hit_ratio: { kind: 'gauge', help: 'Reads of the shared memory that tier 1 answered, 0 to 1; from 100 reads.' },
  coordination_latency: { kind: 'summary', help: 'p95 of message_latency_ms over 1 minute.' },
  memory_ratio: { kind: 'gauge', help: 'Share of the memory of this host in use, 0 to 1.' },
  message_latency_ms: { kind: 'samples', help: 'From sending a message to its being received, ms.' },
  messages_died: { kind: 'counter', help: 'Messages that became dead letters.' },
  messages_sent: { kind: 'counter', help: 'Messages sent.' },
  proposals_open: { kind: 'gauge', help: 'Votes that go on.' },
  runs_open: { kind: 'gauge', help: 'Runs that have not ended.' },
  task_duration_ms: { kind: 'samples', help: 'From the start of the last attempt to the success of the task, ms.' },
  task_failure_rate: {
    kind: 'summary',
    help: 'Failed tasks by those that succeeded or failed, over 5 minutes; unknown below 10 of them.',
  },
  task_wait_ms: { kind: 'samples', help: 'From being ready to being given to an agent, ms.' },
  task_wait_p95: { kind: 'summary', help: 'p95 of task_wait_ms over 5 minutes; unknown below 10 of them.' },
  tasks_ended: { kind: 'counter', help: 'Tasks that succeeded or failed.' },
  tasks_failed: { kind: 'counter', help: 'Tasks that failed.' },
  tasks_ready: { kind: 'gauge', help: 'Tasks that wait for an agent.' },
} as const;

/** Every figure that a condition may name. */
export type MetricName = keyof typeof TABLE;
export type NameOfKind<Kind extends MetricRow['kind']> = {
  [Name in MetricName]: (typeof TABLE)[Name]['kind'] extends Kind ? Name : never;
}[MetricName];
export type GaugeName = NameOfKind<'gauge'>;
export type CounterName = NameOfKind<'counter'>;
export type SamplesName = NameOfKind<'samples'>;
export type SummaryName = NameOfKind<'summary'>;

export const METRICS: Readonly<Record<MetricName, MetricRow>> = TABLE;

/** In the order of the table, which is that of the alphabet. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a literal table are its names
export const METRIC_NAMES: readonly MetricName[] = Object.keys(TABLE) as readonly MetricName[];

export function isMetricName(text: string): text is MetricName {
  return Object.hasOwn(TABLE, text);
}

type Summary<Name> = Readonly<{ of: readonly [Name, ...Name[]]; spanMs: number; least: number }>;

/** What a summary is made of. `least`: fewer things in the window say nothing. */
export const SUMMARIES: Readonly<{
  coordination_latency: Summary<SamplesName>;
  task_failure_rate: Summary<CounterName>;
  task_wait_p95: Summary<SamplesName>;
}> = {
  coordination_latency: { of: ['message_latency_ms'], spanMs: 60_000, least: 1 },
  task_failure_rate: { of: ['tasks_failed', 'tasks_ended'], spanMs: 300_000, least: 10 },
  task_wait_p95: { of: ['task_wait_ms'], spanMs: 300_000, least: 10 },
};

/** What a condition may take of a window. */
export type WindowFunction = 'avg' | 'increase' | 'max' | 'min' | 'p50' | 'p95' | 'p99' | 'rate';

export function isSamples(name: MetricName): name is SamplesName {
  return METRICS[name].kind === 'samples';
}

export function isCounter(name: MetricName): name is CounterName {
  return METRICS[name].kind === 'counter';
}
