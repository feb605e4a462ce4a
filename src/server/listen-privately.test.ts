import { createServer } from 'node:net';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listenPrivately } from './listen-privately.ts';

test('only this user may connect', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'waggle-listen-'));
  const server = createServer();
  const path = join(folder, 'a.sock');
  await listenPrivately(server, path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  server.close();
  rmSync(folder, { recursive: true });
});

test.runIf(process.platform === 'linux')(
  'a server whose socket is gone before it is private listens no more',
  async () => {
    const server = createServer();
    // A name without a file: there is nothing whose mode could be changed, as when the file was cleared away.
    await expect(listenPrivately(server, `\0waggle-listen-${process.pid}`)).rejects.toThrow(/null bytes/);
    expect(server.listening).toBe(false);
  },
);
