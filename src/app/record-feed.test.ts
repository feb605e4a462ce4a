import { describe, expect, test } from 'vitest';
import type { SwarmEvent } from '../core/events.ts';
import { proposalId, runId, taskId } from '../core/ids.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { RunArchive } from '../ports/run-archive.ts';
import { RecordFeed, runOfEvent } from './record-feed.ts';

const [MINE, OTHER] = [runId('mine'), runId('other')];

/** A store that the test fills, and a feed over it. */
class World {
  readonly stored: JournalRecord[] = [];
  readonly feed: RecordFeed;
  reads = 0;
  isDamaged = false;
  readonly errors: unknown[] = [];
  /** Ends the newest follower. */
  stop: () => void = () => {};

  constructor() {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the feed asks an archive for nothing else
    const archive = {
      headSeq: () => this.stored.length,
      recordsAfter: (seq: number, limit: number) => {
        this.reads += 1;
        if (this.isDamaged) throw new Error('damaged');
        return this.stored.slice(seq, seq + limit);
      },
    } as Partial<RunArchive> as RunArchive;
    this.feed = new RecordFeed(
      () => archive,
      (error) => void this.errors.push(error),
    );
  }

  store(...runs: readonly string[]): readonly JournalRecord[] {
    const added = runs.map((run, index): JournalRecord => {
      const event: SwarmEvent = { type: 'task.became-ready', taskId: taskId(runId(run), 'a') };
      return { seq: this.stored.length + index + 1, epoch: 1, atMs: 0, event };
    });
    this.stored.push(...added);
    return added;
  }

  /** The seqs that a follower of `mine` gets, as they come. */
  follow(afterSeq = 0): readonly number[] {
    const seen: number[] = [];
    this.stop = this.feed.follow(MINE, (records) => void seen.push(...records.map(({ seq }) => seq)), afterSeq);
    return seen;
  }
}

const soon = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('RecordFeed', () => {
  test('gives the past of the run first, then what is pushed, and nothing of others', () => {
    const world = new World();
    world.store('mine', 'other', 'mine');
    const seen = world.follow();
    world.feed.committed(world.store('other', 'mine'));
    expect(seen).toEqual([1, 3, 5]);
  });

  test('gives nothing twice when a push holds what was read already', () => {
    const world = new World();
    const late = world.store('mine', 'mine');
    const seen = world.follow();
    world.feed.committed(late);
    expect(seen).toEqual([1, 2]);
  });

  test('reads what was stored by another process between two pushes', () => {
    const world = new World();
    const seen = world.follow();
    world.feed.committed(world.store('mine'));
    world.store('mine', 'other', 'mine');
    world.feed.committed(world.store('mine'));
    expect(seen).toEqual([1, 2, 4, 5]);
  });

  test('finds what is new when it is woken', () => {
    const world = new World();
    const seen = world.follow();
    world.store('other', 'mine');
    world.feed.wake();
    expect(seen).toEqual([2]);
  });

  test('a long past comes in parts, and pushes meanwhile are not lost', async () => {
    const world = new World();
    world.store(...Array.from({ length: 2_500 }, () => 'mine'));
    const seen = world.follow();
    world.feed.committed(world.store('mine'));
    for (let turn = 0; turn < 5; turn++) await soon();
    world.feed.committed(world.store('mine'));
    expect(seen).toEqual(Array.from({ length: 2_502 }, (_, index) => index + 1));
  });

  test('begins where it is told to, and ends when it is told to', () => {
    const world = new World();
    world.store('mine', 'mine', 'mine');
    const seen = world.follow(2);
    world.stop();
    world.feed.committed(world.store('mine'));
    expect(seen).toEqual([3]);
  });

  test('tells when the store cannot be read, once for each look', () => {
    const world = new World();
    const seen = world.follow();
    world.isDamaged = true;
    world.feed.wake();
    expect(world.errors).toEqual([new Error('damaged')]);
    world.isDamaged = false;
    world.store('mine');
    world.feed.wake();
    expect(seen).toEqual([1]);
  });

  test('does not touch the store while it leads and nothing is missing', () => {
    const world = new World();
    world.follow();
    const before = world.reads;
    world.feed.committed(world.store('mine', 'other'));
    expect(world.reads).toBe(before);
  });
});

test('every event belongs to a run, but for what concerns the whole swarm', () => {
  expect(runOfEvent({ type: 'run.resumed', runId: OTHER })).toBe(OTHER);
  expect(runOfEvent({ type: 'task.became-ready', taskId: taskId(MINE, 'a') })).toBe(MINE);
  expect(runOfEvent({ type: 'proposal.voting-ended', proposalId: proposalId(MINE, 'p') })).toBe(MINE);
  expect(runOfEvent({ type: 'agents.registered', agents: [] })).toBeUndefined();
  expect(runOfEvent({ type: 'host.registered', host: { host: 'local', cpu: 1, memory: 1 } })).toBeUndefined();
});
