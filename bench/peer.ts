import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { benchEnvironment } from './environment.ts';
import type { Graph } from './graphs.ts';

/** Other task runners, each wrapped in `bench/peers/<name>.ts`. */
export const PEERS = ['p-queue', 'p-graph', 'bullmq', 'langgraph'] as const;
export type Peer = (typeof PEERS)[number];

/** Runs every task of the graph after its parents, at most `slots` at a time. */
export type Run = (graph: Graph, slots: number, work: () => unknown) => Promise<void>;

/** Why a peer cannot run here; undefined when it can. */
export function whyNot(peer: Peer): string | undefined {
  if (!existsSync('bench/peers/node_modules')) return 'not installed: npm ci --prefix bench/peers';
  if (peer !== 'bullmq' || benchEnvironment().redisUrl !== undefined) return undefined;
  return 'no REDIS_URL: scripts/services.sh run -- npm run bench -- peers';
}

export async function loadPeer(peer: Peer): Promise<Run> {
  const loaded: unknown = await import(pathToFileURL(resolve(`bench/peers/${peer}.ts`)).href);
  if (!isPeer(loaded)) throw new Error(`bench/peers/${peer}.ts exports no function "run".`);
  return loaded.run;
}

function isPeer(loaded: unknown): loaded is { run: Run } {
  return typeof loaded === 'object' && loaded !== null && 'run' in loaded && typeof loaded.run === 'function';
}
