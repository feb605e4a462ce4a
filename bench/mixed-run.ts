/**
 * A run as a swarm leaves it in its journal: most tasks just succeed, and among them are failures and new attempts,
 * reports, messages, votes and sub-tasks. Everything is done by real agents over a real journal.
 */
import type { FunctionCall } from '../src/agents/drivers/function/registered-function.ts';
import type { TaskSpec } from '../src/core/tasks/task-spec.ts';
import { drawnGraph, type Graph } from './graphs.ts';

const CHILDREN = ['first', 'second'];
const HASH = 'a'.repeat(64);

/** One task in so many does this. The numbers share no factor, so that some tasks do several of these things. */
const EVERY = { fails: 41, reports: 67, writes: 101, votes: 499, delegates: 997 } as const;

/** A graph that grows to `tasks` tasks in all, sub-tasks included. */
export function mixedGraph(tasks: number): Graph {
  const delegating = Math.floor(tasks / EVERY.delegates);
  return drawnGraph(tasks - delegating * CHILDREN.length);
}

/** What the tasks of the graph declare besides their needs. */
export function mixedSpec(index: number): Partial<TaskSpec> {
  return {
    ...(does(index, 'fails') ? { retry: { firstDelayMs: 1 } } : {}),
    ...(does(index, 'delegates') ? { delegate: {} } : {}),
  };
}

/** What an attempt does. */
export async function mixedWork(index: number, call: FunctionCall): Promise<Record<string, string | number>> {
  if (does(index, 'reports')) call.report({ kind: 'progress', percentage: 50, step: 'half of it is done' });
  if (does(index, 'writes')) await writeToSelf(call);
  if (does(index, 'votes')) await voteAlone(call);
  if (does(index, 'fails') && call.task.attempt === 1) throw new Error('The service did not answer.');
  if (does(index, 'delegates')) {
    await call.tasks.run(CHILDREN.map((name) => ({ name, type: 'part', function: 'bench', requires: [] })));
  }
  return { file: `out/${call.task.name}.json`, lines: Number.isInteger(index) ? index % 500 : 0 };
}

function does(index: number, what: keyof typeof EVERY): boolean {
  // Names of sub-tasks have no number.
  return index % EVERY[what] === EVERY[what] - 1;
}

async function writeToSelf({ messages, task }: FunctionCall): Promise<void> {
  await messages.send({ to: `task:${task.name}`, body: { text: 'look at this again', line: 12 } });
  const received = await messages.receive({ limit: 1 });
  await messages.acknowledge(received.map(({ id }) => id));
}

async function voteAlone({ proposals, task }: FunctionCall): Promise<void> {
  const name = `change-of-${task.name}`;
  const members = [{ id: `task:${task.name}` }];
  const title = 'Is the change sound?';
  const proposal = { name, kind: 'question', subject: task.name, title, contentHash: HASH, members } as const;
  await proposals.open([proposal]);
  await proposals.vote([{ proposal: name, choice: 'approve', reason: 'It is.', contentHash: HASH }]);
}
