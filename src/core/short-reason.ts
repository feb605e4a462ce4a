/** A reason stands in an event of each task that ends for it, and there may be 100,000 of them. */
const MAX_REASON_CHARS = 1_000;

/** What is kept of a reason that somebody gave, in characters. Source: docs/semantics.md, Limits. */
export function shortReason(reason: string): string {
  return reason.length <= MAX_REASON_CHARS ? reason : `${reason.slice(0, MAX_REASON_CHARS - 1).toWellFormed()}…`;
}
