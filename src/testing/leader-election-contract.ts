import assert from 'node:assert/strict';
import type { LeaderElection } from '../ports/leader-lease.ts';
import type { ContractCase } from './journal-contract.ts';
import type { ManualClock } from './manual-clock.ts';

/** Elections of several processes over one store, with a lease of 15 s, and the clock that all of them were given. */
export type ElectionUnderTest = Readonly<{ candidate: () => LeaderElection; clock: ManualClock }>;

/** What every `LeaderElection` must do as long as nobody dies. Each case gets a fresh store. Runs under any test runner. */
export const LEADER_ELECTION_CONTRACT: readonly ContractCase<ElectionUnderTest>[] = [
  {
    name: 'a free lead is taken at once, and only one has it',
    run: async ({ candidate }) => {
      const [one, two] = [candidate(), candidate()];
      const lease = await one.tryAcquire();
      assert.ok(lease !== undefined);
      assert.equal(await two.tryAcquire(), undefined);
      assert.equal(await one.tryAcquire(), undefined);
      await lease.release();
    },
  },
  {
    name: 'what is given back can be taken at once, and giving back twice does no harm',
    run: async ({ candidate }) => {
      const [one, two] = [candidate(), candidate()];
      const lease = await one.tryAcquire();
      await lease?.release();
      const next = await two.tryAcquire();
      assert.ok(next !== undefined);
      await lease?.release();
      assert.equal(await one.tryAcquire(), undefined);
      await next.release();
    },
  },
  {
    name: 'a holder that renews is never taken over, however long it leads',
    run: async ({ candidate, clock }) => {
      const [one, two] = [candidate(), candidate()];
      const lease = await one.tryAcquire();
      let isLost = false;
      void lease?.lost.then(() => (isLost = true));
      for (let tick = 0; tick < 100; tick++) {
        clock.advance(1_000);
        assert.equal(await two.tryAcquire(), undefined);
      }
      assert.equal(isLost, false);
      await lease?.release();
    },
  },
];
