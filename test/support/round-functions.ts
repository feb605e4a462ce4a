/** Functions of the workers that tests stop and kill: `waggle worker --functions` loads this file. */
import type { FunctionCall } from '../../src/agents/drivers/function/registered-function.ts';
import { FencedSink } from './fenced-sink.ts';

/** Begins, works for a while without listening to anybody, and acts. */
export async function act({ inputs, input, task }: FunctionCall): Promise<Readonly<{ attempt: number }>> {
  const { folder } = inputs;
  if (typeof folder !== 'string') throw new Error('no folder');
  const sink = new FencedSink(folder);
  if (!sink.begin(task.id, task.attempt)) throw new Error('a later attempt has begun');
  await new Promise((resolve) => void setTimeout(resolve, Number(input)));
  if (!sink.act(task.id, task.attempt)) throw new Error('refused: a later attempt has begun');
  return { attempt: task.attempt };
}
