/**
 * Messages between function agents, every message and every acknowledgement synced to disk (SQLite, WAL, FULL) before
 * it is acted on. A hop: from the call of `send` in one agent to the message in the hands of the other, one at a time.
 * Throughput: sixteen pairs, from the first `send` to the last acknowledgement, stored.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SqliteJournal } from '../src/adapters/sqlite/sqlite-journal.ts';
import type { FunctionCall } from '../src/agents/drivers/function/registered-function.ts';
import type { RunMessages } from '../src/ports/run-messages.ts';
import { printFigure, printMachine, quantile, warm } from './figure.ts';
import { wideGraph } from './graphs.ts';
import { BenchSwarm } from './swarm-runner.ts';

const BENCH = 'messages';
const PAIRS = 16;
/** Messages of one sender that are on their way at the same time: its receiver has room for 1,000. */
const WINDOW = 500;
const BODY = { finding: 'f-1', file: 'src/index.ts', line: 12, text: 'x'.repeat(120) };

const { values } = parseArgs({
  options: { hops: { type: 'string', default: '2000' }, smoke: { type: 'boolean', default: false } },
});
const hops = values.smoke ? 20 : Number(values.hops);
const perPair = values.smoke ? 20 : 5_000;
const laps = values.smoke ? 1 : 6;

printMachine(BENCH);
const folder = mkdtempSync(join(tmpdir(), 'waggle-bench-'));
try {
  const delays = await measureHops();
  const options = { hops: delays.length, synchronous: 'full' };
  printFigure({ bench: BENCH, figure: 'durable hop, p50', value: quantile(delays, 0.5), unit: 'ms', options });
  printFigure({ bench: BENCH, figure: 'durable hop, p99', value: quantile(delays, 0.99), unit: 'ms', options });
  const perSecond: number[] = [];
  for (let lap = 0; lap < laps; lap++) perSecond.push(await measureThroughput(lap));
  const load = { pairs: PAIRS, messages: PAIRS * perPair, laps, synchronous: 'full' };
  printFigure({
    bench: BENCH,
    figure: 'throughput, warm',
    value: warmOrFirst(perSecond),
    unit: 'messages/s',
    options: load,
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function warmOrFirst(perSecond: readonly number[]): number {
  return perSecond.length > 1 ? warm(perSecond) : (perSecond[0] ?? Number.NaN);
}

/** Runs `tasks` functions side by side over a store of its own. */
async function runIn(store: string, tasks: number, work: (call: FunctionCall) => Promise<void>): Promise<void> {
  const journal = await SqliteJournal.open(join(folder, `${store}.sqlite`));
  const swarm = await BenchSwarm.lead(journal, tasks, (_index, call) => work(call));
  await swarm.run(wideGraph(tasks), 'run');
  swarm.stop();
  await journal.close();
}

/** Two agents in turns: one message at a time, in both directions. */
async function measureHops(): Promise<readonly number[]> {
  const delays: number[] = [];
  let sentMs = 0;
  await runIn('hops', 2, async ({ messages, task }) => {
    const [own, other] = task.name === 't0' ? ['t0', 't1'] : ['t1', 't0'];
    for (let hop = 0; hop < hops; hop++) {
      if ((hop % 2 === 0) === (own === 't0')) {
        sentMs = performance.now();
        await messages.send({ to: `task:${other}`, body: BODY });
        continue;
      }
      const [message] = await messages.receive({ limit: 1 });
      delays.push(performance.now() - sentMs);
      if (message !== undefined) await messages.acknowledge([message.id]);
    }
  });
  return delays.slice(delays.length / 10); // until then the code is being compiled
}

async function measureThroughput(lap: number): Promise<number> {
  let startMs = Infinity;
  let endMs = 0;
  await runIn(`load-${lap}`, 2 * PAIRS, async ({ messages, task }) => {
    const index = Number(task.name.slice(1));
    startMs = Math.min(startMs, performance.now());
    if (index < PAIRS) await sendAll(messages, `task:t${index + PAIRS}`);
    else await receiveAll(messages);
    endMs = performance.now();
  });
  return (PAIRS * perPair * 1_000) / (endMs - startMs);
}

/** Keeps a window full: what is refused because the receiver has not caught up would have to be sent again. */
async function sendAll(messages: RunMessages, to: string): Promise<void> {
  for (let sent = 0; sent < perPair; sent += WINDOW) {
    const window = Math.min(WINDOW, perPair - sent);
    const answers = await Promise.all(Array.from({ length: window }, () => messages.send({ to, body: BODY })));
    const refused = answers.find(({ ok }) => !ok);
    if (refused !== undefined) throw new Error(`A message was refused: ${JSON.stringify(refused)}`);
  }
}

async function receiveAll(messages: RunMessages): Promise<void> {
  for (let received = 0; received < perPair;) {
    const some = await messages.receive({ limit: 500 });
    received += some.length;
    await messages.acknowledge(some.map(({ id }) => id));
  }
}
