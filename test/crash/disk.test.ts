import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SqliteArchive } from '../../src/adapters/sqlite/sqlite-archive.ts';
import { SqliteJournal } from '../../src/adapters/sqlite/sqlite-journal.ts';
import { SqliteTier } from '../../src/adapters/sqlite/sqlite-tier.ts';
import { StoreThread } from '../../src/adapters/sqlite/store-thread.ts';
import type { SwarmEvent } from '../../src/core/events.ts';
import { runId } from '../../src/core/ids.ts';
import type { AppendResult, Journal } from '../../src/ports/journal.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { SWARM } from './store-audit.ts';

const MIB = 2 ** 20;
const isRoot = process.getuid?.() === 0;

let folder = '';
let store = '';

/** A disk of 48 MiB. Making one needs root. */
beforeEach((context) => {
  if (!isRoot) return context.skip('not run: only root can mount a small disk');
  folder = mkdtempSync(join(tmpdir(), 'waggle-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'waggle-test', folder]);
  store = join(folder, 'swarm.sqlite');
});

afterEach(() => {
  if (!isRoot) return;
  execFileSync('umount', ['-l', folder]);
  rmSync(folder, { recursive: true });
});

function created(id: string, bytes = 0): SwarmEvent {
  const run = { name: 'disk', inputs: { text: 'x'.repeat(bytes) }, budget: {}, project: '/p', source: 'code' };
  return { type: 'run.created', runId: runId(id), run, taskCount: 0, wallTimeMs: 1 };
}

/** Knows the next seq, and sends the same batch again after a refusal. */
class Writer {
  readonly #journal: Journal;
  readonly #epoch: number;
  seq = 1;

  constructor(journal: Journal, epoch: number) {
    this.#journal = journal;
    this.#epoch = epoch;
  }

  async write(event: SwarmEvent, mayUseReserve = false): Promise<AppendResult> {
    const batch = { swarmId: SWARM, epoch: this.#epoch, firstSeq: this.seq, wallTimeMs: 1, mayUseReserve };
    const result = await this.#journal.append({ ...batch, entries: [{ atMs: 1, event }] });
    if (result.ok) this.seq++;
    return result;
  }

  /** Writes until the store says that it is full. */
  async fill(): Promise<AppendResult> {
    for (;;) {
      const result = await this.write(created(`fill-${this.seq}`, 60_000));
      if (!result.ok) return result;
    }
  }
}

async function open(): Promise<Readonly<{ journal: SqliteJournal; tier: SqliteTier; writer: Writer }>> {
  const thread = await StoreThread.open(store);
  const journal = new SqliteJournal(thread);
  const tier = new SqliteTier(thread.share(), new ManualClock());
  const writer = new Writer(journal, await journal.claim(SWARM));
  for await (const { seq } of journal.read(SWARM, 1)) writer.seq = seq + 1;
  return { journal, tier, writer };
}

/** The reserve is made a moment after the lead was taken. */
async function reserveIsMade(): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!existsSync(`${store}-reserve`)) {
    if (performance.now() > deadline) throw new Error('no reserve was made');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Takes all room but `left` bytes. */
function fillWith(name: string, left: number): void {
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(join(folder, name), Buffer.alloc(Math.max(0, bavail * bsize - left), 1));
}

describe('full disk', () => {
  test('refuses aloud, keeps what it has, ends work from the reserve, and goes on by itself when there is room', async () => {
    const ballast = join(folder, 'ballast');
    writeFileSync(ballast, Buffer.alloc(12 * MIB, 1));
    const { journal, tier, writer } = await open();
    await writer.write(created('first'));
    await reserveIsMade();
    expect(statSync(`${store}-reserve`).size).toBe(16 * MIB);

    expect(await writer.fill()).toEqual({ ok: false, reason: 'store-full' });
    const stored = writer.seq - 1;
    expect(existsSync(`${store}-reserve`)).toBe(false);

    const archive = new SqliteArchive(store, SWARM);
    expect(archive.headSeq()).toBe(stored);
    expect(archive.runs()).toHaveLength(stored);
    expect(await writer.write(created('refused'))).toEqual({ ok: false, reason: 'store-full' });
    await expect(tier.set('ns:a', 1)).rejects.toMatchObject({ name: 'Unavailable', port: 'disk' });
    const cancelled = {
      type: 'run.finished',
      runId: runId('first'),
      outcome: { state: 'cancelled', reason: 'full' },
    } as const;
    expect(await writer.write(cancelled, true)).toEqual({ ok: true });
    expect(archive.run(runId('first'))?.state).toBe('cancelled');

    rmSync(ballast);
    expect(await writer.write(created('refused'))).toEqual({ ok: true });
    expect(existsSync(`${store}-reserve`)).toBe(true);
    expect(await tier.set('ns:a', 1)).toBeDefined();
    archive.close();
    await tier.close();
    await journal.close();
  });

  test('30 rounds of full and free leave a sound store', async () => {
    const ballast = join(folder, 'ballast');
    const { journal, tier, writer } = await open();
    await reserveIsMade();
    for (let round = 0; round < 30; round++) {
      fillWith('ballast', 256 * 1_024);
      expect(await writer.fill()).toEqual({ ok: false, reason: 'store-full' });
      rmSync(ballast);
      expect(await writer.write(created(`round-${round}`))).toEqual({ ok: true });
    }
    const stored = writer.seq - 1;
    await tier.close();
    await journal.close();
    const again = await open();
    expect(again.writer.seq - 1).toBe(stored);
    await again.tier.close();
    await again.journal.close();
  });

  test('a full disk keeps nobody from taking the lead and ending work', async () => {
    const first = await open();
    await first.writer.write(created('first'));
    await reserveIsMade();
    await first.tier.close();
    await first.journal.close();
    fillWith('other files', 0);
    const second = await open();
    const cancelled = {
      type: 'run.finished',
      runId: runId('first'),
      outcome: { state: 'cancelled', reason: 'full' },
    } as const;
    expect(await second.writer.write(cancelled, true)).toEqual({ ok: true });
    await second.tier.close();
    await second.journal.close();
  });
});

describe('read-only disk', () => {
  test('is said aloud to whoever wants to write, and can be read', async () => {
    const { journal, tier, writer } = await open();
    await writer.write(created('first'));
    await tier.close();
    await journal.close();
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    await expect(open()).rejects.toMatchObject({ name: 'Unavailable', port: 'disk', message: /read-only/ });
    const archive = new SqliteArchive(store, SWARM);
    expect(archive.runs().map((run) => run.runId)).toEqual(['first']);
    archive.close();
    execFileSync('mount', ['-o', 'remount,rw', folder]);
    const again = await open();
    expect(await again.writer.write(created('second'))).toEqual({ ok: true });
    await again.tier.close();
    await again.journal.close();
  });
});
