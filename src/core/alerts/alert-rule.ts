import { METRICS } from '../metrics/metric-table.ts';
import { type Condition, readsOf } from './condition.ts';
import { parseCondition } from './parse-condition.ts';

export type Severity = 'info' | 'warning' | 'critical';
export const SEVERITIES: readonly Severity[] = ['info', 'warning', 'critical'];

/** What an alert may do by itself, besides telling people. */
export type AlertAction =
  /** The agent finishes what it has, and gets nothing new. */
  | 'drain-agent'
  /** Nothing goes to the agent for as long as a breaker stays open. */
  | 'open-breaker'
  /** Every run that goes on: nothing of it starts before somebody lets it go on. */
  | 'pause-runs'
  /** As if the agent were lost: its tasks go to others, and it is started anew. */
  | 'restart-agent'
  /** One more agent, where something can add one. */
  | 'scale-up';
export const ALERT_ACTIONS: readonly AlertAction[] = [
  'drain-agent',
  'open-breaker',
  'pause-runs',
  'restart-agent',
  'scale-up',
];
const OF_ONE_AGENT: ReadonlySet<AlertAction> = new Set(['drain-agent', 'open-breaker', 'restart-agent']);

/** A rule as people write it. */
export type AlertRuleSpec = Readonly<{
  /** Letters, digits, `_` and `-`, at most 64. */
  name: string;
  /** docs/guides/alerts.md has the language and the metrics. */
  condition: string;
  /** How long the condition must hold before it fires, ms, 0 to 24 hours. @default 0 */
  forMs?: number;
  /** @default 'warning' */
  severity?: Severity;
  /** For people, at most 500 characters. @default the condition */
  description?: string;
  /** In this order. @default none: people are told, nothing else happens */
  actions?: readonly AlertAction[];
}>;

/** A rule whose condition was parsed. */
export type AlertRule = Readonly<Required<AlertRuleSpec> & { parsed: Condition; isPerAgent: boolean }>;

export const ALERT_LIMITS: Readonly<{ rules: number; active: number; forMs: number; description: number }> = {
  rules: 100,
  /** Alerts that are pending or firing at once, over all rules and agents; further ones wait until one is over. */
  active: 1_000,
  forMs: 86_400_000,
  description: 500,
};

/** What is wrong with a rule: `key` says where, `offset` how far into it. */
export type RuleProblem = Readonly<{ key: keyof AlertRuleSpec; offset?: number; message: string; fix: string }>;

/** Begins the reason of a run that an alert has paused; the name of the rule follows. */
export const PAUSED_BY_ALERT = 'alert ';

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** The rule, or everything that is wrong with it. */
export function readAlertRule(
  spec: AlertRuleSpec,
): Readonly<{ ok: true; rule: AlertRule }> | Readonly<{ ok: false; problems: readonly RuleProblem[] }> {
  const { name, condition, forMs = 0, severity = 'warning', description = condition, actions = [] } = spec;
  const parsed = parseCondition(condition);
  const isPerAgent = parsed.ok && readsOf(parsed.condition).some((read) => METRICS[read.name].by === 'agent');
  const problems = [...shapeProblems({ name, condition, forMs, description })];
  if (!parsed.ok) {
    const { message, at: offset } = parsed;
    problems.push({ key: 'condition', offset, message: `Condition of "${name}": ${message}`, fix: HELP });
  } else if (!isPerAgent) problems.push(...actionProblems(name, actions));
  if (problems.length > 0 || !parsed.ok) return { ok: false, problems };
  const rule = { name, condition, forMs, severity, description, actions, parsed: parsed.condition, isPerAgent };
  return { ok: true, rule };
}

const HELP = 'The language of conditions is in docs/guides/alerts.md.';

type Shape = Readonly<Required<Pick<AlertRuleSpec, 'name' | 'condition' | 'forMs' | 'description'>>>;

function* shapeProblems({ name, forMs, description }: Shape): Iterable<RuleProblem> {
  if (!NAME.test(name)) {
    const fix = 'Use letters, digits, "_" and "-", at most 64, a letter or digit first.';
    yield { key: 'name', message: `"${name.slice(0, 64)}" is no name for an alert.`, fix };
  }
  if (!Number.isInteger(forMs) || forMs < 0 || forMs > ALERT_LIMITS.forMs) {
    yield { key: 'forMs', message: `"${name}" waits for ${forMs} ms.`, fix: 'Write a time from 0s to 24h.' };
  }
  if (description.length > ALERT_LIMITS.description) {
    const fix = `Write at most ${ALERT_LIMITS.description} characters.`;
    yield { key: 'description', message: `The description of "${name}" has ${description.length} characters.`, fix };
  }
}

function* actionProblems(name: string, actions: readonly AlertAction[]): Iterable<RuleProblem> {
  const wrong = actions.find((action) => OF_ONE_AGENT.has(action));
  if (wrong === undefined) return;
  const message = `"${name}" does ${wrong}, but its condition is about no agent.`;
  yield { key: 'actions', message, fix: 'Use agent_health_status or agent_load_ratio in it, or leave the action out.' };
}

function builtIn(spec: AlertRuleSpec): AlertRule {
  const read = readAlertRule(spec);
  if (!read.ok) throw new Error(`Internal error: ${JSON.stringify(read.problems)}`);
  return read.rule;
}

/** The built-in rule about an agent that is lost. */
export const UNAVAILABLE = 'agent_unavailable';

/** Watched unless the configuration says otherwise. docs/semantics.md tells of them. */
export const DEFAULT_ALERTS: readonly AlertRule[] = [
  builtIn({
    name: 'high_task_failure_rate',
    condition: 'task_failure_rate > 0.1',
    severity: 'warning',
    description: 'More than one in ten tasks failed in the last five minutes.',
  }),
  builtIn({
    name: UNAVAILABLE,
    condition: 'agent_health_status == 0',
    severity: 'critical',
    description: 'An agent gives no sign of life.',
  }),
  builtIn({
    name: 'high_coordination_latency',
    condition: 'coordination_latency > 5000',
    severity: 'warning',
    description: 'Messages take longer than five seconds to be received.',
  }),
];
