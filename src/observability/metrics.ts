import type { AgentSpec } from '../core/agents/agent-spec.ts';
import type { MessageEvent, ProposalEvent, RunEvent, SwarmEvent, TaskEvent } from '../core/events.ts';
import type { RunId } from '../core/ids.ts';
import { type AlertEvent, isAlertEvent, type MetricsEvent } from '../core/alerts/alert-events.ts';
import type { TuningEvent } from '../core/tuning/tuning-events.ts';
import type { ConfigEvent } from '../core/settings/setting-events.ts';
import { isMessageEvent } from '../core/messaging/is-message-event.ts';
import { isScalingEvent } from '../core/scaling/is-scaling-event.ts';
import type { ScalingEvent } from '../core/scaling/scaling-events.ts';
import { routeOf } from '../core/messaging/message.ts';
import type { ResourceAmounts } from '../core/tasks/task-spec.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { JournalRecord } from '../ports/journal.ts';
import { ClosedSet, type Distribution, LabelledHistogram, LabelledNumber } from './instruments.ts';

type MetricRow = Readonly<{ type: 'counter' | 'gauge' | 'histogram'; label?: string; help: string }>;

/** Every metric once. Base units; labels from closed sets only: ids go to logs and traces. */
const METRICS = {
  coordination_message_delivery_seconds: {
    type: 'histogram',
    help: 'From sending a message to its being received, of messages that were acknowledged.',
  },
  coordination_messages_dead_total: {
    type: 'counter',
    label: 'reason',
    help: 'Dead letters, by reason, per recipient.',
  },
  coordination_messages_total: {
    type: 'counter',
    label: 'message_type',
    help: 'Messages sent: direct, broadcast (to all or a role) or topic.',
  },
  swarm_active_agents: { type: 'gauge', label: 'agent_type', help: 'Registered agents, by role.' },
  swarm_agent_slots: { type: 'gauge', help: 'Attempts that all agents can have side by side.' },
  swarm_agent_restarts_total: { type: 'counter', help: 'Agents that were started anew and run again.' },
  swarm_agents_lost_total: { type: 'counter', help: 'Agents that gave no sign of life.' },
  swarm_alerts_firing: { type: 'gauge', help: 'Alerts that fire.' },
  swarm_alerts_total: { type: 'counter', label: 'severity', help: 'Alerts that fired, by severity.' },
  swarm_attempts_running: { type: 'gauge', help: 'Attempts that run or are being checked.' },
  swarm_attempts_started_total: { type: 'counter', help: 'Attempts given to an agent.' },
  swarm_attempt_failures_total: { type: 'counter', label: 'reason', help: 'Attempts that failed, by reason.' },
  swarm_account_pauses_total: { type: 'counter', help: 'Pauses of provider accounts whose quota was used up.' },
  swarm_breaker_trips_total: { type: 'counter', help: 'Circuit breakers that opened.' },
  swarm_events_total: { type: 'counter', label: 'type', help: 'Committed events, by type.' },
  swarm_proposals_open: { type: 'gauge', help: 'Proposals that wait for votes or for the check of a veto.' },
  swarm_proposals_total: { type: 'counter', label: 'outcome', help: 'Proposals that were decided, by outcome.' },
  swarm_resource_utilization: {
    type: 'gauge',
    label: 'resource_type',
    help: 'Reserved share of what all hosts offer, 0 to 1.',
  },
  swarm_runs_open: { type: 'gauge', help: 'Runs that have not ended.' },
  swarm_runs_total: { type: 'counter', label: 'outcome', help: 'Runs that ended, by outcome.' },
  swarm_scale_decisions_total: {
    type: 'counter',
    label: 'direction',
    help: 'Decisions on the number of agents of a group, up or down.',
  },
  swarm_tasks_added_total: { type: 'counter', help: 'Tasks added to runs.' },
  swarm_tasks_open: { type: 'gauge', help: 'Tasks that have not ended.' },
  swarm_tasks_total: { type: 'counter', label: 'outcome', help: 'Tasks that ended, by outcome.' },
  swarm_votes_total: { type: 'counter', label: 'choice', help: 'Votes that counted when they came, by choice.' },
  task_execution_duration_seconds: {
    type: 'histogram',
    label: 'task_type',
    help: 'From the start of the last attempt to the end of the task.',
  },
} as const;

export type MetricName = keyof typeof METRICS;

const ROWS: Readonly<Record<MetricName, MetricRow>> = METRICS;

/** One metric with its figures; the label value is empty where the metric has no label. */
export type MetricFamily = MetricRow &
  Readonly<{
    name: MetricName;
    samples: readonly (readonly [labelValue: string, figure: number | Distribution])[];
    /** Upper bounds of a histogram's buckets, seconds. */
    bounds?: readonly number[];
  }>;

/** Seconds; the last bound is an hour. */
const DURATION_BOUNDS = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600];
/** Seconds; a recipient that has not started yet may be an hour away. */
const DELIVERY_BOUNDS = [0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 1, 10, 60, 600, 3600];
/** Types of tasks that get a label value of their own. */
const MOST_TYPES = 200;
const RESOURCES = ['cpu', 'memory', 'storage', 'network'] as const;

type OpenTask = {
  readonly type: string;
  startedAtMs: number;
  reserved: ResourceAmounts | undefined;
  /** What its attempt reserves while it holds a slot. */
  reservation: ResourceAmounts | undefined;
  isResting: boolean;
};

/** Counts what is committed. A view: costs well under a microsecond per event and keeps open tasks only. */
export class Metrics implements EventSink {
  readonly #numbers = new Map<MetricName, LabelledNumber>();
  readonly #durations = new LabelledHistogram(DURATION_BOUNDS);
  readonly #deliveries = new LabelledHistogram(DELIVERY_BOUNDS);
  readonly #types = new ClosedSet(MOST_TYPES);
  readonly #roles = new ClosedSet(MOST_TYPES);
  readonly #open = new Map<string, OpenTask>();
  readonly #agents = new Map<string, AgentSpec>();
  readonly #offered = { cpu: 0, memory: 0, storage: 0, network: 0 };
  readonly #reserved = { cpu: 0, memory: 0, storage: 0, network: 0 };
  readonly #events: LabelledNumber;
  readonly #running: LabelledNumber;
  readonly #started: LabelledNumber;

  constructor() {
    for (const [name, { type }] of entriesOf(ROWS)) {
      if (type !== 'histogram') this.#numbers.set(name, new LabelledNumber());
    }
    this.#events = this.#number('swarm_events_total');
    this.#running = this.#number('swarm_attempts_running');
    this.#started = this.#number('swarm_attempts_started_total');
  }

  committed(records: readonly JournalRecord[]): void {
    for (const { event, atMs } of records) {
      this.#events.add(event.type);
      if ('taskId' in event) this.#countTask(event, atMs);
      else this.#countOther(event);
    }
  }

  /** All metrics as they are now, in the order of the table. */
  snapshot(): readonly MetricFamily[] {
    return entriesOf(ROWS).map(([name, row]) => {
      if (name === 'coordination_message_delivery_seconds')
        return { name, ...row, samples: this.#deliveries.entries(), bounds: DELIVERY_BOUNDS };
      if (row.type === 'histogram')
        return { name, ...row, samples: this.#durations.entries(), bounds: DURATION_BOUNDS };
      return { name, ...row, samples: this.#number(name).entries() };
    });
  }

  #number(name: MetricName): LabelledNumber {
    return this.#numbers.get(name) ?? new LabelledNumber();
  }

  #countTask(event: TaskEvent, atMs: number): void {
    const task = this.#open.get(event.taskId);
    if (task === undefined) return;
    switch (event.type) {
      case 'attempt.assigned':
        this.#started.add('');
        this.#running.add('');
        task.startedAtMs = atMs;
        task.reservation = event.reserved;
        this.#reserve(task, event.reserved);
        return;
      case 'attempt.failed':
      case 'task.outcome-unknown':
        this.#number('swarm_attempt_failures_total').add(event.failure.reason);
        return this.#endAttempt(task);
      case 'reservation.shrunk':
        this.#release(task);
        return this.#reserve(task, event.reserved);
      case 'task.failed':
        this.#number('swarm_attempt_failures_total').add(event.failure.reason);
        return this.#endTask(event.taskId, task, 'failed', atMs);
      case 'task.succeeded':
        return this.#endTask(event.taskId, task, 'succeeded', atMs);
      case 'task.skipped':
        return this.#endTask(event.taskId, task, 'skipped', atMs);
      case 'task.cancelled':
        return this.#endTask(event.taskId, task, 'cancelled', atMs);
      case 'attempt.awaiting':
        return this.#rest(task);
      case 'attempt.resumed':
        return this.#goOn(task);
      case 'attempt.reported':
      case 'attempt.claimed':
      case 'reservation.reviewed':
      case 'task.became-ready':
      case 'task.cancelling':
        return;
    }
  }

  #endTask(id: string, task: OpenTask, outcome: string, atMs: number): void {
    if (task.startedAtMs >= 0 && (outcome === 'succeeded' || outcome === 'failed')) {
      this.#durations.observe(task.type, (atMs - task.startedAtMs) / 1000);
    }
    this.#endAttempt(task);
    this.#open.delete(id);
    this.#number('swarm_tasks_total').add(outcome);
    this.#number('swarm_tasks_open').add('', -1);
  }

  #endAttempt(task: OpenTask): void {
    if (task.startedAtMs < 0) return;
    task.startedAtMs = -1;
    this.#rest(task);
    task.isResting = false;
  }

  /** It waits for sub-tasks, and holds neither a slot nor resources. */
  #rest(task: OpenTask): void {
    if (task.isResting) return;
    task.isResting = true;
    this.#running.add('', -1);
    this.#release(task);
  }

  #goOn(task: OpenTask): void {
    task.isResting = false;
    this.#running.add('');
    this.#reserve(task, task.reservation);
  }

  #countOther(event: Exclude<SwarmEvent, TaskEvent>): void {
    if (isMessageEvent(event)) return this.#countMessage(event);
    if (isScalingEvent(event)) return this.#countScaling(event);
    if (isAlertEvent(event)) return this.#countAlert(event);
    if ('runId' in event) return this.#countRun(event);
    if ('proposalId' in event) return this.#countProposal(event);
    switch (event.type) {
      case 'host.draining':
      case 'host.left':
      case 'host.lost':
        return;
      case 'host.joined':
      case 'host.registered':
        for (const kind of RESOURCES) this.#offered[kind] += event.host[kind] ?? 0;
        return;
      case 'agents.registered':
        for (const agent of event.agents) this.#addAgent(agent);
        return;
      case 'agent.removed':
        return this.#removeAgent(event.agentId);
      case 'agent.health-changed':
        if (event.status === 'lost') this.#number('swarm_agents_lost_total').add('');
        return;
      case 'agent.restarted':
        return this.#number('swarm_agent_restarts_total').add('');
      case 'breaker.opened':
        return this.#number('swarm_breaker_trips_total').add('');
      case 'agent.draining':
      case 'account.paused':
        return this.#number('swarm_account_pauses_total').add('');
      case 'account.resumed':
      case 'agent.overloaded':
      case 'agent.relieved':
      case 'agent.restart-planned':
      case 'agent.revived':
      case 'agent.stopped':
      case 'breaker.closed':
      case 'breaker.half-opened':
      case 'memory.cleared':
      case 'memory.invalidated':
        return;
    }
  }

  #countRun(event: RunEvent): void {
    if (event.type === 'run.created') this.#number('swarm_runs_open').add('');
    if (event.type === 'tasks.added' || event.type === 'tasks.delegated') {
      for (const { name, type } of event.tasks) this.#addTask(`${event.runId}/${name}`, type);
    }
    if (event.type === 'run.finished') {
      this.#number('swarm_runs_open').add('', -1);
      this.#number('swarm_runs_total').add(event.outcome.state);
      this.#removeAgentsOf(event.runId);
    }
  }

  #countAlert(event: AlertEvent | ConfigEvent | MetricsEvent | TuningEvent): void {
    if (event.type === 'alert.fired') {
      this.#number('swarm_alerts_firing').add('');
      this.#number('swarm_alerts_total').add(event.severity);
    }
    if (event.type === 'alert.resolved') this.#number('swarm_alerts_firing').add('', -1);
  }

  #countMessage(event: MessageEvent): void {
    const dead = this.#number('coordination_messages_dead_total');
    if (event.type === 'message.sent') {
      this.#number('coordination_messages_total').add(routeOf(event.message));
      for (const { why } of event.dead ?? []) dead.add(why);
    }
    if (event.type === 'messages.died') dead.add(event.why, event.ids.length);
    if (event.type !== 'messages.acknowledged') return;
    for (const waitedMs of event.waitedMs) this.#deliveries.observe('', waitedMs / 1000);
  }

  #countScaling(event: ScalingEvent): void {
    if (event.type !== 'scaling.decided') return;
    this.#number('swarm_scale_decisions_total').add(event.to > event.from ? 'up' : 'down');
  }

  #countProposal(event: ProposalEvent): void {
    if (event.type === 'proposal.opened') this.#number('swarm_proposals_open').add('');
    if (event.type === 'proposal.voted') this.#number('swarm_votes_total').add(event.vote.choice);
    if (event.type !== 'proposal.closed') return;
    this.#number('swarm_proposals_open').add('', -1);
    this.#number('swarm_proposals_total').add(event.outcome);
  }

  #addTask(id: string, type: string): void {
    const nothing = { reserved: undefined, reservation: undefined, isResting: false };
    this.#open.set(id, { type: this.#types.of(type), startedAtMs: -1, ...nothing });
    this.#number('swarm_tasks_added_total').add('');
    this.#number('swarm_tasks_open').add('');
  }

  #addAgent(agent: AgentSpec): void {
    this.#removeAgent(agent.id);
    this.#agents.set(agent.id, agent);
    this.#number('swarm_active_agents').add(this.#roles.of(agent.role));
    this.#number('swarm_agent_slots').add('', agent.slots);
  }

  #removeAgent(id: string): void {
    const agent = this.#agents.get(id);
    if (agent === undefined) return;
    this.#agents.delete(id);
    this.#number('swarm_active_agents').add(this.#roles.of(agent.role), -1);
    this.#number('swarm_agent_slots').add('', -agent.slots);
  }

  /** Agents of a run end with it. */
  #removeAgentsOf(runId: RunId): void {
    for (const agent of this.#agents.values()) if (agent.runId === runId) this.#removeAgent(agent.id);
  }

  #reserve(task: OpenTask, amounts: ResourceAmounts | undefined): void {
    if (amounts === undefined) return;
    task.reserved = amounts;
    for (const kind of RESOURCES) this.#reserved[kind] += amounts[kind] ?? 0;
    this.#showReserved();
  }

  #release(task: OpenTask): void {
    if (task.reserved === undefined) return;
    for (const kind of RESOURCES) this.#reserved[kind] -= task.reserved[kind] ?? 0;
    task.reserved = undefined;
    this.#showReserved();
  }

  #showReserved(): void {
    for (const kind of RESOURCES) {
      const offered = this.#offered[kind];
      if (offered > 0) this.#number('swarm_resource_utilization').set(kind, this.#reserved[kind] / offered);
    }
  }
}

function entriesOf<Name extends string, Row>(table: Readonly<Record<Name, Row>>): readonly (readonly [Name, Row])[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a literal table are its names
  return Object.entries(table) as [Name, Row][];
}
