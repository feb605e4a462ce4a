import type { Member, ProposalSpec, Vote } from '../core/consensus/proposal-spec.ts';
import type { SpokenPart } from './agents.ts';
import type { Json } from '../core/json.ts';
import { proposalId, runId } from '../core/ids.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import { sha256 } from '../util/sha256.ts';
import { Stream } from './draw.ts';
import type { Request } from './plan.ts';

export type VoteScene = Readonly<{ seed: number; runId: string; clients: readonly string[]; atMs: number }>;

/** Proposals of one run: some are opened by clients, some by tasks; members are people and tasks. */
export type DrawnVotes = Readonly<{ tasks: readonly TaskSpec[]; requests: readonly Request[] }>;

type Choice = Vote['choice'];

export function drawVotes(scene: VoteScene): DrawnVotes {
  const stream = new Stream(scene.seed, `votes ${scene.runId}`);
  const count = stream.chance(400) ? stream.whole(1, 3) : 0;
  const drawn = Array.from({ length: count }, (_, index) => drawProposal(scene, index + 1));
  return { tasks: drawn.flatMap(({ tasks }) => tasks), requests: drawn.flatMap(({ requests }) => requests) };
}

function drawProposal(scene: VoteScene, nth: number): DrawnVotes {
  const stream = new Stream(scene.seed, `proposal ${scene.runId} ${nth}`);
  const people = stream.whole(0, 6);
  const voters = stream.whole(people === 0 ? 1 : 0, 3);
  const spec = drawSpec(stream, `p${nth}`, { people, voters });
  const isOpenedByTask = stream.chance(400);
  const openAtMs = scene.atMs + stream.around(1_500);
  const client = stream.of(scene.clients);
  const open: Request = {
    id: `open ${scene.runId} ${spec.name}`,
    client,
    atMs: openAtMs,
    input: { type: 'proposal.open', runId: runId(scene.runId), proposal: spec },
  };
  const opener = voteTask(`open-${spec.name}`, { propose: spec });
  return {
    tasks: [
      ...(isOpenedByTask ? [opener] : []),
      ...voterTasks(stream, spec, isOpenedByTask ? [opener.name] : [], voters),
    ],
    requests: [...(isOpenedByTask ? [] : [open]), ...drawBallots(scene, stream, spec, openAtMs)],
  };
}

function drawSpec(stream: Stream, name: string, { people, voters }: { people: number; voters: number }): ProposalSpec {
  const ids = [
    ...Array.from({ length: people }, (_, index) => `user:m${index + 1}`),
    ...Array.from({ length: voters }, (_, index) => `task:vote-${name}-${index + 1}`),
  ];
  const hasWeights = stream.chance(300);
  const hasVetoes = stream.chance(350);
  const members = ids.map((id) => ({
    id,
    ...(hasWeights ? { weight: stream.whole(1, 9) } : {}),
    ...(stream.chance(hasVetoes ? 500 : 0) ? { mayVeto: true } : {}),
  }));
  return {
    name,
    kind: 'question',
    subject: name,
    title: `Shall ${name} be done?`,
    contentHash: sha256(name),
    members,
    threshold: stream.pick('majority', 'electorate', 'two-thirds', 'unanimous'),
    quorumPercent: stream.pick(60, 60, 1, 34, 51, 67, 100),
    timeoutMs: stream.pick(500, 3_000, 15_000),
    ...(stream.chance(250) ? { revisable: true } : {}),
    ...(stream.chance(500) ? { action: { do: name } } : {}),
  };
}

function voterTasks(stream: Stream, spec: ProposalSpec, needs: readonly string[], voters: number): readonly TaskSpec[] {
  return Array.from({ length: voters }, (_, index) => {
    const vote = { proposal: spec.name, choice: drawChoice(stream), contentHash: spec.contentHash };
    const part = stream.chance(300) ? { vote, wait: [spec.name] } : { vote };
    return voteTask(`vote-${spec.name}-${index + 1}`, part, needs);
  });
}

function voteTask(name: string, part: SpokenPart, needs: readonly string[] = []): TaskSpec {
  const work = { kind: 'function', function: 'vote', input: part as Json } as const;
  return { name, type: 'vote', work, needs, requires: ['vote'], estimateMs: 50, timeoutMs: 10_000 };
}

/** Votes of people: most vote once, some twice, some change their mind, some are strangers or look at something else. */
function drawBallots(scene: VoteScene, stream: Stream, spec: ProposalSpec, fromMs: number): readonly Request[] {
  const people = spec.members.filter(({ id }) => id.startsWith('user:'));
  const strangers: readonly Member[] = stream.chance(300) ? [{ id: 'user:stranger' }] : [];
  const voters = [...people, ...strangers];
  return voters.flatMap(({ id: memberId, mayVeto }) => {
    const times = stream.pick(0, 1, 1, 1, 1, 2, 3);
    return Array.from({ length: times }, (_, nth): Request => {
      const choice = drawChoice(stream);
      const contentHash = stream.chance(60) ? sha256('another') : spec.contentHash;
      // Also some by those who have none.
      const isVeto = choice === 'reject' && stream.chance(mayVeto === true ? 800 : 80);
      const vote: Vote = { memberId, choice, contentHash, ...(isVeto ? { reproduce: ['show'] } : {}) };
      const id = `vote ${scene.runId} ${spec.name} ${memberId} ${nth}`;
      const input = { type: 'proposal.vote', proposalId: proposalId(runId(scene.runId), spec.name), vote } as const;
      return { id, client: stream.of(scene.clients), atMs: fromMs + stream.around(4_000), input };
    });
  });
}

function drawChoice(stream: Stream): Choice {
  return stream.pick('approve', 'approve', 'approve', 'reject', 'reject', 'abstain');
}
