/**
 * A process that wants to lead: `argv[2]` is the lock file, `argv[3]` the lease in ms, `argv[4]` the store. Prints `lead
 * <epoch>` when it leads, then the outcome of an append now and then, and `lost <reason>` when it is fenced off.
 */
import { SqliteJournal } from '../../src/adapters/sqlite/sqlite-journal.ts';
import { SqliteLeaderElection } from '../../src/adapters/sqlite/sqlite-leader-election.ts';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import { runId, swarmId } from '../../src/core/ids.ts';
import type { LeaderLease } from '../../src/ports/leader-lease.ts';

const [, , lock = '', leaseMs = '1000', store = '', pace = '20'] = process.argv;
const SWARM = swarmId('main');

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const election = new SqliteLeaderElection(lock, new SystemClock(), { leaseMs: Number(leaseMs) });

async function lead(): Promise<LeaderLease> {
  for (;;) {
    const lease = await election.tryAcquire();
    if (lease !== undefined) return lease;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const journal = await SqliteJournal.open(store);
const lease = await lead();
const epoch = await journal.claim(SWARM);
let seq = 0;
for await (const record of journal.read(SWARM, 1)) seq = record.seq;
say(`lead ${epoch}`);
void lease.lost.then((reason) => say(`lost ${reason}`));
for (let result = 'ok'; result === 'ok';) {
  seq++;
  const spec = { name: 'x', inputs: {}, budget: {}, project: '/p', source: 'code' };
  const id = runId(`e${epoch}-${seq}`);
  const event = { type: 'run.created', runId: id, run: spec, taskCount: 0, wallTimeMs: 1 } as const;
  const batch = { swarmId: SWARM, epoch, firstSeq: seq, wallTimeMs: 1, entries: [{ atMs: 1, event }] };
  const answer = await journal.append(batch);
  result = answer.ok ? 'ok' : answer.reason;
  say(`append ${result}`);
  if (Number(pace) > 0) await new Promise((resolve) => setTimeout(resolve, Number(pace)));
}
await journal.close();
