import type { JsonObject } from '../core/json.ts';
import { toBudget } from './amounts.ts';
import { checkCapabilities, knownFunctions, resolveAgents } from './check-agents.ts';
import { checkDefaultExpressions, checkTaskExpressions, type ExpressionContext } from './check-expressions.ts';
import { checkOverlaps } from './check-overlaps.ts';
import { checkResolvedPaths } from './check-resolved-paths.ts';
import { checkTask } from './check-task.ts';
import type { AgentGroup, CompiledWorkflow, CompileOptions, CompileResult } from './compiled-workflow.ts';
import type { WorkflowDefinition } from './definition.ts';
import { defined } from './defined.ts';
import { Findings, type Diagnostic, type Finding } from './diagnostics.ts';
import { emitTask } from './emit-tasks.ts';
import { expandTasks, type TaskNode } from './expand-tasks.ts';
import { parseDefinition } from './parse-definition.ts';
import { resolveInputs } from './resolve-inputs.ts';
import { checkSystemNeeds } from './system-agents.ts';
import { checkNeeds, TaskNeeds } from './task-needs.ts';

/** Source: docs/semantics.md, Limits. */
const MAX_TASKS = 100_000;
const MAX_NEEDS = 1_000;

/**
 * Turns a definition, whether of a YAML file or of code, into tasks. Pure. Gives either everything or all that is
 * wrong with it at once; a definition that does not even fit the schema is checked as far as it does.
 */
export function compile(definition: unknown, options: CompileOptions): CompileResult {
  const parsed = parseDefinition(definition);
  const findings = new Findings();
  for (const finding of parsed.findings) findings.error(finding);
  const work = check(parsed.definition, definition, { options, findings, schema: parsed.findings });
  const diagnostics = inOrder(findings.all, definition);
  if (findings.hasErrors) return { ok: false, diagnostics };
  return { ok: true, compiled: emit(parsed.definition, work, options), warnings: diagnostics };
}

type Checking = Readonly<{ options: CompileOptions; findings: Findings; schema: readonly Finding[] }>;
type Checked = Readonly<{
  inputs: JsonObject;
  nodes: readonly TaskNode[];
  needs: TaskNeeds;
  agents: readonly AgentGroup[];
}>;

function check(definition: WorkflowDefinition, given: unknown, { options, findings, schema }: Checking): Checked {
  const leftOut = {
    inputs: namesLeftOut(given, definition.inputs, 'inputs'),
    tasks: namesLeftOut(given, definition.tasks, 'tasks'),
    agents: namesLeftOut(given, definition.agents, 'agents'),
  };
  const inputs = resolveInputs(definition, withoutNames(options, leftOut.inputs), findings);
  const nodes = expandTasks(definition, inputs, findings);
  const needs = new TaskNeeds(definition, nodes);
  checkNeeds(definition, needs, leftOut.tasks, findings);
  checkSystemNeeds(definition, findings);
  const functions = knownFunctions(definition, options);
  const damaged = new Set(schema.filter(({ path }) => path[0] === 'tasks').map(({ path }) => path[1]));
  const context: ExpressionContext = { definition, inputs, needs, leftOut, findings };
  checkDefaultExpressions(context);
  for (const [base, task] of Object.entries(definition.tasks)) {
    checkTask({ base, task, functions, isDamaged: damaged.has(base), findings });
    checkTaskExpressions(base, task, context);
  }
  const agents = resolveAgents(definition, options, findings);
  const named = [...Object.keys(definition.agents ?? {}), ...Object.keys(options.agents ?? {}), ...leftOut.agents];
  const refused = new Set(named.filter((role) => !agents.some((group) => group.role === role)));
  checkCapabilities({ definition, groups: agents, options, refused, findings });
  checkSize(definition, nodes, needs, { options, findings, schema });
  if (!findings.hasErrors) checkResolvedPaths(nodes, inputs, findings);
  if (!findings.hasErrors) checkOverlaps(definition, needs, findings);
  return { inputs, nodes, needs, agents };
}

function emit(definition: WorkflowDefinition, checked: Checked, options: CompileOptions): CompiledWorkflow {
  const { inputs, nodes, needs, agents } = checked;
  const budget = { ...options.defaults?.budget, ...toBudget(definition.budget ?? {}), ...options.budget };
  const { weight, labels, retryOf } = options;
  return {
    run: { name: definition.name, inputs, budget, source: options.source, ...defined({ weight, labels, retryOf }) },
    tasks: nodes.map((node) => emitTask(node, { definition, options, inputs, needs })),
    agents,
  };
}

function checkSize(
  definition: WorkflowDefinition,
  nodes: readonly TaskNode[],
  needs: TaskNeeds,
  { options, findings, schema }: Checking,
): void {
  const most = options.maxTasks ?? MAX_TASKS;
  if (nodes.length > most) {
    const message = `The workflow has ${nodes.length} tasks, but ${most} is the most.`;
    const fix = 'Split it, or raise coordination.maxTasksPerRun.';
    findings.error({ code: 'WORKFLOW_TASK_LIMIT', path: ['tasks'], target: 'key', message, fix });
  }
  if (Object.keys(definition.tasks).length === 0 && schema.length === 0) {
    const fix = 'Write at least one task: tasks: { hello: { command: [echo, hello] } }.';
    findings.error({ code: 'WORKFLOW_EMPTY', path: ['tasks'], message: 'The workflow has no tasks.', fix });
  }
  for (const [base, task] of Object.entries(definition.tasks)) {
    const count = (task.needs ?? []).reduce((sum, need) => sum + (needs.nodesOf(need)?.length ?? 0), 0);
    if (count <= MAX_NEEDS) continue;
    const message = `Task "${base}" needs ${count} tasks, but ${MAX_NEEDS} is the most.`;
    findings.error({
      code: 'WORKFLOW_NEEDS_LIMIT',
      path: ['tasks', base, 'needs'],
      message,
      fix: 'Gather them in tasks between.',
    });
  }
}

/** Names that the definition as given has, and the checked one had to leave out. */
function namesLeftOut(
  given: unknown,
  kept: Readonly<Record<string, unknown>> | undefined,
  key: string,
): ReadonlySet<string> {
  const section = isRecord(given) ? given[key] : undefined;
  const names = isRecord(section) ? Object.keys(section) : [];
  return new Set(names.filter((name) => !Object.hasOwn(kept ?? {}, name)));
}

function withoutNames(
  { inputs = {}, inputTexts = {} }: CompileOptions,
  names: ReadonlySet<string>,
): Pick<CompileOptions, 'inputs' | 'inputTexts'> {
  const keep = ([name]: readonly [string, unknown]): boolean => !names.has(name);
  return {
    inputs: Object.fromEntries(Object.entries(inputs).filter(keep)),
    inputTexts: Object.fromEntries(Object.entries(inputTexts).filter(keep)),
  };
}

/** By where they stand in the definition, so that a file's mistakes are listed from top to bottom. */
function inOrder(diagnostics: readonly Diagnostic[], definition: unknown): readonly Diagnostic[] {
  if (diagnostics.length < 2) return diagnostics;
  const ranks = new Map(diagnostics.map((diagnostic) => [diagnostic, rankOf(diagnostic.path, definition)]));
  return diagnostics.toSorted((left, right) => compareRanks(ranks.get(left) ?? [], ranks.get(right) ?? []));
}

/** Position of each step among its siblings. */
function rankOf(path: Diagnostic['path'], definition: unknown): readonly number[] {
  let value = definition;
  return path.map((step) => {
    const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    const rank = keys.indexOf(String(step));
    value = isRecord(value) || Array.isArray(value) ? Object.entries(value)[rank]?.[1] : undefined;
    return rank;
  });
}

function compareRanks(left: readonly number[], right: readonly number[]): number {
  const index = left.findIndex((rank, position) => rank !== right[position]);
  if (index < 0) return left.length - right.length;
  return (left[index] ?? 0) - (right[index] ?? -1);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
