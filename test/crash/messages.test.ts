import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { env } from 'node:process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SqliteArchive } from '../../src/adapters/sqlite/sqlite-archive.ts';
import { runId, swarmId } from '../../src/core/ids.ts';
import type { MessageRecord } from '../../src/ports/run-archive.ts';
import { NodeChild } from '../support/kill.ts';

const PROGRAM = new URL('../support/talking-swarm.ts', import.meta.url);
const CYCLES = Number(env['WAGGLE_CRASH_CYCLES'] ?? 10);
/** 1 + 2 + … + 150, of two senders. */
const SUM = 2 * ((150 * 151) / 2);

let project: string;
let home: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'waggle-talk-'));
  home = mkdtempSync(join(tmpdir(), 'waggle-talk-home-'));
  execFileSync('git', ['init', '--quiet', project]);
});
afterEach(() => {
  for (const folder of [project, home]) rmSync(folder, { recursive: true, force: true });
});

const start = (): NodeChild =>
  new NodeChild(PROGRAM, [project], { env: { HOME: home, WAGGLE_HOME: home }, cwd: project });

function messages(): readonly MessageRecord[] {
  const archive = new SqliteArchive(join(project, '.waggle', 'swarm.sqlite'), swarmId('main'));
  try {
    return archive.messages(runId('r1'));
  } finally {
    archive.close();
  }
}

test('no message is lost and none counts twice, however often the coordinator is killed', async () => {
  const acknowledged = new Set<string>();
  const note = (lines: readonly string[]): void => {
    for (const line of lines) if (line.startsWith('sent ')) acknowledged.add(line.slice('sent '.length));
  };
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    const child = start();
    let line = await child.line();
    while (line !== undefined && line !== 'open') line = await child.line();
    note(await child.killWithin(150, (cycle % 7) / 7));
  }
  const last = start();
  const lines = await last.rest();
  expect((await last.ended).code, (await last.ended).stderr).toBe(0);
  note(lines);
  expect(lines.at(-1)).toBe(`done ${SUM}`);
  const all = messages();
  const ids = all.map(({ message }) => message.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(300);
  // What was acknowledged to a sender is there.
  expect([...acknowledged].filter((id) => !ids.includes(id))).toEqual([]);
  expect(all.flatMap(({ deliveries }) => deliveries.map(({ state }) => state))).toEqual(ids.map(() => 'acknowledged'));
  for (const sender of ['task:one', 'task:two']) {
    const numbers = all.filter(({ from }) => from === sender).map(({ message }) => message.body);
    expect(numbers).toEqual(numbers.toSorted((a, b) => Number(a) - Number(b)));
  }
});
