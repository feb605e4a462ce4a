import fc from 'fast-check';
import type { AgentSpec } from '../../src/core/agents/agent-spec.ts';
import type { Strategy } from '../../src/core/agents/registry.ts';
import type { SwarmInput } from '../../src/core/inputs.ts';
import { agentId, runId, taskId } from '../../src/core/ids.ts';
import type { BudgetSpec } from '../../src/core/runs/run-spec.ts';
import type { TaskFailure, Usage } from '../../src/core/tasks/attempt.ts';
import type { TaskSpec } from '../../src/core/tasks/task-spec.ts';
import { CoreWorld, type Play, type Started } from './core-world.ts';
import type { Ledger } from './core-world-ledger.ts';
import { agentOf, DONE, runSpecOf, submitOf, taskOf } from './core-world-specs.ts';
import { actOf, checkOf, voteCommands } from './core-world-votes.ts';
import { hashWord } from './hash-word.ts';

/** Options for `fc.assert`: the same cases on every run. */
export function cases(numRuns: number): Readonly<{ numRuns: number; seed: number }> {
  return { numRuns, seed: 20_251 };
}

export const STRATEGIES: readonly Strategy[] = ['adaptive', 'capability-based', 'least-loaded', 'round-robin'];

/** A graph without cycles. Tasks may stand before what they need. */
export function graphs(
  mostTasks: number,
  more: fc.Arbitrary<Partial<TaskSpec>> = fc.constant({}),
): fc.Arbitrary<readonly TaskSpec[]> {
  return fc
    .array(fc.record({ needs: fc.array(fc.nat(), { maxLength: 4 }), more, place: fc.nat() }), {
      minLength: 1,
      maxLength: mostTasks,
      size: 'max',
    })
    .map((drawn) =>
      drawn
        .map(({ needs, more: extras, place }, index) => {
          const names = index === 0 ? [] : [...new Set(needs.map((need) => `t${need % index}`))];
          return { place, spec: taskOf(`t${index}`, { needs: names, ...extras }) };
        })
        .sort((one, other) => one.place - other.place)
        .map(({ spec }) => spec),
    );
}

/** Mostly the first. */
function rarely<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.constantFrom(...Array.from({ length: 6 * others.length }, () => usual), ...others);
}

/** Everything that may differ between tasks, apart from needs. */
export const anyTask: fc.Arbitrary<Partial<TaskSpec>> = fc
  .record({
    type: fc.constantFrom('build', 'test', 'lint'),
    when: rarely('success', 'failed', 'always'),
    if: rarely(undefined, "inputs.go == 'yes'", "inputs.go == 'no'", 'inputs.nothing'),
    requires: fc.constantFrom(['work'], ['work'], ['work', 'extra']),
    prefers: fc.constantFrom(undefined, undefined, ['extra']),
    priority: fc.constantFrom('critical', 'high', 'normal', 'low'),
    effect: fc.constantFrom('A', 'A', 'A', 'D'),
    verify: fc.constantFrom(undefined, undefined, [['true']]),
    estimateMs: fc.constantFrom(undefined, 10, 100, 1_000),
    resources: fc.constantFrom(
      undefined,
      undefined,
      { cpu: 400 },
      { cpu: 1_450, memory: 60 },
      { cpu: 230, memory: 120 },
      { memory: 700 },
    ),
    grant: fc.constantFrom(undefined, { tokens: 100 }, { tokens: 300, costMicros: 50 }, { costMicros: 10 }),
  } satisfies Record<string, fc.Arbitrary<unknown>>)
  .map((drawn): Partial<TaskSpec> =>
    Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined)),
  );

const budgets: fc.Arbitrary<BudgetSpec> = fc
  .record({
    attempts: fc.constantFrom(undefined, undefined, 5, 20),
    agents: fc.constantFrom(undefined, 1, 2),
    tokens: fc.constantFrom(undefined, undefined, 400, 1_500),
    costMicros: fc.constantFrom(undefined, undefined, 60, 300),
    wallMs: fc.constantFrom(undefined, undefined, undefined, 4_000),
  })
  .map((drawn): BudgetSpec => Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined)));

/** How attempts go, drawn by (task, attempt), so that leaving one out changes no other. */
export type Fate = Readonly<{ seed: number; failPercent: number }>;

export const fates: fc.Arbitrary<Fate> = fc.record({ seed: fc.nat(), failPercent: fc.constantFrom(0, 5, 15, 30) });

const FAILURES: readonly TaskFailure[] = [
  { reason: 'threw', message: 'no luck' },
  { reason: 'exit-non-zero', exitCode: 1, command: 'work', tail: '' },
  { reason: 'crashed', signal: 'SIGSEGV', command: 'work', tail: '' },
  { reason: 'timed-out', afterMs: 5, tail: '' },
  { reason: 'start-failed', message: 'not found' },
  { reason: 'agent-lost' },
];

/** What the attempt does: the same for the same task and attempt. Uses at most what the task was granted. */
export function playOf(fate: Fate, started: Started, spec: TaskSpec | undefined): Play {
  const draw = (topic: string): number => hashWord(`${fate.seed} ${topic} ${started.taskId} ${started.attempt}`);
  const usage: Usage = draw('is known') % 3 === 0 ? {} : usageOf(spec, draw('usage'));
  const afterMs = draw('duration') % 200;
  const failure = FAILURES[draw('failure') % FAILURES.length];
  const verdict = { ok: false, failure: { reason: 'check-failed', evidence: [] } } as const;
  if (draw('check') % 100 < fate.failPercent) return { afterMs, end: { ...DONE, usage }, verdict };
  if (failure === undefined || draw('end') % 100 >= fate.failPercent) return { afterMs, end: { ...DONE, usage } };
  return { afterMs, end: { ok: false, failure, usage } };
}

function usageOf(spec: TaskSpec | undefined, word: number): Usage {
  const tokens = word % ((spec?.grant?.tokens ?? 0) + 1);
  return {
    inputTokens: tokens >> 1,
    outputTokens: tokens - (tokens >> 1),
    costMicros: word % ((spec?.grant?.costMicros ?? 0) + 1),
  };
}

export type CrashPlan = Readonly<{ turn: number; from: 'events' | 'snapshot' }>;

/** One whole history: what is asked for, how the agents behave, when the coordinator dies. */
export type Plan = Readonly<{
  strategy: Strategy;
  agents: readonly AgentSpec[];
  runs: readonly Readonly<{
    atMs: number;
    tasks: readonly TaskSpec[];
    budget: BudgetSpec;
    go: string;
    weight: number;
    hasOwnAgent: boolean;
  }>[];
  commands: readonly Readonly<{ atMs: number; input: SwarmInput }>[];
  votes: readonly Readonly<{ atMs: number; input: SwarmInput }>[];
  crashes: readonly CrashPlan[];
  saves: readonly number[];
  fate: Fate;
}>;

const agents: fc.Arbitrary<readonly AgentSpec[]> = fc
  .array(
    fc.record({
      slots: fc.constantFrom(1, 1, 2),
      capabilities: fc.constantFrom(['work'], ['work'], ['work', 'extra'], ['work', 'extra', 'more']),
      host: fc.constantFrom('here', 'there'),
    }),
    { minLength: 1, maxLength: 5 },
  )
  // One who can do everything, so that nothing waits for ever.
  .map((drawn) => [
    agentOf('all', { capabilities: ['work', 'extra'] }),
    ...drawn.map((more, index) => agentOf(`a${index}`, more)),
  ]);

const names = fc.record({ run: fc.nat({ max: 2 }), task: fc.nat({ max: 9 }) });

const commands: fc.Arbitrary<Plan['commands']> = fc.array(
  fc
    .record({ atMs: fc.nat({ max: 3_000 }), kind: fc.nat({ max: 6 }), names })
    .map(({ atMs, kind, names: { run, task } }) => ({
      atMs,
      input: commandOf(kind, `r${run}`, `t${task}`),
    })),
  { maxLength: 8 },
);

function commandOf(kind: number, run: string, task: string): SwarmInput {
  const id = runId(run);
  switch (kind) {
    case 0:
      return { type: 'run.cancel', runId: id, reason: 'enough' };
    case 1:
      return { type: 'task.cancel', taskId: taskId(id, task), reason: 'not this' };
    case 2:
      return { type: 'run.resume', runId: id };
    case 3:
      return { type: 'agents.register', agents: [agentOf(`late-${run}`)] };
    case 4:
      return { type: 'agent.remove', agentId: agentId('a0') };
    default:
      return { type: 'run.pause', runId: id, reason: 'lunch' };
  }
}

export function plans(strategies: readonly Strategy[] = STRATEGIES): fc.Arbitrary<Plan> {
  const run = fc.record({
    atMs: fc.nat({ max: 300 }),
    tasks: graphs(20, anyTask),
    budget: budgets,
    go: fc.constantFrom('yes', 'no'),
    weight: fc.constantFrom(1, 1, 3),
    hasOwnAgent: fc.boolean(),
  });
  const crash = fc.record({ turn: fc.nat({ max: 40 }), from: fc.constantFrom('events', 'snapshot') });
  return fc.record({
    strategy: fc.constantFrom(...strategies),
    agents,
    runs: fc.array(run, { minLength: 1, maxLength: 3 }),
    commands,
    votes: voteCommands,
    crashes: fc.array(crash, { maxLength: 3 }),
    saves: fc.array(fc.nat({ max: 40 }), { maxLength: 3 }),
    fate: fates,
  });
}

export type Watch = Readonly<{
  ledger?: Ledger;
  onQuiet?: (world: CoreWorld) => void;
  onTurn?: (world: CoreWorld) => void;
}>;

/** Plays a plan to its end: people settle what is unclear and resume what is paused. */
export function playPlan(plan: Plan, watch: Watch = {}): CoreWorld {
  const specs = new Map(plan.runs.flatMap(({ tasks }, run) => tasks.map((spec) => [`r${run}/${spec.name}`, spec])));
  const world: CoreWorld = new CoreWorld({
    rules: { strategy: plan.strategy, maxWaitMs: 500, vetoCheckMs: 200, maxOpenProposals: 4 },
    play: (started) => playOf(plan.fate, started, specs.get(started.taskId)),
    checkVeto: (proposal, member) => checkOf(hashWord(`${plan.fate.seed} check ${proposal} ${member}`)),
    act: (proposal) => actOf(hashWord(`${plan.fate.seed} act ${proposal}`)),
    ...(watch.ledger === undefined ? {} : { onEvent: watch.ledger.note }),
    ...(watch.onQuiet === undefined ? {} : { onQuiet: watch.onQuiet }),
  });
  for (const host of ['here', 'there']) {
    world.send({ type: 'host.register', host: { host, cpu: 2_000, memory: 1_000 } });
  }
  world.send({ type: 'agents.register', agents: plan.agents });
  for (const [index, { atMs, tasks, budget, go, weight, hasOwnAgent }] of plan.runs.entries()) {
    const id = runId(`r${index}`);
    const own = hasOwnAgent ? [agentOf(`r${index}-own`, { runId: id, role: 'own' })] : [];
    const run = runSpecOf({ inputs: { go }, budget, weight });
    world.sendAt(atMs, submitOf(tasks, { runId: id, run, agents: own }));
  }
  for (const { atMs, input } of [...plan.commands, ...plan.votes]) world.sendAt(atMs, input);
  for (let hasMoved = true; hasMoved; hasMoved = finish(world)) runOut(world, plan, watch);
  return world;
}

function runOut(world: CoreWorld, plan: Plan, { onTurn }: Watch): void {
  for (let isOn = true; isOn; isOn = world.step()) {
    onTurn?.(world);
    if (plan.saves.includes(world.turns)) world.save();
    for (const { turn, from } of plan.crashes) if (turn === world.turns) world.crash(from);
    if (world.turns > 5_000) throw new Error('the world goes in circles');
  }
}

/** What only people can do: true when it made something go on. */
function finish(world: CoreWorld): boolean {
  let hasMoved = false;
  for (const run of world.swarm.runs.values()) {
    if (run.pausedBecause !== undefined) {
      world.send({ type: 'run.resume', runId: run.id });
      hasMoved = true;
    }
  }
  const ways = ['succeeded', 'failed', 'retry'] as const;
  for (const { identity, status, attempt } of world.swarm.tasks.values()) {
    if (status !== 'outcome-unknown') continue;
    world.send({ type: 'task.settle', taskId: identity.id, as: ways[attempt % 3] ?? 'failed' });
    hasMoved = true;
  }
  return hasMoved;
}
