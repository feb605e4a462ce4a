import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env as environment } from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SqliteJournal } from '../../src/adapters/sqlite/sqlite-journal.ts';
import { NodeChild } from '../support/kill.ts';
import { warmCache } from '../support/warm-cache.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { auditStore } from './store-audit.ts';

/** 10 where nobody says how many; a push makes 20, a night 100. */
const CUTS = Math.max(10, Number(environment['WAGGLE_CRASH_CYCLES'] ?? 10) / 2);
const CUTS_WITHOUT_SYNC = 10;
const SEED = 20_261;
const WRITER = new URL('./store-writer.ts', import.meta.url);

let folder = '';
let shim = '';
let cache: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waggle-power-'));
  shim = join(folder, 'shim.so');
  const source = fileURLToPath(new URL('./power-cut-shim.c', import.meta.url));
  try {
    execFileSync('gcc', ['-shared', '-fPIC', '-O2', '-Wall', '-o', shim, source, '-ldl'], { stdio: 'pipe' });
  } catch (error) {
    throw new Error(
      'The power-cut suite compiles a small C program: install it with "apt-get install gcc libc6-dev".',
      {
        cause: error,
      },
    );
  }
  cache = await warmCache(join(folder, 'cache'), WRITER, [join(folder, 'warm.sqlite'), 'full', '10']);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** A disk: what programs see, and what would be left of it without power. */
type Disk = Readonly<{ live: string; durable: string; store: string }>;

async function newDisk(name: string): Promise<Disk> {
  const live = join(folder, name, 'live');
  mkdirSync(live, { recursive: true });
  const disk = { live, durable: join(folder, name, 'durable'), store: join(live, 'swarm.sqlite') };
  const journal = await SqliteJournal.open(disk.store);
  await journal.close();
  cpSync(live, disk.durable, { recursive: true });
  return disk;
}

/** Lets the writer run, takes the power away, and gives the newest seq that it had acknowledged. */
async function cutPower({ live, durable, store }: Disk, mode: string, ratio: number): Promise<number> {
  const env = { ...cache, LD_PRELOAD: shim, SHIM_ROOT: live, SHIM_SHADOW: durable };
  await using writer = new NodeChild(WRITER, [store, mode], { env });
  const [, head = '0'] = (await writer.line())?.split(' ') ?? [];
  const lines = await writer.killWithin(300, ratio);
  rmSync(live, { recursive: true });
  cpSync(durable, live, { recursive: true });
  // The last line may be torn by the kill.
  return Math.max(Number(head), ...lines.slice(0, -1).map(Number));
}

test(`${CUTS} power cuts lose no acknowledged commit, and every store opens whole`, async () => {
  const disk = await newDisk('full');
  const random = seededRandom(SEED);
  let acknowledged = 0;
  for (let cut = 1; cut <= CUTS; cut++) {
    acknowledged = Math.max(acknowledged, await cutPower(disk, 'full', random()));
    const { head, problems } = await auditStore(disk.store);
    expect({ cut, problems }).toEqual({ cut, problems: [] });
    expect(head, `after cut ${cut} of seed ${SEED}`).toBeGreaterThanOrEqual(acknowledged);
    cpSync(disk.live, disk.durable, { recursive: true });
  }
  expect(acknowledged).toBeGreaterThan(CUTS);
});

test('the same harness sees lost commits when the journal is synced less', async () => {
  const random = seededRandom(SEED);
  let lost = 0;
  for (let cut = 1; cut <= CUTS_WITHOUT_SYNC; cut++) {
    const disk = await newDisk(`normal-${cut}`);
    const acknowledged = await cutPower(disk, 'normal', 0.2 + 0.8 * random());
    const { head } = await auditStore(disk.store);
    lost += Math.max(0, acknowledged - head);
  }
  expect(lost).toBeGreaterThan(0);
});
