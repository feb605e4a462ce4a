import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { submitOf, taskOf } from '../../../test/support/core-world-specs.ts';
import { agentId, runId, taskId } from '../ids.ts';
import type { SwarmInput } from '../inputs.ts';
import { nextEvents } from '../scheduling/next-event.ts';
import { restoreSwarm, snapshotOf } from '../snapshot.ts';
import { apply, decide } from '../swarm.ts';
import { newSwarm, type Swarm } from '../swarm-state.ts';
import type { HostAgent, HostDescription } from './frames.ts';
import { MAX_HOSTS } from './host-limits.ts';

const context = { nowMs: 5, wallTimeMs: 0, random: 0 };

let swarm: Swarm;
beforeEach(() => {
  swarm = newSwarm();
});

/** The types of what happens, or why nothing does. */
function give(input: SwarmInput): readonly string[] {
  const ruling = decide(swarm, input, context);
  if (!ruling.ok) return [ruling.refusal.reason];
  for (const event of ruling.events) apply(swarm, event, context.nowMs);
  return ruling.events.map(({ type }) => type);
}

function goOn(): void {
  for (let events = nextEvents(swarm, 5); events !== undefined; events = nextEvents(swarm, 5)) {
    for (const event of events) apply(swarm, event, 5);
  }
}

function agent(id: string, more: Partial<HostAgent> = {}): HostAgent {
  return { id: agentId(id), role: 'worker', capabilities: ['work'], slots: 1, ...more };
}

function describing(more: Partial<HostDescription> = {}): Extract<SwarmInput, { type: 'host.join' }> {
  const capacity = { cpu: 1_000, memory: 1_000 };
  return { type: 'host.join', description: { host: 'h', instance: 1, agents: [agent('h.1')], capacity, ...more } };
}

const blocks = (id: string): readonly string[] => [...(swarm.registry.agents.get(agentId(id))?.blocked ?? [])];

describe('a person who revives an agent', () => {
  test('is refused while its host drains', () => {
    give(describing());
    assert.deepEqual(give({ type: 'agent.revive', agentId: agentId('h.1') }), []);
    give({ type: 'host.drain', host: 'h', reason: 'new disk' });
    assert.deepEqual(give({ type: 'agent.revive', agentId: agentId('h.1') }), ['status-wrong']);
    assert.deepEqual(blocks('h.1'), ['draining']);
  });
});

describe('a host that is gone', () => {
  const known = (): readonly string[] => swarm.capacity.hosts.map(({ host }) => host);

  test('is forgotten with its agents, so that those that come and go leave nothing behind', () => {
    for (let round = 0; round < 50; round++) {
      const name = `w${round}`;
      give(describing({ host: name, agents: [agent(`${name}.1`)], capacity: { cpu: 1_000, memory: 1_000 } }));
      give(round % 2 === 0 ? { type: 'host.leave', host: name } : { type: 'host.lose', host: name, why: 'lease' });
    }
    assert.deepEqual(known(), []);
    assert.equal(swarm.capacity.reservedOn('w49'), undefined);
  });

  test('is kept as long as what its agent has claimed is being checked, also over a snapshot', () => {
    const here = { host: 'here', cpu: 1_000, memory: 1_000, machine: 'm' };
    give({ type: 'host.register', host: here });
    give(describing({ capacity: { cpu: 1_000, memory: 1_000, machine: 'm' } }));
    give(submitOf([taskOf('a', { resources: { memory: 500 }, verify: [['true']] })]));
    goOn();
    const id = taskId(runId('r1'), 'a');
    give({ type: 'attempt.end', taskId: id, attempt: 1, result: { ok: true, outputs: {}, evidence: [] } });
    assert.equal(swarm.tasks.get(id)?.status, 'verifying');
    give({ type: 'host.lose', host: 'h', why: 'lease' });
    const restored = newSwarm();
    restoreSwarm(restored, snapshotOf(swarm, 5));
    assert.equal(snapshotOf(restored, 5), snapshotOf(swarm, 5));
    assert.equal(restored.capacity.reservedOn('here')?.memory, 500);
    give({ type: 'attempt.judge', taskId: id, attempt: 1, verdict: { ok: true, evidence: [], outputs: {} } });
    goOn();
    assert.equal(swarm.capacity.reservedOn('here')?.memory, 0);
    give({ type: 'host.leave', host: 'h' });
    assert.deepEqual(known(), ['here']);
  });
});

describe('a host that joins', () => {
  test('brings its agents, and nothing happens when it says so again', () => {
    assert.deepEqual(give(describing()), ['host.joined', 'agents.registered']);
    assert.deepEqual(give(describing()), []);
    assert.deepEqual(swarm.registry.agents.get(agentId('h.1'))?.spec.driver, 'remote');
  });

  test('as another process is noted, with the agents that it has', () => {
    give(describing());
    assert.deepEqual(give(describing({ instance: 2 })), ['host.joined']);
    const more = [agent('h.1', { capabilities: ['work', 'gpu'] }), agent('h.2')];
    assert.deepEqual(give(describing({ instance: 3, agents: more })), [
      'agent.removed',
      'host.joined',
      'agents.registered',
    ]);
    assert.deepEqual(give(describing({ instance: 2 })), ['status-wrong']);
  });

  test('is refused the name of the leader, agents with names of others, the same name twice, and too many', () => {
    assert.deepEqual(give(describing({ agents: [agent('other.1')] })), ['host-invalid']);
    assert.deepEqual(give(describing({ host: 'local', agents: [agent('local.1')] })), ['host-invalid']);
    assert.deepEqual(give(describing({ agents: [agent('h.1'), agent('h.1')] })), ['host-invalid']);
    for (let index = 0; index < MAX_HOSTS; index++) give(describing({ host: `x${index}`, agents: [] }));
    assert.deepEqual(give(describing()), ['limit-reached']);
  });

  test('may not change an agent that is busy', () => {
    give(describing());
    give(submitOf([taskOf('t1')]));
    goOn();
    const other = describing({ instance: 2, agents: [agent('h.1', { slots: 2 })] });
    assert.deepEqual(give(other), ['status-wrong']);
  });
});

describe('a host that goes', () => {
  test('is lost with its attempts, which others get uncharged', () => {
    give(describing());
    give(submitOf([taskOf('t1')]));
    goOn();
    assert.deepEqual(give({ type: 'host.lose', host: 'h', why: 'lease' }), [
      'attempt.failed',
      'host.lost',
      'agent.removed',
    ]);
    const task = swarm.tasks.get(taskId(runId('r1'), 't1'));
    assert.deepEqual([task?.status, task?.charged, task?.attempt], ['ready', 0, 1]);
    assert.deepEqual([...swarm.hosts], []);
  });

  test('leaves behind the agent whose claim is being checked, until that is done', () => {
    give(describing());
    give(submitOf([taskOf('t1', { verify: [['true']] })]));
    goOn();
    const t1 = taskId(runId('r1'), 't1');
    const result = { ok: true, outputs: {}, evidence: [] } as const;
    give({ type: 'attempt.end', taskId: t1, attempt: 1, result });
    assert.deepEqual(give({ type: 'host.lose', host: 'h', why: 'exited' }), ['host.lost']);
    assert.deepEqual(blocks('h.1'), ['lost']);
    const copy = newSwarm();
    assert.equal(restoreSwarm(copy, snapshotOf(swarm, 5)), 5);
    assert.deepEqual(give({ type: 'host.lose', host: 'h', why: 'lease' }), []);
    give({ type: 'attempt.judge', taskId: t1, attempt: 1, verdict: { ok: true, outputs: {}, evidence: [] } });
    assert.deepEqual(give({ type: 'host.lose', host: 'h', why: 'lease' }), ['agent.removed']);
  });

  test('drains first: nothing new, and what runs goes on', () => {
    give(describing());
    assert.deepEqual(give({ type: 'host.drain', host: 'h', reason: 'asked for' }), ['host.draining']);
    assert.deepEqual(give({ type: 'host.drain', host: 'h', reason: 'again' }), []);
    assert.deepEqual(blocks('h.1'), ['draining']);
    give(submitOf([taskOf('t1')]));
    goOn();
    assert.equal(swarm.registry.slotOf.length, 1);
    assert.deepEqual(give({ type: 'host.leave', host: 'h' }), ['host.left', 'agent.removed']);
    assert.deepEqual(give(describing({ instance: 2 })), ['host.joined', 'agents.registered']);
    assert.deepEqual(blocks('h.1'), []);
  });
});

describe('a host that is gone', () => {
  const offering = (): readonly string[] => swarm.capacity.hosts.map(({ host }) => host);

  test('offers nothing any more once the last of its agents has gone too', () => {
    give({ type: 'host.register', host: { host: 'local', cpu: 1, memory: 1 } });
    for (const type of ['host.leave', 'host.lose'] as const) {
      give(describing({ agents: [agent('h.1'), agent('h.2')] }));
      assert.deepEqual(offering(), ['local', 'h']);
      give(type === 'host.leave' ? { type, host: 'h' } : { type, host: 'h', why: 'lease' });
      assert.deepEqual(offering(), ['local']);
    }
  });

  test('keeps what it offers as long as an agent of it is needed for a check', () => {
    give(describing());
    give(submitOf([taskOf('t1', { verify: [['true']], resources: { cpu: 700 } })]));
    goOn();
    const end = { taskId: taskId(runId('r1'), 't1'), attempt: 1 };
    give({
      type: 'attempt.end',
      ...end,
      result: { ok: true, outputs: {}, evidence: [{ check: 'returned', ok: true }] },
    });
    give({ type: 'host.lose', host: 'h', why: 'exited' });
    assert.deepEqual(offering(), ['h']);
    give({ type: 'attempt.judge', ...end, verdict: { ok: true, outputs: {}, evidence: [] } });
    goOn();
    give({ type: 'host.lose', host: 'h', why: 'exited' });
    assert.deepEqual(offering(), []);
    give(describing({ host: 'k', agents: [agent('k.1')] }));
    assert.deepEqual(swarm.capacity.reservedOn('k')?.cpu, 0);
  });
});

test('a snapshot holds hosts, and not whether they could be reached when it was made', () => {
  give(describing());
  swarm.registry.block(agentId('h.1'), 'away');
  const copy = newSwarm();
  restoreSwarm(copy, snapshotOf(swarm, 5));
  assert.deepEqual([...copy.hosts], [...swarm.hosts]);
  assert.deepEqual([...(copy.registry.agents.get(agentId('h.1'))?.blocked ?? ['none'])], []);
});

describe('functions of a process', () => {
  const specOf = (id: string, host: string): Extract<SwarmInput, { type: 'agents.register' }> => ({
    type: 'agents.register',
    agents: [
      {
        id: agentId(id),
        role: 'local',
        driver: 'function',
        capabilities: ['function:a', 'function:b'],
        slots: 1,
        host,
      },
    ],
  });
  const needs = (name: string): readonly string[] => {
    const signature = swarm.registry.signatureOf(taskOf('t', { requires: [name] }), runId('r1'));
    return swarm.registry.matches(signature).map((match) => match.class.host);
  };

  test('are those that it says it has now, whatever its agents were registered with', () => {
    give(specOf('a1', 'local'));
    assert.deepEqual(needs('function:a'), ['local']);
    give({ type: 'host.register', host: { host: 'local', cpu: 1, memory: 1, functions: ['b'] } });
    assert.deepEqual([needs('function:a'), needs('function:b')], [[], ['local']]);
    give(describing({ agents: [agent('h.1', { capabilities: ['function:a'] })] }));
    assert.deepEqual(needs('function:a'), ['h']);
    give({ type: 'host.register', host: { host: 'local', cpu: 1, memory: 1 } });
    assert.deepEqual(needs('function:a').length, 2);
  });
});
