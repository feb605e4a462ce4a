import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { settle } from '../../test/support/core-world-engine.ts';
import { DONE, submitOf, taskOf } from '../../test/support/core-world-specs.ts';
import { begunOn, first, HostsRig } from '../../test/support/hosts-rig.ts';
import type { ScriptedHost } from '../../test/support/scripted-host.ts';
import type { Offer } from '../core/hosts/frames.ts';
import { runId } from '../core/ids.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';

let rig: HostsRig;
beforeEach(async () => {
  rig = await HostsRig.open();
});
afterEach(() => rig.engine.stop());

/** Work whose processes are measured. */
const working = (name: string, more: Partial<TaskSpec> = {}): TaskSpec =>
  taskOf(name, { work: { kind: 'command', argv: ['make'] }, ...more });

async function submit(run: string, ...tasks: readonly TaskSpec[]): Promise<void> {
  await rig.engine.dispatch(submitOf(tasks, { runId: runId(run) }));
  await settle();
}

/** For so long the attempt uses `cores` of a host that has one, as it has done since it began. */
async function use(host: ScriptedHost, offer: Offer, cores: number, ms = 6_000): Promise<void> {
  for (let passed = 200; passed <= ms; passed += 200) {
    host.session.measured(offer, { cpuMs: cores * rig.clock.monotonicMs(), memoryBytes: 100 });
    rig.clock.advance(200);
    await settle();
  }
}

describe('a host whose attempts use too much of it', () => {
  test('gets nothing new on any of its agents while another host can take it, until it is relieved', async () => {
    const host = await rig.hostWith({ slots: 3 });
    await submit('r1', working('a'));
    const other = await rig.hostWith({ name: 'k', slots: 1 });
    await use(host, first(host.begun), 0.9);
    assert.deepEqual(
      rig.eventsOf('agent.overloaded').map((event) => ('agentId' in event ? event.agentId : '')),
      ['h.1'],
    );
    await submit('r2', working('b'), working('c'));
    assert.deepEqual([begunOn(host), begunOn(other)], [['a#1'], ['b#1']]);
    host.end(first(host.begun), DONE);
    await use(host, first(host.begun), 0, 2_000);
    assert.equal(rig.eventsOf('agent.relieved').length, 1);
    assert.deepEqual(begunOn(host), ['a#1', 'c#1']);
  });

  test('works on where there is nobody else, and again when the other has gone', async () => {
    const host = await rig.hostWith({ slots: 2 });
    await submit('r1', working('a'));
    await use(host, first(host.begun), 0.9);
    assert.deepEqual(rig.eventsOf('agent.overloaded'), []);
    const other = await rig.hostWith({ name: 'k', slots: 1 });
    await use(host, first(host.begun), 0.9, 2_000);
    assert.equal(rig.eventsOf('agent.overloaded').length, 1);
    other.die();
    await use(host, first(host.begun), 0.9, 2_000);
    await submit('r2', working('b'));
    assert.deepEqual(begunOn(host), ['a#1', 'b#1']);
  });

  test('gives back what has not begun there, and another host begins it under the next number', async () => {
    const host = await rig.hostWith({ slots: 2 });
    await submit('r1', working('a'));
    // Its beats arrive, and no answer comes back: it cannot be sure that an irreversible act is still wanted.
    host.deafTo = 'heartbeat';
    await use(host, first(host.begun), 0.9, 10_800);
    host.link(rig.driver);
    await settle();
    await submit('r2', working('b', { effect: 'D' }));
    assert.deepEqual(begunOn(host), ['a#1']);
    const other = await rig.hostWith({ name: 'k', slots: 1 });
    await use(host, first(host.begun), 0.9, 2_400);
    assert.deepEqual([begunOn(host), begunOn(other)], [['a#1'], ['b#2']]);
    assert.deepEqual(rig.eventsOf('task.outcome-unknown'), []);
  });
});

describe('what a host uses', () => {
  test('is known to the next leader from its next beat on', async () => {
    const host = await rig.hostWith({ slots: 3 });
    await submit('r1', working('a'));
    await rig.hostWith({ name: 'k', slots: 1 });
    rig.engine.stop();
    await rig.nextLeader();
    host.link(rig.driver);
    await settle();
    (await rig.hostWith({ name: 'k', slots: 1, instance: 2 })).link(rig.driver);
    await use(host, first(host.begun), 0.9, 12_000);
    assert.equal(rig.eventsOf('agent.overloaded').length, 1);
  });
});
