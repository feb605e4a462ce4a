import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HostHome } from './host-home.ts';

let hosts: string;
beforeEach(() => (hosts = mkdtempSync(join(tmpdir(), 'waggle-homes-'))));
afterEach(() => rmSync(hosts, { recursive: true, force: true }));

test('a host whose folder cannot be prepared has not taken its name', () => {
  const inTheWay = join(hosts, 'w', 'results');
  mkdirSync(join(hosts, 'w'));
  writeFileSync(inTheWay, 'a file where a folder belongs');
  expect(() => HostHome.claim(hosts, 'w', 'w')).toThrow('EEXIST');
  expect(HostHome.isTaken(hosts, 'w')).toBe(false);
  rmSync(inTheWay);
  using home = HostHome.claim(hosts, 'w', 'w');
  expect(home?.instance).toBe(1);
});
