import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { env } from 'node:process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SqliteArchive } from '../../src/adapters/sqlite/sqlite-archive.ts';
import type { SwarmEvent } from '../../src/core/events.ts';
import { swarmId } from '../../src/core/ids.ts';
import { NodeChild } from '../support/kill.ts';

const PROGRAM = new URL('../support/voting-swarm.ts', import.meta.url);
const LAUNCHER = join(import.meta.dirname, '../../bin/waggle.js');
const CYCLES = Number(env['WAGGLE_CRASH_CYCLES'] ?? 10);

let project: string;
let home: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'waggle-votes-'));
  home = mkdtempSync(join(tmpdir(), 'waggle-votes-home-'));
  execFileSync('git', ['init', '--quiet', project]);
});
afterEach(() => {
  for (const folder of [project, home]) rmSync(folder, { recursive: true, force: true });
});

const start = (): NodeChild => new NodeChild(PROGRAM, [project, '600000'], { env: environment(), cwd: project });
const environment = (): Record<string, string> => ({ HOME: home, WAGGLE_HOME: home });

/** A person votes from another process, whoever leads or does not. */
function voteAsAnn(choice: string): void {
  const words = [LAUNCHER, 'proposals', 'vote', 'ship', choice, '--as', 'ann', '--quiet'];
  const options = { cwd: project, env: { PATH: env['PATH'], ...environment() }, stdio: 'pipe' } as const;
  execFileSync(process.execPath, words, options);
}

function events(): readonly SwarmEvent[] {
  const archive = new SqliteArchive(join(project, '.waggle', 'swarm.sqlite'), swarmId('main'));
  try {
    return archive.recordsAfter(0, 100_000).map(({ event }) => event);
  } finally {
    archive.close();
  }
}

const linesOf = (name: string): readonly string[] =>
  readFileSync(join(project, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '');

/** Everything that must be true of one vote however often its coordinator was killed. */
function check(): void {
  const all = events();
  const count = (type: SwarmEvent['type']): number => all.filter((event) => event.type === type).length;
  expect([count('proposal.opened'), count('proposal.closed'), count('proposal.acted')]).toEqual([1, 1, 1]);
  const voters = all.flatMap((event) => (event.type === 'proposal.voted' ? [event.vote.memberId] : []));
  expect(voters.toSorted()).toEqual(['task:notes', 'task:tests', 'user:ann']);
  expect(linesOf('published.log')).toEqual(['r1/ship']);
  // Begun again only under the same key.
  expect(new Set(linesOf('begun.log'))).toEqual(new Set(['r1/ship']));
}

/** Runs the program until it says `line`, so many times. */
async function until(child: NodeChild, line: string, times: number): Promise<void> {
  let left = times;
  for (let said = await child.line(); said !== undefined; said = await child.line()) {
    if (said === line && --left === 0) return;
  }
  throw new Error(`it never said "${line}": ${(await child.ended).stderr}`);
}

const MOMENTS = [
  ['proposal.opened', 1, false],
  ['proposal.voted', 1, false],
  ['proposal.voted', 2, false],
  ['proposal.voted', 3, true],
  ['proposal.closed', 1, true],
  ['publishing', 1, true],
  ['published', 1, true],
  ['proposal.acted', 1, true],
] as const;

test.each(MOMENTS)('killed after "%s" %i, a vote is decided once and done once', async (line, times, hasAnn) => {
  {
    await using child = start();
    await until(child, hasAnn ? 'proposal.voted' : line, hasAnn ? 2 : times);
    if (hasAnn) {
      voteAsAnn('approve');
      await until(child, line, line === 'proposal.voted' ? 1 : times);
    }
    child.kill();
    await child.ended;
  }
  await using next = start();
  if (!hasAnn) {
    await until(next, 'proposal.voted', 2);
    voteAsAnn('approve');
  }
  expect((await next.rest()).at(-1)).toBe('done approved');
  check();
});

test(
  `after ${CYCLES} kills at any moment a vote is decided once and done once`,
  { timeout: 60_000 + CYCLES * 10_000 },
  async () => {
    let hasVoted = false;
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      await using child = start();
      const lines = await child.killWithin(500, (cycle + 1) / CYCLES);
      if (!hasVoted && lines.filter((line) => line === 'proposal.voted').length >= 2) {
        voteAsAnn('approve');
        hasVoted = true;
      }
    }
    await using last = start();
    if (!hasVoted) {
      await until(last, 'proposal.voted', 2);
      voteAsAnn('approve');
    }
    expect((await last.rest()).at(-1)).toBe('done approved');
    check();
  },
);
