import assert from 'node:assert/strict';
import { test } from 'vitest';
import { CoreWorld } from '../../../test/support/core-world.ts';
import { agentOf, agentsOf, DONE, submitOf, subtaskOf, taskOf } from '../../../test/support/core-world-specs.ts';
import { add, waitForAll, worldOf } from '../../../test/support/delegation-world.ts';
import { runId } from '../ids.ts';
import { ALERT_LIMITS, type AlertRule, readAlertRule } from './alert-rule.ts';
import { restoreSwarm, snapshotOf } from '../snapshot.ts';
import { newSwarm } from '../swarm-state.ts';
import { nextAlertEvents, nextAlertMs } from './next-alert.ts';

function ruleOf(name: string, condition: string): AlertRule {
  const read = readAlertRule({ name, condition });
  assert.ok(read.ok, JSON.stringify(read));
  return read.rule;
}

test('a rule about each agent begins when time alone makes its condition true', () => {
  const idle = ruleOf('stuck', 'agent_load_ratio > 0.5 && increase(attempts_started, "1m") < 1');
  const world = new CoreWorld({ rules: { alerts: [idle] }, play: () => ({ afterMs: 600_000, end: DONE }) });
  world.send({ type: 'agents.register', agents: [agentOf('a1')] });
  world.send(submitOf([taskOf('long')]));
  world.lookAgainAt(nextAlertMs(world.swarm) ?? 0);
  const [fired] = world.entries.filter(({ event }) => event.type === 'alert.fired');
  assert.ok(fired !== undefined, 'it has never fired');
  assert.equal(fired.atMs, 60_000);
});

test('an alert about the load of an agent is over while its attempt waits for sub-tasks, and begins again with it', () => {
  const world = worldOf({
    rules: { alerts: [ruleOf('busy', 'agent_load_ratio >= 1')] },
    agents: [agentOf('a1'), agentOf('a2', { capabilities: ['function:work', 'other'] })],
    scripts: { lead: [add(subtaskOf('c', { requires: ['other'] })), waitForAll, { afterMs: 100, end: DONE }] },
  });
  world.run();
  const turns = world.entries.flatMap(({ atMs, event }) =>
    'key' in event && event.key === 'busy/a1' ? [`${event.type} ${atMs}`] : [],
  );
  assert.deepEqual(turns, ['alert.fired 0', 'alert.resolved 2', 'alert.fired 11', 'alert.resolved 111']);
});

test('the time for which a person had paused a run is no wait of its tasks', () => {
  const slow = ruleOf('slow', 'max(task_wait_ms, "10m") > 5000');
  const world = new CoreWorld({ rules: { alerts: [slow] } });
  world.send({ type: 'agents.register', agents: agentsOf(1) });
  world.send(submitOf([taskOf('t1'), taskOf('t2', { needs: ['t1'] })]));
  world.send({ type: 'run.pause', runId: runId('r1'), reason: 'lunch' });
  world.sendAt(3_600_000, { type: 'run.resume', runId: runId('r1') });
  world.run();
  assert.equal(world.all('task.succeeded').length, 2);
  assert.deepEqual(world.all('alert.fired'), []);
});

test('an alert is over when its rule is asked of each agent from now on, or of none any more', () => {
  const each = ruleOf('busy', 'agent_load_ratio >= 0');
  const all = ruleOf('busy', 'agents >= 1');
  for (const [before, after, over, begun] of [
    [each, all, 'busy/a1', 'busy'],
    [all, each, 'busy', 'busy/a1'],
  ] as const) {
    const world = new CoreWorld({ rules: { alerts: [before] } });
    world.send({ type: 'agents.register', agents: agentsOf(1) });
    const next = newSwarm({ ...world.rules, alerts: [after] });
    restoreSwarm(next, snapshotOf(world.swarm, 0));
    const events = nextAlertEvents(next, 0) ?? [];
    assert.deepEqual(
      events.map((event) => [event.type, 'key' in event ? event.key : '', 'cause' in event ? event.cause : '']),
      [
        ['alert.resolved', over, 'rule-gone'],
        ['alert.fired', begun, ''],
      ],
    );
  }
});

test('alerts for which there was no room begin when there is some', () => {
  const lost = ruleOf('idle', 'agent_load_ratio == 0');
  const world = new CoreWorld({ rules: { alerts: [lost] } });
  world.send({ type: 'agents.register', agents: agentsOf(ALERT_LIMITS.active + 2) });
  assert.equal(world.all('alert.fired').length, ALERT_LIMITS.active);
  world.send({ type: 'agent.remove', agentId: agentOf('a1').id });
  assert.equal(world.all('alert.resolved').length, 1);
  assert.equal(world.all('alert.fired').length, ALERT_LIMITS.active + 1);
});
