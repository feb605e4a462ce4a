import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SqliteJournal } from '../../src/adapters/sqlite/sqlite-journal.ts';
import { UserError } from '../../src/util/user-error.ts';
import { NodeChild } from '../support/kill.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { warmCache } from '../support/warm-cache.ts';
import { everythingIn, fillStore } from './store-content.ts';
import { auditStore, SWARM } from './store-audit.ts';

const KILLS = 50;
const SYNC_ERRORS = 10;
const FLIPS = 1_000;
const CUTS = 200;
const SEED = 4_711;
const WRITER = new URL('./store-writer.ts', import.meta.url);

let folder = '';
let cache: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waggle-store-'));
  cache = await warmCache(join(folder, 'cache'), WRITER, [join(folder, 'warm.sqlite'), 'full', '10']);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true }));

/** The newest seq that was acknowledged. A line that the kill has torn gives a smaller one. */
function newest(lines: readonly string[]): number {
  return Math.max(0, ...lines.filter((line) => /^\d+$/.test(line)).map(Number));
}

test(`${KILLS} kills at any moment lose no acknowledged commit and need no repair`, async () => {
  const random = seededRandom(SEED);
  let acknowledged = 0;
  for (let kill = 1; kill <= KILLS; kill++) {
    // Each store lives through ten kills.
    const path = join(folder, `kills-${Math.ceil(kill / 10)}.sqlite`);
    if (kill % 10 === 1) acknowledged = 0;
    await using writer = new NodeChild(WRITER, [path, 'full'], { env: cache });
    // From its first instruction on: opening the store must survive it too.
    acknowledged = Math.max(acknowledged, newest(await writer.killWithin(450, random())));
    const { head, problems } = await auditStore(path);
    expect({ kill, problems }).toEqual({ kill, problems: [] });
    expect(head, `after kill ${kill} of seed ${SEED}`).toBeGreaterThanOrEqual(acknowledged);
  }
  expect(acknowledged).toBeGreaterThan(0);
});

test(`${SYNC_ERRORS} failed syncs are never acknowledged, end the writer, and lose nothing`, async (context) => {
  const probe = tryStrace();
  if (probe !== undefined) return context.skip(probe);
  const path = join(folder, 'eio.sqlite');
  const random = seededRandom(SEED);
  let ended = 0;
  for (let round = 1; round <= SYNC_ERRORS; round++) {
    const when = 5 + Math.floor(60 * random());
    const fault = `inject=fsync,fdatasync:error=EIO:when=${when}+`;
    const under = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=fsync,fdatasync', '-e', fault];
    await using writer = new NodeChild(WRITER, [path, 'full'], { env: cache, under });
    const lines = await writer.rest();
    const { code, stderr } = await writer.ended;
    expect(code, stderr).not.toBe(0);
    if (/Unavailable|disk I\/O error/.test(stderr)) ended++;
    const { head, problems } = await auditStore(path);
    expect({ round, problems }).toEqual({ round, problems: [] });
    expect(head).toBeGreaterThanOrEqual(newest(lines));
  }
  expect(ended).toBe(SYNC_ERRORS);
});

/** Why strace cannot inject faults here. */
function tryStrace(): string | undefined {
  try {
    execFileSync('strace', ['-f', '-qq', '-o', '/dev/null', '-e', 'inject=fsync:error=EIO', 'true'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `not run: strace cannot inject faults here ("apt-get install strace", ptrace allowed): ${String(error)}`;
  }
}

type Damage = (path: string, random: () => number) => string;

const flipBit: Damage = (path, random) => {
  const content = readFileSync(path);
  const at = Math.floor(random() * content.length);
  const bit = Math.floor(random() * 8);
  content[at] = (content[at] ?? 0) ^ (1 << bit);
  writeFileSync(path, content);
  return `bit ${bit} of byte ${at}`;
};

const cutFile: Damage = (path, random) => {
  const keep = Math.floor(random() * readFileSync(path).length);
  truncateSync(path, keep);
  return `cut to ${keep} bytes`;
};

/** What came of one damaged copy: found by a clear error, or nothing wrong served. */
async function tryDamaged(
  sound: string,
  damage: Damage,
  random: () => number,
): Promise<Readonly<{ what: string; result: string }>> {
  const path = join(folder, 'damaged.sqlite');
  for (const suffix of ['', '-wal', '-shm', '-head', '-reserve', '-repair']) rmSync(path + suffix, { force: true });
  copyFileSync(sound, path);
  copyFileSync(`${sound}-head`, `${path}-head`);
  const what = damage(path, random);
  try {
    return { what, result: everythingIn(path) };
  } catch (error) {
    if (error instanceof UserError && error.code.startsWith('STORE_')) return { what, result: 'found' };
    return { what, result: `neither: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}` };
  }
}

test(`of ${FLIPS} flipped bits and ${CUTS} cuts each is found and named, or nothing wrong is served`, async () => {
  const sound = join(folder, 'sound.sqlite');
  fillStore(sound);
  const copy = join(folder, 'copy.sqlite');
  copyFileSync(sound, copy);
  copyFileSync(`${sound}-head`, `${copy}-head`);
  const expected = everythingIn(copy);
  const random = seededRandom(SEED);
  const found = { flips: 0, cuts: 0 };
  for (let round = 0; round < FLIPS + CUTS; round++) {
    const kind = round < FLIPS ? 'flips' : 'cuts';
    const { what, result } = await tryDamaged(sound, kind === 'flips' ? flipBit : cutFile, random);
    if (result === 'found') found[kind]++;
    else expect({ what, result }).toEqual({ what, result: expected });
  }
  expect(found.cuts).toBe(CUTS);
  expect(found.flips).toBeGreaterThan(FLIPS / 2);
});

test('an older copy put in the place of a store is refused, and so is a store that is gone', async () => {
  const place = join(folder, 'older');
  const path = join(place, 'swarm.sqlite');
  const write = async (limit: number): Promise<void> => {
    await using writer = new NodeChild(WRITER, [path, 'full', String(limit)], { env: cache });
    await writer.rest();
  };
  await write(20);
  cpSync(place, `${place}-copy`, { recursive: true });
  await write(60);
  copyFileSync(join(`${place}-copy`, 'swarm.sqlite'), path);
  const journal = await SqliteJournal.open(path);
  await expect(journal.claim(SWARM)).rejects.toMatchObject({ code: 'STORE_WENT_BACK' });
  await journal.close();
  rmSync(path);
  await expect(SqliteJournal.open(path)).rejects.toMatchObject({ code: 'STORE_MISSING' });
});
