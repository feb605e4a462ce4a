import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { CoreWorld } from '../../../test/support/core-world.ts';
import { DONE, poolOf, runSpecOf, submitOf, taskOf } from '../../../test/support/core-world-specs.ts';
import type { HostDescription } from '../hosts/frames.ts';
import { agentId, type AgentId, runId } from '../ids.ts';
import { wantedOf } from './groups.ts';
import type { ScaleGroup } from './scale-group.ts';

const R1 = runId('r1');
const far = poolOf({ role: 'far', driver: 'remote', max: 4 });

let world: CoreWorld;
beforeEach(() => {
  world = new CoreWorld({ play: () => ({ afterMs: 1_000, end: DONE }) });
});

function submit(tasks: number, group: ScaleGroup = far, id: string = R1): void {
  const specs = Array.from({ length: tasks }, (_, at) => taskOf(`t${at}`));
  assert.equal(world.send(submitOf(specs, { runId: runId(id), run: runSpecOf({ scale: [group] }) })).ok, true);
  const load = { agents: 0, averagePermille: 0, hot: 0 };
  world.send({ type: 'scaling.look', runId: runId(id), groups: [{ role: group.role, load, lowForMs: 0 }] });
}

function join(host: string, more: Partial<HostDescription> = {}): boolean {
  const agents = [{ id: agentId(`${host}.1`), role: 'far', capabilities: ['work'], slots: 1 }];
  const description = { host, instance: 1, agents, capacity: { cpu: 1_000, memory: 1_000 }, runId: R1, ...more };
  return world.send({ type: 'host.join', description }).ok;
}

function provisioned(...ids: readonly AgentId[]): void {
  const agents = ids.map((id) => ({ ...far, id, runId: R1 }));
  world.send({ type: 'scaling.provisioned', runId: R1, role: 'far', outcome: { ok: true, agents } });
}

const joining = (): readonly string[] => world.all('scaling.decided').flatMap((event) => event.joining);

describe('agents of a group in processes of their own', () => {
  test('are named after their hosts, join with them, serve their run alone and are counted once', () => {
    submit(2);
    assert.deepEqual(joining(), ['r1.far-1.1', 'r1.far-2.1']);
    assert.ok(join('r1.far-1') && join('r1.far-2'));
    const run = world.swarm.runs.get(R1);
    const state = run?.scale.get('far');
    assert.ok(run && state);
    assert.deepEqual(wantedOf(world.swarm, run, state), ['r1.far-1.1', 'r1.far-2.1']);
    provisioned(agentId('r1.far-1.1'), agentId('r1.far-2.1'));
    assert.deepEqual(world.all('scaling.settled'), [
      { type: 'scaling.settled', runId: R1, role: 'far', size: 2, cause: 'joined' },
    ]);
    world.send(submitOf([taskOf('x')], { runId: runId('r2') }));
    assert.deepEqual(
      world.all('attempt.assigned').map(({ agentId: id }) => id),
      ['r1.far-1.1', 'r1.far-2.1'],
    );
    world.run();
    assert.equal(world.swarm.registry.agents.size, 0);
    world.send({ type: 'host.leave', host: 'r1.far-1' });
    assert.deepEqual([...world.swarm.hosts.keys()], ['r1.far-2']);
    assert.deepEqual(world.all('agent.removed'), []);
    const offering = world.swarm.capacity.hosts.map(({ host }) => host);
    assert.ok(offering.includes('r1.far-2') && !offering.includes('r1.far-1'), offering.join());
  });

  test('never get the number of an earlier one', () => {
    submit(1);
    join('r1.far-1');
    provisioned(agentId('r1.far-1.1'));
    world.send({ type: 'host.lose', host: 'r1.far-1', why: 'exited' });
    world.run(10_000);
    world.send({
      type: 'scaling.look',
      runId: R1,
      groups: [{ role: 'far', load: { agents: 0, averagePermille: 0, hot: 0 }, lowForMs: 0 }],
    });
    assert.deepEqual(joining(), ['r1.far-1.1', 'r1.far-2.1']);
    assert.equal(join('r1.far-1', { instance: 2 }), false);
  });

  test('join again with another process of their host as long as they are wanted', () => {
    submit(1);
    assert.ok(join('r1.far-1'));
    assert.ok(join('r1.far-1', { instance: 2 }));
  });

  test.each<[string, Partial<HostDescription>]>([
    ['nobody has decided on', { host: 'r1.far-9', agents: [anAgent('r1.far-9.1', 'far')] }],
    ['belong to another group', { agents: [anAgent('r1.far-1.1', 'near')] }],
    ['belong to a run that is not there', { runId: runId('r7') }],
  ])('cannot join when they %s', (_case, more) => {
    submit(1);
    assert.equal(join('r1.far-1', more), false);
    assert.deepEqual(world.all('host.joined'), []);
  });

  test('have names that a host may have, however long the names of run and group are', () => {
    const id = 'r'.repeat(50);
    submit(1, { ...far, role: 'g'.repeat(60) }, id);
    assert.deepEqual(joining(), [`${id}._0-1.1`]);
  });
});

function anAgent(id: string, role: string): HostDescription['agents'][number] {
  return { id: agentId(id), role, capabilities: ['work'], slots: 1 };
}
