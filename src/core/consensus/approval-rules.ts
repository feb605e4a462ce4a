/** Whom the coordinator asks before it does certain things of its own accord, and how. */
export type ApprovalRules = Readonly<{
  /** Members of the votes: `user:<name>`. @default nobody */
  members: readonly string[];
  /** How long they have, ms of led time. @default 3_600_000 */
  timeoutMs: number;
  /** How long a group that was not allowed to grow does not ask again, ms. @default 600_000 */
  askAgainMs: number;
}>;
