import assert from 'node:assert/strict';
import { test } from 'vitest';
import { CoreWorld } from '../../../test/support/core-world.ts';
import { agentOf, agentsOf, DONE, submitOf, taskOf } from '../../../test/support/core-world-specs.ts';
import { ALERT_LIMITS, type AlertRule, readAlertRule } from './alert-rule.ts';
import { nextAlertMs } from './next-alert.ts';

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

test('alerts for which there was no room begin when there is some', () => {
  const lost = ruleOf('idle', 'agent_load_ratio == 0');
  const world = new CoreWorld({ rules: { alerts: [lost] } });
  world.send({ type: 'agents.register', agents: agentsOf(ALERT_LIMITS.active + 2) });
  assert.equal(world.all('alert.fired').length, ALERT_LIMITS.active);
  world.send({ type: 'agent.remove', agentId: agentOf('a1').id });
  assert.equal(world.all('alert.resolved').length, 1);
  assert.equal(world.all('alert.fired').length, ALERT_LIMITS.active + 1);
});
