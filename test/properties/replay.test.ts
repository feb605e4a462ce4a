import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { effectsOf, owedEffects } from '../../src/core/owed-effects.ts';
import { snapshotOf } from '../../src/core/snapshot.ts';
import type { Agent } from '../../src/core/agents/agent-class.ts';
import type { SwarmInput } from '../../src/core/inputs.ts';
import { apply, decide } from '../../src/core/swarm.ts';
import type { Swarm } from '../../src/core/swarm-state.ts';
import type { CoreWorld } from '../support/core-world.ts';
import { cases, plans, playPlan } from '../support/core-world-plans.ts';

/** Some seconds on an idle machine. */
const LONG = { timeout: 180_000 };

describe('any history', () => {
  test('played twice gives the same events', LONG, () => {
    fc.assert(
      fc.property(plans(), (plan) => {
        assert.deepEqual(playPlan(plan).entries, playPlan(plan).entries);
      }),
      cases(200),
    );
  });

  test('gives back the live state when its events are replayed from the first', LONG, () => {
    fc.assert(
      fc.property(plans(), (plan) => {
        playPlan(plan, { onTurn: (world) => assertSame(world, 'replayed') });
      }),
      cases(200),
    );
  });

  test('gives back the live state from a snapshot and the events after it', LONG, () => {
    fc.assert(
      fc.property(plans(), (plan) => {
        playPlan(plan, { onTurn: (world) => assertSame(world, 'restored') });
      }),
      cases(250),
    );
  });

  test('goes on from a snapshot as it would from the first event', LONG, () => {
    fc.assert(
      fc.property(plans(), (plan) => {
        playPlan(plan, {
          onTurn: (world) => assert.deepEqual(goOn(world.restored(), world), goOn(world.replayed(), world)),
        });
      }),
      cases(100),
    );
  });
});

function assertSame(world: CoreWorld, way: 'replayed' | 'restored'): void {
  const other = world[way]();
  assert.deepEqual(summaryOf(other, world.nowMs), summaryOf(world.swarm, world.nowMs));
  assert.deepEqual(askedOf(other, world), askedOf(world.swarm, world));
}

/** What a new leader would owe, and what the events of this moment ask for. */
function askedOf(swarm: Swarm, { entries, nowMs }: CoreWorld): unknown {
  const ofNow = entries.slice(entries.findLastIndex(({ atMs }) => atMs !== nowMs) + 1);
  return [owedEffects(swarm), ofNow.map(({ event, atMs }) => effectsOf(swarm, event, atMs))];
}

/** What becomes of it when everybody is written to, all runs are paused and all agents are lost. */
function goOn(swarm: Swarm, { nowMs }: CoreWorld): unknown {
  const message = { id: 'to-all', to: 'all', type: 'note', body: {} } as const;
  const inputs: readonly SwarmInput[] = [
    ...[...swarm.runs.keys()].flatMap((id): readonly SwarmInput[] => [
      { type: 'message.send', runId: id, from: 'user:ann', message },
      { type: 'run.pause', runId: id, reason: 'lunch' },
    ]),
    { type: 'agents.lose', agentIds: [...swarm.registry.agents.keys()] },
  ];
  return inputs.map((input) => {
    const ruling = decide(swarm, input, { nowMs, wallTimeMs: 0, random: 0 });
    if (!ruling.ok) return ruling;
    for (const event of ruling.events) apply(swarm, event, nowMs);
    return [ruling, ruling.events.map((event) => effectsOf(swarm, event, nowMs))];
  });
}

/** What the snapshot tells, with what is only an index over it. */
function summaryOf(swarm: Swarm, nowMs: number): unknown {
  const { registry, capacity, queue, undecided, closing, runs, proposals, openProposals } = swarm;
  return {
    stored: parsed(snapshotOf(swarm, nowMs)),
    used: [...registry.agents.values()].map((agent) => [agent.spec.id, agent.used, keyOf(agent)]),
    freeSlots: registry.freeSlots,
    reserved: capacity.hosts.map(({ host }) => capacity.reservedOn(host)),
    ready: [...queue.ids()].toSorted(),
    undecided: [...undecided].toSorted(),
    closing: [...closing],
    votes: [[...proposals.keys()].toSorted(), [...openProposals].toSorted()],
    accounts: [...runs.values()].map(({ account, counts, active, undone }) => [
      [...undone],
      account.figures,
      counts,
      [...active].toSorted(),
    ]),
  };
}

/** Where it stands among the free ones; a full agent stands nowhere. */
function keyOf({ used, spec, key }: Agent): number | undefined {
  return used < spec.slots ? key : undefined;
}

function parsed(text: string): unknown {
  return JSON.parse(text);
}
