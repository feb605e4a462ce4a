import { findSchemaMistakes } from '../util/json-schema.ts';
import { nearestName } from '../util/nearest-name.ts';
import type { TaskDefinition } from './definition.ts';
import { didYouMean, type DefinitionPath, type Findings } from './diagnostics.ts';

type Check = Readonly<{
  base: string;
  task: TaskDefinition;
  /** Names of registered functions. */
  functions: ReadonlySet<string>;
  /** Paths below the task that had to be left out: what is missing because of them is no second mistake. */
  isDamaged: boolean;
  findings: Findings;
}>;

const WORK_KINDS = ['command', 'shell', 'function', 'prompt', 'workflow'] as const;

/** What one task says about itself, apart from its expressions and its place in the graph. */
export function checkTask(check: Check): void {
  checkWork(check);
  checkFunction(check);
  checkPaths(check);
  const { base, task, findings } = check;
  if (task.verify !== undefined && task.writes === undefined) {
    findings.error({
      code: 'WORKFLOW_VERIFY_WRITES',
      path: ['tasks', base, 'verify'],
      message: `Task "${base}" has verify, but does not say what it writes.`,
      fix: 'Add writes: the clean copy gets these files and folders from the task, and nothing else.',
    });
  }
  if (task.when === 'failed' && (task.needs ?? []).length === 0) {
    const message = `Task "${base}" can never start: it waits for a failure, but needs no task.`;
    findings.error({
      code: 'WORKFLOW_UNREACHABLE',
      path: ['tasks', base, 'when'],
      message,
      fix: 'Add needs, or remove when.',
    });
  }
  for (const mistake of task.outputSchema === undefined ? [] : findSchemaMistakes(task.outputSchema)) {
    const message = `The schema of "${base}" cannot be used: ${mistake}.`;
    findings.error({
      code: 'WORKFLOW_OUTPUT_SCHEMA',
      path: ['tasks', base, 'outputSchema'],
      message,
      fix: 'Use plain JSON Schema 2020-12.',
    });
  }
}

function checkWork({ base, task, isDamaged, findings }: Check): void {
  const kinds = WORK_KINDS.filter((kind) => task[kind] !== undefined);
  const [kind, second] = kinds;
  const path: DefinitionPath = ['tasks', base];
  const all = 'command, shell, function, prompt or workflow';
  if (kind === undefined) {
    if (isDamaged) return;
    const fix = `Give it exactly one of ${all}.`;
    findings.error({
      code: 'WORKFLOW_WORK_MISSING',
      path,
      target: 'key',
      message: `Task "${base}" does not say what to do.`,
      fix,
    });
  } else if (second !== undefined) {
    const message = `Task "${base}" has ${kinds.join(' and ')}, but a task does one thing.`;
    findings.error({
      code: 'WORKFLOW_WORK_SEVERAL',
      path: [...path, second],
      target: 'key',
      message,
      fix: 'Keep one, or make two tasks.',
    });
  }
  checkLater(base, task, findings);
}

/** What this version refuses, and says so. */
function checkLater(base: string, task: TaskDefinition, findings: Findings): void {
  const path: DefinitionPath = ['tasks', base];
  if (task.prompt !== undefined) {
    const message = `Task "${base}" needs a model agent, which this version does not have yet.`;
    findings.error({
      code: 'WORKFLOW_NOT_YET',
      path: [...path, 'prompt'],
      target: 'key',
      message,
      fix: 'Use command, shell or function.',
    });
  }
  if (task.workflow !== undefined) {
    const message = `Task "${base}" runs another workflow, which this version cannot do yet.`;
    findings.error({
      code: 'WORKFLOW_NOT_YET',
      path: [...path, 'workflow'],
      target: 'key',
      message,
      fix: 'Write its tasks into this file.',
    });
  }
  if (task.shell?.includes('${{') === true) {
    findings.error({
      code: 'WORKFLOW_SHELL_TEMPLATE',
      path: [...path, 'shell'],
      offset: task.shell.indexOf('${{'),
      message: 'A value inside a shell script could become part of the script.',
      fix: 'Put it into env, VERSION: ${{ inputs.version }}, and write "$VERSION" in the script.',
    });
  }
}

function checkFunction({ base, task, functions, isDamaged, findings }: Check): void {
  const path = ['tasks', base];
  if (task.function !== undefined && !functions.has(task.function)) {
    const none = 'Functions exist only where a program registers them with the library; use command or shell here.';
    const near = didYouMean(nearestName(task.function, functions));
    // Those that Waggle brings itself are there in any case.
    const own = [...functions].filter((name) => !name.startsWith('waggle.'));
    const fix = own.length === 0 ? `${none}${near}` : `Registered are: ${own.join(', ')}.${near}`;
    const message = `Nobody has registered a function "${task.function}".`;
    findings.error({ code: 'WORKFLOW_FUNCTION_UNKNOWN', path: [...path, 'function'], message, fix });
  }
  const isCommand = task.command !== undefined || task.shell !== undefined;
  const foreign = isCommand ? (['input'] as const) : (['env', 'envFrom', 'cwd'] as const);
  for (const key of foreign) {
    if (task[key] === undefined || (isDamaged && task.function === undefined)) continue;
    const message = `Task "${base}" has "${key}", which only ${isCommand ? 'functions' : 'commands'} take.`;
    findings.error({ code: 'WORKFLOW_KEY_UNUSED', path: [...path, key], target: 'key', message, fix: 'Remove it.' });
  }
}

function checkPaths({ base, task, findings }: Check): void {
  const check = (text: string, below: DefinitionPath): void => {
    const problem = pathProblem(text);
    if (problem === undefined) return;
    findings.error({
      code: 'WORKFLOW_PATH',
      path: ['tasks', base, ...below],
      message: `${JSON.stringify(text)} ${problem}.`,
      fix: PATH_FIX,
    });
  };
  for (const [index, path] of (task.writes ?? []).entries()) check(path, ['writes', index]);
  for (const [name, output] of Object.entries(task.outputs ?? {})) {
    if (!('file' in output)) continue;
    check(output.file, ['outputs', name, 'file']);
    if (task.writes === undefined || task.writes.some((path) => covers(path, output.file))) continue;
    findings.warn({
      code: 'WORKFLOW_OUTPUT_OUTSIDE',
      path: ['tasks', base, 'outputs', name, 'file'],
      message: `Output "${name}" of "${base}" is not under its writes, so verify will not see it.`,
      fix: 'Add the file or its folder to writes.',
    });
  }
  if (task.cwd !== undefined && task.cwd !== '.') check(task.cwd, ['cwd']);
}

export const PATH_FIX = 'Write a path inside the project such as dist/ or src/a.ts, with "/" and without "..".';

/** Why a path is no plain path below the project; undefined when it is one. */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'is an absolute path';
  if (path.split('/').includes('..')) return 'leaves the project';
  if (path.includes('\\')) return 'has a backslash';
  if (/[*?[\]]/.test(path)) return 'is a pattern, but a file or folder is needed';
  return hasControl(path) ? 'has a control character' : undefined;
}

function hasControl(text: string): boolean {
  return Array.from(text).some((char) => char < ' ' || char === '\u007f');
}

/** Whether `writes` entry `outer` holds `inner`; folders end with `/`. */
export function covers(outer: string, inner: string): boolean {
  const [left, right] = [tidy(outer), tidy(inner)];
  return left === right || right.startsWith(left.endsWith('/') || left === '' ? left : `${left}/`);
}

/** `./a//b` and `a/b` are one path. */
function tidy(path: string): string {
  return path
    .replaceAll(/\/{2,}/g, '/')
    .replaceAll(/(^|\/)(?:\.\/)+/g, '$1')
    .replace(/^\.$/, '');
}
