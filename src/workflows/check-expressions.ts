import { checkTypes, type KnownType } from '../core/expressions/check-types.ts';
import { formatReference, type Expression, type Reference } from '../core/expressions/expression.ts';
import { parseExpression } from '../core/expressions/parse-expression.ts';
import { isTemplate, parseTemplate } from '../core/expressions/template.ts';
import { isList, typeOf } from '../core/expressions/value.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { unreachable } from '../util/assert.ts';
import { nearestName } from '../util/nearest-name.ts';
import type { TaskDefinition, WorkflowDefinition } from './definition.ts';
import { didYouMean, type DefinitionPath, type Findings } from './diagnostics.ts';
import type { TaskNeeds } from './task-needs.ts';

/** What the expressions of all tasks are checked against. */
export type ExpressionContext = Readonly<{
  definition: WorkflowDefinition;
  inputs: JsonObject;
  needs: TaskNeeds;
  /** Inputs and tasks that had to be left out: naming them is no second mistake. */
  leftOut: Readonly<{ inputs: ReadonlySet<string>; tasks: ReadonlySet<string> }>;
  findings: Findings;
}>;

/** Where an expression stands, and so what it may name. `fixed`: known before the run starts; `shared`: the same for all tasks. */
type Place = 'work' | 'env' | 'condition' | 'fixed' | 'shared';

/** Every `${{ }}` and `if:` of a task: grammar, names, types, and that it waits for the tasks it names. */
export function checkTaskExpressions(base: string, task: TaskDefinition, context: ExpressionContext): void {
  const check = new TaskExpressions(base, task, context);
  if (task.if !== undefined) check.condition(task.if);
  check.json(task.command, ['command'], 'work');
  check.json(task.cwd, ['cwd'], 'work');
  check.json(task.input, ['input'], 'work');
  check.json(task.env, ['env'], 'env');
  check.json(task.writes, ['writes'], 'fixed');
  check.json(task.outputs, ['outputs'], 'fixed');
  check.json(task.verify, ['verify'], 'fixed');
}

/** Texts that every task gets see only what is the same for all of them. */
export function checkDefaultExpressions(context: ExpressionContext): void {
  const { defaults } = context.definition;
  const check = new TaskExpressions('', {}, context);
  for (const [name, text] of Object.entries(defaults?.env ?? {})) check.shared(text, ['defaults', 'env', name]);
  if (defaults?.cwd !== undefined) check.shared(defaults.cwd, ['defaults', 'cwd']);
}

const BRACES_OR_TEXT = /'[^']*'|"[^"]*"|\$\{\{|\}\}/g;

/**
 * `if` without the `${{ }}` that people put around it or, in code, around its parts: `${{ a }} < 3` is `(a) < 3`.
 * Spaces instead keep every position as it is.
 */
export function bareCondition(condition: string): string {
  const [, before = '', whole] = /^(\s*)\$\{\{([\s\S]*)\}\}\s*$/.exec(condition) ?? [];
  if (whole !== undefined && !whole.includes('${{')) return `${before}   ${whole}`;
  return condition.replaceAll(BRACES_OR_TEXT, (part) => {
    if (part === '${{') return '  (';
    return part === '}}' ? ') ' : part;
  });
}

class TaskExpressions {
  readonly #base: string;
  readonly #task: TaskDefinition;
  readonly #context: ExpressionContext;

  constructor(base: string, task: TaskDefinition, context: ExpressionContext) {
    this.#base = base;
    this.#task = task;
    this.#context = context;
  }

  condition(text: string): void {
    const path = ['tasks', this.#base, 'if'];
    const parsed = parseExpression(bareCondition(text));
    if (!parsed.ok) return this.#unreadable(path, parsed.problem);
    const type = this.#check(parsed.expression, path, 'condition');
    if (type === undefined || type === 'true or false') return;
    this.#context.findings.error({
      code: 'WORKFLOW_EXPRESSION_TYPE',
      path,
      message: `The condition of "${this.#base}" is a ${type}, not true or false.`,
      fix: "Compare it, for example with != ''.",
    });
  }

  /** Every text in `value`. A text that is not the whole value of a function's input must stay a text. */
  json(value: Json | undefined, below: DefinitionPath, place: Place): void {
    if (typeof value === 'string') {
      if (isTemplate(value)) this.#template(value, ['tasks', this.#base, ...below], place);
    } else if (value !== null && typeof value === 'object') {
      const entries = isList(value) ? value.entries() : Object.entries(value);
      for (const [key, item] of entries) this.json(item, [...below, key], place);
    }
  }

  shared(text: string, path: DefinitionPath): void {
    if (isTemplate(text)) this.#template(text, path, 'shared');
  }

  #template(text: string, path: DefinitionPath, place: Place): void {
    const parsed = parseTemplate(text);
    if (!parsed.ok) return this.#unreadable(path, parsed.problem);
    const { template } = parsed;
    const keepsType = template.length === 1 && path[2] === 'input';
    for (const piece of template) {
      if (typeof piece === 'string') continue;
      const type = this.#check(piece, path, place);
      if (keepsType || (type !== 'list' && type !== 'object')) continue;
      this.#context.findings.error({
        code: 'WORKFLOW_EXPRESSION_TYPE',
        path,
        offset: piece.at,
        message: `This is a ${type}, which cannot stand in a text.`,
        fix: 'Use foreach to run the task for each item, or give the list to a function as input.',
      });
    }
  }

  #check(expression: Expression, path: DefinitionPath, place: Place): KnownType {
    const { type, problems } = checkTypes(expression, (reference) => this.#typeOf(reference, path, place));
    for (const { message, at } of problems) {
      const fix = 'Compare and join values of one type.';
      this.#context.findings.error({ code: 'WORKFLOW_EXPRESSION_TYPE', path, offset: at, message, fix });
    }
    return type;
  }

  #typeOf(reference: Reference, path: DefinitionPath, place: Place): KnownType {
    const isLate = reference.kind !== 'input' && reference.kind !== 'matrix';
    if (place === 'fixed' && isLate) {
      const fix = 'Use inputs and matrix here.';
      return this.#wrong(reference, path, 'is known only while the run goes on', fix);
    }
    if (place === 'shared' && reference.kind !== 'input' && reference.kind !== 'run-id') {
      return this.#wrong(reference, path, 'is not the same for all tasks', 'Use inputs and run.id in defaults.');
    }
    switch (reference.kind) {
      case 'run-id':
        return 'text';
      case 'input':
        return this.#inputType(reference.name, reference, path);
      case 'matrix':
        return this.#matrixType(reference.name, reference, path);
      case 'env':
        return this.#envType(reference.name, { reference, path, place });
      case 'task-state':
        return this.#needed(reference.task, reference, path) ? 'text' : undefined;
      case 'task-output':
        return this.#outputType(reference, path);
      default:
        return unreachable(reference);
    }
  }

  #inputType(name: string, reference: Reference, path: DefinitionPath): KnownType {
    const { inputs, definition, leftOut } = this.#context;
    const value = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    if (value !== undefined) return typeOf(value);
    if (leftOut.inputs.has(name) || Object.hasOwn(definition.inputs ?? {}, name)) return undefined;
    return this.#unknown(reference, path, { what: 'the workflow has no such input', known: Object.keys(inputs), name });
  }

  #matrixType(name: string, reference: Reference, path: DefinitionPath): KnownType {
    const cells = this.#context.needs.nodesOf(this.#base) ?? [];
    const types = new Set<KnownType>();
    for (const { cell = {}, name: task } of cells) {
      const value = Object.hasOwn(cell, name) ? cell[name] : undefined;
      if (value === undefined) {
        const what = Object.keys(cell).length === 0 ? 'the task has no matrix' : `its cell "${task}" has no such axis`;
        return this.#unknown(reference, path, { what, known: Object.keys(cell), name });
      }
      types.add(typeOf(value));
    }
    return types.size === 1 ? [...types][0] : undefined;
  }

  #envType(name: string, at: Readonly<{ reference: Reference; path: DefinitionPath; place: Place }>): KnownType {
    const { reference, path, place } = at;
    const { defaults } = this.#context.definition;
    if (place === 'env') {
      return this.#wrong(reference, path, 'is being set here', 'Use inputs, matrix or outputs of tasks in env.');
    }
    const env = { ...defaults?.env, ...this.#task.env };
    if (Object.hasOwn(env, name)) return 'text';
    if ([...(defaults?.envFrom ?? []), ...(this.#task.envFrom ?? [])].includes(name)) {
      const fix = `Let the command read it itself: "$${name}" in a shell script.`;
      return this.#wrong(reference, path, 'comes from envFrom, whose values are never written down', fix);
    }
    return this.#unknown(reference, path, { what: 'the task sets no such variable', known: Object.keys(env), name });
  }

  #outputType(reference: Extract<Reference, { kind: 'task-output' }>, path: DefinitionPath): KnownType {
    const { task: name, output } = reference;
    if (!this.#needed(name, reference, path)) return undefined;
    const task = this.#context.definition.tasks[this.#context.needs.baseOf(name) ?? ''];
    const declared = task?.outputs ?? {};
    if (Object.hasOwn(declared, output))
      return declared[output] !== undefined && 'file' in declared[output] ? 'text' : undefined;
    if (output === 'result' && task?.function !== undefined) return undefined;
    return this.#unknown(reference, path, {
      what: `"${name}" declares no such output`,
      known: Object.keys(declared),
      name: output,
    });
  }

  /** Whether the reference names one task that ends before this one starts. */
  #needed(name: string, reference: Reference, path: DefinitionPath): boolean {
    const { needs, leftOut } = this.#context;
    const nodes = needs.nodesOf(name);
    if (nodes === undefined) {
      if (leftOut.tasks.has(name)) return false;
      this.#unknown(reference, path, { what: 'there is no such task', known: needs.names, name });
      return false;
    }
    const base = needs.baseOf(name) ?? name;
    if (nodes.length !== 1 || (nodes[0]?.name !== name && nodes[0]?.cell !== undefined)) {
      const cell = nodes[0]?.name ?? `${name}.<value>`;
      this.#wrong(
        reference,
        path,
        `stands for all ${nodes.length} cells of its matrix`,
        `Name one of them, for example "${cell}".`,
      );
      return false;
    }
    if (needs.dependsOn(this.#base, base)) return true;
    const fix = `Write needs: [${name}].`;
    this.#wrong(reference, path, `is not among the tasks that "${this.#base}" waits for`, fix);
    return false;
  }

  #unknown(
    reference: Reference,
    path: DefinitionPath,
    { what, known, name }: Readonly<{ what: string; known: Iterable<string>; name: string }>,
  ): undefined {
    const names = [...known];
    const few =
      names.length > 0 && names.length <= 8 ? `Known are: ${names.join(', ')}.` : 'Name something that exists.';
    const fix = `${few}${didYouMean(nearestName(name, names))}`;
    return this.#wrong(reference, path, `has no value: ${what}`, fix);
  }

  #wrong(reference: Reference, path: DefinitionPath, why: string, fix: string): undefined {
    const message = `"${formatReference(reference)}" ${why}.`;
    this.#context.findings.error({ code: 'WORKFLOW_REFERENCE', path, offset: reference.at, message, fix });
  }

  #unreadable(path: DefinitionPath, { message, at }: Readonly<{ message: string; at: number }>): void {
    this.#context.findings.error({
      code: 'WORKFLOW_EXPRESSION',
      path,
      offset: at,
      message: `This expression cannot be read: ${message}`,
      fix: 'See docs/guides/workflows.md, "Expressions", for what can be written.',
    });
  }
}
