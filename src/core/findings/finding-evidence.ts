/** One fact that speaks for or against a finding. */
export type FindingEvidence = Readonly<{
  /** Who measured it, a task: `parse`, `history`, `vote.context`. */
  source: string;
  /** What was measured, in a sentence. Secrets are masked. */
  text: string;
  /** `path:line` */
  ref?: string;
}>;
