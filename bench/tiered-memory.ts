/**
 * Memory by tier: hits of tier 1 per second, and the delay of reads and writes of tier 3, which is a store on disk with
 * 10,000 entries, and of a search in it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LruTier } from '../src/adapters/in-memory/lru-tier.ts';
import { SqliteTier } from '../src/adapters/sqlite/sqlite-tier.ts';
import { SystemClock } from '../src/adapters/system/system-clock.ts';
import { parseQuery } from '../src/core/memory/query.ts';
import { TieredMemory } from '../src/memory/tiered-memory.ts';
import { printFigure, printMachine, quantile } from './figure.ts';

const BENCH = 'tiered-memory';
const { values } = parseArgs({ options: { smoke: { type: 'boolean', default: false } } });
const entries = values.smoke ? 200 : 10_000;
const reads = values.smoke ? 2_000 : 20_000;
const hits = values.smoke ? 20_000 : 2_000_000;
const writes = values.smoke ? 50 : 500;
const QUANTILES = [
  ['p50', 0.5],
  ['p99', 0.99],
] as const;

printMachine(BENCH);
const folder = mkdtempSync(join(tmpdir(), 'waggle-bench-'));
const clock = new SystemClock();
const tier3 = await SqliteTier.open(join(folder, 'swarm.sqlite'), clock);
const memory = new TieredMemory({ local: new LruTier(clock), persistent: tier3 }, clock);
try {
  await measureHits('a number', 42);
  await measureHits('an object of 100 bytes', { title: 'x'.repeat(60), tags: ['a', 'b'], count: 3 });
  await fill();
  await measureReads();
  await measureWrites();
  await measureSearch();
} finally {
  await memory.close();
  rmSync(folder, { recursive: true, force: true });
}

async function measureHits(
  what: string,
  value: number | { title: string; tags: string[]; count: number },
): Promise<void> {
  await memory.set('swarm:hot', value);
  for (let count = 0; count < hits / 4; count++) await memory.get('swarm:hot');
  const startedMs = performance.now();
  for (let count = 0; count < hits; count++) await memory.get('swarm:hot');
  const perSecond = Math.round(hits / ((performance.now() - startedMs) / 1_000));
  printFigure({ bench: BENCH, figure: `tier 1 hit, ${what}`, value: perSecond, unit: 'reads/s', options: { hits } });
}

/** Passing ones: what is measured is reading, and these need no disk to be written. */
async function fill(): Promise<void> {
  for (let index = 0; index < entries; index++) {
    const value = { note: `entry ${index} about cluster ${index % 97}`, body: 'x'.repeat(200) };
    await tier3.set(`swarm:entry/${index}`, value, { isLasting: index % 20 === 0 });
  }
}

async function measureReads(): Promise<void> {
  const delays = await timed(reads, (index) => tier3.get(`swarm:entry/${(index * 7919) % entries}`));
  print('tier 3 read', delays, { entries });
}

async function measureWrites(): Promise<void> {
  print('tier 3 write, lasting', await timed(writes, (index) => tier3.set(`swarm:lasting/${index}`, index)), {
    writes,
  });
  const passing = await timed(writes, (index) => tier3.set(`swarm:passing/${index}`, index, { isLasting: false }));
  print('tier 3 write, passing', passing, { writes });
}

async function measureSearch(): Promise<void> {
  const query = parseQuery('cluster entry');
  print('search, 20 of all', await timed(writes, () => tier3.search(query, { limit: 20 })), { entries });
}

/** ms of each. */
async function timed(count: number, act: (index: number) => Promise<unknown>): Promise<readonly number[]> {
  const delays: number[] = [];
  for (let index = 0; index < count; index++) {
    const startedMs = performance.now();
    await act(index);
    delays.push(performance.now() - startedMs);
  }
  return delays;
}

function print(what: string, delays: readonly number[], options: Readonly<Record<string, number>>): void {
  for (const [name, share] of QUANTILES) {
    const value = quantile(delays, share);
    printFigure({ bench: BENCH, figure: `${what}, ${name}`, value, unit: 'ms', options });
  }
}
