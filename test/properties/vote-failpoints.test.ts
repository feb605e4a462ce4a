import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import type { ProposalSpec } from '../../src/core/consensus/proposal-spec.ts';
import { proposalId, runId } from '../../src/core/ids.ts';
import type { SwarmInput } from '../../src/core/inputs.ts';
import { agentsOf, submitOf, taskOf } from '../support/core-world-specs.ts';
import { contentHash, everyFailpoint, type Failpoint, KilledSwarm, type Scripts } from '../support/vote-failpoints.ts';
import { type Ballot, recount } from '../support/vote-recount.ts';

const RUN = runId('r1');
const ID = proposalId(RUN, 'ship');
const DUE_MS = 30_000;
const ORIGINAL = contentHash('original');

function spec(members: readonly string[]): ProposalSpec {
  const about = { kind: 'question', subject: 'v1', title: 'Ship it?', contentHash: ORIGINAL } as const;
  return { name: 'ship', ...about, members: members.map((id) => ({ id })), timeoutMs: DUE_MS, action: { do: 'ship' } };
}

function voteOf(memberId: string, choice: 'approve' | 'reject'): SwarmInput {
  return { type: 'proposal.vote', proposalId: ID, vote: { memberId, choice, contentHash: ORIGINAL } };
}

const PEOPLE = ['user:a', 'user:b', 'user:c', 'user:d', 'user:e'];

type Story = (swarm: KilledSwarm) => Promise<void>;

/** Opened and voted on by commands; the third vote settles it. */
const settled: Story = async (swarm) => {
  await begin(swarm);
  await swarm.give({ type: 'proposal.open', runId: RUN, proposal: spec(PEOPLE) });
  for (const member of PEOPLE.slice(0, 3)) await swarm.give(voteOf(member, 'approve'));
  await swarm.rest();
};

/** Two for it, one against it, and nobody says more until the time is over. */
const due: Story = async (swarm) => {
  await begin(swarm);
  await swarm.give({ type: 'proposal.open', runId: RUN, proposal: spec(PEOPLE) });
  await swarm.give(voteOf('user:a', 'approve'));
  await swarm.give(voteOf('user:b', 'reject'));
  await swarm.give(voteOf('user:c', 'approve'));
  await swarm.pass(DUE_MS - 1);
  assert.equal(swarm.count('proposal.closed'), 0, 'closed before its time');
  await swarm.pass(1);
  // A killed coordinator takes the time with it that nothing was stored in: the end comes later, never earlier.
  for (let round = 0; round < 3; round++) await swarm.pass(DUE_MS);
};

/** Opened and voted on by attempts, which are lost with their coordinator and begin again. */
const attempts: Story = async (swarm) => {
  await begin(swarm, ['one', 'two', 'three']);
  // What a killed coordinator has lost is tried again after a while.
  for (let round = 0; round < 20; round++) await swarm.pass(1_000);
};

const vote = { proposal: 'ship', contentHash: ORIGINAL, choice: 'approve' } as const;
const SCRIPTS: Scripts = {
  hold: () => new Promise(() => {}),
  one: async ({ proposals }) => {
    await proposals.open([spec(['task:one', 'task:two', 'task:three'])]);
    await proposals.vote([vote]);
    assert.equal((await proposals.outcomes(['ship']))[0]?.status, 'approved');
  },
  two: async ({ proposals }) => {
    await proposals.open([spec(['task:one', 'task:two', 'task:three'])]);
    await proposals.vote([vote]);
  },
  three: async ({ proposals }) => {
    await proposals.open([spec(['task:one', 'task:two', 'task:three'])]);
    await proposals.outcomes(['ship']);
  },
};

async function begin(swarm: KilledSwarm, tasks: readonly string[] = []): Promise<void> {
  await swarm.give({ type: 'agents.register', agents: agentsOf(4) });
  await swarm.give(submitOf(['hold', ...tasks].map((name) => taskOf(name))));
}

/** One decision, right for the votes that are stored; what it asks for is done once, and with what was voted on. */
function check(swarm: KilledSwarm, killedAt: string): void {
  const { events } = swarm;
  assert.equal(swarm.count('proposal.opened'), 1, `opened once: ${killedAt}`);
  const [closed, ...more] = events.flatMap((event) => (event.type === 'proposal.closed' ? [event] : []));
  assert.ok(closed !== undefined && more.length === 0, `decided once: ${killedAt}`);
  const opened = events.find((event) => event.type === 'proposal.opened');
  assert.ok(opened?.type === 'proposal.opened');
  const votes = events.flatMap((event) => (event.type === 'proposal.voted' ? [event.vote] : []));
  assert.equal(new Set(votes.map(({ memberId }) => memberId)).size, votes.length, `one vote each: ${killedAt}`);
  const ballots = opened.spec.members.map(({ id }): Ballot => {
    const choice = votes.find(({ memberId }) => memberId === id)?.choice ?? 'silent';
    return { weight: 1, choice };
  });
  assert.equal(closed.outcome, recount(ballots, 60, 'majority'), `as a recount: ${killedAt}`);
  assert.equal(closed.outcome, 'approved', killedAt);
  assert.equal(swarm.count('proposal.acted'), 1, `told once: ${killedAt}`);
  assert.deepEqual([...swarm.done], [[ID, 'original of v1']], `done once: ${killedAt}`);
}

async function tell(story: Story, armed: readonly Failpoint[]): Promise<KilledSwarm> {
  const swarm = new KilledSwarm(armed, SCRIPTS);
  await story(swarm);
  return swarm;
}

describe.each([
  ['settled by votes of people', settled],
  ['decided when its time is over', due],
  ['opened and voted on by attempts', attempts],
] as const)('a proposal that is %s', (_name, story) => {
  test('is decided once and done once, wherever its coordinator is killed', async () => {
    const calm = await tell(story, []);
    check(calm, 'nowhere');
    const points = everyFailpoint(calm.passed);
    assert.ok(points.length >= 14, `${points.length} failpoints`);
    for (const point of points) {
      const swarm = await tell(story, [point]);
      assert.equal(swarm.kills, 1, `never reached ${JSON.stringify(point)}`);
      check(swarm, JSON.stringify(point));
    }
  });

  test('also when the next coordinator is killed as well', { timeout: 60_000 }, async () => {
    const points = everyFailpoint((await tell(story, [])).passed);
    let kills = 0;
    for (const first of points) {
      for (const when of ['before', 'after'] as const) {
        const second: Failpoint = { at: first.at, nth: first.nth + 1, when };
        const swarm = await tell(story, [first, second]);
        kills += swarm.kills;
        check(swarm, JSON.stringify([first, second]));
      }
    }
    assert.ok(kills > points.length * 2, `${kills} kills`);
  });
});

describe('a payload that is swapped', () => {
  const open = async (swarm: KilledSwarm): Promise<void> => {
    await begin(swarm);
    await swarm.give({ type: 'proposal.open', runId: RUN, proposal: spec(PEOPLE) });
  };

  test.each([0, 1, 2, 3])('after %i votes is not done, with kills around its loading', async (after) => {
    for (const armed of [
      [],
      ...(['before', 'after'] as const).map((when) => [{ at: 'load', nth: 1, when } as const]),
    ]) {
      const swarm = new KilledSwarm(armed, SCRIPTS);
      await open(swarm);
      for (const [index, member] of PEOPLE.slice(0, 3).entries()) {
        if (index === after) swarm.content = 'swapped';
        // The coordinator is quicker than whoever swaps after the last vote, unless it dies first.
        if (index === 2 && after === 3) swarm.content = 'swapped';
        await swarm.give(voteOf(member, 'approve'));
      }
      await swarm.rest();
      const acted = swarm.events.flatMap((event) => (event.type === 'proposal.acted' ? [event.result] : []));
      const foundHash = contentHash('swapped');
      assert.deepEqual(acted, [{ ok: false, failure: { reason: 'content-changed', foundHash } }]);
      assert.equal(swarm.done.size, 0);
    }
  });

  test('between the check and the deed changes nothing: what was checked is done', async () => {
    const swarm = new KilledSwarm([], SCRIPTS);
    await open(swarm);
    for (const member of PEOPLE.slice(0, 3)) await swarm.give(voteOf(member, 'approve'));
    swarm.content = 'swapped';
    await swarm.rest();
    check(swarm, 'nowhere');
  });
});

describe('at the due time', () => {
  /** A last vote against it, so many ms after the due time; with it, two are for it and two against it: rejected. */
  async function lastVoteAt(offsetMs: number, armed: readonly Failpoint[]): Promise<KilledSwarm> {
    const swarm = new KilledSwarm(armed, SCRIPTS);
    await begin(swarm);
    await swarm.give({ type: 'proposal.open', runId: RUN, proposal: spec(PEOPLE) });
    await swarm.give(voteOf('user:a', 'approve'));
    await swarm.give(voteOf('user:b', 'reject'));
    await swarm.give(voteOf('user:c', 'approve'));
    await swarm.pass(DUE_MS + offsetMs);
    await swarm.give(voteOf('user:d', 'reject'));
    for (let round = 0; round < 3; round++) await swarm.pass(DUE_MS);
    return swarm;
  }

  test.each([
    [-1, 'rejected', 4],
    [0, 'approved', 3],
    [1, 'approved', 3],
  ])('%i ms, a last vote makes it %s', async (offsetMs, outcome, votes) => {
    const swarm = await lastVoteAt(offsetMs, []);
    const closed = swarm.events.find((event) => event.type === 'proposal.closed');
    assert.deepEqual([closed?.outcome, closed?.cause, swarm.count('proposal.voted')], [outcome, 'due', votes]);
    assert.equal(swarm.done.size, outcome === 'approved' ? 1 : 0);
  });

  test.each([-1, 0, 1])(
    '%i ms, one decision stands for the votes before it, wherever it is killed',
    async (offsetMs) => {
      for (const point of everyFailpoint((await lastVoteAt(offsetMs, [])).passed)) {
        const swarm = await lastVoteAt(offsetMs, [point]);
        const types = swarm.events.map(({ type }) => type);
        const end = types.indexOf('proposal.closed');
        assert.deepEqual(
          [end, types.lastIndexOf('proposal.voted') < end],
          [types.lastIndexOf('proposal.closed'), true],
        );
        const closed = swarm.events.find((event) => event.type === 'proposal.closed');
        const outcome = swarm.count('proposal.voted') === 4 ? 'rejected' : 'approved';
        assert.equal(closed?.outcome, outcome, JSON.stringify(point));
        assert.equal(swarm.done.size, outcome === 'approved' ? 1 : 0);
      }
    },
  );
});
