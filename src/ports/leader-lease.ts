/** The right to lead a store, held by one process at a time. */
export interface LeaderLease {
  /** Resolves when the holder is fenced off although it is alive (stopped for longer than the lease). */
  readonly lost: Promise<string>;
  /** Looks now: who was stopped and wakes must not clear away, or write over, what belongs to its successor. */
  isHeld(): boolean;
  /** Gives the lead back; the next process may take it at once. Calling it twice does no harm. */
  release(): Promise<void>;
}

export interface LeaderElection {
  /** Takes the lead if it is free or its holder is dead or has not renewed for 15 s; undefined when somebody leads. */
  tryAcquire(): Promise<LeaderLease | undefined>;
}
