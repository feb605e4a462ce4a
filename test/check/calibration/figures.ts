import { VOTERS, type Voter } from '../../../src/core/findings/finding.ts';
import { type Judged, stateWithout } from './measure.ts';

/** Of what was confirmed, and of what should have been. */
export type Score = Readonly<{ right: number; wrong: number; missed: number; precision: number; recall: number }>;

export type KindFigures = Readonly<{
  kind: string;
  real: number;
  tempting: number;
  found: number;
  taken: number;
  unvoted: Score;
  voted: Score;
}>;

/** `precision`: share of its approvals and rejections that were right; `recall`: share of all it was asked about. */
export type VoterFigures = Readonly<{
  voter: Voter;
  asked: number;
  approved: number;
  rejected: number;
  abstained: number;
  precision: number;
  recall: number;
  /** Confirmed findings when it is not asked. */
  without: Score;
}>;

export function figuresOfKinds(judged: readonly Judged[]): readonly KindFigures[] {
  return [...Map.groupBy(judged, ({ plant }) => plant.kind)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, own]) => ({
      kind,
      real: own.filter(({ plant }) => plant.isTrue).length,
      tempting: own.filter(({ plant }) => !plant.isTrue).length,
      found: own.filter(({ plant, finding }) => plant.isTrue && finding !== undefined).length,
      taken: own.filter(({ plant, finding }) => !plant.isTrue && finding !== undefined).length,
      unvoted: scoreOf(own, ({ finding }) => finding !== undefined),
      voted: scoreOf(own, ({ finding }) => finding?.state === 'confirmed'),
    }));
}

export function figuresOfVoters(judged: readonly Judged[]): readonly VoterFigures[] {
  return VOTERS.map((voter) => {
    const votes = judged.flatMap(({ plant, finding }) => {
      const vote = finding?.votes.find((one) => one.voter === voter);
      return vote === undefined ? [] : [{ choice: vote.choice, isTrue: plant.isTrue }];
    });
    const count = (wanted: string): number => votes.filter(({ choice }) => choice === wanted).length;
    const right = votes.filter(({ choice, isTrue }) => choice === (isTrue ? 'approve' : 'reject')).length;
    const [approved, rejected, abstained] = [count('approve'), count('reject'), count('abstain')];
    return {
      voter,
      asked: votes.length,
      approved,
      rejected,
      abstained,
      precision: share(right, approved + rejected),
      recall: share(right, votes.length),
      without: scoreOf(judged, ({ finding }) => finding !== undefined && stateWithout(finding, voter) === 'confirmed'),
    };
  });
}

export function scoreOf(judged: readonly Judged[], isShown: (one: Judged) => boolean): Score {
  const shown = judged.filter(isShown);
  const right = shown.filter(({ plant }) => plant.isTrue).length;
  const wrong = shown.length - right;
  const missed = judged.filter(({ plant }) => plant.isTrue).length - right;
  return { right, wrong, missed, precision: share(right, right + wrong), recall: share(right, right + missed) };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}
