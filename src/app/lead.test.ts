import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SystemClock } from '../adapters/system/system-clock.ts';
import { SystemProcessRunner } from '../adapters/system/system-process-runner.ts';
import { readEnvironment } from '../config/environment.ts';
import { takeOver } from '../engine/past.ts';
import type { LeaderLease } from '../ports/leader-lease.ts';
import { LocalSocketClient } from '../server/local-socket-client.ts';
import { dataFolderFor } from './data-folder.ts';
import { FileStore, PROJECT_SWARM } from './file-store.ts';
import { Lead, type LeadParts } from './lead.ts';
import { notedSocket, noteSocket } from './leader-file.ts';
import { makeLead } from './make-lead.ts';
import { openProject } from './open-project.ts';

let folder = '';
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'waggle-lead-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Somebody else takes the lead when a test says so, as from a process that is stopped. */
class Lease implements LeaderLease {
  readonly #lost = Promise.withResolvers<string>();
  readonly #released = Promise.withResolvers<void>();
  #isHeld = true;

  get lost(): Promise<string> {
    return this.#lost.promise;
  }

  get released(): Promise<void> {
    return this.#released.promise;
  }

  isHeld(): boolean {
    return this.#isHeld;
  }

  lose(): void {
    this.#isHeld = false;
    this.#lost.resolve('somebody else leads');
  }

  async release(): Promise<void> {
    this.#isHeld = false;
    this.#released.resolve();
  }
}

async function partsOf(lease: LeaderLease): Promise<LeadParts> {
  const home = join(folder, 'home');
  const environment = readEnvironment({ PATH: '/usr/bin:/bin', HOME: home, WAGGLE_HOME: home });
  const { config } = await openProject({ cwd: folder, isRoot: true, environment });
  const shared = await dataFolderFor(folder, home);
  const store = new FileStore(shared, new SystemClock());
  const open = await store.begin();
  const { options, alerts, notifiers } = config;
  const fixed = { root: folder, store, workspaces: shared.workspaces, options, alerts, notifiers };
  const settings = { ...fixed, live: [], environment, functions: {}, shared };
  const parts = await makeLead(settings, open, {
    processes: await SystemProcessRunner.open(),
    isHeld: () => lease.isHeld(),
  });
  return { ...parts, past: takeOver(open.journal, PROJECT_SWARM), onTrouble: undefined };
}

const dataDir = (): string => join(folder, '.waggle');

test('a lead that is lost while its socket is opened leaves nobody listening', async () => {
  const lease = new Lease();
  const { listen, ...parts } = await partsOf(lease);
  const slow: LeadParts['listen'] = async (answers, isHeld) => {
    const server = await listen?.(answers, isHeld);
    lease.lose();
    await lease.released;
    await new Promise((resolve) => void setImmediate(resolve));
    if (server === undefined) throw new Error('there is a socket');
    return server;
  };
  const lead = await Lead.begin({ ...parts, listen: slow }, lease, () => {});
  expect(await lead.ended).toBe('lease-lost: somebody else leads');
  const path = await notedSocket(dataDir());
  expect(await LocalSocketClient.connect(path ?? '', () => {})).toEqual({ ok: false, reason: 'unreachable' });
});

test('a lead that is lost before it could begin has ended, and is no error', async () => {
  const lease = new Lease();
  const parts = await partsOf(lease);
  const removeLeftOvers = async (): Promise<void> => {
    lease.lose();
    await lease.released;
  };
  const workspaces: LeadParts['workspaces'] = Object.assign(parts.workspaces, { removeLeftOvers });
  const lead = await Lead.begin({ ...parts, workspaces }, lease, () => {});
  expect(await lead.ended).toBe('lease-lost: somebody else leads');
  expect(await notedSocket(dataDir())).toBeUndefined();
});

test('who has lost the lead leaves the note and the files of its successor alone', async () => {
  const lease = new Lease();
  const { listen, ...parts } = await partsOf(lease);
  await parts.past;
  await noteSocket(dataDir(), '/theirs.sock', () => true);
  lease.lose();
  await expect(
    listen?.({ answer: async () => ({ ok: true }), remember: async () => ({ ok: true, told: null }) }, () =>
      lease.isHeld(),
    ),
  ).rejects.toThrow('another process leads by now');
  expect(await notedSocket(dataDir())).toBe('/theirs.sock');
  await Promise.all([parts.memory.close(), parts.ports.journal.close(), parts.close()]);
});
