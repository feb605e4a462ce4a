import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import type { SwarmEvent } from '../../src/core/events.ts';
import { nameOf } from '../../src/core/ids.ts';
import type { RunContext } from '../../src/ports/agent-driver.ts';
import { agentsOf, submitOf, taskOf } from '../support/core-world-specs.ts';
import { Ledger } from '../support/core-world-ledger.ts';
import { type Failpoint, KilledSwarm, type Scripts } from '../support/vote-failpoints.ts';

const WORK = { function: 'work' } as const;

/** A lead that hands out two parts, looks at them, and then hands out a third that needs them. */
async function lead({ tasks }: RunContext): Promise<void> {
  const first = await tasks.run([
    { name: 'a', ...WORK, grant: { tokens: 30 } },
    { name: 'b', ...WORK, grant: { tokens: 30 }, delegate: true },
  ]);
  assert.deepEqual(
    first.map(({ state }) => state),
    ['succeeded', 'succeeded'],
  );
  await tasks.delegate([{ name: 'c', ...WORK, needs: ['a', 'b'] }]);
}

/** One level further down, and without a look at how it ends. */
async function below({ tasks }: RunContext): Promise<void> {
  await tasks.delegate([{ name: 'x', ...WORK, grant: { tokens: 10 } }]);
}

const SCRIPTS: Scripts = { lead, 'lead.b': below };

async function tell(armed: readonly Failpoint[], agents: number): Promise<KilledSwarm> {
  const swarm = new KilledSwarm(armed, SCRIPTS);
  await swarm.give({ type: 'agents.register', agents: agentsOf(agents) });
  await swarm.give(submitOf([taskOf('lead', { delegate: {}, grant: { tokens: 100 } })]));
  // What a killed coordinator has lost is tried again after a while.
  for (let round = 0; round < 12; round++) await swarm.pass(1_000);
  return swarm;
}

/** Every part is done once and for all, whatever was killed, and the books are right at every event. */
function check({ events }: KilledSwarm, killedAt: string): void {
  const ledger = new Ledger();
  for (const event of events) ledger.note({ atMs: 0, event: undated(event) });
  const succeeded = events.flatMap((event) => (event.type === 'task.succeeded' ? [nameOf(event.taskId)] : []));
  assert.deepEqual(succeeded.toSorted(), ['lead', 'lead.a', 'lead.b', 'lead.b.x', 'lead.c'], killedAt);
  assert.equal(succeeded.at(-1), 'lead', killedAt);
  const added = events.flatMap((event) => (event.type === 'tasks.delegated' ? event.tasks : []));
  assert.equal(added.length, 4, `added once: ${killedAt}`);
  assert.equal(events.filter(({ type }) => type === 'task.cancelled').length, 0, killedAt);
  assert.deepEqual(events.at(-1)?.type, 'run.finished', killedAt);
}

/** Time stands still for this recount: what was put off counts as due. */
function undated(event: SwarmEvent): SwarmEvent {
  return event.type === 'attempt.failed' ? { ...event, retryAtMs: 0 } : event;
}

function everyAppend({ passed }: KilledSwarm): readonly Failpoint[] {
  return Array.from({ length: passed.append }, (_, index) =>
    (['before', 'after'] as const).map((when): Failpoint => ({ at: 'append', nth: index + 1, when })),
  ).flat();
}

describe.each([1, 3])('a lead with sub-tasks of sub-tasks on %i agents', (agents) => {
  test('comes to its end, with each part done once, wherever its coordinator is killed', async () => {
    const calm = await tell([], agents);
    check(calm, 'nowhere');
    const points = everyAppend(calm);
    assert.ok(points.length >= 16, `${points.length} failpoints`);
    for (const point of points) {
      const swarm = await tell([point], agents);
      assert.equal(swarm.kills, 1, `never reached ${JSON.stringify(point)}`);
      check(swarm, JSON.stringify(point));
    }
  });

  test('also when the next coordinator is killed as well', { timeout: 60_000 }, async () => {
    const points = everyAppend(await tell([], agents));
    for (const first of points) {
      const second: Failpoint = { at: 'append', nth: first.nth + 2, when: 'after' };
      check(await tell([first, second], agents), JSON.stringify([first, second]));
    }
  });
});
