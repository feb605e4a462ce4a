import type { SwarmRules } from '../swarm-state.ts';
import type { LiveOption, SettingValue } from './setting-events.ts';

type Figures = { readonly [name: string]: (rules: SwarmRules, value: number) => SwarmRules };

/** Where each figure stands in the rules of the core. */
const FIGURES: Figures = {
  'coordination.coolDownMs': (rules, coolDownMs) => ({ ...rules, scaling: { ...rules.scaling, coolDownMs } }),
  'coordination.idleThreshold': (rules, percent) => ({
    ...rules,
    scaling: { ...rules.scaling, downPermille: 10 * percent },
  }),
  'coordination.loadThreshold': (rules, percent) => ({
    ...rules,
    scaling: { ...rules.scaling, upPermille: 10 * percent },
  }),
  'coordination.maxOpenProposals': (rules, maxOpenProposals) => ({ ...rules, maxOpenProposals }),
  'coordination.maxOpenRuns': (rules, maxOpenRuns) => ({ ...rules, maxOpenRuns }),
  'coordination.maxScaledAgents': (rules, maxAgents) => ({ ...rules, scaling: { ...rules.scaling, maxAgents } }),
  'coordination.maxTasksPerRun': (rules, maxTasksPerRun) => ({ ...rules, maxTasksPerRun }),
  'coordination.maxWaitMs': (rules, maxWaitMs) => ({ ...rules, maxWaitMs }),
  'faultTolerance.circuitBreakerSuccesses': (rules, successes) => ({
    ...rules,
    breaker: { ...rules.breaker, successes },
  }),
  'faultTolerance.circuitBreakerThreshold': (rules, threshold) => ({
    ...rules,
    breaker: { ...rules.breaker, threshold },
  }),
  'faultTolerance.maxErrorPercent': (rules, percent) => ({
    ...rules,
    health: { ...rules.health, errorRate: percent / 100 },
  }),
  'faultTolerance.maxMemoryPercent': (rules, percent) => ({
    ...rules,
    health: { ...rules.health, memoryRatio: percent / 100 },
  }),
  'faultTolerance.maxResponseMs': (rules, responseMs) => ({ ...rules, health: { ...rules.health, responseMs } }),
  'faultTolerance.maxRestarts': (rules, maxRestarts) => ({ ...rules, health: { ...rules.health, maxRestarts } }),
  'faultTolerance.recoveryTimeout': (rules, openMs) => ({ ...rules, breaker: { ...rules.breaker, openMs } }),
  'messaging.mailboxSize': (rules, maxMailboxMessages) => ({ ...rules, maxMailboxMessages }),
  'messaging.maxHops': (rules, maxMessageHops) => ({ ...rules, maxMessageHops }),
  'messaging.maxPerRun': (rules, maxMessagesPerRun) => ({ ...rules, maxMessagesPerRun }),
};

/** Options that the process around the core reads, not the core. */
export const SHELL_OPTIONS: readonly string[] = [
  'communication.batchSize',
  'monitoring.loggingLevel',
  'performance.cacheSize',
  'performance.cacheTTL',
];

/** Every option that can be changed while somebody leads. */
export const LIVE_NAMES: readonly string[] = ['coordination.algorithm', ...Object.keys(FIGURES), ...SHELL_OPTIONS];

/** Undefined: it fits. Else in one sentence why not. */
export function misfitOf(option: LiveOption, value: SettingValue): string | undefined {
  if ('choices' in option) {
    return option.choices.includes(String(value)) ? undefined : `it is one of ${option.choices.join(', ')}`;
  }
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= option.min && value <= option.max;
  return fits ? undefined : `it is a whole number from ${option.min} to ${option.max}`;
}

/** The same rules with another value of one option. Never changes `rules`. */
export function withSetting(rules: SwarmRules, name: string, value: SettingValue): SwarmRules {
  if (name === 'coordination.algorithm') return { ...rules, strategy: strategyOf(value, rules.strategy) };
  return typeof value === 'number' ? (FIGURES[name]?.(rules, value) ?? rules) : rules;
}

function strategyOf(value: SettingValue, otherwise: SwarmRules['strategy']): SwarmRules['strategy'] {
  switch (value) {
    case 'adaptive':
    case 'capability-based':
    case 'least-loaded':
    case 'round-robin':
      return value;
    default:
      return otherwise;
  }
}
