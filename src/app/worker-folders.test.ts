import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeWorkerFolders, workerFolder } from './worker-folders.ts';

test('a folder that cannot be removed keeps nobody from leading, and the others go', () => {
  const hosts = mkdtempSync(join(tmpdir(), 'waggle-folders-'));
  for (const name of ['a', 'b', 'c']) workerFolder(hosts, name, name === 'c' ? 'open' : 'ended');
  // No lock that could be looked at.
  mkdirSync(join(hosts, 'a', 'lock.sqlite'));
  writeFileSync(join(hosts, 'b', 'worker.log'), 'words');
  removeWorkerFolders(hosts, (run) => run === 'open');
  expect(['a', 'b', 'c'].map((name) => existsSync(join(hosts, name)))).toEqual([true, false, true]);
  rmSync(hosts, { recursive: true });
});
