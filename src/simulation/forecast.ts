import type { AgentSpec } from '../core/agents/agent-spec.ts';
import type { Strategy } from '../core/agents/registry.ts';
import { agentId } from '../core/ids.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import { AttemptLog } from './attempt-log.ts';
import { Draw } from './draw.ts';
import { type Bounds, boundsOf } from './forecast-bounds.ts';
import { type Play, VirtualSwarm } from './virtual-swarm.ts';

/** Equal agents, called `<role>-1` to `<role>-<count>`. */
export type SimulatedGroup = Readonly<{
  role: string;
  count: number;
  capabilities: readonly string[];
  /** Attempts of one agent side by side. */
  slots: number;
}>;

/** Tasks and how long each takes. */
export type SimulatedWork = Readonly<{
  name: string;
  tasks: readonly TaskSpec[];
  /** ms, by task. */
  durationsMs: ArrayLike<number>;
}>;

/** What a swarm knows of the times beforehand: all, all but wrong by up to times or divided by this, or nothing. */
export type SimulatedEstimates = 'exact' | 'none' | Readonly<{ wrongBy: number }>;

export type SimulationOptions = Readonly<{
  /** That many agents which can do everything, or groups. */
  agents: number | readonly SimulatedGroup[];
  /** @default adaptive */
  strategy?: Strategy;
  /** @default exact */
  estimates?: SimulatedEstimates;
  /** Part of the attempts that fail, 0 to 0.9; of these one in five takes its agent with it. @default 0 */
  faults?: number;
  /** For faults, wrong estimates and the jitter of retries. @default 1 */
  seed?: number;
  /** What an agent costs for each hour that it is there, USD. @default 0 */
  pricePerHour?: number;
  /** Attempts that ended so far, and tasks in all; now and then. */
  onProgress?: (ended: number, tasks: number) => void;
}>;

export type Simulated = Readonly<{
  name: string;
  strategy: Strategy;
  agents: readonly string[];
  tasks: number;
  makespanMs: number;
  bounds: Bounds;
  /** Part of the time in which slots did something. */
  utilisation: number;
  /** From ready to started, ms. */
  waitMs: Readonly<{ p50: number; p95: number; most: number }>;
  attempts: number;
  outcome: Readonly<{ succeeded: number; failed: number; skipped: number }>;
  /** USD: what agents cost, and what attempts of tasks with a grant may have spent at most; and so many tokens. */
  cost: Readonly<{ agents: number; grants: number; tokens: number }>;
  log: AttemptLog;
  /** By task; empty where there are so many that nobody reads them. */
  taskNames: readonly string[];
}>;

/** Others get their turn after this long, ms. */
const TURN_MS = 50;
/** Of failing attempts one in this many takes its agent with it. */
const LOSES_AGENT = 5;
const HOUR_MS = 3_600_000;
/** Names are kept of so many tasks. */
const MOST_NAMED = 20_000;
const MICROS = 1_000_000;
const WORDS = 2 ** 32;
const ANY: readonly string[] = ['work'];

/** Runs the work to its end in virtual time, by the scheduler and the retry rules of the real core. */
export async function simulateWork(work: SimulatedWork, options: SimulationOptions): Promise<Simulated> {
  const { seed = 1, strategy = 'adaptive' } = options;
  const agents = agentsOf(options.agents);
  const draw = new Draw(seed);
  const tasks = tasksOf(work, options, draw);
  const log = new AttemptLog(tasks.length, agents);
  options.onProgress?.(0, tasks.length);
  await turn();
  const { makespanMs, outcome } = await inTurns(
    new VirtualSwarm({
      tasks,
      agents,
      strategy,
      seed,
      play: (index, _agent, attempt) => playOf(work.durationsMs[index] ?? 0, `${index} ${attempt}`, options, draw),
      onStart: (start) => log.start(start),
      onCut: (index, atMs) => log.cut(index, atMs),
    }),
    options.onProgress,
  );
  const slots = agents.reduce((sum, agent) => sum + agent.slots, 0);
  return {
    name: work.name,
    strategy,
    agents: agents.map(({ id }) => id),
    tasks: tasks.length,
    makespanMs,
    bounds: boundsOf(tasks, work.durationsMs, agents),
    utilisation: makespanMs === 0 ? 0 : log.busyMs() / (slots * makespanMs),
    waitMs: log.waits(),
    attempts: log.size,
    outcome,
    cost: {
      agents: (agents.length * makespanMs * (options.pricePerHour ?? 0)) / HOUR_MS,
      ...grantsOf(work.tasks, log),
    },
    log,
    taskNames: tasks.length > MOST_NAMED ? [] : tasks.map(({ name }) => name),
  };
}

/** A long one, and nobody else waits for it: timers and the terminal get their turn. */
async function inTurns(
  swarm: VirtualSwarm,
  say: SimulationOptions['onProgress'],
): Promise<Pick<VirtualSwarm, 'makespanMs' | 'outcome'>> {
  let turnEndsMs = performance.now() + TURN_MS;
  for (const _ of swarm.steps()) {
    if (performance.now() < turnEndsMs) continue;
    say?.(swarm.ended, swarm.size);
    await turn();
    turnEndsMs = performance.now() + TURN_MS;
  }
  return { makespanMs: swarm.makespanMs, outcome: swarm.outcome };
}

/** Whoever waits goes first. */
function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

function agentsOf(given: SimulationOptions['agents']): readonly AgentSpec[] {
  const groups = typeof given === 'number' ? [{ role: 'agent', count: given, capabilities: ANY, slots: 1 }] : given;
  return groups.flatMap(({ role, count, capabilities, slots }) =>
    Array.from({ length: count }, (_, index): AgentSpec => {
      return { id: agentId(`${role}-${index + 1}`), role, capabilities, driver: 'function', slots, host: 'here' };
    }),
  );
}

const NOTHING = { kind: 'function', function: 'none' } as const;

/** As the core takes them, without what only a real attempt can do: conditions over outputs, checks, sub-tasks. */
function tasksOf(work: SimulatedWork, options: SimulationOptions, draw: Draw): readonly TaskSpec[] {
  const isAny = typeof options.agents === 'number';
  return work.tasks.map((task, index): TaskSpec => {
    const { name, type, needs, requires, prefers, when, priority, writes, retry, effect } = task;
    const estimateMs = estimateOf(work.durationsMs[index] ?? 0, index, options, draw);
    return {
      name,
      type,
      work: NOTHING,
      needs,
      requires: isAny ? ANY : requires,
      ...(prefers === undefined || isAny ? {} : { prefers }),
      ...(when === undefined ? {} : { when }),
      ...(priority === undefined ? {} : { priority }),
      ...(writes === undefined ? {} : { writes }),
      ...(retry === undefined ? {} : { retry }),
      ...(effect === undefined ? {} : { effect }),
      ...(estimateMs === undefined ? {} : { estimateMs }),
    };
  });
}

function estimateOf(
  ms: number,
  index: number,
  { estimates = 'exact' }: SimulationOptions,
  draw: Draw,
): number | undefined {
  if (estimates === 'none') return undefined;
  if (estimates === 'exact') return ms;
  return ms * estimates.wrongBy ** ((2 * draw.word('estimate', index)) / WORDS - 1);
}

/** Whether and when an attempt fails hangs on its task, its number and the seed alone. */
function playOf(ms: number, key: string, { faults = 0 }: SimulationOptions, draw: Draw): Play {
  if (faults === 0 || draw.word('fault', key) / WORDS >= faults) return { ms, end: 'succeeded' };
  const until = (ms * draw.word('fault-at', key)) / WORDS;
  return { ms: until, end: draw.word('fault-kind', key) % LOSES_AGENT === 0 ? 'agent-lost' : 'failed' };
}

function grantsOf(tasks: readonly TaskSpec[], log: AttemptLog): Readonly<{ grants: number; tokens: number }> {
  let [micros, tokens] = [0, 0];
  for (const { task } of log.attempts()) {
    const grant = tasks[task]?.grant;
    micros += grant?.costMicros ?? 0;
    tokens += grant?.tokens ?? 0;
  }
  return { grants: micros / MICROS, tokens };
}
