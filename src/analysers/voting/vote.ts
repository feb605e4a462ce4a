import type { Voter } from '../../core/findings/finding.ts';
import type { AttemptVote } from '../../ports/run-proposals.ts';
import type { AnalyserResult, VotingCall } from '../analyser.ts';
import type { CastData, VoteData } from '../data.ts';
import { needData, writeData } from '../data-files.ts';
import { TextReader } from '../read-text.ts';
import { withoutSecrets } from '../secret-patterns.ts';
import type { Motion } from './ballot.ts';
import { blastRadiusOf } from './blast-radius.ts';
import { contextOfFinding } from './context.ts';
import { historyOf } from './history.ts';
import { isUsedUp } from './kinds.ts';
import { abstain, type Bench, type JudgeMotion, type Opinion } from './opinion.ts';
import { shapeOf } from './shape.ts';
import { testsOf } from './tests.ts';

const MAX_REASON = 300;

export const JUDGES: Readonly<Record<Voter, JudgeMotion>> = {
  shape: shapeOf,
  context: contextOfFinding,
  history: historyOf,
  tests: testsOf,
  'blast-radius': blastRadiusOf,
};

export const voteShape = (call: VotingCall): Promise<AnalyserResult> => vote('shape', call);
export const voteContext = (call: VotingCall): Promise<AnalyserResult> => vote('context', call);
export const voteHistory = (call: VotingCall): Promise<AnalyserResult> => vote('history', call);
export const voteTests = (call: VotingCall): Promise<AnalyserResult> => vote('tests', call);
export const voteBlastRadius = (call: VotingCall): Promise<AnalyserResult> => vote('blast-radius', call);

/** One voter: looks at every finding it is asked about, and casts its votes. The reasons stay in its data file. */
async function vote(voter: Voter, { input, signal, proposals }: VotingCall): Promise<AnalyserResult> {
  const { motions, usual } = needData(input.data, 'ballot');
  const bench: Bench = { usual, root: input.root, reader: new TextReader(input.root) };
  const cast: CastData[] = [];
  const votes: AttemptVote[] = [];
  for (const motion of motions) {
    if (!motion.asked.includes(voter)) continue;
    signal.throwIfAborted();
    const { choice, reason, seen } = opinionOf(voter, motion, bench);
    const evidence = seen.map((one) => ({ source: `vote.${voter}`, ...one, text: shown(one.text) }));
    const { proposal, contentHash, finding } = motion;
    cast.push({ findingId: finding.id, choice, reason: shown(reason), evidence });
    votes.push({ proposal, contentHash, choice, reason: shown(reason), evidence });
  }
  // Before they are cast: who has voted can always say why.
  const data: VoteData = { votes: cast };
  const file = writeData(input.data, `vote.${voter}`, data);
  if (votes.length > 0) await proposals.vote(votes);
  const count = (wanted: string): number => cast.filter(({ choice }) => choice === wanted).length;
  return { file, summary: { approve: count('approve'), reject: count('reject'), abstain: count('abstain') } };
}

/** A voter without a view of its own abstains; so does one that fails over a finding. */
export function opinionOf(voter: Voter, motion: Motion, bench: Bench): Opinion {
  if (isUsedUp(voter, motion.finding)) {
    return abstain('This is what the finding was made from, and no fact counts twice.');
  }
  try {
    return JUDGES[voter](motion, bench);
  } catch (error) {
    return abstain(`It could not be looked at: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function shown(text: string): string {
  return withoutSecrets(text).slice(0, MAX_REASON);
}
