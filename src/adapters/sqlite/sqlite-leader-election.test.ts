import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock } from '../../testing/manual-clock.ts';
import { SqliteLeaderElection } from './sqlite-leader-election.ts';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'waggle-lead-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Time may pass without anything being woken, as when the process was stopped. */
class StallingClock extends ManualClock {
  #stalledMs = 0;

  override monotonicMs(): number {
    return super.monotonicMs() + this.#stalledMs;
  }

  stall(ms: number): void {
    this.#stalledMs += ms;
  }
}

/** A process with a clock of its own: one whose clock stands still is a stopped one. */
function processOf(): Readonly<{ election: SqliteLeaderElection; clock: StallingClock }> {
  const clock = new StallingClock();
  return { election: new SqliteLeaderElection(join(folder, 'lead.sqlite'), clock), clock };
}

test('a holder without renewal is taken over after exactly one lease of watching, not before', async () => {
  const [stopped, challenger] = [processOf(), processOf()];
  const old = await stopped.election.tryAcquire();
  expect(await challenger.election.tryAcquire()).toBeUndefined();
  challenger.clock.advance(14_999);
  expect(await challenger.election.tryAcquire()).toBeUndefined();
  challenger.clock.advance(1);
  const lease = await challenger.election.tryAcquire();
  expect(lease).toBeDefined();
  // The old holder wakes, and its next renewal shows it.
  stopped.clock.advance(5_000);
  expect(await old?.lost).toBe('another process took the lead while this one was stopped');
  await lease?.release();
});

test('one renewal seen starts the wait anew', async () => {
  const [holder, challenger] = [processOf(), processOf()];
  const lease = await holder.election.tryAcquire();
  await challenger.election.tryAcquire();
  challenger.clock.advance(14_999);
  holder.clock.advance(5_000);
  expect(await challenger.election.tryAcquire()).toBeUndefined();
  challenger.clock.advance(14_999);
  expect(await challenger.election.tryAcquire()).toBeUndefined();
  await lease?.release();
});

test('of two challengers one takes over', async () => {
  const [stopped, one, two] = [processOf(), processOf(), processOf()];
  const old = await stopped.election.tryAcquire();
  for (const { election, clock } of [one, two]) {
    await election.tryAcquire();
    clock.advance(15_000);
  }
  const leases = await Promise.all([one.election.tryAcquire(), two.election.tryAcquire()]);
  expect(leases.filter((lease) => lease !== undefined)).toHaveLength(1);
  for (const lease of [...leases, old]) await lease?.release();
});

test('after a take-over the lead can be given on again and again, and old lock files go', async () => {
  const [stopped, first, second] = [processOf(), processOf(), processOf()];
  const old = await stopped.election.tryAcquire();
  await first.election.tryAcquire();
  first.clock.advance(15_000);
  await (await first.election.tryAcquire())?.release();
  const lease = await second.election.tryAcquire();
  expect(lease).toBeDefined();
  expect(await first.election.tryAcquire()).toBeUndefined();
  expect(readdirSync(folder)).toEqual(['lead.2.sqlite']);
  await lease?.release();
  await old?.release();
});

test('a process that did not run for two thirds of a lease gives up by itself', async () => {
  const { election, clock } = processOf();
  const lease = await election.tryAcquire();
  clock.advance(100_000);
  const isLost = Promise.race([lease?.lost, Promise.resolve('no')]);
  expect(await isLost).toBe('no');
  clock.stall(5_001);
  clock.advance(5_000);
  expect(await lease?.lost).toMatch(/did not renew for 10 s/);
  expect(await election.tryAcquire()).toBeDefined();
});

test('a lock file that is removed ends the lead', async () => {
  const { election, clock } = processOf();
  const lease = await election.tryAcquire();
  rmSync(join(folder, 'lead.sqlite'));
  clock.advance(5_000);
  expect(await lease?.lost).toMatch(/was removed/);
});

test('a folder that cannot be read for a moment costs no lead, and the lead when it lasts', async () => {
  const { election, clock } = processOf();
  const lease = await election.tryAcquire();
  const isLost = (): Promise<unknown> => Promise.race([lease?.lost, Promise.resolve('no')]);
  const aside = `${folder}-aside`;
  const hide = (): void => {
    renameSync(folder, aside);
    writeFileSync(folder, '');
  };
  const show = (): void => {
    rmSync(folder);
    renameSync(aside, folder);
  };
  hide();
  expect(lease?.isHeld()).toBe(false);
  clock.advance(5_000);
  show();
  clock.advance(1_000);
  expect(lease?.isHeld()).toBe(true);
  hide();
  clock.advance(10_000);
  expect(await isLost()).toBe('no');
  clock.advance(1_000);
  show();
  expect(await lease?.lost).toMatch(/did not renew for 11 s.*ENOTDIR/);
});

test('whoever is taken over is told so when it looks, not only at its next renewal', async () => {
  const [stopped, challenger] = [processOf(), processOf()];
  const old = await stopped.election.tryAcquire();
  expect(old?.isHeld()).toBe(true);
  await challenger.election.tryAcquire();
  challenger.clock.advance(15_000);
  const lease = await challenger.election.tryAcquire();
  expect([old?.isHeld(), lease?.isHeld()]).toEqual([false, true]);
  expect(await old?.lost).toMatch(/another process took the lead/);
  await lease?.release();
  expect(lease?.isHeld()).toBe(false);
});

test('a try that fails half-way keeps no lock', async () => {
  // What cannot be cleared away: a folder with the name of an old lock file.
  writeFileSync(join(folder, 'lead.2.sqlite'), '');
  mkdirSync(join(folder, 'lead.sqlite'));
  await expect(processOf().election.tryAcquire()).rejects.toThrow();
  rmSync(join(folder, 'lead.sqlite'), { recursive: true });
  const lease = await processOf().election.tryAcquire();
  expect(lease).toBeDefined();
  await lease?.release();
});

test('a place where no lock can be made is an error with what to do', async () => {
  writeFileSync(join(folder, 'file'), '');
  const election = new SqliteLeaderElection(join(folder, 'file', 'lead.sqlite'), new ManualClock());
  await expect(election.tryAcquire()).rejects.toMatchObject({ name: 'UserError', code: 'STORE_UNREADABLE' });
});
