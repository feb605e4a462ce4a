import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { userError } from '../../util/user-error.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { askOwnDoor } from '../own-door.ts';
import { visible } from '../render/text.ts';

/** `waggle tasks delegate`: inside a task, adds sub-tasks from a JSON list; with `--wait` it prints how they ended. */
export async function tasksDelegate(cli: Cli, file: string, options: Readonly<{ wait?: true }>): Promise<ExitCode> {
  const tasks = await listFrom(file);
  const answer = asObject(await askOwnDoor('tasks.delegate', { tasks }));
  if (options.wait === true) return printOutcomes(tasks.flatMap((task) => nameOf(task)));
  const ids = listOf(answer['taskIds']).map(String);
  for (const id of ids) cli.out.json({ type: 'delegated', task: id });
  cli.out.result(...ids.map(visible));
  return EXIT.ok;
}

/** `waggle tasks await`: inside a task, waits for sub-tasks and prints how they ended. */
export function tasksAwait(_cli: Cli, names: readonly string[]): Promise<ExitCode> {
  return printOutcomes(names);
}

/** `waggle tasks drop`: inside a task, cancels sub-tasks of its own. */
export async function tasksDrop(_cli: Cli, names: readonly string[]): Promise<ExitCode> {
  await askOwnDoor('tasks.cancel', { names });
  return EXIT.ok;
}

/** One line of JSON each; exit code 1 when one of them has not succeeded. */
async function printOutcomes(names: readonly string[]): Promise<ExitCode> {
  const answer = await askOwnDoor('tasks.outcomes', { names });
  const outcomes = listOf(answer).map(asObject);
  for (const outcome of outcomes) process.stdout.write(`${JSON.stringify(outcome)}\n`);
  return outcomes.every(({ state }) => state === 'succeeded') ? EXIT.ok : EXIT.failed;
}

async function listFrom(file: string): Promise<readonly unknown[]> {
  const source = file === '-' ? 'standard input' : file;
  const read = file === '-' ? readAll(process.stdin) : readFile(file, 'utf8');
  const text = await read.catch(() => {
    const message = `${visible(source)} cannot be read.`;
    throw userError({ code: 'SUBTASKS_FILE', message, fix: 'Name a file with a JSON list, or - for standard input.' });
  });
  const list = parsed(text);
  if (Array.isArray(list)) return listOf(list);
  const message = `${visible(source)} holds no JSON list of sub-tasks.`;
  throw userError({ code: 'SUBTASKS_FILE', message, fix: `Write for example [{"name":"a","command":["make"]}].` });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function nameOf(task: unknown): readonly string[] {
  const { name } = asObject(task);
  return typeof name === 'string' ? [name] : [];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
