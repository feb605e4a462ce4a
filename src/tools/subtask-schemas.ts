import { z } from 'zod';
import type { DelegationRights, Grant, ResourceAmounts, RetryPolicy } from '../core/tasks/task-spec.ts';
import type { Subtask } from '../ports/run-tasks.ts';
import { ANY_JSON, ANY_JSON_OBJECT } from './any-json.ts';

/**
 * The form of sub-tasks that come from outside. Strict: an unknown key is a mistake that would be lost. What they may be
 * (names, limits, capabilities, budgets) is decided by the core.
 */
const MOST = 1_000;
const text = z.string().max(32_768);
const word = z.string().min(1).max(1_024);
const amount = z.int().min(0);
const ms = z.int().min(1).max(2_592_000_000);
const words = z.array(word).max(MOST).readonly();
const argv = z.array(text).min(1).max(MOST).readonly();

/** For other messages that hold the same things. */
export const GRANT: z.ZodType<Grant> = z.strictObject({
  tokens: z.exactOptional(amount),
  costMicros: z.exactOptional(amount),
});

export const DELEGATION_RIGHTS: z.ZodType<DelegationRights> = z.strictObject({
  depth: z.exactOptional(z.int().min(1).max(10)),
  fanOut: z.exactOptional(z.int().min(1).max(MOST)),
  revisions: z.exactOptional(z.int().min(1).max(MOST)),
  keep: z.exactOptional(GRANT),
  functions: z.exactOptional(words),
  commands: z.exactOptional(z.boolean()),
});

const retry: z.ZodType<Partial<RetryPolicy>> = z.strictObject({
  maxAttempts: z.exactOptional(z.int().min(1).max(20)),
  firstDelayMs: z.exactOptional(z.int().min(0).max(86_400_000)),
  maxDelayMs: z.exactOptional(z.int().min(0).max(86_400_000)),
  nonRetryable: z.exactOptional(words),
});

const resources: z.ZodType<ResourceAmounts> = z.strictObject({
  cpu: z.exactOptional(amount),
  memory: z.exactOptional(amount),
  storage: z.exactOptional(amount),
  network: z.exactOptional(amount),
});

const output = z.union([
  z.strictObject({ file: word }).readonly(),
  z.strictObject({ value: z.literal(true) }).readonly(),
]);

const SUBTASK: z.ZodType<Subtask> = z
  .strictObject({
    name: word,
    type: z.exactOptional(word),
    function: z.exactOptional(word),
    input: z.exactOptional(ANY_JSON),
    command: z.exactOptional(argv),
    shell: z.exactOptional(text.min(1)),
    cwd: z.exactOptional(word),
    env: z.exactOptional(z.record(word, text)),
    envFrom: z.exactOptional(words),
    needs: z.exactOptional(words),
    when: z.exactOptional(z.enum(['success', 'failed', 'always'])),
    requires: z.exactOptional(words),
    prefers: z.exactOptional(words),
    priority: z.exactOptional(z.enum(['critical', 'high', 'normal', 'low'])),
    resources: z.exactOptional(resources),
    writes: z.exactOptional(words),
    subscribes: z.exactOptional(words),
    timeoutMs: z.exactOptional(ms),
    retry: z.exactOptional(retry),
    effect: z.exactOptional(z.enum(['A', 'B', 'C', 'D'])),
    outputs: z.exactOptional(z.record(word, output)),
    outputSchema: z.exactOptional(ANY_JSON_OBJECT),
    verify: z.exactOptional(z.array(argv).min(1).max(50).readonly()),
    estimateMs: z.exactOptional(ms),
    grant: z.exactOptional(GRANT),
    delegate: z.exactOptional(z.union([z.literal(true), DELEGATION_RIGHTS])),
  })
  .refine(isOneThing, { error: 'exactly one of function, command and shell says what it does' })
  .refine((given) => given.input === undefined || given.function !== undefined, {
    error: 'only a function takes input',
  })
  .refine((given) => given.function === undefined || !isForCommands(given), {
    error: 'cwd, env and envFrom are for commands',
  })
  .refine((given) => given.verify === undefined || given.writes !== undefined, { error: 'verify needs writes' });

/** Sub-tasks of one patch; how many there may be is decided by the core. */
export const SUBTASKS: z.ZodType<readonly Subtask[]> = z.array(SUBTASK).max(MOST).readonly();

/** What a parent calls its sub-tasks. */
export const SUBTASK_NAMES: z.ZodType<readonly string[]> = z.array(word).max(MOST).readonly();

function isOneThing(given: Subtask): boolean {
  return [given.function, given.command, given.shell].filter((one) => one !== undefined).length === 1;
}

function isForCommands({ cwd, env, envFrom }: Subtask): boolean {
  return cwd !== undefined || env !== undefined || envFrom !== undefined;
}
