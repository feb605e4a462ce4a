import { describe, test } from 'vitest';
import { SharedHub } from '../../src/adapters/in-memory/shared-hub.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { SHARED_TIER_CONTRACT, type SharedUnderTest } from '../../src/testing/shared-tier-contract.ts';

function inProcess(): SharedUnderTest {
  const clock = new ManualClock();
  const hub = new SharedHub(clock);
  return {
    nodes: [hub.connect(), hub.connect()],
    clock,
    cut: () => hub.cut(),
    mend: () => hub.mend(),
    slow: (delayMs) => hub.slow(delayMs),
    flush: () => hub.flush(),
  };
}

describe('SharedTier contract: in process', () => {
  for (const { name, run } of SHARED_TIER_CONTRACT) test(name, () => run(inProcess()));
});
