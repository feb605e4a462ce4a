import type { ProposalId } from '../core/ids.ts';
import { addTo, removeFrom } from '../util/map-of-sets.ts';

type Waiter = Readonly<{ left: Set<ProposalId>; done: () => void }>;

/** Who waits in this process for votes to end. Nothing of it outlives the lead: the next one is asked again. */
export class VoteOutcomes {
  readonly #waiters = new Map<ProposalId, Set<Waiter>>();

  /** Calls `done` once, when all of `ids` have closed from now on. Returns how to give up waiting. */
  wait(ids: Iterable<ProposalId>, done: () => void): () => void {
    const waiter: Waiter = { left: new Set(ids), done };
    for (const id of waiter.left) addTo(this.#waiters, id, waiter);
    return () => {
      for (const id of waiter.left) removeFrom(this.#waiters, id, waiter);
    };
  }

  /** That it has closed is stored. */
  closed(id: ProposalId): void {
    const waiters = this.#waiters.get(id);
    if (waiters === undefined) return;
    this.#waiters.delete(id);
    for (const { left, done } of waiters) {
      left.delete(id);
      if (left.size === 0) done();
    }
  }
}
