import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { CoreWorld, type Play, type Started } from '../../../test/support/core-world.ts';
import { agentOf, agentsOf, DONE, submitOf, taskOf, THREW } from '../../../test/support/core-world-specs.ts';
import { classKeyOf } from '../agents/agent-class.ts';
import type { AgentSpec } from '../agents/agent-spec.ts';
import type { Strategy } from '../agents/registry.ts';
import { nameOf, runId } from '../ids.ts';
import type { SwarmRules } from '../swarm-state.ts';
import type { TaskSpec } from '../tasks/task-spec.ts';

type Script = (started: Started) => Play;

function worldOf(
  strategy: Strategy,
  agents: readonly AgentSpec[],
  play?: Script,
  more: Partial<SwarmRules> = {},
): CoreWorld {
  const world = new CoreWorld({ rules: { strategy, ...more }, ...(play === undefined ? {} : { play }) });
  world.send({ type: 'host.register', host: { host: 'here', cpu: 1_000, memory: 1_000 } });
  world.send({ type: 'agents.register', agents });
  return world;
}

/** Submits the tasks one run each, one after the other is done, and says who did them. */
function doInTurn(world: CoreWorld, tasks: readonly TaskSpec[]): readonly string[] {
  for (const [index, task] of tasks.entries()) {
    world.send(submitOf([task], { runId: runId(`run${index}`) }));
    world.run();
  }
  return whoIn(world);
}

const whoIn = (world: CoreWorld): readonly string[] => world.all('attempt.assigned').map(({ agentId }) => agentId);
const tasksOf = (count: number, more: Partial<TaskSpec> = {}): readonly TaskSpec[] =>
  Array.from({ length: count }, (_, index) => taskOf(`t${index}`, more));
const every: readonly Strategy[] = ['adaptive', 'capability-based', 'least-loaded', 'round-robin'];

describe.each(every)('%s', (strategy) => {
  test('gives a task only to an agent with all it requires, a free slot, and of its run', () => {
    const other = agentOf('other', { capabilities: ['work', 'rare'], runId: runId('r2') });
    const world = worldOf(strategy, [...agentsOf(2), agentOf('able', { capabilities: ['work', 'rare'] }), other]);
    world.send(submitOf(tasksOf(3, { requires: ['rare'] })));
    assert.deepEqual(whoIn(world), ['able']);
    world.run();
    assert.deepEqual(whoIn(world), ['able', 'able', 'able']);
  });

  test('keeps an agent of a run for its run', () => {
    const world = worldOf(strategy, [agentOf('own', { runId: runId('r2') })]);
    world.send(submitOf(tasksOf(1)));
    assert.deepEqual(whoIn(world), []);
    world.send(submitOf(tasksOf(1), { runId: runId('r2') }));
    assert.deepEqual(whoIn(world), ['own']);
  });

  test('uses every slot of an agent, and no more', () => {
    const world = worldOf(strategy, [agentOf('a', { slots: 3 })]);
    world.send(submitOf(tasksOf(5)));
    assert.equal(whoIn(world).length, 3);
  });

  test('takes another agent for a retry, of the same kind or not', () => {
    const fails: Script = ({ attempt }) => ({ afterMs: 10, end: attempt === 1 ? THREW : DONE });
    for (const second of [agentOf('a2'), agentOf('a2', { role: 'other', capabilities: ['work', 'more', 'most'] })]) {
      const world = worldOf(strategy, [agentOf('a1'), second], fails);
      world.send(submitOf(tasksOf(1)));
      world.run();
      const [first, again] = whoIn(world);
      assert.notEqual(again, first, `${second.role} agent`);
    }
  });

  test('takes the same agent for a retry when there is no other', () => {
    const fails: Script = ({ attempt }) => ({ afterMs: 10, end: attempt === 1 ? THREW : DONE });
    const world = worldOf(strategy, agentsOf(1), fails);
    world.send(submitOf(tasksOf(1)));
    world.run();
    assert.deepEqual(whoIn(world), ['a1', 'a1']);
  });

  test('passes over an agent whose host has no room', () => {
    const world = worldOf(strategy, [agentOf('a1'), agentOf('b1', { host: 'there' })]);
    world.send({ type: 'host.register', host: { host: 'there', cpu: 100, memory: 1_000 } });
    world.send(submitOf(tasksOf(2, { resources: { cpu: 500 } })));
    assert.deepEqual(whoIn(world), ['a1']);
  });

  test('decides by what is known: the same twice', () => {
    const agents = [...agentsOf(3), agentOf('b', { capabilities: ['work', 'more'], slots: 2 })];
    const [one, other] = [0, 1].map(() => doInTurn(worldOf(strategy, agents), tasksOf(20)));
    assert.deepEqual(one, other);
  });
});

describe('capability-based', () => {
  test('takes who has most of what the task prefers', () => {
    const agents = [
      agentOf('plain'),
      agentOf('both', { capabilities: ['work', 'x', 'y'] }),
      agentOf('one', { capabilities: ['work', 'x'] }),
    ];
    const world = worldOf('capability-based', agents);
    world.send(submitOf(tasksOf(3, { prefers: ['x', 'y'] })));
    assert.deepEqual(whoIn(world), ['both', 'one', 'plain']);
  });

  test('takes specialists before generalists, so that who can do more stays free for it', () => {
    const agents = [agentOf('generalist', { capabilities: ['work', 'x', 'y'] }), agentOf('specialist')];
    const world = worldOf('capability-based', agents);
    world.send(submitOf([taskOf('t')]));
    assert.deepEqual(whoIn(world), ['specialist']);
  });

  test('takes who has more slots free', () => {
    const world = worldOf('capability-based', [agentOf('a1', { slots: 2 }), agentOf('a2', { slots: 4 })]);
    world.send(submitOf(tasksOf(6)));
    assert.equal(whoIn(world).filter((id) => id === 'a2').length, 4);
    assert.deepEqual(whoIn(world).slice(0, 2).toSorted(), ['a1', 'a2']);
  });

  test('takes who did better before', () => {
    const fails: Script = ({ agentId }) => ({ afterMs: 10, end: agentId === 'a1' ? THREW : DONE });
    const world = worldOf('capability-based', agentsOf(2), fails);
    const who = doInTurn(world, tasksOf(8, { retry: { maxAttempts: 1 } }));
    assert.deepEqual(
      who.slice(1),
      Array.from({ length: 7 }, () => 'a2'),
    );
  });
});

describe('least-loaded', () => {
  test('takes the agent with the smallest share of its slots in use', () => {
    const world = worldOf('least-loaded', [
      agentOf('large', { slots: 4 }),
      agentOf('small', { slots: 2, role: 'other' }),
    ]);
    world.send(submitOf(tasksOf(5)));
    // 0/4 0/2 → 1/4 0/2 → 1/4 1/2 → 2/4 1/2 → then either; never the fuller one.
    const [, second, third] = whoIn(world);
    assert.deepEqual([new Set(whoIn(world).slice(0, 2)).size, second, third], [2, 'small', 'large']);
  });
});

describe('round-robin', () => {
  test('really rotates, over agents of one kind and of several', () => {
    const agents = [...agentsOf(3), agentOf('b', { role: 'other', capabilities: ['work', 'more'] })];
    const who = doInTurn(worldOf('round-robin', agents), tasksOf(12));
    const rounds = [who.slice(0, 4), who.slice(4, 8), who.slice(8)];
    for (const round of rounds) assert.deepEqual(round, rounds[0]);
    assert.equal(new Set(rounds[0]).size, 4);
  });

  test('passes over who is full, and comes back to them in turn', () => {
    const slow: Script = ({ agentId }) => ({ afterMs: agentId === 'a1' ? 1_000 : 10, end: DONE });
    const world = worldOf('round-robin', agentsOf(3), slow);
    world.send(submitOf(tasksOf(7)));
    world.run(500);
    assert.deepEqual(whoIn(world), ['a1', 'a2', 'a3', 'a2', 'a3', 'a2', 'a3']);
  });
});

describe('adaptive', () => {
  const fast = agentOf('fast', { role: 'fast', capabilities: ['work', 'fast'] });
  const slow = agentOf('slow', { role: 'slow', capabilities: ['work', 'slow'] });
  const timed =
    (fastMs: number, slowMs: number): Script =>
    ({ agentId, taskId }) => {
      const usualMs = agentId === 'fast' ? fastMs : slowMs;
      return { afterMs: nameOf(taskId) === 'stuck' ? 1_000_000 : usualMs, end: DONE };
    };

  /** Both have shown five times how long they take. */
  function taught(fastMs: number, slowMs: number, more: Partial<SwarmRules> = {}): CoreWorld {
    const world = worldOf('adaptive', [fast, slow], timed(fastMs, slowMs), more);
    for (let lesson = 0; lesson < 5; lesson++) {
      const pair = ['fast', 'slow'].map((name) => taskOf(name, { requires: [name] }));
      world.send(submitOf(pair, { runId: runId(`lesson${lesson}`) }));
      world.run();
    }
    return world;
  }

  const newIn = (world: CoreWorld): readonly string[] => whoIn(world).slice(10);

  test('gives each task to who should be done with it first', () => {
    const world = taught(100, 1_000);
    world.send(submitOf([taskOf('t')]));
    assert.deepEqual(newIn(world), ['fast']);
  });

  test('waits for a busy agent that is expected to finish sooner than an idle one', () => {
    const world = taught(100, 1_000);
    world.send(submitOf(tasksOf(2)));
    world.run();
    assert.deepEqual(newIn(world), ['fast', 'fast']);
  });

  test('does not wait when the idle one would be done sooner', () => {
    const world = taught(100, 150);
    world.send(submitOf(tasksOf(2)));
    assert.deepEqual(newIn(world).toSorted(), ['fast', 'slow']);
  });

  test('expects a kind that lacks what a task prefers to take longer, until it has tried one', () => {
    const trade = agentOf('trade', { role: 'trade', capabilities: ['work', 'trade'] });
    const other = agentOf('other', { role: 'other', capabilities: ['work'] });
    const pair = [
      taskOf('first', { prefers: ['trade'], estimateMs: 10_000, priority: 'high' }),
      taskOf('second', { prefers: ['trade'], estimateMs: 15_000 }),
    ];
    const untried = worldOf('adaptive', [trade, other]);
    untried.send(submitOf(pair));
    untried.run();
    assert.deepEqual(whoIn(untried), ['trade', 'trade']);
    const tried = worldOf('adaptive', [trade, other]);
    for (const agent of [trade, other]) {
      tried.swarm.durations.note(taskOf('first').type, classKeyOf(agent), 10_000, 10_000);
    }
    tried.send(submitOf(pair));
    assert.deepEqual(whoIn(tried), ['trade', 'other']);
  });

  test('counts who else waits: the line for a good agent does not grow without end', () => {
    const world = taught(100, 450);
    world.send(submitOf(tasksOf(8)));
    assert.deepEqual(newIn(world), ['fast', 'slow']);
  });

  test('does not wait for an agent that is not expected to be free within the limit', () => {
    const world = taught(1_000, 5_000, { maxWaitMs: 900 });
    world.send(submitOf(tasksOf(2)));
    assert.deepEqual(newIn(world).toSorted(), ['fast', 'slow']);
  });

  test('waits no longer than the limit, however late the busy agent is', () => {
    const world = taught(1_000, 60_000, { maxWaitMs: 3_000 });
    const startedMs = world.nowMs;
    world.send(submitOf([taskOf('stuck', { priority: 'high' }), taskOf('t')]));
    for (let waitedMs = 100; waitedMs <= 3_000; waitedMs += 100) {
      if (waitedMs < 2_000) assert.deepEqual(newIn(world), ['fast']);
      world.lookAgainAt(startedMs + waitedMs);
    }
    assert.deepEqual(newIn(world), ['fast', 'slow']);
  });

  test('is out of question when nobody who fits is idle: then the first to be free takes it', () => {
    const world = taught(100, 1_000);
    world.send(submitOf(tasksOf(1, { requires: ['slow'] })));
    world.send(submitOf(tasksOf(1, { requires: ['fast'] }), { runId: runId('r2') }));
    world.send(submitOf(tasksOf(1), { runId: runId('r3') }));
    assert.equal(newIn(world).length, 2);
    world.run();
    assert.equal(newIn(world).at(-1), 'fast');
  });

  test('does not count the time in which nobody who fits was idle as waiting', () => {
    const world = taught(100, 1_000, { maxWaitMs: 300 });
    world.send({ type: 'agents.register', agents: [agentOf('other', { capabilities: ['other'] })] });
    const busy = [taskOf('long', { requires: ['slow'] }), ...tasksOf(11, { requires: ['fast'], priority: 'high' })];
    world.send(submitOf(busy));
    world.send(submitOf([taskOf('t')], { runId: runId('r2') }));
    world.run();
    assert.equal(whoIn(world).at(-1), 'fast');
  });

  test('prefers who succeeds more often: time for repeats is time too', () => {
    const fails: Script = ({ agentId }) => ({ afterMs: 100, end: agentId === 'fast' ? THREW : DONE });
    const world = worldOf('adaptive', [fast, slow], fails);
    const once = { retry: { maxAttempts: 1 } };
    doInTurn(world, [taskOf('a', { ...once, requires: ['fast'] }), taskOf('b', { ...once, requires: ['slow'] })]);
    world.send(submitOf([taskOf('t')]));
    assert.equal(whoIn(world).at(-1), 'slow');
  });
});
