import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { SqliteLeaderElection } from '../../src/adapters/sqlite/sqlite-leader-election.ts';
import { LEADER_ELECTION_CONTRACT } from '../../src/testing/leader-election-contract.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';

describe('LeaderElection contract: sqlite', () => {
  for (const { name, run } of LEADER_ELECTION_CONTRACT) {
    test(name, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'waggle-lead-'));
      const clock = new ManualClock();
      try {
        await run({ candidate: () => new SqliteLeaderElection(join(folder, 'lead.sqlite'), clock), clock });
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});
