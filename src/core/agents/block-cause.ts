/** Why an agent gets no work for now. It may have several causes at once, and works again when none is left. */
export type BlockCause =
  /** Its health says so. */
  | 'unhealthy'
  /** It gives no sign of life, or its host does not. */
  | 'lost'
  /** Its host cannot be reached just now. Known to the leading process alone: it is no part of the state. */
  | 'away'
  /** Its circuit breaker, or that of its provider, is open. */
  | 'breaker'
  /** It finishes what it has and leaves. */
  | 'draining'
  /** It was restarted too often. */
  | 'stopped'
  /** It has too much to do, and others can do its work. */
  | 'overloaded'
  /** The account that it works on has no quota left for now. */
  | 'quota';
