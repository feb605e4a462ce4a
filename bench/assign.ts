/**
 * Assignments per second in the pure core, no journal and no agents: a task is ready, who gets it? Time is virtual:
 * attempts end in the order in which they should, and only the choosing and booking of agents is timed.
 * `capability-based` beside the plain filter-map-sort with the same score, in turns; `adaptive` over 64 classes.
 */
import { parseArgs } from 'node:util';
import type { AgentSpec } from '../src/core/agents/agent-spec.ts';
import type { SwarmEvent } from '../src/core/events.ts';
import { agentId, runId, type TaskId } from '../src/core/ids.ts';
import { nextEvents } from '../src/core/scheduling/next-event.ts';
import { DEFAULT_RULES, newSwarm, type Swarm } from '../src/core/swarm-state.ts';
import { apply, decide } from '../src/core/swarm.ts';
import type { TaskSpec } from '../src/core/tasks/task-spec.ts';
import { IndexedHeap, NOT_IN_HEAP } from '../src/util/indexed-heap.ts';
import { Chooser } from './choose.ts';
import { median, printFigure, printMachine, quantile } from './figure.ts';
import { FilterMapSort } from './filter-map-sort.ts';
import { drawFrom } from './scenarios.ts';

const BENCH = 'assign';
const ROLES = 6;
const CLASSES = 64;
const TASK_TYPES = 8;
const ROUNDS = 5;

const { values } = parseArgs({ options: { smoke: { type: 'boolean', default: false } } });

printMachine(BENCH);
for (const agents of values.smoke ? [100] : [100, 1_000, 10_000]) compareByScore(agents);
for (const agents of values.smoke ? [100] : [1_000, 10_000]) measureAdaptive(agents);

/** Half of the agents stay busy; a quarter of them end and are given out again in each step. */
function compareByScore(agents: number): void {
  const whole: number[] = [];
  const chosen: number[] = [];
  const plain: number[] = [];
  for (let round = 0; round < (values.smoke ? 1 : ROUNDS); round++) {
    whole.push(assignByScore(agents, values.smoke ? 1_000 : 60_000));
    chosen.push(giveOut(chooserOf(agents), agents, values.smoke ? 1_000 : 500_000));
    plain.push(giveOut(plainOf(agents), agents, Math.max(200, Math.min(60_000, 10_000_000 / agents))));
  }
  const options = { agents, roles: ROLES, rounds: plain.length };
  const figures = [
    ['capability-based, filter to booking', chosen],
    ['filter-map-sort, filter to booking', plain],
    ['capability-based, from the ready queue to the changed state', whole],
  ] as const;
  for (const [figure, all] of figures) {
    printFigure({
      bench: BENCH,
      figure: `${figure}, ${agents} agents`,
      value: median(all),
      unit: 'assignments/s',
      options,
    });
  }
}

function roleOf(index: number): string {
  return `role-${index % ROLES}`;
}

function assignByScore(agents: number, count: number): number {
  const swarm = newSwarm({ ...DEFAULT_RULES, strategy: 'capability-based', maxTasksPerRun: 1_000_000 });
  const step = Math.max(1, Math.floor(agents / 4));
  register(swarm, agents, (index) => ({ role: roleOf(index), capabilities: [roleOf(index)] }));
  submit(swarm, count + 3 * step, (index) => ({ requires: [roleOf(index)], type: roleOf(index) }));
  const running: TaskId[] = [];
  assign(swarm, 2 * step, 0, running);
  let spentMs = 0;
  let done = 0;
  for (let now = 1; done < count; now++) {
    for (const taskId of running.splice(0, step)) succeed(swarm, taskId, now);
    const startMs = performance.now();
    done += assign(swarm, step, now, running);
    spentMs += performance.now() - startMs;
  }
  return (done * 1_000) / spentMs;
}

/** Gives out at most `count` tasks, in the loop that the engine runs. */
function assign(swarm: Swarm, count: number, nowMs: number, running: TaskId[]): number {
  for (let done = 0; done < count; done++) {
    const event = assignmentOf(nextEvents(swarm, nowMs));
    if (event === undefined) return done;
    apply(swarm, event, nowMs);
    running.push(event.taskId);
  }
  return count;
}

/** Anything that gives one task after the other to agents. */
type Distributor = Readonly<{ distribute: (index: number) => boolean; free: (count: number) => void }>;

function giveOut(distributor: Distributor, agents: number, count: number): number {
  const step = Math.max(1, Math.floor(agents / 4));
  for (let index = 0; index < 2 * step; index++) distributor.distribute(index);
  let spentMs = 0;
  let done = 0;
  while (done < count) {
    distributor.free(step);
    const startMs = performance.now();
    for (let index = 0; index < step; index++) if (distributor.distribute(done + index)) done++;
    spentMs += performance.now() - startMs;
  }
  return (done * 1_000) / spentMs;
}

function plainOf(agents: number): Distributor {
  const plain = new FilterMapSort(Array.from({ length: agents }, (_, index) => [roleOf(index)]));
  const tasks = Array.from({ length: ROLES }, (_, role) => ({ requires: [roleOf(role)], prefers: [] }));
  return {
    distribute: (index) => plain.distribute(tasks[index % ROLES] ?? { requires: [], prefers: [] }),
    free: (count) => plain.free(count),
  };
}

function chooserOf(agents: number): Distributor {
  const specs = agentsOf(agents, (index) => ({ role: roleOf(index), capabilities: [roleOf(index)] }));
  const tasks = tasksOf(ROLES, (index) => ({ requires: [roleOf(index)], type: roleOf(index) }));
  return new Chooser('capability-based', specs, tasks);
}

/** 64 classes that need unlike times for the same type of task, as learned from what ended. */
function measureAdaptive(agents: number): void {
  const rounds = Array.from({ length: values.smoke ? 1 : ROUNDS });
  const count = values.smoke ? 1_000 : 60_000;
  const booked = rounds.map(() => timeEach(adaptiveChooserOf(agents), agents, count));
  printSpent(`adaptive, filter to booking, ${agents} agents`, agents, booked);
  const whole = rounds.map(() => assignAdaptively(agents, values.smoke ? 1_000 : 10_000));
  printSpent(`adaptive, all agents busy and a long queue, ${agents} agents`, agents, whole);
}

function printSpent(figure: string, agents: number, spent: readonly (readonly number[])[]): void {
  const options = { agents, classes: Math.min(CLASSES, agents), rounds: spent.length };
  const perSecond = spent.map((micros) => (micros.length * 1_000_000) / micros.reduce((sum, one) => sum + one, 0));
  const all = spent.flat();
  printFigure({ bench: BENCH, figure, value: median(perSecond), unit: 'assignments/s', options });
  printFigure({ bench: BENCH, figure: `${figure}, p50`, value: quantile(all, 0.5), unit: 'µs', options });
  printFigure({ bench: BENCH, figure: `${figure}, p99`, value: quantile(all, 0.99), unit: 'µs', options });
}

function adaptiveChooserOf(agents: number): Chooser {
  const specs = agentsOf(agents, adaptiveAgent);
  const chooser = new Chooser('adaptive', specs, tasksOf(TASK_TYPES, adaptiveTask));
  const factor = factorsOf(agents);
  for (const [index, agent] of specs.slice(0, CLASSES).entries()) {
    for (let type = 0; type < TASK_TYPES; type++) chooser.learn(`type-${type}`, agent, 10_000 * factor(index, type));
  }
  return chooser;
}

function adaptiveAgent(index: number): AgentPart {
  return { role: `class-${index % CLASSES}`, capabilities: ['work'] };
}

function adaptiveTask(index: number): TaskPart {
  return { requires: ['work'], type: `type-${index % TASK_TYPES}` };
}

/** How much longer or shorter a type takes on a class: 0.5 to 2. */
function factorsOf(seed: number): (agent: number, type: number) => number {
  const draw = drawFrom(seed);
  const factors = Array.from({ length: CLASSES * TASK_TYPES }, () => 0.5 + 1.5 * draw());
  return (agent, type) => factors[(agent % CLASSES) * TASK_TYPES + type] ?? 1;
}

/** µs per assignment, half of the agents busy. */
function timeEach(distributor: Distributor, agents: number, count: number): readonly number[] {
  const step = Math.max(1, Math.floor(agents / 4));
  for (let index = 0; index < 2 * step; index++) distributor.distribute(index);
  const micros: number[] = [];
  let carried = 0;
  for (let index = 0; micros.length < count; index++) {
    if (index % step === 0) distributor.free(step);
    const startMs = performance.now();
    const isBooked = distributor.distribute(index);
    carried += (performance.now() - startMs) * 1_000;
    if (!isBooked) continue;
    micros.push(carried);
    carried = 0;
  }
  return micros;
}

type RunningTask = Readonly<{ taskId: TaskId; endMs: number }> & { heapIndex: number };

/**
 * µs per assignment when each freed slot is fought over by a queue that never ends: everything that the core does
 * for it, with what is looked at in vain. Attempts end in virtual time, as long as they take on their class.
 */
function assignAdaptively(agents: number, count: number): readonly number[] {
  const swarm = newSwarm({ ...DEFAULT_RULES, maxTasksPerRun: 1_000_000 });
  const draw = drawFrom(agents);
  const factor = factorsOf(agents);
  register(swarm, agents, adaptiveAgent);
  submit(swarm, count + 2 * agents, adaptiveTask);
  const running = new IndexedHeap<RunningTask>((one, other) => one.endMs < other.endMs);
  const spent: number[] = [];
  let carriedMicros = 0;
  for (let nowMs = 0; spent.length < count + agents; nowMs = running.first?.endMs ?? nowMs) {
    for (let next = running.first; next !== undefined && next.endMs <= nowMs; next = running.first) {
      running.remove(next);
      succeed(swarm, next.taskId, nowMs);
    }
    for (;;) {
      const startMs = performance.now();
      const event = assignmentOf(nextEvents(swarm, nowMs));
      if (event !== undefined) apply(swarm, event, nowMs);
      carriedMicros += (performance.now() - startMs) * 1_000;
      if (event === undefined) break;
      spent.push(carriedMicros);
      carriedMicros = 0;
      const kind = Number(event.taskId.slice(event.taskId.lastIndexOf('-') + 1)) % TASK_TYPES;
      const workMs = 10_000 * factor(Number(event.agentId.slice(6)), kind);
      const endMs = nowMs + Math.ceil(workMs * (0.5 + draw()));
      running.push({ taskId: event.taskId, endMs, heapIndex: NOT_IN_HEAP });
    }
  }
  return spent.slice(agents); // the first hand-outs fill an idle swarm
}

type AgentPart = Pick<AgentSpec, 'role' | 'capabilities'>;
type TaskPart = Pick<TaskSpec, 'requires' | 'type'>;

function agentsOf(count: number, of: (index: number) => AgentPart): readonly AgentSpec[] {
  return Array.from({ length: count }, (_, index) => {
    return { id: agentId(`agent-${index}`), driver: 'function', slots: 1, host: 'bench', ...of(index) };
  });
}

function tasksOf(count: number, of: (index: number) => TaskPart): readonly TaskSpec[] {
  const work = { kind: 'function', function: 'none' } as const;
  return Array.from({ length: count }, (_, index) => {
    return { name: `task-${index}`, work, needs: [], estimateMs: 10_000, ...of(index) };
  });
}

function register(swarm: Swarm, count: number, of: (index: number) => AgentPart): void {
  take(swarm, [{ type: 'agents.registered', agents: agentsOf(count, of) }]);
}

function submit(swarm: Swarm, count: number, of: (index: number) => TaskPart): void {
  const run = { name: BENCH, inputs: {}, budget: {}, project: '/', source: 'code' };
  const input = { type: 'run.submit', runId: runId('run'), run, tasks: tasksOf(count, of), agents: [] } as const;
  const ruling = decide(swarm, input, { nowMs: 0, wallTimeMs: 0, random: 0 });
  if (!ruling.ok) throw new Error(JSON.stringify(ruling.refusal));
  take(swarm, ruling.events);
}

function succeed(swarm: Swarm, taskId: TaskId, nowMs: number): void {
  const result = { ok: true, outputs: {}, evidence: [] } as const;
  const ruling = decide(
    swarm,
    { type: 'attempt.end', taskId, attempt: 1, result },
    { nowMs, wallTimeMs: 0, random: 0 },
  );
  if (!ruling.ok) throw new Error(JSON.stringify(ruling.refusal));
  for (const event of ruling.events) apply(swarm, event, nowMs);
}

function take(swarm: Swarm, events: readonly SwarmEvent[]): void {
  for (const event of events) apply(swarm, event, 0);
}

function assignmentOf(
  events: readonly SwarmEvent[] | undefined,
): Extract<SwarmEvent, { type: 'attempt.assigned' }> | undefined {
  const [event] = events ?? [];
  return event?.type === 'attempt.assigned' ? event : undefined;
}
