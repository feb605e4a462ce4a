import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { runId, taskId, type TaskId } from '../../src/core/ids.ts';
import { snapshotOf } from '../../src/core/snapshot.ts';
import type { SubtaskSpec } from '../../src/core/tasks/subtask-spec.ts';
import { isEnded } from '../../src/core/tasks/task.ts';
import type { TaskSpec } from '../../src/core/tasks/task-spec.ts';
import { CoreWorld, type CoreWorld as World, type LeadStep, type Play, type Started } from '../support/core-world.ts';
import { Ledger } from '../support/core-world-ledger.ts';
import { cases } from '../support/core-world-plans.ts';
import { agentOf, DONE, runSpecOf, submitOf, taskOf, THREW } from '../support/core-world-specs.ts';
import { hashWord } from '../support/hash-word.ts';

/** One history of leads that behave as they like. Everything else is drawn from `seed`, by name and attempt. */
type Plan = Readonly<{
  seed: number;
  leads: number;
  plain: number;
  agents: number;
  slots: number;
  budget: Readonly<{ tokens?: number; agents?: number; attempts?: number }>;
  crashes: readonly Readonly<{ turn: number; from: 'events' | 'snapshot' }>[];
  saves: readonly number[];
  commands: readonly Readonly<{ atMs: number; kind: 'pause' | 'cancel-lead' | 'cancel-child' }>[];
}>;

const turns = fc.nat({ max: 60 });
const plans: fc.Arbitrary<Plan> = fc.record({
  seed: fc.nat(),
  leads: fc.integer({ min: 1, max: 4 }),
  plain: fc.nat({ max: 4 }),
  agents: fc.integer({ min: 1, max: 3 }),
  slots: fc.integer({ min: 1, max: 2 }),
  budget: fc.constantFrom({}, {}, { tokens: 300 }, { tokens: 120, agents: 1 }, { agents: 2 }, { attempts: 40 }),
  crashes: fc.array(fc.record({ turn: turns, from: fc.constantFrom('events', 'snapshot') }), { maxLength: 3 }),
  saves: fc.array(turns, { maxLength: 2 }),
  commands: fc.array(
    fc.record({ atMs: fc.nat({ max: 400 }), kind: fc.constantFrom('pause', 'cancel-lead', 'cancel-child') }),
    { maxLength: 3 },
  ),
});

/** Every lead is one of these, for all its attempts. */
const CHARACTERS = ['honest', 'liar', 'looper', 'eater', 'digger', 'changer', 'quitter'] as const;
const NAMES = ['a', 'b', 'c', 'd', 'e'];
const RUN = runId('r1');

describe('any leads', () => {
  test('honest or not, keep the limits, and every run comes to its end', () => {
    const seen: Seen = { delegated: 0, resumed: 0, adopted: 0, depth: 0, exhausted: 0 };
    fc.assert(
      fc.property(plans, (plan) => {
        const ledger = new Ledger();
        const world = play(plan, { ledger });
        assert.equal(world.all('run.finished').length, 1, `the run has not ended: ${stuck(world)}`);
        assert.equal(world.swarm.leads.size, 0);
        note(world, seen);
      }),
      cases(600),
    );
    // What never happens proves nothing.
    assert.ok(seen.delegated > 1_000 && seen.resumed > 300 && seen.adopted > 20, JSON.stringify(seen));
    assert.ok(seen.depth === 3 && seen.exhausted > 20, JSON.stringify(seen));
  });

  test('give the same state when their events are replayed, from the first or from a snapshot', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        play(plan, {
          onTurn: (world) => {
            const live = snapshotOf(world.swarm, world.nowMs);
            assert.ok(snapshotOf(world.replayed(), world.nowMs) === live, 'replayed');
            assert.ok(snapshotOf(world.restored(), world.nowMs) === live, 'restored');
            assert.deepEqual(books(world, 'restored'), books(world, 'swarm'));
          },
        });
      }),
      cases(120),
    );
  });
});

type Seen = { delegated: number; resumed: number; adopted: number; depth: number; exhausted: number };

function note(world: World, seen: Seen): void {
  const patches = world.all('tasks.delegated');
  const failures = world.all('task.failed').map(({ failure }) => failure.reason);
  seen.delegated += patches.length;
  seen.resumed += world.all('attempt.resumed').length;
  seen.adopted += patches.filter(({ adopted }) => adopted.length > 0).length;
  seen.exhausted += failures.filter((reason) => reason === 'budget-exhausted').length;
  const depths = patches.flatMap(({ tasks }) => tasks).map(({ child }) => child?.depth ?? 0);
  seen.depth = Math.max(seen.depth, ...depths);
}

function stuck(world: World): string {
  return [...world.swarm.tasks.values()]
    .filter((task) => !isEnded(task))
    .map(({ identity, status }) => `${identity.spec.name} ${status}`)
    .join(', ');
}

/** What the snapshot does not say itself, but what follows from it. */
function books(world: World, way: 'restored' | 'swarm'): unknown {
  const swarm = way === 'swarm' ? world.swarm : world.restored();
  return [...swarm.runs.values()].map((run) => [
    run.account.figures,
    run.account.isBusy,
    [...run.families]
      .map(([id, { account, revisions, unsettled, all }]) => ({
        id,
        figures: account.figures,
        revisions,
        unsettled,
        all,
      }))
      .toSorted((one, other) => (one.id < other.id ? -1 : 1)),
    [...run.active].toSorted(),
    [...run.active].filter((id) => swarm.leads.isDue(id)).toSorted(),
    run.hasCancelled,
    // How long is left is worked out anew by whoever leads, from what was learned.
    Array.from({ length: run.graph.size }, (_, index) => run.graph.needsState(index)),
  ]);
}

type Watch = Readonly<{ ledger?: Ledger; onTurn?: (world: World) => void }>;

function play(plan: Plan, { ledger, onTurn }: Watch): World {
  const world: World = new CoreWorld({
    lead: (started, now) => stepsOf(plan, started, now),
    play: (started) => playOf(plan, started, world),
    ...(ledger === undefined ? {} : { onEvent: ledger.note }),
  });
  const capabilities = ['work', 'function:work'];
  const agents = Array.from({ length: plan.agents }, (_, index) =>
    agentOf(`a${index}`, { slots: plan.slots, capabilities }),
  );
  world.send({ type: 'agents.register', agents });
  world.send(submitOf([...leadsOf(plan), ...plainOf(plan)], { run: runSpecOf({ budget: plan.budget }) }));
  for (const { atMs, kind } of plan.commands) {
    const name = kind === 'cancel-child' ? 'l0.a' : 'l0';
    if (kind === 'pause') world.sendAt(atMs, { type: 'run.pause', runId: RUN, reason: 'lunch' });
    else world.sendAt(atMs, { type: 'task.cancel', taskId: taskId(RUN, name), reason: 'enough' });
  }
  for (let isOn = true; isOn; isOn = world.step() || goOn(world)) {
    onTurn?.(world);
    if (plan.saves.includes(world.turns)) world.save();
    for (const { turn, from } of plan.crashes) if (turn === world.turns) world.crash(from);
    if (world.turns > 5_000) throw new Error('the world goes in circles');
  }
  return world;
}

function goOn(world: World): boolean {
  const isPaused = world.swarm.runs.get(RUN)?.pausedBecause !== undefined;
  if (isPaused) world.send({ type: 'run.resume', runId: RUN });
  return isPaused;
}

function leadsOf({ leads, seed }: Plan): readonly TaskSpec[] {
  return Array.from({ length: leads }, (_, index) => {
    const name = `l${index}`;
    const draw = hashWord(`${seed} ${name}`);
    const grant = [{}, { grant: { tokens: 60 } }, { grant: { tokens: 100 } }][draw % 3];
    const keep = draw % 2 === 0 ? {} : { keep: { tokens: 10 } };
    const needs = index > 0 && draw % 5 === 0 ? ['l0'] : [];
    return taskOf(name, { delegate: keep, needs, when: 'always', ...grant });
  });
}

function plainOf({ plain, seed }: Plan): readonly TaskSpec[] {
  return Array.from({ length: plain }, (_, index) => {
    const draw = hashWord(`${seed} plain ${index}`);
    const priority = (['critical', 'normal', 'low'] as const)[draw % 3] ?? 'normal';
    return taskOf(`p${index}`, { priority, ...(draw % 2 === 0 ? {} : { grant: { tokens: 20 } }) });
  });
}

/** Who may delegate does so, most of the time. */
function stepsOf({ seed }: Plan, { taskId: id, attempt }: Started, world: World): readonly LeadStep[] | undefined {
  const spec = world.swarm.tasks.get(id)?.identity.spec;
  if (spec?.delegate === undefined) return undefined;
  const character = CHARACTERS[hashWord(`${seed} ${id}`) % CHARACTERS.length] ?? 'honest';
  const draw = (topic: string, below: number): number => hashWord(`${seed} ${id} ${attempt} ${topic}`) % below;
  const patch = (topic: string, count: number): LeadStep => ({
    afterMs: draw(`${topic} after`, 20),
    add: Array.from({ length: count }, (_, index) =>
      subtask({ seed, id, topic: `${topic} ${index}`, character, attempt }),
    ),
    cancel: draw(`${topic} cancel`, 6) === 0 ? [NAMES[draw(`${topic} whom`, NAMES.length)] ?? 'a'] : [],
  });
  const some = (topic: string): LeadStep => ({ afterMs: 1, children: NAMES.slice(0, 1 + draw(topic, 3)) });
  const all: LeadStep = { afterMs: draw('all', 10), children: 'all' };
  switch (character) {
    case 'liar':
      return [patch('one', 3), { afterMs: draw('end', 10), end: DONE }];
    case 'looper':
      return [...Array.from({ length: 14 }, (_, index) => [patch(`round ${index}`, 1), all]).flat(), all];
    case 'eater':
      return [patch('one', 10), patch('two', 8), all];
    case 'quitter':
      return attempt === 3 ? [patch('one', 2), all] : [patch('one', 2), { afterMs: draw('quit', 60), end: THREW }];
    case 'honest':
    case 'digger':
    case 'changer':
      return [patch('one', 1 + draw('how many', 4)), some('first'), patch('two', 2), all, all];
  }
}

type About = Readonly<{
  seed: number;
  id: TaskId;
  topic: string;
  character: (typeof CHARACTERS)[number];
  attempt: number;
}>;

/** The same for every attempt, unless the lead changes its mind. */
function subtask({ seed, id, topic, character, attempt }: About): SubtaskSpec {
  const mood = character === 'changer' ? attempt : 0;
  const draw = (what: string, below: number): number => hashWord(`${seed} ${id} ${mood} ${topic} ${what}`) % below;
  const name = character === 'looper' ? `t${draw('name', 1_000)}` : nth(draw('name', NAMES.length));
  const other = nth(draw('need', NAMES.length));
  const isDeep = character === 'digger' ? draw('deep', 10) < 9 : draw('deep', 4) === 0;
  const tokens = draw('tokens', character === 'eater' ? 90 : 30);
  const rights = draw('keeps', 3) === 0 ? { keep: { tokens: 3 } } : {};
  return {
    name,
    work: { kind: 'function', function: 'work' },
    needs: draw('needs', 4) === 0 && other !== name ? [other] : [],
    when: draw('when', 8) === 0 ? 'always' : 'success',
    ...(draw('grants', 2) === 0 && { grant: { tokens } }),
    ...(isDeep && { delegate: rights }),
  };
}

function nth(index: number): string {
  return NAMES[index] ?? 'a';
}

/** Uses at most what it was granted; some of it fails. */
function playOf({ seed }: Plan, { taskId: id, attempt }: Started, { swarm }: World): Play {
  const draw = (topic: string, below: number): number => hashWord(`${seed} play ${id} ${attempt} ${topic}`) % below;
  const granted = swarm.tasks.get(id)?.identity.spec.grant?.tokens ?? 0;
  const usage = draw('known', 2) === 0 ? {} : { usage: { inputTokens: draw('tokens', granted + 1) } };
  const end = draw('end', 6) === 0 ? { ...THREW, ...usage } : { ...DONE, ...usage };
  return { afterMs: draw('after', 60), end };
}
