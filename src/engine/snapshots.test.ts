import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { InMemoryJournal } from '../adapters/in-memory/in-memory-journal.ts';
import { swarmId } from '../core/ids.ts';
import { newSwarm } from '../core/swarm-state.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { LedTime } from './led-time.ts';
import { Snapshots } from './snapshots.ts';
import { Waits } from './waits.ts';

const ID = swarmId('s1');

/** Every look at the time takes this long, so a snapshot costs it once. */
class SlowClock extends ManualClock {
  costMs = 0;

  override monotonicMs(): number {
    this.advance(this.costMs);
    return super.monotonicMs();
  }
}

let clock: SlowClock;
let journal: InMemoryJournal;
let snapshots: Snapshots;
let looks: number;
beforeEach(() => {
  clock = new SlowClock();
  journal = new InMemoryJournal();
  const time = new LedTime(clock);
  snapshots = new Snapshots(ID, { journal, swarm: newSwarm(), time, waits: new Waits(time) });
  looks = 0;
});

const after = (seq: number): void => snapshots.after(seq, () => looks++);
const newest = async (): Promise<number | undefined> => (await journal.latestSnapshot(ID))?.seq;

describe('snapshots', () => {
  test('are made once the tail is long enough to be worth one, however large the state', async () => {
    after(20_000);
    assert.equal(await newest(), undefined);
    after(20_001);
    assert.equal(await newest(), 20_001);
    after(40_001);
    assert.equal(await newest(), 20_001);
    after(40_002);
    assert.equal(await newest(), 40_002);
  });

  test('count the tail from one that was found', async () => {
    snapshots.found(50_000);
    after(70_000);
    assert.equal(await newest(), undefined);
    after(70_001);
    assert.equal(await newest(), 70_001);
  });

  test('that take long are followed by nine times as long without one, and are looked at after it', async () => {
    clock.costMs = 100;
    after(20_001);
    assert.equal(await newest(), 20_001);
    clock.costMs = 0;
    clock.advance(899);
    after(90_000);
    after(90_001);
    assert.deepEqual([await newest(), looks], [20_001, 0]);
    clock.advance(1);
    assert.equal(looks, 1);
    after(90_001);
    assert.equal(await newest(), 90_001);
  });
});
