import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, test } from 'vitest';
import { notedSocket } from '../../src/app/leader-file.ts';
import type { Project } from '../../src/app/project.ts';
import type { Choice, ProposalSpec } from '../../src/core/consensus/proposal-spec.ts';
import { proposalId, runId } from '../../src/core/ids.ts';
import { LocalSocketClient, type Reply } from '../../src/server/local-socket-client.ts';
import type { LocalCommand } from '../../src/server/local-socket-commands.ts';
import { credentialHashOf } from '../../src/server/outside-votes.ts';
import type { NamedVote } from '../../src/tools/vote-schemas.ts';
import { ProjectFolder, scripts } from '../support/projects.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { recount } from '../support/vote-recount.ts';

const PROPOSALS = 50;
const TRIES_EACH = 200;
const RUN = runId('r1');
const QUORUM = 88;
const SECRET = 'open sesame';
const VOTERS = ['user:ann', 'user:bob', 'user:cem', 'ci'] as const;
const CHOICES: readonly Choice[] = ['approve', 'reject'];
const random = seededRandom(20_261_122);

let folder: ProjectFolder;
let project: Project;
let sockets: readonly [LocalSocketClient, LocalSocketClient];

beforeAll(async () => {
  folder = await ProjectFolder.make();
  project = await folder.open();
  const coordinator = await project.connect();
  assert.ok((await coordinator.submit({ ...scripts({ hold: ['sleep 600'] }), runId: RUN })).ok);
  sockets = [await enter(), await enter()];
});
afterAll(async () => {
  await (await project.connect()).command({ type: 'run.cancel', runId: RUN, reason: 'the test is over' });
  for (const socket of sockets) socket.close();
  await folder[Symbol.asyncDispose]();
});

async function enter(): Promise<LocalSocketClient> {
  const connected = await LocalSocketClient.connect((await notedSocket(project.dataDir)) ?? '', () => {});
  assert.ok(connected.ok);
  return connected.client;
}

const hashOf = (name: string): string => createHash('sha256').update(name).digest('hex');
const pick = <One>(all: readonly One[]): One =>
  all[Math.floor(random() * all.length)] ?? assert.fail('nothing to pick');

/** What really votes weighs 4, the two that never do 1: when all four have voted it is settled, and not before. */
function specOf(name: string): ProposalSpec {
  const members = [
    { id: 'user:ann', weight: 4 },
    { id: 'user:bob', weight: 4 },
    { id: 'user:cem', weight: 4 },
    { id: 'ci', weight: 4, credentialHash: credentialHashOf(SECRET) },
    { id: 'task:hold' },
    { id: 'agent:r1/local-1' },
  ];
  const about = { kind: 'question', subject: name, title: 'So?', contentHash: hashOf(name) } as const;
  return { name, ...about, members, quorumPercent: QUORUM, timeoutMs: 600_000 };
}

function castOf(name: string, memberId: string, choice: Choice, more: Partial<NamedVote> = {}): LocalCommand {
  const vote = { memberId, choice, contentHash: hashOf(name), reason: 'dishonest', ...more };
  return { type: 'proposal.vote', proposalId: proposalId(RUN, name), vote };
}

const honest = (name: string, member: string, choice: Choice): LocalCommand =>
  castOf(name, member, choice, { reason: 'honest', ...(member === 'ci' ? { credential: SECRET } : {}) });

/** Votes that nobody may cast, whenever they come. */
const FORGERIES: readonly ((name: string, choice: Choice) => LocalCommand)[] = [
  (name, choice) => castOf(name, 'task:hold', choice),
  (name, choice) => castOf(name, 'agent:r1/local-1', choice),
  (name, choice) => castOf(name, 'task:hold', choice, { credential: SECRET }),
  (name, choice) => castOf(name, 'agent:r1/local-1', choice, { credential: '' }),
  (name, choice) => castOf(name, 'ci', choice),
  (name, choice) => castOf(name, 'ci', choice, { credential: 'open up' }),
  (name, choice) => castOf(name, 'ci', choice, { credential: credentialHashOf(SECRET) }),
  (name, choice) => castOf(name, 'user:ann', choice, { credential: SECRET }),
  (name, choice) => castOf(name, 'user:eve', choice),
  (name, choice) => castOf(name, 'user:Ann', choice),
  (name, choice) => castOf(name, 'user:', choice),
  (name, choice) => castOf(name, 'user:bob', choice, { contentHash: hashOf(`${name} swapped`) }),
  (name, choice) => castOf(name, 'ci', choice, { credential: SECRET, contentHash: '' }),
  (name, choice) => castOf(name, 'user:ann', choice, { reproduce: ['true'] }),
  (name, choice) => ({ ...castOf(name, 'user:ann', choice), proposalId: proposalId(runId('r2'), name) }),
];

/** Sends all at once, in a random order, some over the one socket and some over the other. */
async function sendAll(commands: readonly LocalCommand[]): Promise<ReadonlyMap<LocalCommand, Reply>> {
  const inOrder = commands.map((command) => [random(), command] as const).toSorted(([one], [other]) => one - other);
  const replies = inOrder.map(async ([, command]) => [command, await pick(sockets).send(command)] as const);
  return new Map(await Promise.all(replies));
}

function reasonsOf(replies: ReadonlyMap<LocalCommand, Reply>): readonly string[] {
  const reasonOf = (reply: Reply): string => {
    if (reply.kind !== 'answer') return reply.kind;
    return reply.answer.ok ? 'ok' : reply.answer.refusal.reason;
  };
  return [...new Set([...replies.values()].map(reasonOf))].toSorted();
}

const times = <One>(count: number, make: () => One): readonly One[] => Array.from({ length: count }, make);

test(
  `of ${PROPOSALS * TRIES_EACH} votes over two sockets, all that are honest count once, and nothing else does`,
  { timeout: 120_000 },
  async () => {
    const planned = new Map<string, ReadonlyMap<string, Choice>>();
    let tries = 0;
    for (let index = 0; index < PROPOSALS; index++) {
      const name = `p${index}`;
      const most = pick(CHOICES);
      const odd = Math.floor(random() * 5);
      const plan = new Map(VOTERS.map((member, at) => [member, at === odd ? pick(CHOICES) : most]));
      planned.set(name, plan);
      const votes = [...plan].map(([member, choice]) => honest(name, member, choice));

      const early = [...votes, ...times(16, () => pick(FORGERIES)(name, pick(CHOICES)))];
      assert.ok(!reasonsOf(await sendAll(early)).includes('ok'), 'a vote came before its proposal');
      assert.ok((await sendAll([{ type: 'proposal.open', runId: RUN, proposal: specOf(name) }])).size === 1);

      const changed = [...plan].map(([member, choice]) => {
        const shown = member === 'ci' ? { credential: SECRET } : {};
        return castOf(name, member, choice === 'approve' ? 'reject' : 'approve', shown);
      });
      // First two of the four, whose minds are then changed for them while the vote is open; then the others.
      for (const some of [votes.slice(0, 2), votes]) {
        const forged = times(50, () => pick(FORGERIES)(name, pick(CHOICES)));
        const replies = await sendAll([...some, ...some.map((vote) => ({ ...vote })), ...forged]);
        const fair = new Map([...replies].filter(([vote]) => !forged.includes(vote)));
        assert.deepEqual(reasonsOf(fair), ['ok']);
        const unfair = new Map([...replies].filter(([vote]) => forged.includes(vote)));
        assert.ok(!reasonsOf(unfair).includes('ok'), 'a forged vote was taken');
        const changes = changed.slice(0, some.length);
        assert.ok(!reasonsOf(await sendAll(changes)).includes('ok'), 'a vote was changed');
        tries += replies.size + changes.length;
      }
      const late = [...changed, ...times(58, () => pick(FORGERIES)(name, pick(CHOICES)))];
      assert.ok(!reasonsOf(await sendAll(late)).includes('ok'), 'a vote came after the end');
      tries += early.length + late.length;
    }
    assert.ok(tries >= PROPOSALS * TRIES_EACH, `${tries} tries`);

    const archive = project.archive() ?? assert.fail('no store');
    const events = archive.recordsAfter(0, 100_000).map(({ event }) => event);
    const voted = events.flatMap((event) => (event.type === 'proposal.voted' ? [event] : []));
    assert.equal(voted.length, PROPOSALS * VOTERS.length);
    for (const { vote } of voted) assert.equal(vote.reason, 'honest');
    for (const [name, plan] of planned) {
      const record = archive.proposal(proposalId(RUN, name)) ?? assert.fail(`no ${name}`);
      assert.deepEqual(new Map(record.votes.map(({ memberId, choice }) => [memberId, choice])).size, VOTERS.length);
      for (const { memberId, choice } of record.votes) assert.equal(choice, plan.get(memberId), `${name} ${memberId}`);
      const ballots = [...plan.values()].map((choice) => ({ weight: 4, choice }));
      const silent = { weight: 1, choice: 'silent' } as const;
      assert.equal(record.state, recount([...ballots, silent, silent], QUORUM, 'majority'));
    }
    assert.ok(!JSON.stringify(events).includes(SECRET), 'what was shown is stored');
  },
);

test('what is no command of this protocol ends the connection: an attempt speaks from inside alone', async () => {
  const before = project.archive()?.headSeq();
  const vote = { memberId: 'user:ann', choice: 'approve', contentHash: hashOf('p0') };
  const inputs = [
    { type: 'attempt.vote', taskId: 'r1/hold', attempt: 1, proposal: 'p0', vote },
    { type: 'attempt.propose', taskId: 'r1/hold', attempt: 1, proposal: specOf('p99') },
    { type: 'proposal.vote', proposalId: 'r1/p0', vote: { ...vote, credentialHash: credentialHashOf(SECRET) } },
    { type: 'proposal.judge-veto', proposalId: 'r1/p0', memberId: 'user:ann', revision: 1, finding: 'confirmed' },
    { type: 'proposal.end-action', proposalId: 'r1/p0', result: { ok: true } },
    { type: 'proposal.due', proposalId: 'r1/p0' },
    { type: 'proposal.vote', proposalId: 'r1/p0/x', vote },
  ];
  for (const input of inputs) {
    const socket = connect((await notedSocket(project.dataDir)) ?? '');
    const lines = createInterface({ input: socket });
    socket.write(`${JSON.stringify({ type: 'hello', protocol: 1, pid: 1 })}\n`);
    await once(lines, 'line');
    socket.write(`${JSON.stringify({ type: 'command', id: 1, input })}\n`);
    await once(socket, 'close');
  }
  assert.equal(project.archive()?.headSeq(), before);
});
