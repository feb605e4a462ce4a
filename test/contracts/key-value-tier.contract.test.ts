import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { MapTier } from '../../src/adapters/in-memory/map-tier.ts';
import { SqliteTier } from '../../src/adapters/sqlite/sqlite-tier.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { KeyValueTier } from '../../src/ports/key-value-tier.ts';
import { KEY_VALUE_TIER_CONTRACT } from '../../src/testing/key-value-tier-contract.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';

const ROOM = { maxEntries: 50, maxBytes: 2 * 1_048_576 };
const ADAPTERS: Readonly<Record<string, (folder: string, clock: Clock) => Promise<KeyValueTier>>> = {
  'in memory': async (_, clock) => new MapTier(clock, ROOM),
  sqlite: (folder, clock) => SqliteTier.open(join(folder, 'swarm.sqlite'), clock, ROOM),
};

for (const [adapter, open] of Object.entries(ADAPTERS)) {
  describe(`KeyValueTier contract: ${adapter}`, () => {
    for (const { name, run } of KEY_VALUE_TIER_CONTRACT) {
      test(name, async () => {
        const folder = mkdtempSync(join(tmpdir(), 'waggle-tier-'));
        const clock = new ManualClock();
        const tier = await open(folder, clock);
        try {
          await run({ tier, clock });
        } finally {
          await tier.close();
          rmSync(folder, { recursive: true });
        }
      });
    }
  });
}
