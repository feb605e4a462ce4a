/** How a proposal ended. `expired`: too few voted in time, or its run ended first. */
export type Outcome = 'approved' | 'rejected' | 'expired';

/**
 * When the weights of approvals and rejections approve. `majority`: more approve than reject. `electorate`: more than
 * half of all weight approves. `two-thirds`: at least twice as much approves as rejects. `unanimous`: nobody rejects.
 * All but `majority` and `electorate` also need one approval. So a tie and a vote of abstentions alone are rejections.
 */
export type Threshold = 'majority' | 'electorate' | 'two-thirds' | 'unanimous';

/** Frozen when a proposal is opened. `quorumPercent`: whole, 1 to 100, of the weight of all members. */
export type VotingRule = Readonly<{ quorumPercent: number; threshold: Threshold }>;

/** Weights, whole numbers: of all members, and of those who have voted so. */
export type Tally = Readonly<{ total: number; approve: number; reject: number; abstain: number }>;

/** `possible`: somebody who may veto has not voted, or a veto is being checked. */
export type VetoStand = 'impossible' | 'possible' | 'confirmed';

/** The weight that must have voted, abstentions included: the percentage rounded up, in integers. */
export function quorumOf(total: number, quorumPercent: number): number {
  const hundredfold = quorumPercent * total + 99;
  return (hundredfold - (hundredfold % 100)) / 100;
}

/**
 * The outcome once nobody can vote any more; undefined while it hangs on a veto that is being checked.
 * Source: docs/semantics.md, Votes.
 */
export function outcomeAtDue(rule: VotingRule, tally: Tally, veto: VetoStand): Outcome | undefined {
  if (!isQuorate(rule, tally)) return 'expired';
  if (veto === 'confirmed' || !holds(rule.threshold, tally)) return 'rejected';
  return veto === 'possible' ? undefined : 'approved';
}

/** The outcome while votes may still come, if none of them can change it; undefined while one can. */
export function outcomeIfSettled(rule: VotingRule, tally: Tally, veto: VetoStand): Outcome | undefined {
  if (!isQuorate(rule, tally)) return undefined;
  const left = tally.total - castOf(tally);
  const atBest = { ...tally, approve: tally.approve + left };
  if (veto === 'confirmed' || !holds(rule.threshold, atBest)) return 'rejected';
  const atWorst = { ...tally, reject: tally.reject + left };
  return veto === 'impossible' && holds(rule.threshold, atWorst) ? 'approved' : undefined;
}

function isQuorate({ quorumPercent }: VotingRule, tally: Tally): boolean {
  return castOf(tally) >= quorumOf(tally.total, quorumPercent);
}

function castOf({ approve, reject, abstain }: Tally): number {
  return approve + reject + abstain;
}

function holds(threshold: Threshold, { total, approve, reject }: Tally): boolean {
  switch (threshold) {
    case 'majority':
      return approve > reject;
    case 'electorate':
      return 2 * approve > total;
    case 'two-thirds':
      return approve > 0 && approve >= 2 * reject;
    case 'unanimous':
      return approve > 0 && reject === 0;
  }
}
