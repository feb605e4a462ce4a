import { SqliteArchive } from '../../src/adapters/sqlite/sqlite-archive.ts';
import { StoreServer } from '../../src/adapters/sqlite/store-server.ts';
import { eventOf } from './store-events.ts';
import { SWARM } from './store-audit.ts';

const RECORDS = 400;
const SNAPSHOTS = [100, 300];
const KEYS = 20;

/** A closed store with some of everything in it. */
export function fillStore(path: string): void {
  const server = new StoreServer(path);
  const epoch = Number(server.handle({ op: 'claim', swarm: SWARM }));
  for (let seq = 1; seq <= RECORDS; seq += 10) {
    const seqs = Array.from({ length: 10 }, (_, index) => seq + index);
    const lines = seqs.map((one) => JSON.stringify(eventOf(one))).join('\n');
    const batch = { swarm: SWARM, epoch, firstSeq: seq, wallTimeMs: seq, atMs: seqs, lines };
    server.handle({ op: 'append', batch, mayUseReserve: false });
  }
  for (const seq of SNAPSHOTS) {
    server.handle({ op: 'save-snapshot', swarm: SWARM, snapshot: { seq, state: `state ${seq} ${'s'.repeat(3_000)}` } });
  }
  for (let index = 0; index < KEYS; index++) {
    const json = JSON.stringify('v'.repeat(index * 30));
    const facts = { expiresAtMs: null, isLasting: true, author: 'system', task: null, attempt: null, writtenAtMs: 0 };
    const limits = { maxEntries: 1_000, maxBytes: 1_000_000 };
    const write = { key: `swarm:${index}`, json, words: json, ifVersion: null, limits, ...facts };
    server.handle({ op: 'set', write });
  }
  server.handle({ op: 'close' });
}

/** Everything that the store serves, as text; throws when any of it is found to be damaged. */
export function everythingIn(path: string): string {
  const server = new StoreServer(path);
  try {
    const epoch = server.handle({ op: 'claim', swarm: SWARM });
    const snapshot = server.handle({ op: 'latest-snapshot', swarm: SWARM });
    const keys = Array.from({ length: KEYS }, (_, index) =>
      server.handle({ op: 'get', key: `swarm:${index}`, nowMs: 0 }),
    );
    const listed = server.handle({ op: 'keys', pattern: '*', limit: 100, nowMs: 0 });
    const archive = new SqliteArchive(path, SWARM);
    try {
      const records = archive.recordsAfter(0, 10_000);
      const runs = archive.runs().map((run) => [run, archive.tasks(run.runId), archive.runAttempts(run.runId)]);
      const tables = [runs, archive.agents(), archive.artifacts(), archive.headSeq()];
      return JSON.stringify([
        epoch,
        records,
        tables,
        keys,
        listed,
        isKnown(snapshot) ? 'a sound snapshot or none' : snapshot,
      ]);
    } finally {
      archive.close();
    }
  } finally {
    server.handle({ op: 'close' });
  }
}

/** A damaged snapshot is passed over for an older one or none: each of them is right. */
function isKnown(snapshot: unknown): boolean {
  const text = JSON.stringify(snapshot);
  const known = SNAPSHOTS.map((seq) => JSON.stringify({ seq, state: `state ${seq} ${'s'.repeat(3_000)}` }));
  return snapshot === undefined || known.includes(text);
}
