import type { BudgetSpec } from '../core/runs/run-spec.ts';
import type { Grant, ResourceAmounts, RetryPolicy } from '../core/tasks/task-spec.ts';
import { assert } from '../util/assert.ts';
import { parseBytes } from '../util/bytes.ts';
import { parseDuration } from '../util/duration.ts';
import { defined } from './defined.ts';
import type { BudgetDefinition, ResourcesDefinition, RetryDefinition, TaskBudgetDefinition } from './definition.ts';

/** `2 USD`, `0.50 USD`: at most six digits behind the point, because money is counted in micro-dollars. */
export const MONEY_PATTERN: RegExp = /^(\d{1,9})(?:\.(\d{1,6}))? ?USD$/;

/** Micro-dollars, or undefined when `text` is no amount. Exact: no fraction is ever lost. */
export function parseMoney(text: string): number | undefined {
  const [whole, dollars = '', fraction = ''] = MONEY_PATTERN.exec(text) ?? [];
  return whole === undefined ? undefined : Number(dollars) * 1_000_000 + Number(fraction.padEnd(6, '0'));
}

/** For durations that the schema has let pass. */
export function toMs(text: string): number {
  const ms = parseDuration(text);
  assert(ms !== undefined, `a duration passed the schema: ${text}`);
  return ms;
}

export function toRetry(retry: RetryDefinition): Partial<RetryPolicy> {
  const { maxAttempts, firstDelay, maxDelay, nonRetryable } = retry;
  return defined({
    maxAttempts,
    firstDelayMs: firstDelay === undefined ? undefined : toMs(firstDelay),
    maxDelayMs: maxDelay === undefined ? undefined : toMs(maxDelay),
    nonRetryable,
  });
}

export function toBudget(budget: BudgetDefinition): BudgetSpec {
  const { wall, cost, tokens, attempts, agents } = budget;
  return defined({
    wallMs: wall === undefined ? undefined : toMs(wall),
    costMicros: cost === undefined ? undefined : parseMoney(cost),
    tokens,
    attempts,
    agents,
  });
}

export function toGrant({ cost, tokens }: TaskBudgetDefinition): Grant {
  return defined({ costMicros: cost === undefined ? undefined : parseMoney(cost), tokens });
}

export function toAmounts({ cpu, memory, storage, network }: ResourcesDefinition): ResourceAmounts {
  return defined({
    cpu: cpu === undefined ? undefined : Math.max(1, Math.round(cpu * 1_000)),
    memory: memory === undefined ? undefined : parseBytes(memory),
    storage: storage === undefined ? undefined : parseBytes(storage),
    network: network === undefined ? undefined : parseBytes(network),
  });
}
