import { parentPort, workerData } from 'node:worker_threads';
import { userErrorsIn } from '../util/user-error.ts';
import type { ApartMessage, ApartRequest } from './simulate-apart.ts';
import { agentsFor, compareAgents, simulateSource, type Simulated } from './simulation.ts';
import { drawnSource, fileSource } from './simulation-source.ts';

const tell = (message: ApartMessage): void => parentPort?.postMessage(message);

function tellOne({ log, ...figures }: Simulated): void {
  tell({ type: 'simulated', figures, columns: log.columns() });
}

async function main({ name, path, asked, options, isCompared }: ApartRequest): Promise<void> {
  const source = path === undefined ? drawnSource(name) : await fileSource(path, name);
  const onProgress = (ended: number, tasks: number): void => tell({ type: 'progress', ended, tasks });
  const watched = { ...options, agents: agentsFor(source, asked), onProgress };
  if (!isCompared) return tellOne(await simulateSource(source, watched));
  for await (const one of compareAgents(source, watched)) tellOne(one);
}

try {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by simulate-apart.ts of this release
  await main(workerData as ApartRequest);
} catch (error) {
  const errors = userErrorsIn(error).map(({ code, message, at, fix }) => {
    return { code, message, fix, ...(at === undefined ? {} : { at }) };
  });
  if (errors.length === 0) throw error;
  tell({ type: 'mistakes', errors });
}
