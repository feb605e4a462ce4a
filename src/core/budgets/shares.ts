import type { Grant, TaskSpec } from '../tasks/task-spec.ts';
import { AMOUNTS } from './account.ts';

/** What one attempt of the task may spend itself: all it was granted, or what it keeps where it may delegate. */
export function ownShare({ grant = {}, delegate }: TaskSpec): Grant {
  if (delegate === undefined) return grant;
  return sharesOf((kind) =>
    grant[kind] === undefined ? undefined : Math.min(delegate.keep?.[kind] ?? 0, grant[kind]),
  );
}

/** What all its sub-tasks together may spend, over its whole life. A kind that is not granted comes from further up. */
export function poolOf({ grant = {}, delegate }: TaskSpec): Grant {
  if (delegate === undefined) return {};
  return sharesOf((kind) =>
    grant[kind] === undefined ? undefined : Math.max(0, grant[kind] - (delegate.keep?.[kind] ?? 0)),
  );
}

function sharesOf(shareOf: (kind: (typeof AMOUNTS)[number]) => number | undefined): Grant {
  const shares = AMOUNTS.flatMap((kind) => {
    const share = shareOf(kind);
    return share === undefined ? [] : [[kind, share] as const];
  });
  return Object.fromEntries(shares);
}
