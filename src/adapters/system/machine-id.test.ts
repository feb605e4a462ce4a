import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'vitest';
import { machineId } from './machine-id.ts';

test('processes of one machine say the same about it', () => {
  const words = [
    '--input-type=module-typescript',
    '--eval',
    'import { machineId } from "./machine-id.ts"; process.stdout.write(machineId())',
  ];
  const said = execFileSync(process.execPath, words, { cwd: import.meta.dirname, encoding: 'utf8' });
  assert.equal(said, machineId());
  assert.match(said, /^(?:boot|name) \S/);
});
