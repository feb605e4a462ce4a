import { beforeEach, describe, expect, test } from 'vitest';
import type { LocalSocketClient } from '../server/local-socket-client.ts';
import type { LeaderLease } from '../ports/leader-lease.ts';
import type { Lead } from './lead.ts';
import { type CoordinatorParts, ProjectCoordinator } from './project-coordinator.ts';

/** A leader that another process has, until it goes; then the lock is free, and taking the lead takes a while. */
class World {
  readonly leaderGone = Promise.withResolvers<void>();
  readonly leadAsked = Promise.withResolvers<void>();
  readonly leadMade = Promise.withResolvers<Lead>();
  readonly told: string[] = [];
  #isLed = true;

  parts(): CoordinatorParts {
    const release = async (): Promise<void> => void this.told.push('released');
    const lease: LeaderLease = { lost: new Promise(() => {}), isHeld: () => true, release };
    return {
      election: { tryAcquire: async () => (this.#isLed ? undefined : lease) },
      archive: () => undefined,
      lead: () => {
        this.leadAsked.resolve();
        return this.leadMade.promise;
      },
      reachLeader: async () => ({ ok: true, client: this.#client() }),
      complete: () => Promise.reject(new Error('nothing is submitted here')),
      again: async () => ({ reason: 'run-unknown' }),
    };
  }

  loseLeader(): void {
    this.#isLed = false;
    this.leaderGone.resolve();
  }

  lead(): Lead {
    const drain = async (): Promise<void> => {
      await new Promise((resolve) => void setImmediate(resolve));
      this.told.push('drained');
    };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a coordinator asks nothing else of a lead that it gives back
    return { resumed: [], ended: new Promise(() => {}), drain } as Partial<Lead> as Lead;
  }

  #client(): LocalSocketClient {
    const close = (): void => void this.told.push('hung up');
    const client: Partial<LocalSocketClient> = { gone: this.leaderGone.promise, waitFor: () => {}, close };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a coordinator asks nothing else of its leader here
    return client as LocalSocketClient;
  }
}

test('who is closed while it takes the lead has given it back when that is done', async () => {
  const world = new World();
  const coordinator = await ProjectCoordinator.connect(world.parts());
  expect(coordinator.role).toBe('following');
  world.loseLeader();
  await world.leadAsked.promise;
  const closed = coordinator.drain().then(() => void world.told.push('closed'));
  world.leadMade.resolve(world.lead());
  await closed;
  expect(world.told).toEqual(['drained', 'closed']);
  expect(await coordinator.over).toMatchObject({ kind: 'closed' });
});

test('who follows and fails hangs up: nothing of it keeps its process alive', async () => {
  const world = new World();
  const joined = Promise.withResolvers<void>();
  const host = { follow: () => joined.promise, lead: () => {}, close: async () => {} };
  const coordinator = await ProjectCoordinator.connect({ ...world.parts(), host });
  joined.reject(new Error('no room for a host'));
  expect(await coordinator.over).toMatchObject({ kind: 'failed', error: { message: 'no room for a host' } });
  expect(world.told).toEqual(['hung up']);
  await coordinator.drain();
});

describe('who loses the lead while it takes it, because it was stopped', () => {
  const why = 'another process took the lead while this one was stopped';
  let world: World;
  let reached: PromiseWithResolvers<void>;
  let mayJoin: PromiseWithResolvers<void>;
  beforeEach(() => {
    world = new World();
    [reached, mayJoin] = [Promise.withResolvers(), Promise.withResolvers()];
  });

  /** The first try gets the lock, and loses it in `lead`. */
  function parts(lead: () => Promise<Lead>): CoordinatorParts {
    const fenced = Promise.withResolvers<string>();
    const tries = [{ lost: fenced.promise, isHeld: () => false, release: async () => {} }];
    const { reachLeader, ...others } = world.parts();
    return {
      ...others,
      election: { tryAcquire: async () => tries.pop() },
      lead: () => {
        fenced.resolve(why);
        return lead();
      },
      reachLeader: async (onHint) => {
        reached.resolve();
        await mayJoin.promise;
        return reachLeader?.(onHint) ?? { ok: false, reason: 'unreachable' };
      },
    };
  }

  test('follows who has it, when nothing of it was made', async () => {
    mayJoin.resolve();
    const coordinator = await ProjectCoordinator.connect(
      parts(() => Promise.reject(new Error('The store is closed.'))),
    );
    await coordinator.drain();
    expect(world.told).toEqual(['hung up']);
  });

  test('seeks a leader once, when it had been made', async () => {
    const ended = Promise.resolve(`lease-lost: ${why}`);
    const lead = async (): Promise<Lead> => Object.assign(world.lead(), { ended });
    // Its lead is over like any other: that makes it seek, and `connect` waits for no second search.
    const coordinator = await ProjectCoordinator.connect(parts(lead));
    await reached.promise;
    mayJoin.resolve();
    await coordinator.drain();
    expect(await coordinator.over).toMatchObject({ kind: 'closed' });
  });
});
