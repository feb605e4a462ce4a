import {
  type AlertAction,
  type AlertRule,
  type AlertRuleSpec,
  DEFAULT_ALERTS,
  readAlertRule,
} from '../core/alerts/alert-rule.ts';
import type { LiveOption, SettingValue } from '../core/settings/setting-events.ts';
import type { SwarmRules } from '../core/swarm-state.ts';
import { Stream } from './draw.ts';
import type { Request } from './plan.ts';

/** In some worlds more is watched than by default, with short times. */
export function drawAlerts(seed: number): readonly AlertRule[] {
  const stream = new Stream(seed, 'alerts');
  if (stream.chance(600)) return DEFAULT_ALERTS;
  const forMs = (): number => stream.pick(0, 0, 300, 3_000);
  const actions = stream.of(ACTIONS);
  const most = stream.whole(0, 4);
  const specs: readonly AlertRuleSpec[] = [
    { name: 'busy', condition: `attempts_running > ${most}`, forMs: forMs() },
    { name: 'open', condition: 'runs_open > 1', forMs: forMs() },
    // Failures come to an end, so runs that it pauses go on for good at last.
    { name: 'failing', condition: 'increase(tasks_failed, "5s") > 1', forMs: forMs(), actions },
    { name: 'queue', condition: `tasks_ready > ${stream.whole(0, 12)}`, forMs: forMs() },
    { name: 'crew', condition: `agents > ${stream.whole(2, 20)}`, forMs: forMs() },
    { name: 'ailing', condition: 'agent_health_status < 3', forMs: forMs(), actions: stream.of(ACTIONS_ON_AGENTS) },
    { name: 'full', condition: 'memory_ratio > 0.85', forMs: forMs() },
  ];
  return [...DEFAULT_ALERTS, ...specs.map(ruleOf)];
}

const ACTIONS: readonly (readonly AlertAction[])[] = [[], [], ['pause-runs'], ['scale-up', 'pause-runs']];

const ACTIONS_ON_AGENTS: readonly (readonly AlertAction[])[] = [
  [],
  ['drain-agent'],
  ['restart-agent'],
  ['open-breaker'],
];

function ruleOf(spec: AlertRuleSpec): AlertRule {
  const read = readAlertRule(spec);
  if (!read.ok) throw new Error(`Internal error: ${JSON.stringify(read.problems)}`);
  return read.rule;
}

/** Options that may be changed while somebody leads, as they are configured in this world. */
export function liveOptionsOf({
  maxWaitMs,
  strategy,
  scaling,
}: Pick<SwarmRules, 'maxWaitMs' | 'strategy' | 'scaling'>): readonly LiveOption[] {
  return [
    { name: 'coordination.algorithm', configured: strategy, choices: STRATEGIES },
    { name: 'coordination.coolDownMs', configured: scaling.coolDownMs, min: 0, max: 3_600_000 },
    { name: 'coordination.maxWaitMs', configured: maxWaitMs, min: 0, max: 86_400_000 },
    { name: 'performance.cacheSize', configured: 1_000, min: 1, max: 1_000_000 },
    { name: 'communication.batchSize', configured: 512, min: 1, max: 10_000 },
  ];
}

const STRATEGIES: readonly string[] = ['adaptive', 'capability-based', 'least-loaded', 'round-robin'];

type Asked = Readonly<{ seed: number; clients: readonly string[]; chaosMs: number }>;

/** People change options, back and forth, also to what cannot be. */
export function drawSettings({ seed, clients, chaosMs }: Asked): readonly Request[] {
  const stream = new Stream(seed, 'settings');
  const count = stream.chance(300) ? stream.whole(1, 6) : 0;
  return Array.from({ length: count }, (_, index): Request => {
    const [name, ...values] = stream.of(CHANGES);
    const by = 'user:m1';
    const input = stream.chance(250)
      ? ({ type: 'config.reset', name, by } as const)
      : ({ type: 'config.set', name, value: stream.of(values), by } as const);
    return { id: `setting ${index + 1}`, client: stream.of(clients), atMs: stream.whole(1, chaosMs), input };
  });
}

const CHANGES: readonly (readonly [name: string, ...values: SettingValue[]])[] = [
  ['coordination.algorithm', 'adaptive', 'round-robin', 'least-loaded', 'by-luck'],
  ['coordination.coolDownMs', 1_000, 2_000, -1],
  ['coordination.maxWaitMs', 100, 2_000, 600_000],
  ['performance.cacheSize', 1, 7, 0],
  ['communication.batchSize', 1, 3, 8, 64, 512],
  ['coordination.maxAgents', 3],
];
