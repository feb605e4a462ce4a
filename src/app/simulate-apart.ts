import { on } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AttemptLog, type AttemptColumns } from '../simulation/attempt-log.ts';
import { type UserErrorFields, UserErrors, userError } from '../util/user-error.ts';
import type { AgentsAsked, Simulated, SimulationOptions } from './simulation.ts';

/** A graph that is simulated in a thread of its own: a file, or one that is drawn where there is no path. */
export type ApartRequest = Readonly<{
  name: string;
  path: string | undefined;
  asked: AgentsAsked;
  options: Omit<SimulationOptions, 'agents' | 'onProgress'>;
  isCompared: boolean;
}>;

export type ApartMessage =
  | Readonly<{ type: 'progress'; ended: number; tasks: number }>
  | Readonly<{ type: 'simulated'; figures: Omit<Simulated, 'log'>; columns: AttemptColumns }>
  | Readonly<{ type: 'mistakes'; errors: readonly UserErrorFields[] }>;

/** Room for a million tasks. What they leave behind is collected before it takes more. */
const HEAP_MB = 1_150;
const ENTRY = new URL(`./simulation-worker${extname(import.meta.url)}`, import.meta.url);

/**
 * Simulates a graph while this thread stays free. Rejects with `UserErrors` that tell all that is wrong with it.
 * @yields each simulation
 */
export async function* simulateApart(
  request: ApartRequest,
  onProgress: (ended: number, tasks: number) => void,
): AsyncGenerator<Simulated, void, undefined> {
  const worker = new Worker(ENTRY, { workerData: request, resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } });
  try {
    const messages: AsyncIterable<readonly ApartMessage[]> = on(worker, 'message', { close: ['exit'] });
    for await (const [message] of messages) {
      if (message === undefined) continue;
      if (message.type === 'progress') onProgress(message.ended, message.tasks);
      else if (message.type === 'simulated') yield { ...message.figures, log: AttemptLog.of(message.columns) };
      else throw new UserErrors(message.errors.map(userError));
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY')) throw error;
    const message = `The graph needs more than ${HEAP_MB} MB.`;
    throw userError({ code: 'SIMULATE_SIZE', at: request.name, message, fix: 'Take a part of it.' });
  } finally {
    await worker.terminate();
  }
}
