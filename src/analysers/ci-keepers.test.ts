import { mkdtempSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { mainCommitters } from './ci-keepers.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'waggle-keepers-'));
  execFileSync('git', ['init', '-q'], { cwd: root });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function commit(times: number, name: string, address: string): void {
  const who = ['-c', `user.name=${name}`, '-c', `user.email=${address}`];
  for (let at = 0; at < times; at += 1)
    execFileSync('git', [...who, 'commit', '-q', '--allow-empty', '-m', 'work'], { cwd: root });
}

const keepers = (): Promise<readonly string[]> => mainCommitters({ root, signal: new AbortController().signal });

it('knows those who wrote much by name, address and domain, and nobody else', async () => {
  commit(6, 'Ada de Vries', 'info@adadevries.example');
  commit(5, 'Bo', '1234+bo-builds@users.noreply.github.com');
  commit(1, 'Once Only', 'once-only@gmail.com');
  const names = await keepers();
  expect(names).toEqual(expect.arrayContaining(['adadevries', 'ada-de-vries', 'bo-builds']));
  expect(names).not.toEqual(expect.arrayContaining(['once-only']));
  for (const common of ['users', 'github', 'gmail', 'info']) expect(names).not.toContain(common);
});

it('knows nobody where there is no history', async () => {
  expect(await keepers()).toEqual([]);
});
