import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { decide } from '../../src/core/swarm.ts';
import type { SwarmInput } from '../../src/core/inputs.ts';
import { owedEffects } from '../../src/core/owed-effects.ts';
import type { Swarm } from '../../src/core/swarm-state.ts';
import type { CoreWorld } from '../support/core-world.ts';
import { Ledger } from '../support/core-world-ledger.ts';
import { cases, plans, playPlan, STRATEGIES } from '../support/core-world-plans.ts';
import { DONE } from '../support/core-world-specs.ts';

const CONTEXT = { nowMs: 0, wallTimeMs: 0, random: 0 };

describe('any history', () => {
  test('keeps reservations, budgets, slots and attempt numbers, over crashes of the coordinator too', () => {
    fc.assert(
      fc.property(plans(), (plan) => {
        const ledger = new Ledger();
        playPlan(plan, { ledger });
        assert.deepEqual(ledger.active, []);
      }),
      cases(1_000),
    );
  });

  test('ends with nothing reserved, nobody busy, nothing queued and nothing owed', () => {
    fc.assert(
      fc.property(plans(), (plan) => {
        const { swarm } = playPlan(plan);
        assertAtRest(swarm);
      }),
      cases(300),
    );
  });

  test('refuses whatever an older attempt says, and changes nothing for it', () => {
    fc.assert(
      fc.property(plans(), (plan) => {
        playPlan(plan, { onTurn: assertStaleRefused });
      }),
      cases(100),
    );
  });

  test('leaves nothing ready while an agent that fits is idle', () => {
    fc.assert(
      fc.property(plans(STRATEGIES.filter((name) => name !== 'adaptive')), (plan) => {
        const ledger = new Ledger();
        playPlan(plan, { ledger, onQuiet: () => assert.deepEqual(ledger.leftOver, []) });
      }),
      cases(500),
    );
  });
});

/** Every way in which an attempt before the newest one could speak. */
function assertStaleRefused({ swarm }: CoreWorld): void {
  for (const { identity, attempt: newest } of swarm.tasks.values()) {
    const { id: taskId } = identity;
    const attempt = newest - 1;
    const inputs: readonly SwarmInput[] = [
      { type: 'attempt.end', taskId, attempt, result: DONE },
      { type: 'attempt.judge', taskId, attempt, verdict: { ok: true, evidence: [], outputs: {} } },
      { type: 'attempt.report', taskId, attempt, report: { kind: 'note', text: 'still here' } },
      { type: 'task.retry', taskId, attempt },
    ];
    for (const input of inputs) {
      const ruling = decide(swarm, input, CONTEXT);
      assert.deepEqual(ruling, { ok: false, refusal: { reason: 'attempt-stale', currentAttempt: newest } });
    }
  }
}

function assertAtRest(swarm: Swarm): void {
  const { registry, capacity, queue } = swarm;
  for (const { host } of capacity.hosts) {
    assert.deepEqual(capacity.reservedOn(host), { cpu: 0, memory: 0, storage: 0, network: 0 });
  }
  let slots = 0;
  for (const { spec, used } of registry.agents.values()) {
    assert.equal(used, 0, `${spec.id} is busy with nothing`);
    slots += spec.slots;
  }
  assert.equal(registry.freeSlots, slots);
  const sizes = [queue.size, swarm.tasks.size, swarm.runs.size, swarm.undecided.size, swarm.closing.size];
  assert.deepEqual(sizes, [0, 0, 0, 0, 0]);
  // An alert outlives the runs that it fires for; its notice has a key under which it is told once.
  const alerts = new Set([...swarm.alerts.active.keys()].map((key) => `alert:${key}`));
  const owed = owedEffects(swarm).filter((effect) => effect.type !== 'notify' || !isOf(alerts, effect.notice.key));
  assert.deepEqual(owed, []);
}

function isOf(alerts: ReadonlySet<string>, key: string): boolean {
  return [...alerts].some((alert) => key.startsWith(alert));
}
