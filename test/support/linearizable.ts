/** One call on one key, between two moments of a common count. Versions are unique; 0 means "not there". */
export type KeyOp = Readonly<{
  startAt: number;
  endAt: number;
  /** Calls that come before it in any case. */
  follows?: readonly KeyOp[];
}> &
  (
    | Readonly<{ kind: 'read'; saw: number }>
    | Readonly<{ kind: 'write'; made: number }>
    /** `made` is undefined when the version did not fit. */
    | Readonly<{ kind: 'compare'; expected: number; made: number | undefined }>
    /** `removed` is undefined when nobody said whether something was there. */
    | Readonly<{ kind: 'remove'; removed: boolean | undefined }>
  );

/**
 * Whether some order of the calls, each at one moment between its start and its end, explains every answer. Source:
 * J. Wing and C. Gong, Testing and verifying concurrent objects (1993), with a memory of what was tried.
 */
export function isLinearizable(ops: readonly KeyOp[]): boolean {
  const tried = new Set<string>();
  const all = (1 << ops.length) - 1;
  const search = (done: number, state: number): boolean => {
    if (done === all) return true;
    const place = `${done}|${state}`;
    if (tried.has(place)) return false;
    tried.add(place);
    const open = ops.map((op, index) => ({ op, bit: 1 << index })).filter(({ bit }) => (done & bit) === 0);
    const firstEnd = Math.min(...open.map(({ op }) => op.endAt));
    return open.some(({ op, bit }) => {
      // What began after another call had ended comes after it.
      if (op.startAt > firstEnd) return false;
      if (op.follows?.some((other) => (done & (1 << ops.indexOf(other))) === 0) === true) return false;
      const next = after(op, state);
      return next !== undefined && search(done | bit, next);
    });
  };
  return search(0, 0);
}

/** The state after the call; undefined when its answer does not fit the state before. */
function after(op: KeyOp, state: number): number | undefined {
  switch (op.kind) {
    case 'read':
      return op.saw === state ? state : undefined;
    case 'write':
      return op.made;
    case 'compare':
      if ((op.made !== undefined) !== (op.expected === state)) return undefined;
      return op.made ?? state;
    case 'remove':
      if (op.removed !== undefined && op.removed !== (state !== 0)) return undefined;
      return 0;
  }
}
