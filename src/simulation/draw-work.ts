import type { AgentSpec } from '../core/agents/agent-spec.ts';
import { agentId, runId, taskId } from '../core/ids.ts';
import type { SwarmInput } from '../core/inputs.ts';
import type { BudgetSpec, RunSpec } from '../core/runs/run-spec.ts';
import type { ScaleGroup } from '../core/scaling/scale-group.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import { drawSettings } from './draw-alerts.ts';
import type { Scene } from './draw-faults.ts';
import { withDelegation } from './draw-delegation.ts';
import { withMail } from './draw-mail.ts';
import { drawRemovals, withMemory } from './draw-memory.ts';
import { withAccounts } from './draw-quota.ts';
import { drawScale, withScale } from './draw-scaling.ts';
import { drawVotes, type DrawnVotes } from './draw-votes.ts';
import { Stream } from './draw.ts';
import type { Plan, Request } from './plan.ts';

type Work = Pick<Plan, 'hosts' | 'agents' | 'requests' | 'poison'>;
type Shape = Readonly<{
  runId: string;
  atMs: number;
  client: string;
  tasks: readonly TaskSpec[];
  votes: DrawnVotes;
  scale: readonly ScaleGroup[];
}>;

/** Who works, what is asked for, and what people do meanwhile. */
export function drawWork(scene: Scene): Work {
  const stream = new Stream(scene.seed, 'runs');
  // The smallest of three draws: most worlds are small, few are large.
  const tasks = Math.min(stream.whole(1, 200), stream.whole(1, 200), stream.whole(1, 200));
  const runs = Math.min(tasks, stream.pick(1, 1, 2, 3));
  const shapes = Array.from({ length: runs }, (_, index): Shape => {
    const id = `r${index + 1}`;
    const atMs = stream.whole(0, Math.floor(scene.chaosMs / 2));
    const votes = drawVotes({ seed: scene.seed, runId: id, clients: scene.clients, atMs });
    const drawn = drawTasks(scene.seed, id, Math.max(1, Math.floor(tasks / runs)));
    const scale = drawScale(scene.seed, id, scene.accounts);
    const own = withMemory(scene.seed, id, withScale(scene.seed, id, drawn, scale));
    const plain = withDelegation(scene.seed, id, withMail(scene.seed, id, own));
    return { runId: id, atMs, client: stream.of(scene.clients), tasks: [...plain, ...votes.tasks], votes, scale };
  });
  return {
    hosts: ['h1', 'h2'].map((host) => ({ host, cpu: 2_000, memory: 1_000 })),
    agents: withAccounts(scene.seed, drawAgents(scene.seed), scene.accounts),
    requests: [
      ...shapes.flatMap((shape) => submitOf(scene, shape)),
      ...drawActs(scene, shapes),
      ...drawRemovals(scene),
      ...drawSettings(scene),
    ],
    poison: drawPoison(scene.seed, shapes),
  };
}

function drawAgents(seed: number): readonly AgentSpec[] {
  const stream = new Stream(seed, 'agents');
  const count = Math.min(stream.whole(0, 49), stream.whole(0, 49));
  const shape = { role: 'worker', driver: 'function' } as const;
  const able = {
    ...shape,
    capabilities: ['work', 'extra', 'vote', 'function:work'],
    slots: stream.whole(1, 3),
    host: 'h1',
  };
  const others = Array.from({ length: count }, (_, index): AgentSpec => ({
    ...shape,
    id: agentId(`a${index + 1}`),
    capabilities: stream.pick(['work', 'function:work'], ['work', 'vote'], ['work', 'extra'], ['vote']),
    slots: stream.pick(1, 1, 2),
    host: stream.pick('h1', 'h2'),
  }));
  // One of them can do everything, so that nothing waits for ever.
  return [{ ...able, id: agentId('a0') }, ...others];
}

function drawTasks(seed: number, run: string, count: number): readonly TaskSpec[] {
  const density = new Stream(seed, `graph ${run}`).whole(0, 300);
  return Array.from({ length: count }, (_, index) =>
    drawTask(new Stream(seed, `task ${run} ${index}`), index, density),
  );
}

/** Each task draws for itself: leaving one out changes no other. */
function drawTask(stream: Stream, index: number, density: number): TaskSpec {
  const needs = new Set<string>();
  for (let one = 0; one < 4 && index > 0; one++) {
    if (stream.chance(density * 2)) needs.add(`t${stream.whole(Math.max(0, index - 20), index - 1)}`);
  }
  const rarely = <Value>(permille: number, value: Value): Value | undefined =>
    stream.chance(permille) ? value : undefined;
  const spec = {
    name: `t${index}`,
    type: stream.pick('build', 'test', 'lint'),
    work: { kind: 'function', function: 'work' } as const,
    needs: [...needs],
    requires: stream.pick(['work'], ['work'], ['work', 'extra']),
    when: rarely(80, stream.pick('failed', 'always')),
    if: rarely(60, stream.pick("inputs.go == 'yes'", "inputs.go == 'no'", 'inputs.nothing')),
    prefers: rarely(200, ['extra']),
    priority: stream.pick('critical', 'high', 'normal', 'low'),
    effect: stream.pick('A', 'A', 'A', 'B', 'C', 'D'),
    verify: rarely(300, [['check']]),
    writes: rarely(250, [stream.pick('src/', 'src/a.ts', 'src/b.ts', 'docs/', 'docs/a.md')]),
    estimateMs: stream.pick(20, 100, 400, 1_500),
    timeoutMs: stream.pick(3_000, 10_000, 30_000),
    resources: rarely(
      300,
      stream.pick({ cpu: 400 }, { cpu: 1_450, memory: 60 }, { cpu: 230, memory: 120 }, { memory: 700 }),
    ),
    grant: rarely(400, stream.pick({ tokens: 100 }, { tokens: 300, costMicros: 50 }, { costMicros: 10 })),
    retry: rarely(100, { maxAttempts: stream.whole(1, 5) }),
  } satisfies { [Key in keyof TaskSpec]: TaskSpec[Key] | undefined };
  return present(spec);
}

/** Without what is undefined. */
function present<Given extends object>(given: Given): { [Key in keyof Given]: Exclude<Given[Key], undefined> } {
  const kept = Object.entries(given).filter(([, value]) => value !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- entries of `given` whose values are there
  return Object.fromEntries(kept) as { [Key in keyof Given]: Exclude<Given[Key], undefined> };
}

/** Tight in nearly a third of all runs. */
function drawBudget(stream: Stream, tasks: readonly TaskSpec[]): BudgetSpec {
  if (!stream.chance(300)) return {};
  const granted = (kind: 'tokens' | 'costMicros'): number =>
    tasks.reduce((sum, { grant }) => sum + (grant?.[kind] ?? 0), 0);
  return present({
    attempts: stream.chance(300) ? tasks.length + stream.whole(0, 3) : undefined,
    agents: stream.chance(500) ? stream.whole(1, 3) : undefined,
    tokens: stream.chance(500) ? granted('tokens') : undefined,
    costMicros: stream.chance(500) ? granted('costMicros') : undefined,
    wallMs: stream.chance(150) ? stream.whole(2_000, 60_000) : undefined,
  } satisfies { [Key in keyof BudgetSpec]: BudgetSpec[Key] | undefined });
}

function submitOf({ seed }: Scene, { runId: id, atMs, client, tasks, votes, scale }: Shape): readonly Request[] {
  const stream = new Stream(seed, `submit ${id}`);
  const budget = drawBudget(stream, tasks);
  const base = { name: 'simulated', inputs: { go: 'yes' }, budget, project: '/project', source: 'simulation' };
  const grown = scale.length === 0 ? {} : { scale };
  const run: RunSpec = { ...base, weight: stream.pick(1, 1, 3), fingerprint: `f-${id}`, ...grown };
  const input: SwarmInput = { type: 'run.submit', runId: runId(id), run, tasks, agents: [] };
  const asked: Request[] = [{ id: `submit ${id}`, client, atMs, input }, ...votes.requests];
  // Somebody else asks for another run by the same name.
  if (stream.chance(200)) {
    const other = { ...input, run: { ...run, fingerprint: 'f-other' } };
    asked.push({ id: `steal ${id}`, client, atMs: atMs + stream.around(2_000), input: other });
  }
  // And once more the same, much later.
  if (stream.chance(300)) asked.push({ id: `repeat ${id}`, client, atMs: atMs + stream.around(20_000), input });
  return asked;
}

/** Cancels, pauses, resumes, late agents, people who say what became of a deed. */
function drawActs(scene: Scene, shapes: readonly Shape[]): readonly Request[] {
  const stream = new Stream(scene.seed, 'acts');
  const count = stream.chance(500) ? stream.whole(1, 10) : 0;
  return Array.from({ length: count }, (_, index): Request => {
    const { runId: run, tasks } = stream.of(shapes);
    const atMs = stream.whole(1, scene.chaosMs);
    const input = actOf(stream, run, stream.of(tasks).name);
    return { id: `act ${index + 1}`, client: stream.of(scene.clients), atMs, input };
  });
}

function actOf(stream: Stream, run: string, task: string): SwarmInput {
  const id = runId(run);
  switch (stream.whole(0, 12)) {
    case 0:
      return { type: 'run.cancel', runId: id, reason: 'enough' };
    case 1:
    case 2:
    case 3:
      return { type: 'task.cancel', taskId: taskId(id, task), reason: 'not this' };
    case 4:
    case 5:
      return { type: 'run.pause', runId: id, reason: 'lunch' };
    case 6:
    case 7:
      return { type: 'run.resume', runId: id };
    case 8:
      return { type: 'task.settle', taskId: taskId(id, task), as: stream.pick('succeeded', 'failed', 'retry') };
    case 9:
      return { type: 'agent.remove', agentId: agentId(`a${stream.whole(1, 10)}`) };
    case 10:
      return { type: 'agent.revive', agentId: agentId(`a${stream.whole(1, 10)}`) };
    default: {
      const late = { role: 'late', driver: 'function', capabilities: ['work'], slots: 2, host: 'h2' } as const;
      return { type: 'agents.register', agents: [{ ...late, id: agentId(`late-${stream.whole(1, 3)}`) }] };
    }
  }
}

function drawPoison(seed: number, shapes: readonly Shape[]): readonly string[] {
  const stream = new Stream(seed, 'poison');
  if (stream.chance(500)) return [];
  return Array.from({ length: stream.whole(1, 2) }, () => {
    const { runId: run, tasks } = stream.of(shapes);
    return `${run}/${stream.of(tasks).name}`;
  });
}
