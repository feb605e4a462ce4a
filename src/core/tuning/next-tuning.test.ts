import assert from 'node:assert/strict';
import { test } from 'vitest';
import { CoreWorld } from '../../../test/support/core-world.ts';
import { agentOf, DONE, submitOf, taskOf } from '../../../test/support/core-world-specs.ts';
import type { Swarm } from '../swarm-state.ts';
import { nextTuningEvents } from './next-tuning.ts';

/** A swarm whose tasks wait too long, and whose tuner would choose agents in another way if `members` approve. */
function slow(members: readonly string[]): Readonly<{ swarm: Swarm; nowMs: number }> {
  const rules = {
    strategy: 'least-loaded',
    live: [{ name: 'coordination.algorithm', configured: 'least-loaded', choices: ['adaptive', 'least-loaded'] }],
    approval: { members, timeoutMs: 30_000, askAgainMs: 60_000 },
    tuner: { isOn: true, asks: true, windowMs: 60_000 },
  } as const;
  const world = new CoreWorld({ rules, play: () => ({ afterMs: 6_000, end: DONE }) });
  // It thinks of nothing by itself until somebody looks.
  world.swarm.tuning.restUntilMs = 600_000;
  world.send({ type: 'agents.register', agents: [agentOf('a')] });
  world.send(submitOf(Array.from({ length: 20 }, (_, index) => taskOf(`t${index}`, { estimateMs: 6_000 }))));
  world.run(70_000);
  world.swarm.tuning.restUntilMs = 0;
  return world;
}

/** Whether the work is run ahead. */
function looksAhead({ swarm, nowMs }: Readonly<{ swarm: Swarm; nowMs: number }>): boolean {
  let looks = false;
  const watched = new Proxy(swarm, {
    get: (of, name) => {
      looks ||= name === 'durations';
      const value: unknown = Reflect.get(of, name);
      return value;
    },
  });
  nextTuningEvents(watched, nowMs);
  return looks;
}

test('the tuner does not run the work ahead, with each decision anew, while there is nobody to ask', () => {
  assert.equal(looksAhead(slow(['user:ann'])), true);
  assert.equal(looksAhead(slow([])), false);
});
