import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { EngineRig, settle, taskIdOf } from '../../test/support/core-world-engine.ts';
import { agentsOf, DONE, submitOf, taskOf, THREW } from '../../test/support/core-world-specs.ts';
import { LruTier } from '../adapters/in-memory/lru-tier.ts';
import { MapTier } from '../adapters/in-memory/map-tier.ts';
import { SharedHub } from '../adapters/in-memory/shared-hub.ts';
import { Notes } from '../memory/notes.ts';
import { TieredMemory } from '../memory/tiered-memory.ts';
import type { RunMemory } from '../ports/run-memory.ts';
import type { ScriptedAttempt } from '../testing/scripted-agent.ts';
import type { Engine } from './engine.ts';

let rig: EngineRig;
let hub: SharedHub;
let tier3: MapTier;
let tiers: TieredMemory;
let engine: Engine;

function portsOf(): Readonly<{ tiers: TieredMemory; notes: Notes }> {
  const local = new LruTier(rig.clock);
  tiers = new TieredMemory({ local, shared: hub.connect(), persistent: tier3 }, rig.clock);
  return { tiers, notes: new Notes(tiers) };
}

beforeEach(async () => {
  rig = new EngineRig();
  hub = new SharedHub(rig.clock);
  tier3 = new MapTier(rig.clock);
  engine = await rig.start({}, { memory: portsOf() });
  await engine.dispatch({ type: 'agents.register', agents: agentsOf(1) });
});

async function next(): Promise<Readonly<{ attempt: ScriptedAttempt; memory: RunMemory }>> {
  const attempt = await rig.agent.nextAttempt();
  return { attempt, memory: attempt.context.memory };
}

const retry = { maxAttempts: 3, firstDelayMs: 1, maxDelayMs: 1, nonRetryable: [] };

describe('the memory of an attempt', () => {
  test('is that of its run, role and agent, and what the swarm shares; it says who wrote', async () => {
    await engine.dispatch(submitOf([taskOf('t1')]));
    const { attempt, memory } = await next();
    for (const name of ['swarm', 'run', 'role', 'agent']) {
      assert.ok((await memory.set(`${name}:x`, name, { persistent: true })).ok);
    }
    const { agentId } = attempt.assignment;
    const keys = await tiers.keys('*', 10);
    assert.deepEqual(keys, [`agent/${agentId}:x`, 'role/local:x', 'run/r1:x', 'swarm:x'].toSorted());
    const entry = await memory.get('run:x');
    assert.deepEqual([entry?.key, entry?.value, entry?.author], ['run:x', 'run', `agent:${agentId}`]);
    const kept = (await tiers.entries('run/r1:*', 1))[0];
    assert.deepEqual(kept?.author, { id: `agent:${agentId}`, task: taskIdOf('t1'), attempt: 1 });
  });

  test('shows nothing older than what a leader wrote that died before it could take the copies out', async () => {
    await tiers.set('swarm:x', 'old', { persistent: true });
    const before = new TieredMemory(
      { local: new LruTier(rig.clock), shared: hub.connect(), persistent: tier3 },
      rig.clock,
    );
    await before.get('swarm:x');
    // All that the last leader did before it died.
    await tier3.set('swarm:x', 'new');
    engine.stop();
    engine = await rig.start({}, { memory: portsOf() });
    assert.equal((await tiers.get('swarm:x'))?.value, 'new');
    assert.equal((await before.get('swarm:x'))?.value, 'new');
  });

  test('cannot name what belongs to others, nor write what Waggle keeps', async () => {
    await engine.dispatch(submitOf([taskOf('t1')]));
    const { memory } = await next();
    await tiers.set('run/other:x', 1, { persistent: true });
    await tiers.set('history:x', 1, { persistent: true });
    for (const key of ['run/other:x', 'history:x', 'agent/a2:x', 'x', ':x', '*']) {
      await assert.rejects(memory.get(key), { code: 'MEMORY_NAMESPACE' });
      await assert.rejects(memory.set(key, 1), { code: 'MEMORY_NAMESPACE' });
      await assert.rejects(memory.invalidate(key), { code: 'MEMORY_NAMESPACE' });
    }
    await assert.rejects(memory.set('decision:t1/x', 1), { code: 'MEMORY_NAMESPACE' });
    assert.deepEqual(await memory.list('run:*'), []);
    assert.deepEqual(await memory.search('anything'), []);
  });

  test('compares and sets: of many writers with one version one wins, and the others are told', async () => {
    await engine.dispatch(submitOf([taskOf('t1')]));
    const { memory } = await next();
    const first = await memory.set('run:n', 0, { ifVersion: 0 });
    assert.ok(first.ok);
    const answers = await Promise.all([1, 2, 3].map((n) => memory.set('run:n', n, { ifVersion: first.version })));
    assert.deepEqual(
      answers.map((answer) => (answer.ok ? 'ok' : answer.refusal.reason)),
      ['ok', 'version-differs', 'version-differs'],
    );
  });

  test('finds by words what the attempt may read, and nothing else', async () => {
    await engine.dispatch(submitOf([taskOf('t1')]));
    const { memory } = await next();
    await tiers.set('run/other:plan', 'the cluster plan', { persistent: true });
    await memory.set('run:plan', { text: 'drain the cluster first' }, { persistent: true });
    await memory.set('swarm:tips', 'a cluster needs three nodes', { persistent: true });
    await memory.decide({ title: 'which cluster', outcome: 'the small one' });
    const found = await memory.search('cluster');
    const keys = found.map(({ key }) => key);
    assert.deepEqual(keys.toSorted(), ['decision:t1/which-cluster-0c955b4a', 'run:plan', 'swarm:tips']);
    const only = await memory.search('cluster', { pattern: 'run:*' });
    assert.deepEqual(
      only.map(({ key, snippet }) => [key, snippet.includes('«cluster»')]),
      [['run:plan', true]],
    );
  });
});

describe('the token of an attempt', () => {
  test('a write by an attempt that has ended is refused, whatever it writes, and nothing changes', async () => {
    await engine.dispatch(submitOf([taskOf('t1', { retry })]));
    const { attempt, memory } = await next();
    assert.ok((await memory.set('run:x', 'mine')).ok);
    attempt.end(THREW);
    await rig.probe.next('attempt.failed');
    const answers = [
      await memory.set('run:x', 'late'),
      await memory.delete('run:x'),
      await memory.invalidate('run:*'),
      await memory.handOff({ text: 'late' }),
      await memory.decide({ title: 'late', outcome: 'late' }),
      await memory.checkpoint('late'),
    ];
    for (const answer of answers) assert.equal(answer.ok, false);
    assert.equal((await memory.get('run:x'))?.value, 'mine');
    assert.equal((await tiers.usage()).entries, 1);
  });

  test('a write by an older attempt is refused while the newer one runs, which writes freely', async () => {
    await engine.dispatch(submitOf([taskOf('t1', { retry })]));
    const old = await next();
    old.attempt.end(THREW);
    await rig.probe.next('attempt.failed');
    rig.clock.advance(10);
    const newer = await next();
    assert.equal(newer.attempt.assignment.attempt, 2);
    const refused = await old.memory.set('run:x', 'late');
    assert.deepEqual(refused, { ok: false, refusal: { reason: 'attempt-stale', currentAttempt: 2 } });
    assert.ok((await newer.memory.set('run:x', 'mine')).ok);
    const removal = await old.memory.invalidate('run:*');
    assert.deepEqual(removal, { ok: false, refusal: { reason: 'attempt-stale', currentAttempt: 2 } });
    assert.equal((await newer.memory.get('run:x'))?.value, 'mine');
  });

  test('an end that is not stored yet ends it as well', async () => {
    await engine.dispatch(submitOf([taskOf('t1'), taskOf('t2')]));
    const { attempt, memory } = await next();
    rig.journal.hold();
    attempt.end(DONE);
    await settle();
    const answer = await memory.set('run:x', 'too late');
    assert.deepEqual(answer, { ok: false, refusal: { reason: 'status-wrong', status: 'succeeded' } });
    rig.journal.releaseAll();
  });
});

describe('invalidation', () => {
  test('is journaled before anything is removed, and answered when it is done on every node', async () => {
    await engine.dispatch(submitOf([taskOf('t1')]));
    const { memory } = await next();
    const other = new TieredMemory(
      { local: new LruTier(rig.clock), shared: hub.connect(), persistent: tier3 },
      rig.clock,
    );
    for (const key of ['run:a/1', 'run:a/2', 'run:b']) await memory.set(key, key, { persistent: true });
    for (const key of ['run/r1:a/1', 'run/r1:b']) await other.get(key);
    rig.journal.hold();
    const removal = memory.invalidate('run:a/*');
    await settle();
    assert.equal((await other.get('run/r1:a/1'))?.value, 'run:a/1');
    rig.journal.releaseAll();
    assert.deepEqual(await removal, { ok: true, removed: 2 });
    assert.deepEqual(
      [(await other.get('run/r1:a/1'))?.value, (await other.get('run/r1:b'))?.value],
      [undefined, 'run:b'],
    );
    const events = rig.events.filter(({ type }) => type.startsWith('memory.'));
    const id = `${taskIdOf('t1')}#1.${engine.epoch}.1`;
    assert.deepEqual(events, [
      { type: 'memory.invalidated', id, pattern: 'run/r1:a/*', by: `task:${taskIdOf('t1')}#1` },
      { type: 'memory.cleared', id, removed: 2 },
    ]);
  });

  test('one that a crash has cut off is done by the next leader before anything else can be written', async () => {
    await tiers.set('swarm:a', 1, { persistent: true });
    hub.cut();
    await assert.rejects(engine.invalidateMemory('x1', 'swarm:*', 'user:ann'), { name: 'Unavailable' });
    await tiers.set('swarm:a', 2, { persistent: true });
    assert.deepEqual(
      rig.types().filter((type) => type.startsWith('memory.')),
      ['memory.invalidated'],
    );
    engine.stop();
    hub.mend();
    engine = await rig.start({}, { memory: portsOf() });
    await settle();
    assert.equal(await tiers.get('swarm:a'), undefined);
    assert.equal(rig.types().at(-1), 'memory.cleared');
    engine.stop();
    engine = await rig.start({}, { memory: portsOf() });
    await tiers.set('swarm:a', 3, { persistent: true });
    await settle();
    assert.equal((await tiers.get('swarm:a'))?.value, 3);
  });

  test('is tried again until every node could be told', async () => {
    hub.cut();
    await assert.rejects(engine.invalidateMemory('x1', 'swarm:*', 'user:ann'), { name: 'Unavailable' });
    hub.mend();
    rig.clock.advance(2_000);
    await settle();
    assert.equal(rig.types().at(-1), 'memory.cleared');
  });

  test('what has expired is swept out every minute', async () => {
    await tiers.set('swarm:a', 1, { ttlMs: 1_000 });
    rig.clock.advance(59_999);
    await settle();
    assert.equal((await tiers.usage()).entries, 1);
    rig.clock.advance(1);
    await settle();
    assert.equal((await tiers.usage()).entries, 0);
  });
});

describe('notes', () => {
  test('what an attempt hands over reaches the next attempt of its task, and the tasks that need it', async () => {
    await engine.dispatch(submitOf([taskOf('t1', { retry }), taskOf('t2', { needs: ['t1'] })]));
    const one = await next();
    assert.deepEqual(await one.memory.handOffs(), []);
    await one.memory.handOff({ text: 'the index is half built' });
    await one.memory.handOff({ text: 'the index is built, the tests are not run', data: { built: true } });
    await one.memory.checkpoint({ step: 3 });
    one.attempt.end(THREW);
    await rig.probe.next('attempt.failed');
    rig.clock.advance(10);
    const two = await next();
    const notes = await two.memory.handOffs();
    assert.deepEqual(
      notes.map(({ task, attempt, text, data }) => [task, attempt, text, data]),
      [['t1', 1, 'the index is built, the tests are not run', { built: true }]],
    );
    assert.deepEqual((await two.memory.lastCheckpoint())?.data, { step: 3 });
    await two.memory.handOff({ text: 'all done; look at port 80 first' });
    two.attempt.end(DONE);
    const dependent = await next();
    const given = await dependent.memory.handOffs();
    assert.deepEqual(
      given.map(({ task, attempt, text }) => [task, attempt, text]),
      [['t1', 2, 'all done; look at port 80 first']],
    );
    assert.equal(await dependent.memory.lastCheckpoint(), undefined);
  });

  test('the decision log has the newest first, and one entry per task and title', async () => {
    await engine.dispatch(submitOf([taskOf('t1')]));
    const { memory } = await next();
    await memory.decide({ title: 'database', outcome: 'sqlite', why: 'one file' });
    await memory.decide({ title: 'queue', outcome: 'none' });
    await memory.decide({ title: 'database', outcome: 'postgres', why: 'two hosts' });
    const log = await memory.decisions();
    assert.deepEqual(
      log.map(({ title, outcome, by }) => [title, outcome, by]),
      [
        ['database', 'postgres', 't1'],
        ['queue', 'none', 't1'],
      ],
    );
    await assert.rejects(memory.decide({ title: 'x', outcome: 'y', why: 'z'.repeat(70_000) }), { code: 'MEMORY_NOTE' });
  });
});

test('without memory every question is told so, and an invalidation removes nothing', async () => {
  const bare = new EngineRig();
  const without = await bare.start();
  await without.dispatch({ type: 'agents.register', agents: agentsOf(1) });
  await without.dispatch(submitOf([taskOf('t1')]));
  const { context } = await bare.agent.nextAttempt();
  await assert.rejects(context.memory.get('run:x'), { name: 'Unavailable' });
  await assert.rejects(context.memory.set('run:x', 1), { name: 'Unavailable' });
  assert.deepEqual(await without.invalidateMemory('x', '*', 'user:ann'), { ok: true, removed: 0 });
});
