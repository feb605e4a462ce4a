import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from './open-store.ts';
import { StoreServer } from './store-server.ts';

/** Keeps everybody else from opening the store, as whoever repairs its log does, until it has run for a moment more. */
const HOLDER = `
  const { DatabaseSync } = require('node:sqlite');
  const db = new DatabaseSync(process.argv[1]);
  db.exec('select * from swarms; pragma locking_mode = exclusive; begin immediate; commit');
  process.stdout.write('held');
  process.stdin.once('data', () => db.close());`;

test.runIf(process.platform === 'linux')(
  'a process that is stopped while it repairs the log does not keep the next one from opening the store',
  { timeout: 30_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'waggle-server-'));
    const path = join(folder, 'swarm.sqlite');
    openStore(path).close();
    const holder = spawn(process.execPath, ['-e', HOLDER, path], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    holder.kill('SIGSTOP');
    // Read when it runs again.
    holder.stdin.write('go on');
    const server = new StoreServer(path);
    expect(server.handle({ op: 'claim', swarm: 'main' })).toBe(1);
    server.handle({ op: 'close' });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    rmSync(folder, { recursive: true });
  },
);
