import { CoreWorld, type LeadStep, type WorldOptions } from './core-world.ts';
import { agentsOf, DONE, runSpecOf, submitOf, subtaskOf, taskOf, THREW } from './core-world-specs.ts';
import type { AgentSpec } from '../../src/core/agents/agent-spec.ts';
import { nameOf, type RunId, runId, taskId } from '../../src/core/ids.ts';
import type { RunSpec } from '../../src/core/runs/run-spec.ts';
import type { SubtaskSpec } from '../../src/core/tasks/subtask-spec.ts';
import type { TaskSpec } from '../../src/core/tasks/task-spec.ts';

export const RUN: RunId = runId('r1');
export const idOf = (name: string): ReturnType<typeof taskId> => taskId(RUN, name);
export const lead = (more: Partial<TaskSpec> = {}): TaskSpec => taskOf('lead', { delegate: {}, ...more });

export type Scene = Readonly<{
  lead?: TaskSpec;
  others?: readonly TaskSpec[];
  agents?: number | readonly AgentSpec[];
  run?: Partial<RunSpec>;
  rules?: WorldOptions['rules'];
  /** By task and attempt: `lead 1`. Whoever is not named is done after 10 ms. */
  scripts?: Readonly<Record<string, readonly LeadStep[]>>;
  play?: NonNullable<WorldOptions['play']>;
}>;

export function worldOf({
  lead: spec = lead(),
  others = [],
  agents = 1,
  run = {},
  rules,
  scripts = {},
  play,
}: Scene): CoreWorld {
  const world: CoreWorld = new CoreWorld({
    lead: ({ taskId: id, attempt }) => scripts[`${nameOf(id)} ${attempt}`] ?? scripts[nameOf(id)],
    ...(rules === undefined ? {} : { rules }),
    ...(play === undefined ? {} : { play }),
  });
  world.send({ type: 'agents.register', agents: typeof agents === 'number' ? agentsOf(agents) : agents });
  world.send(submitOf([spec, ...others], { run: runSpecOf(run) }));
  return world;
}

export const step = (
  what: Partial<Record<'add', readonly SubtaskSpec[]>>,
  cancel: readonly string[] = [],
): LeadStep => ({
  afterMs: 1,
  add: what.add ?? [],
  cancel,
});
export const add = (...subtasks: readonly SubtaskSpec[]): LeadStep => step({ add: subtasks });
export const wait = (...names: readonly string[]): LeadStep => ({ afterMs: 1, children: names });
export const waitForAll: LeadStep = { afterMs: 1, children: 'all' };
export const done: LeadStep = { afterMs: 1, end: DONE };
export const fails: LeadStep = { afterMs: 1, end: THREW };

/** What one patch of the first attempt of `lead` is answered. */
export function problemsOf(
  scene: Scene,
  subtasks: readonly SubtaskSpec[],
  cancel: readonly string[] = [],
): readonly string[] {
  const world = worldOf(scene);
  const ruling = world.send({ type: 'attempt.delegate', taskId: idOf('lead'), attempt: 1, add: subtasks, cancel });
  if (ruling.ok) return [];
  return ruling.refusal.reason === 'delegation-invalid' ? ruling.refusal.problems : [ruling.refusal.reason];
}

export const outcomeOf = (world: CoreWorld): unknown => world.all('run.finished')[0]?.outcome;
export const story = (world: CoreWorld, ...types: readonly string[]): readonly string[] =>
  world.events.flatMap((event) =>
    'taskId' in event && types.includes(event.type) ? [`${event.type} ${nameOf(event.taskId)}`] : [],
  );

export function many(count: number): readonly SubtaskSpec[] {
  return Array.from({ length: count }, (_, index) => subtaskOf(`t${index}`));
}
