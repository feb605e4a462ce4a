import type { SwarmId } from '../core/ids.ts';
import type { Journal, JournalRecord, Snapshot } from '../ports/journal.ts';

/** What a new leader finds: `tail` is what came after the snapshot, or everything. */
export type Past = Readonly<{
  epoch: number;
  snapshot: Snapshot | undefined;
  tail: AsyncIterable<JournalRecord>;
}>;

/**
 * Takes the lead of a swarm and asks for its past at once, so that the store reads while this process still loads what
 * it needs to lead, and then while it restores the snapshot. Any snapshot is sound, also one from before the claim.
 * Rejects when the lock is not `isHeld` any more once the store is open: the claim would depose whoever leads by now.
 */
export async function takeOver(journal: Journal, swarmId: SwarmId, isHeld: () => boolean = () => true): Promise<Past> {
  const snapshot = await journal.latestSnapshot(swarmId);
  if (!isHeld()) throw new Error('another process leads by now');
  const epoch = await journal.claim(swarmId);
  return { epoch, snapshot, tail: begun(journal.read(swarmId, (snapshot?.seq ?? 0) + 1)) };
}

/** Asks for the first record now, whenever somebody wants it. */
function begun<Value>(values: AsyncIterable<Value>): AsyncIterable<Value> {
  const iterator = values[Symbol.asyncIterator]();
  const first = iterator.next();
  // Told to whoever asks for the first.
  first.catch(() => {});
  let next: Promise<IteratorResult<Value>> | undefined = first;
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        const found = next ?? iterator.next();
        next = undefined;
        return found;
      },
    }),
  };
}
