import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { membersOf, openOf, proposalIdOf } from '../../../test/support/vote-specs.ts';
import type { SwarmEvent } from '../../core/events.ts';
import { runId, swarmId } from '../../core/ids.ts';
import { checksum } from './cells.ts';
import { OLD_AGENTS, OLD_MEMORY } from '../../../test/support/old-memory.ts';
import { openStore } from './open-store.ts';
import { schemaVersion } from './migrations.ts';
import { SqliteArchive } from './sqlite-archive.ts';
import { SqliteJournal } from './sqlite-journal.ts';

const SWARM = swarmId('main');
const run = { name: 'x', inputs: {}, budget: {}, project: '/p', source: 'code' };
const created: SwarmEvent = { type: 'run.created', runId: runId('r1'), run, taskCount: 0, wallTimeMs: 1 };
const rule = { quorumPercent: 60, threshold: 'majority' } as const;
const spec = openOf({ members: membersOf(3) }).proposal;
const opened: SwarmEvent = { type: 'proposal.opened', proposalId: proposalIdOf(), spec, rule, dueMs: 30_000 };
const voted = (memberId: string): SwarmEvent => {
  return { type: 'proposal.voted', proposalId: proposalIdOf(), vote: { memberId, choice: 'approve', revision: 1 } };
};

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waggle-proposals-'));
  path = join(folder, 'swarm.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function append(firstSeq: number, ...events: readonly SwarmEvent[]): Promise<void> {
  const journal = await SqliteJournal.open(path);
  const epoch = await journal.claim(SWARM);
  const entries = events.map((event) => ({ atMs: 1, event }));
  const result = await journal.append({ swarmId: SWARM, epoch, firstSeq, wallTimeMs: 1, entries });
  await journal.close();
  expect(result).toEqual({ ok: true });
}

/** Changes the closed store behind the journal's back. */
function tamper(sql: string): void {
  using db = new DatabaseSync(path);
  db.exec(sql);
}

/** Makes the store what version 1.0 would have left: without anything about votes, or about authors in memory. */
function takeBack(): void {
  using db = new DatabaseSync(path);
  db.exec(OLD_MEMORY + OLD_AGENTS);
  const old =
    "entity text generated always as (coalesce(data ->> '$.taskId', data ->> '$.runId', data ->> '$.agentId'))";
  db.exec(`drop table proposals; drop table votes;
    alter table events drop column entity; alter table events add column ${old} virtual;
    alter table swarms drop column proposals; pragma user_version = 1000;`);
  const swarms = db.prepare('select no, name, epoch, head_seq, head_hash, runs, agents, artifacts from swarms').all();
  for (const swarm of swarms) {
    const cells = Object.values(swarm).map((cell) => (typeof cell === 'number' ? cell : String(cell)));
    db.prepare('update swarms set crc = ?').run(checksum(cells));
  }
}

for (const [what, sql] of Object.entries({
  'a changed proposal': `update proposals set state = 'approved'`,
  'a missing proposal': 'delete from proposals',
  'a changed vote': `update votes set choice = 'reject' where member_id = 'm1'`,
  'a missing vote': `delete from votes where member_id = 'm2'`,
  'a vote too many': `insert into votes select swarm, proposal_id, 'm3', choice, voted_seq, voted_at_ms, judged_seq, crc
    from votes where member_id = 'm1'`,
})) {
  test(`${what} is found by whoever looks at it, and made anew by the next leader`, async () => {
    await append(1, created, opened, voted('m1'), voted('m2'));
    const archive = new SqliteArchive(path, SWARM);
    const sound = archive.proposals();
    expect(sound).toHaveLength(1);
    archive.close();
    tamper(sql);
    const damaged = new SqliteArchive(path, SWARM);
    const looks = [
      () => damaged.proposals(),
      () => damaged.proposals({ runId: runId('r1') }),
      () => damaged.proposal(proposalIdOf()),
    ];
    for (const look of looks) expect(look).toThrow(expect.objectContaining({ code: 'STORE_DAMAGED', at: path }));
    await append(5);
    expect(damaged.proposals()).toEqual(sound);
    damaged.close();
  });
}

test('a look with SQL finds the events of a proposal by its id', async () => {
  await append(1, created, opened, voted('m1'));
  using db = new DatabaseSync(path);
  const found = db.prepare('select type from events where entity = ?').all(proposalIdOf());
  expect(found.map(({ type }) => type)).toEqual(['proposal.opened', 'proposal.voted']);
});

test('a store of version 1.0 keeps what it has, and takes votes from then on', async () => {
  await append(1, created);
  takeBack();
  const archive = new SqliteArchive(path, SWARM);
  expect([archive.runs().length, archive.proposals()]).toEqual([1, []]);
  archive.close();
  await append(2, opened, voted('m1'));
  const after = new SqliteArchive(path, SWARM);
  expect(after.proposal(proposalIdOf())?.votes).toHaveLength(1);
  expect(after.recordsAfter(0, 9)).toHaveLength(3);
  after.close();
});

test('a store of version 1.0 that is damaged is refused and left as it is', async () => {
  await append(1, created);
  takeBack();
  tamper('update swarms set runs = 2');
  expect(() => openStore(path)).toThrow(expect.objectContaining({ code: 'STORE_DAMAGED', at: path }));
  using db = new DatabaseSync(path);
  expect(schemaVersion(db)).toBe(1_000);
  expect(db.prepare(`select count(*) as tables from sqlite_schema where name = 'votes'`).get()).toEqual({ tables: 0 });
});
