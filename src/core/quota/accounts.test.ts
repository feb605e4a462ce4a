import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { CoreWorld, type Play, type Started } from '../../../test/support/core-world.ts';
import { agentOf, DONE, runSpecOf, submitOf, taskOf } from '../../../test/support/core-world-specs.ts';
import { agentId, runId, taskId } from '../ids.ts';
import type { AttemptResult } from '../tasks/attempt.ts';
import { DEFAULT_PAUSE_MS, MOST_PAUSE_MS, pauseMs } from './pause.ts';

const noQuota = (retryAfterMs?: number): AttemptResult => {
  const said = retryAfterMs === undefined ? {} : { retryAfterMs };
  return { ok: false, failure: { reason: 'quota-exceeded', account: 'acme', kind: 'requests', ...said } };
};

/** A provider that takes `limit` requests in each window of `windowMs`, and says when the next one begins. */
function scripted(limit: number, windowMs: number): (world: () => CoreWorld) => (started: Started) => Play {
  let [window, used] = [-1, 0];
  return (world) => () => {
    const { nowMs } = world();
    const now = Math.floor(nowMs / windowMs);
    if (now !== window) [window, used] = [now, 0];
    if (used >= limit) return { afterMs: 1, end: noQuota((now + 1) * windowMs - nowMs) };
    used++;
    return { afterMs: 10, end: DONE };
  };
}

function worldOf(play: (started: Started) => Play): CoreWorld {
  const world = new CoreWorld({ play });
  world.send({ type: 'host.register', host: { host: 'here', cpu: 1_000, memory: 1_000 } });
  const agents = ['a1', 'a2', 'a3'].map((id) => agentOf(id, { account: 'acme' }));
  world.send({ type: 'agents.register', agents });
  return world;
}

const tasks = (count: number): ReturnType<typeof taskOf>[] =>
  Array.from({ length: count }, (_, index) => taskOf(`t${index}`));

describe('an account whose quota is used up', () => {
  test('gives no work to any of its agents until the provider takes requests again, and the task loses no attempt', () => {
    let isEmpty = true;
    const world = worldOf(() => {
      const end = isEmpty ? noQuota(5_000) : DONE;
      isEmpty = false;
      return { afterMs: 10, end };
    });
    world.send(submitOf([taskOf('t0')]));
    world.run(100);
    const [id] = [taskId(runId('r1'), 't0')];
    assert.equal(world.swarm.tasks.get(id)?.status, 'awaiting-quota');
    assert.deepEqual(world.swarm.accounts.get('acme'), { kind: 'requests', untilMs: 5_010 });
    world.send(submitOf([taskOf('t')], { runId: runId('r2') }));
    assert.equal(world.all('attempt.assigned').length, 1, 'no agent of the account starts anything');
    world.run();
    assert.deepEqual([world.swarm.runs.size, world.swarm.accounts.size], [0, 0]);
    assert.deepEqual(
      world.all('attempt.failed').map(({ charge, retryAtMs }) => [charge, retryAtMs]),
      [['none', 5_010]],
    );
    assert.deepEqual(world.all('account.resumed').length, 1);
  });

  test('leaves agents of other accounts to their work, and keeps back those of its own that come later', () => {
    const world = worldOf(({ agentId: id }) => ({ afterMs: 10, end: id === 'b1' ? DONE : noQuota(60_000) }));
    world.send(submitOf([taskOf('t0')]));
    world.run(100);
    world.send({ type: 'agents.register', agents: [agentOf('a4', { account: 'acme' }), agentOf('b1')] });
    world.send(submitOf(tasks(3), { runId: runId('r2') }));
    assert.equal(world.all('attempt.assigned').at(-1)?.agentId, 'b1');
    world.run(1_000);
    assert.equal(world.swarm.runs.has(runId('r2')), false);
    assert.equal(world.swarm.registry.agents.get(agentId('a4'))?.blocked.has('quota'), true);
  });

  test('is paused as well by work that is never tried again, and by work that is being cancelled', () => {
    for (const how of ['irreversible', 'cancelled'] as const) {
      const world = worldOf(() => ({ afterMs: 10, end: noQuota(5_000) }));
      world.send(submitOf([taskOf('t0', how === 'irreversible' ? { effect: 'D' } : {})]));
      const id = taskId(runId('r1'), 't0');
      if (how === 'cancelled') {
        world.send({ type: 'task.cancel', taskId: id, reason: 'not this' });
        world.send({ type: 'attempt.end', taskId: id, attempt: 1, result: noQuota(5_010) });
      }
      world.run(100);
      assert.deepEqual(world.swarm.accounts.get('acme'), { kind: 'requests', untilMs: 5_010 }, how);
    }
  });

  test('stays paused over a crash, and is free in time', () => {
    for (const from of ['events', 'snapshot'] as const) {
      let asked = 0;
      const world = worldOf(() => ({ afterMs: 10, end: asked++ === 0 ? noQuota(5_000) : DONE }));
      world.send(submitOf(tasks(1)));
      world.run(100);
      world.save();
      world.crash(from);
      assert.equal(world.swarm.accounts.get('acme')?.untilMs, 5_010);
      assert.equal(world.all('attempt.assigned').length, 1);
      world.run();
      assert.deepEqual([world.swarm.runs.size, world.all('attempt.assigned').length], [0, 2]);
    }
  });

  test('is paused for a minute when the provider says nothing, and never for more than an hour', () => {
    const of = (retryAfterMs?: number): number => {
      const said = retryAfterMs === undefined ? {} : { retryAfterMs };
      return pauseMs({ reason: 'quota-exceeded', account: 'acme', kind: 'tokens', ...said });
    };
    assert.deepEqual(
      [of(), of(Number.NaN), of(1e15), of(-5), of(2_000.4)],
      [DEFAULT_PAUSE_MS, DEFAULT_PAUSE_MS, MOST_PAUSE_MS, 1_000, 2_001],
    );
  });
});

test('any number of tasks gets through any provider, and no task is charged for it', () => {
  const cases = fc.tuple(
    fc.integer({ min: 1, max: 20 }),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 2_000, max: 90_000 }),
  );
  fc.assert(
    fc.property(cases, ([count, limit, windowMs]) => {
      const world: CoreWorld = worldOf(scripted(limit, windowMs)(() => world));
      world.send(submitOf(tasks(count)));
      world.run();
      assert.equal(world.all('task.succeeded').length, count);
      assert.ok(world.all('attempt.failed').every(({ charge }) => charge === 'none'));
    }),
    { numRuns: 60 },
  );
});

describe('the budget of a run', () => {
  const used = fc.record({ inputTokens: fc.nat(60), costMicros: fc.nat(40) });
  const step = fc.constantFrom('go', 'go', 'go', 'events', 'snapshot');
  const cases = fc.tuple(
    fc.array(fc.tuple(fc.nat(60), fc.nat(40), fc.option(used, { nil: undefined })), { minLength: 1, maxLength: 12 }),
    fc.integer({ min: 1, max: 300 }),
    fc.array(step, { maxLength: 30 }),
  );

  test('is never exceeded by what is spent and reserved, whenever the coordinator is killed', () => {
    fc.assert(
      fc.property(cases, ([grants, tokens, steps]) => {
        const world = worldOf(spendAsDrawn(grants));
        const run = runSpecOf({ budget: { tokens, costMicros: tokens } });
        world.send(submitOf(grants.map(grantedTask), { run }));
        for (const what of steps) {
          if (what === 'go') world.step();
          else kill(world, what);
          assertWithin(world, tokens);
        }
        while (world.step()) assertWithin(world, tokens);
        assert.equal(world.swarm.runs.size, 0);
      }),
      { numRuns: 150 },
    );
  });
});

type Drawn = readonly [grant: number, money: number, used: { inputTokens: number; costMicros: number } | undefined];

/** No attempt uses more than it was granted: drivers see to that. */
function spendAsDrawn(drawn: readonly Drawn[]): (started: Started) => Play {
  return ({ taskId: id }) => {
    const [grant = 0, money = 0, used] = drawn[Number(id.slice(id.indexOf('/t') + 2))] ?? [];
    if (used === undefined) return { afterMs: 10, end: DONE };
    const usage = { inputTokens: Math.min(used.inputTokens, grant), costMicros: Math.min(used.costMicros, money) };
    return { afterMs: 10 + used.inputTokens, end: { ...DONE, usage } };
  };
}

function grantedTask([tokens, costMicros]: Drawn, index: number): ReturnType<typeof taskOf> {
  return taskOf(`t${index}`, { grant: { tokens, costMicros } });
}

function kill(world: CoreWorld, from: 'events' | 'snapshot'): void {
  if (from === 'snapshot') world.save();
  world.crash(from);
}

function assertWithin(world: CoreWorld, limit: number): void {
  for (const { account } of world.swarm.runs.values()) {
    const { spentTokens, reservedTokens, spentMicros, reservedMicros } = account.figures;
    assert.ok(spentTokens + reservedTokens <= limit, `${spentTokens} + ${reservedTokens} tokens of ${limit}`);
    assert.ok(spentMicros + reservedMicros <= limit, `${spentMicros} + ${reservedMicros} micro-dollars of ${limit}`);
  }
}
