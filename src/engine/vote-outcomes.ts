import type { ProposalId } from '../core/ids.ts';

type Waiter = Readonly<{ left: Set<ProposalId>; done: () => void }>;

/** Who waits in this process for votes to end. Nothing of it outlives the lead: the next one is asked again. */
export class VoteOutcomes {
  readonly #waiters = new Map<ProposalId, Set<Waiter>>();

  /** Calls `done` once, when all of `ids` have closed from now on. Returns how to give up waiting. */
  wait(ids: Iterable<ProposalId>, done: () => void): () => void {
    const waiter: Waiter = { left: new Set(ids), done };
    for (const id of waiter.left) {
      const others = this.#waiters.get(id);
      if (others === undefined) this.#waiters.set(id, new Set([waiter]));
      else others.add(waiter);
    }
    return () => {
      for (const id of waiter.left) this.#forget(id, waiter);
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

  #forget(id: ProposalId, waiter: Waiter): void {
    const waiters = this.#waiters.get(id);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#waiters.delete(id);
  }
}
