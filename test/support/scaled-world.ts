import assert from 'node:assert/strict';
import type { SwarmEvent } from '../../src/core/events.ts';
import { type AgentId, type RunId, runId } from '../../src/core/ids.ts';
import type { GroupLook } from '../../src/core/scaling/scaling-events.ts';
import { DEFAULT_SCALING, type ScaleGroup, type ScalingRules } from '../../src/core/scaling/scale-group.ts';
import type { TaskSpec } from '../../src/core/tasks/task-spec.ts';
import { CoreWorld, type Entry } from './core-world.ts';
import { agentOf, DONE, runSpecOf, submitOf, taskOf } from './core-world-specs.ts';

const R1: RunId = runId('r1');
const TICK_MS = 5_000;
const LOOK_MS = 2_000;
/** After the last tick there is time for the group to become idle. */
const HOLD_MS = 120_000;
/** A run that has not ended by then never ends. */
const REST_MS = 1_200_000;

/** How many tasks become ready at each tick, and how the group is. */
export type Scenario = Readonly<{
  tasks: readonly number[];
  group: ScaleGroup;
  rules: ScalingRules;
  /** ms that a task takes, and that an agent takes to come. Undefined: it cannot be made. */
  workMs: (task: string) => number;
  joinMs: (agents: readonly AgentId[]) => number | undefined;
}>;

/** What the rules promise, recounted from the events alone. */
export class ScaleLedger {
  readonly #scenario: Scenario;
  readonly #running = new Map<string, number>();
  readonly #there = new Set<string>();
  readonly #leaving = new Set<string>();
  #decidedMs = -Infinity;
  decisions = 0;
  most = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  get size(): number {
    return this.#there.size;
  }

  readonly note = ({ atMs, event }: Entry): void => {
    if (event.type === 'attempt.assigned') this.#count(event.agentId, 1);
    if (event.type === 'task.succeeded') this.#end(event.taskId);
    if (event.type === 'agents.registered') for (const { id, role } of event.agents) this.#join(id, role);
    if (event.type === 'agent.removed') this.#leave(event.agentId);
    if (event.type === 'scaling.decided') this.#decide(event, atMs);
  };

  readonly #agentOf = new Map<string, string>();

  /** The world tells who works on what. */
  started(taskId: string, agentId: string): void {
    this.#agentOf.set(taskId, agentId);
  }

  #end(taskId: string): void {
    this.#count(this.#agentOf.get(taskId) ?? '', -1);
  }

  #count(agentId: string, change: number): void {
    if (change > 0) assert.ok(!this.#leaving.has(agentId), `${agentId} gets work although it leaves`);
    this.#running.set(agentId, (this.#running.get(agentId) ?? 0) + change);
  }

  #join(id: string, role: string): void {
    if (role !== this.#scenario.group.role) return;
    assert.ok(!this.#running.has(id), `${id} comes a second time`);
    this.#there.add(id);
    this.#running.set(id, 0);
  }

  #leave(id: string): void {
    assert.equal(this.#running.get(id), 0, `${id} is removed at work`);
    this.#there.delete(id);
  }

  #decide(event: Extract<SwarmEvent, { type: 'scaling.decided' }>, atMs: number): void {
    const { group, rules } = this.#scenario;
    assert.ok(Number.isInteger(event.to), `${event.to} is no number of agents`);
    const most = Math.min(group.max, rules.maxAgents);
    assert.ok(event.to <= most && (event.to >= group.min || event.to > event.from), `${event.to} is out of bounds`);
    assert.equal(
      event.from,
      [...this.#there].filter((id) => !this.#leaving.has(id)).length,
      'from is how many there are',
    );
    assert.ok(atMs - this.#decidedMs >= rules.windowMs, `two decisions within ${atMs - this.#decidedMs} ms`);
    this.#decidedMs = atMs;
    this.decisions++;
    this.most = Math.max(this.most, event.to);
    for (const id of event.leaving) this.#leaving.add(id);
  }
}

/** Plays a scenario to its end, and checks the promises at every event. */
export function playScenario(scenario: Scenario): ScaleLedger {
  const ledger = new ScaleLedger(scenario);
  const world: CoreWorld = new CoreWorld({
    rules: { scaling: scenario.rules },
    onEvent: ledger.note,
    play: ({ taskId, agentId }) => {
      ledger.started(taskId, agentId);
      const name = taskId.slice(R1.length + 1);
      if (name === 'hold') return { afterMs: HOLD_MS, end: DONE };
      return { afterMs: name.startsWith('tick') ? TICK_MS : scenario.workMs(name), end: DONE };
    },
  });
  world.send({ type: 'agents.register', agents: [agentOf('clock', { role: 'clock', capabilities: ['tick'] })] });
  world.send(submitOf(tasksOf(scenario.tasks), { run: runSpecOf({ scale: [scenario.group] }) }));
  const untilMs = scenario.tasks.length * TICK_MS + REST_MS;
  let lowSinceMs: number | undefined;
  let seen = 0;
  for (let atMs = 0; atMs < untilMs && world.swarm.runs.size > 0; atMs += LOOK_MS) {
    world.run(atMs);
    const look = lookAt(world, scenario);
    const isLow = look.load.agents > 0 && look.load.averagePermille < scenario.rules.downPermille;
    lowSinceMs = isLow ? (lowSinceMs ?? atMs) : undefined;
    const lowForMs = lowSinceMs === undefined ? 0 : atMs - lowSinceMs;
    world.send({ type: 'scaling.look', runId: R1, groups: [{ ...look, lowForMs }] });
    seen = provision(world, scenario, seen);
  }
  assert.equal(world.swarm.runs.size, 0, 'the run has not ended');
  return ledger;
}

function provision(world: CoreWorld, { group, joinMs }: Scenario, seen: number): number {
  const { entries } = world;
  for (const { event } of entries.slice(seen)) {
    if (event.type !== 'scaling.decided' || event.joining.length === 0) continue;
    const afterMs = joinMs(event.joining);
    const { min: _min, max: _max, ...shape } = group;
    const agents = event.joining.map((id) => ({ ...shape, id, runId: R1 }));
    const outcome = afterMs === undefined ? ({ ok: false, detail: 'none' } as const) : ({ ok: true, agents } as const);
    const input = { type: 'scaling.provisioned', runId: R1, role: group.role, outcome } as const;
    world.sendAt(world.nowMs + (afterMs ?? 0), input);
  }
  return entries.length;
}

/** A count of its own: slots in use are all that is known here. */
function lookAt(world: CoreWorld, { group }: Scenario): GroupLook {
  let [agents, sum, hot] = [0, 0, 0];
  for (const { spec, used, blocked } of world.swarm.registry.agents.values()) {
    if (spec.role !== group.role || blocked.size > 0) continue;
    const load = Math.round((1_000 * used) / spec.slots);
    agents++;
    sum += load;
    if (load > DEFAULT_SCALING.hotPermille) hot++;
  }
  return {
    role: group.role,
    load: { agents, averagePermille: Math.round(sum / Math.max(1, agents)), hot },
    lowForMs: 0,
  };
}

/** One task after the other keeps the time; each sets free the tasks of its tick. The last one holds the run open. */
function tasksOf(signal: readonly number[]): readonly TaskSpec[] {
  const hold = taskOf('hold', { requires: ['tick'], needs: [`tick-${signal.length - 1}`] });
  return signal
    .flatMap((count, tick) => {
      const clock = taskOf(`tick-${tick}`, { requires: ['tick'], needs: tick === 0 ? [] : [`tick-${tick - 1}`] });
      const work = Array.from({ length: count }, (_, at) => taskOf(`work-${tick}-${at}`, { needs: [clock.name] }));
      return [clock, ...work];
    })
    .concat(hold);
}
