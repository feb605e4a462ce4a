/** One member's standing vote. `veto`: shown by the coordinator, not shown, or nobody knows yet. */
export type Ballot = Readonly<{
  weight: number;
  choice: 'approve' | 'reject' | 'abstain' | 'silent';
  veto?: 'confirmed' | 'refuted' | 'open';
}>;

/** What comes out when nobody votes any more: the rules once more, written apart from the core and as plainly as can be. */
export function recount(ballots: readonly Ballot[], percent: number, threshold: string): string {
  const sum = (...choices: readonly Ballot['choice'][]): number =>
    ballots.filter(({ choice }) => choices.includes(choice)).reduce((weights, { weight }) => weights + weight, 0);
  const [yes, no, silent] = [sum('approve'), sum('reject'), sum('silent')];
  const all = yes + no + silent + sum('abstain');
  if ((all - silent) * 100 < percent * all) return 'expired';
  if (ballots.some(({ veto }) => veto === 'confirmed')) return 'rejected';
  if (threshold === 'majority') return yes > no ? 'approved' : 'rejected';
  if (threshold === 'electorate') return yes > all - yes ? 'approved' : 'rejected';
  if (threshold === 'two-thirds') return yes > 0 && yes >= no + no ? 'approved' : 'rejected';
  return yes > 0 && no === 0 ? 'approved' : 'rejected';
}
