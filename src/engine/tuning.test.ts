import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { EngineRig, settle } from '../../test/support/core-world-engine.ts';
import { agentOf, DONE, submitOf, taskOf } from '../../test/support/core-world-specs.ts';
import { proposalId, SWARM_ITSELF } from '../core/ids.ts';
import type { SwarmInput } from '../core/inputs.ts';
import type { LiveOption } from '../core/settings/setting-events.ts';
import { DEFAULT_RULES } from '../core/swarm-state.ts';
import type { Engine } from './engine.ts';

let rig: EngineRig;
let engine: Engine;

const live: readonly LiveOption[] = [
  { name: 'performance.cacheSize', configured: 1_000, min: 1, max: 1_200 },
  { name: 'performance.cacheTTL', configured: 300_000, min: 0, max: 86_400_000 },
  { name: 'coordination.algorithm', configured: 'least-loaded', choices: ['adaptive', 'least-loaded'] },
];
const rules = {
  ...DEFAULT_RULES,
  strategy: 'least-loaded',
  live,
  tuner: { isOn: true, asks: false, windowMs: 60_000 },
} as const;

const told = (): readonly string[] =>
  rig.events.flatMap((event) => {
    if (event.type === 'tuning.decided')
      return [`${event.outcome} ${event.option} ${event.from} ${event.to} ${event.forecast}`];
    if (event.type === 'tuning.ended') return [`${event.outcome} ${event.before} ${event.after}`];
    return event.type === 'config.changed' ? [`${event.cause} ${event.name} ${event.value}`] : [];
  });

async function sample(cache_hit_ratio: number): Promise<void> {
  await engine.dispatch({ type: 'metrics.sample', samples: { cache_hit_ratio } });
  await settle();
}

async function pass(ms: number): Promise<void> {
  rig.clock.advance(ms);
  await settle();
}

beforeEach(() => {
  rig = new EngineRig();
});

afterEach(() => {
  engine.stop();
});

describe('the tuner', () => {
  test('is off unless somebody asks for it', async () => {
    engine = await rig.start({ rules: { ...rules, tuner: { isOn: false, asks: false, windowMs: 60_000 } } });
    await sample(0.1);
    await pass(600_000);
    assert.deepEqual(told(), []);
  });

  test('tries one change at a time, and keeps what does not make things worse', async () => {
    engine = await rig.start({ rules });
    await sample(0.5);
    assert.deepEqual(told(), ['tried performance.cacheSize 1000 1200 unknown', 'tuned performance.cacheSize 1200']);
    await engine.dispatch({ type: 'metrics.sample', samples: { memory_ratio: 0.99 } });
    await pass(59_000);
    assert.equal(told().length, 2);
    await sample(0.7);
    await pass(2_000);
    assert.equal(told()[2], 'kept 0.5 0.7');
    assert.equal(told().length, 3);
  });

  test('takes a change back that made things worse, and leaves that option alone', async () => {
    engine = await rig.start({ rules });
    await sample(0.5);
    await sample(0.4);
    await pass(61_000);
    assert.deepEqual(told().slice(2), ['reverted 0.5 0.4', 'reverted performance.cacheSize 1000']);
    for (let minute = 0; minute < 10; minute++) {
      await pass(60_000);
      await sample(0.3 + minute / 100);
    }
    assert.equal(told().length, 4);
  });

  test('goes on with a trial where the last leader stopped', async () => {
    engine = await rig.start({ rules });
    await sample(0.5);
    await sample(0.4);
    engine.stop();
    engine = await rig.start({ rules });
    await pass(61_000);
    assert.deepEqual(told().slice(2), ['reverted 0.5 0.4', 'reverted performance.cacheSize 1000']);
  });

  test('leaves a value alone that a person has set meanwhile', async () => {
    engine = await rig.start({ rules });
    await sample(0.5);
    await engine.dispatch({ type: 'config.set', name: 'performance.cacheSize', value: 7, by: 'user:ann' });
    await sample(0.1);
    await pass(61_000);
    assert.equal(told().at(-1), 'kept 0.5 0.1');
  });

  test('runs the open work ahead before it changes how agents are chosen', async () => {
    engine = await rig.start({ rules });
    const agents = [agentOf('a')];
    await engine.dispatch({ type: 'agents.register', agents });
    await engine.dispatch(
      submitOf(Array.from({ length: 20 }, (_, index) => taskOf(`t${index}`, { estimateMs: 6_000 }))),
    );
    for (let index = 0; index < 12; index++) {
      const attempt = await rig.agent.nextAttempt();
      await pass(6_000);
      attempt.end(DONE);
      await settle();
    }
    const [decided] = told();
    // With a single agent all ways are the same.
    assert.equal(decided, 'tried coordination.algorithm least-loaded adaptive unknown');
  });
});

describe('the tuner with approvers', () => {
  const approval = { members: ['user:ann', 'user:ben'], timeoutMs: 30_000, askAgainMs: 60_000 };
  const asking = { ...rules, approval, tuner: { isOn: true, asks: true, windowMs: 60_000 } };
  const ASKED = 'asked performance.cacheSize 1000 1200 unknown';
  const TRIED = ['tried performance.cacheSize 1000 1200 unknown', 'tuned performance.cacheSize 1200'];

  const count = (type: string): number => rig.events.filter((event) => event.type === type).length;
  const acted = (): readonly unknown[] =>
    rig.events.flatMap((event) => (event.type === 'proposal.acted' ? [event.result] : []));

  async function vote(member: string, choice: 'approve' | 'reject', no: number = 1): Promise<boolean> {
    const id = proposalId(SWARM_ITSELF, `tuning-${no}`);
    const opened = rig.events.find((event) => event.type === 'proposal.opened' && event.proposalId === id);
    const contentHash = opened?.type === 'proposal.opened' ? opened.spec.contentHash : '';
    const ballot = { memberId: `user:${member}`, contentHash, choice };
    const answer = await engine.dispatch({ type: 'proposal.vote', proposalId: id, vote: ballot });
    await settle();
    return answer.ok;
  }

  test('asks first, tries what they approve, and judges it by what was measured then', async () => {
    engine = await rig.start({ rules: asking });
    await sample(0.5);
    await sample(0.4);
    assert.deepEqual(told(), [ASKED]);
    await vote('ann', 'approve');
    assert.deepEqual(told(), [ASKED]);
    await vote('ben', 'approve');
    assert.deepEqual(told(), [ASKED, ...TRIED]);
    assert.deepEqual(acted(), [{ ok: true }]);
    await sample(0.45);
    await pass(61_000);
    assert.deepEqual(told().slice(3), ['kept 0.4 0.45']);
    // A vote that comes again is answered like the first time.
    assert.equal(await vote('ann', 'approve'), true);
    assert.equal(count('config.changed'), 1);
  });

  test.each<[string, readonly ('approve' | 'reject')[]]>([
    ['against it', ['reject', 'approve']],
    ['not asked again when nobody answers', []],
  ])('leaves what they are %s, for twelve windows', async (_case, choices) => {
    engine = await rig.start({ rules: asking });
    await sample(0.5);
    for (const [at, choice] of choices.entries()) await vote(at === 0 ? 'ann' : 'ben', choice);
    await pass(31_000);
    assert.deepEqual(told(), [ASKED, 'refused performance.cacheSize 1000 1200 unknown']);
    for (let minute = 0; minute < 11; minute++) {
      await pass(60_000);
      await sample(0.3 + minute / 100);
    }
    assert.equal(told().length, 2);
    await pass(180_000);
    await sample(0.2);
    assert.equal(told()[2], ASKED);
    assert.equal(count('proposal.opened'), 2);
    assert.deepEqual([acted(), count('config.changed')], [[], 0]);
    assert.equal((await engine.dispatch(voteOnFirst())).ok, false);
  });

  /** The first vote went from memory when the second one was opened. */
  const voteOnFirst = (): SwarmInput => ({
    type: 'proposal.vote',
    proposalId: proposalId(SWARM_ITSELF, 'tuning-1'),
    vote: { memberId: 'user:ann', contentHash: '', choice: 'approve' },
  });

  test('tries once what was approved by the last leader, which ended before it could', async () => {
    engine = await rig.start({ rules: asking });
    await engine.dispatch({ type: 'agents.register', agents: [agentOf('a')] });
    await engine.dispatch(submitOf([taskOf('t', { effect: 'D' })]));
    const attempt = await rig.agent.nextAttempt();
    await sample(0.5);
    const drained = engine.drain();
    await vote('ann', 'approve');
    await vote('ben', 'approve');
    assert.deepEqual([told(), count('proposal.closed')], [[ASKED], 1]);
    attempt.end(DONE);
    await settle();
    engine.stop();
    await drained;
    for (let leader = 0; leader < 2; leader++) {
      engine = await rig.start({ rules: asking });
      await settle();
      assert.deepEqual(told(), [ASKED, ...TRIED]);
      assert.deepEqual(acted(), [{ ok: true }]);
      engine.stop();
    }
  });

  test('does not try what does not fit any more', async () => {
    engine = await rig.start({ rules: asking });
    await sample(0.5);
    await engine.dispatch({ type: 'config.set', name: 'performance.cacheSize', value: 7, by: 'user:ann' });
    await vote('ann', 'approve');
    await vote('ben', 'approve');
    assert.equal(told().at(-1), 'dropped performance.cacheSize 1000 1200 unknown');
    assert.deepEqual(acted(), [{ ok: false, failure: { reason: 'content-changed' } }]);
  });

  test('does nothing more when the next leader has no tuner', async () => {
    engine = await rig.start({ rules: asking });
    await sample(0.5);
    engine.stop();
    engine = await rig.start({ rules: { ...asking, tuner: { ...asking.tuner, isOn: false } } });
    await vote('ann', 'approve');
    await vote('ben', 'approve');
    assert.equal(told().at(-1), 'dropped performance.cacheSize 1000 1200 unknown');
    assert.equal(count('config.changed'), 0);
  });

  test('changes nothing where nobody can be asked', async () => {
    engine = await rig.start({ rules: { ...asking, approval: { ...approval, members: [] } } });
    await sample(0.5);
    await pass(600_000);
    assert.deepEqual(told(), []);
  });
});
