import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'vitest';
import { changedFiles } from './changed-files.ts';

const LIMITS = { files: 1_000, ms: 60_000 };
let root: string;
let sinceMs: number;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'waggle-changed-'));
  for (const folder of ['src/deep', 'node_modules/x', '.git', '.waggle'])
    mkdirSync(join(root, folder), { recursive: true });
  for (const name of ['old', 'kept', 'src/moved']) writeFileSync(join(root, name), 'x');
  sinceMs = statSync(join(root, 'src/moved')).ctimeMs;
  // The clock of the file system moves on in steps.
  for (let at = 0; statSync(join(root, 'old')).ctimeMs <= sinceMs; at++) writeFileSync(join(root, 'old'), String(at));
});
afterEach(() => rmSync(root, { recursive: true }));

test('files that were written, changed or moved are seen, in order', async () => {
  writeFileSync(join(root, 'src/deep/new'), '1');
  appendFileSync(join(root, 'old'), '2');
  renameSync(join(root, 'src/moved'), join(root, 'src/there'));
  assert.deepEqual(await changedFiles(root, sinceMs, LIMITS), ['old', 'src/deep/new', 'src/there']);
});

test('a time that was set back does not hide a change, and what others keep there is not looked at', async () => {
  writeFileSync(join(root, 'back'), '1');
  utimesSync(join(root, 'back'), 1, 1);
  for (const name of ['node_modules/x/a', '.git/index', '.waggle/log']) writeFileSync(join(root, name), '1');
  assert.deepEqual(await changedFiles(root, sinceMs, LIMITS), ['back', 'old']);
});

test('beyond the limits nothing is known', async () => {
  assert.equal(await changedFiles(root, sinceMs, { ...LIMITS, files: 2 }), undefined);
  assert.equal(await changedFiles(root, sinceMs, { ...LIMITS, ms: -1 }), undefined);
});
