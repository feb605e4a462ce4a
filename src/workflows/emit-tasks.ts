import { resolveText } from '../core/expressions/template.ts';
import type { Scope } from '../core/expressions/evaluate.ts';
import type { JsonObject } from '../core/json.ts';
import type { CommandWork, DelegationRights, OutputSpec, TaskSpec, Work } from '../core/tasks/task-spec.ts';
import { assert } from '../util/assert.ts';
import { toAmounts, toGrant, toMs, toRetry } from './amounts.ts';
import { requiredCapabilities } from './check-agents.ts';
import { bareCondition } from './check-expressions.ts';
import type { CompileOptions } from './compiled-workflow.ts';
import { defined } from './defined.ts';
import type { TaskDefinition, WorkflowDefinition } from './definition.ts';
import type { TaskNode } from './expand-tasks.ts';
import type { TaskNeeds } from './task-needs.ts';

export type EmitContext = Readonly<{
  definition: WorkflowDefinition;
  options: CompileOptions;
  inputs: JsonObject;
  needs: TaskNeeds;
}>;

/** One task of the run, of a definition that has been found free of mistakes. */
export function emitTask(node: TaskNode, context: EmitContext): TaskSpec {
  const { task, base, cell } = node;
  const { definition, options } = context;
  const condition = task.if === undefined ? undefined : bareCondition(task.if).trim();
  return {
    name: node.name,
    type: `${definition.name}/${base}`,
    work: workOf(task, context),
    needs: needsOf(task, context.needs),
    requires: requiredCapabilities(task, options.localAgents > 0),
    ...defined({ when: task.when, if: condition, matrix: cell, prefers: task.prefers }),
    ...limitsOf(task, context),
    ...deliveryOf(node, context),
  };
}

function needsOf(task: TaskDefinition, needs: TaskNeeds): readonly string[] {
  const names = (task.needs ?? []).flatMap((need) => (needs.nodesOf(need) ?? []).map(({ name }) => name));
  return names.length < 2 ? names : [...new Set(names)];
}

function workOf(task: TaskDefinition, { definition, options }: EmitContext): Work {
  const { defaults } = definition;
  if (task.function !== undefined) {
    return { kind: 'function', function: task.function, ...defined({ input: task.input }) };
  }
  const env = orAbsent({ ...defaults?.env, ...task.env });
  const names = [...(options.envFrom ?? []), ...(defaults?.envFrom ?? []), ...(task.envFrom ?? [])];
  const envFrom = names.length === 0 ? undefined : [...new Set(names)];
  const what: Pick<CommandWork, 'argv' | 'shell'> =
    task.shell === undefined ? { argv: task.command ?? [] } : { shell: task.shell };
  return { kind: 'command', ...what, ...defined({ cwd: task.cwd ?? defaults?.cwd, env, envFrom }) };
}

function limitsOf(task: TaskDefinition, { definition, options }: EmitContext): Partial<TaskSpec> {
  const defaults = definition.defaults ?? {};
  const timeout = task.timeout ?? defaults.timeout;
  const retry = { ...options.defaults?.retry, ...toRetry(defaults.retry ?? {}), ...toRetry(task.retry ?? {}) };
  return defined({
    priority: task.priority ?? defaults.priority,
    resources: task.resources === undefined ? undefined : toAmounts(task.resources),
    timeoutMs: timeout === undefined ? options.defaults?.timeoutMs : toMs(timeout),
    retry: orAbsent(retry),
    effect: task.effect,
    estimateMs: task.estimate === undefined ? undefined : toMs(task.estimate),
    grant: task.budget === undefined ? undefined : toGrant(task.budget),
    delegate: rightsOf(task.delegate),
  });
}

function rightsOf(delegate: TaskDefinition['delegate']): DelegationRights | undefined {
  if (delegate === undefined || delegate === true) return delegate === true ? {} : undefined;
  const { keep, ...limits } = delegate;
  return { ...limits, ...defined({ keep: keep === undefined ? undefined : toGrant(keep) }) };
}

/** What it leaves and how that is checked: known before the run, so resolved here. */
function deliveryOf({ task, cell }: TaskNode, { inputs, options }: EmitContext): Partial<TaskSpec> {
  const scope: Scope = { runId: '', inputs, ...(cell === undefined ? {} : { matrix: cell }), task: () => undefined };
  const { outputs, writes, subscribes, verify, outputSchema } = task;
  const setup = verify === undefined ? [] : (options.verifySetup ?? []);
  return defined({
    writes: writes?.map((path) => fixedText(path, scope)),
    subscribes,
    outputs: outputs === undefined ? undefined : mapValues(outputs, (output) => fixedOutput(output, scope)),
    outputSchema,
    verify:
      verify === undefined
        ? undefined
        : [...setup, ...verify.map((argv) => argv.map((word) => fixedText(word, scope)))],
  });
}

function orAbsent<Values extends object>(values: Values): Values | undefined {
  return Object.keys(values).length === 0 ? undefined : values;
}

function fixedOutput(output: OutputSpec, scope: Scope): OutputSpec {
  return 'file' in output ? { file: fixedText(output.file, scope) } : output;
}

function fixedText(text: string, scope: Scope): string {
  const resolved = resolveText(text, scope);
  assert(resolved.ok, `a checked text has no value: ${text}`);
  return resolved.value;
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
