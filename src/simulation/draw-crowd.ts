import { runId } from '../core/ids.ts';
import type { SwarmInput } from '../core/inputs.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import type { Scene } from './draw-faults.ts';
import { Stream } from './draw.ts';
import type { Plan, Request } from './plan.ts';

/** Of 1,000 worlds, in so many urgent work goes on coming for so long that the rest must be raised. */
const CROWDED_PERMILLE = 40;

/** A world with hardly any agents, where a chain of urgent tasks takes longer than anybody should wait. */
export function withCrowd(scene: Scene, plan: Plan): Plan {
  const stream = new Stream(scene.seed, 'crowd');
  if (!stream.chance(CROWDED_PERMILLE) || plan.remote !== undefined || plan.care !== undefined) return plan;
  const agents = plan.agents.slice(0, 1).map((agent) => ({ ...agent, slots: stream.pick(1, 1, 2) }));
  const chain = Array.from({ length: stream.whole(25, 60) }, (_, index) => urgent(stream, index));
  const patient = Array.from({ length: stream.whole(1, 5) }, (_, index): TaskSpec => ({
    ...plain(`p${index}`, stream.whole(1_000, 20_000)),
    priority: stream.pick('normal', 'low'),
  }));
  const run = {
    name: 'crowd',
    inputs: {},
    budget: {},
    project: '/crowd',
    source: 'simulation',
    fingerprint: 'f-crowd',
  };
  const tasks = [...chain, ...patient];
  const input: SwarmInput = { type: 'run.submit', runId: runId('crowd'), run, tasks, agents: [] };
  const request: Request = {
    id: 'submit crowd',
    client: stream.of(scene.clients),
    atMs: stream.whole(0, 5_000),
    input,
  };
  return { ...plan, agents, requests: [...plan.requests, request] };
}

/** Two chains, so that one of them nearly always has somebody ready. */
function urgent(stream: Stream, index: number): TaskSpec {
  const needs = index < 2 ? [] : [`u${index - stream.pick(2, 2, 1)}`];
  return {
    ...plain(`u${index}`, stream.whole(20_000, 60_000)),
    needs,
    priority: stream.pick('high', 'high', 'normal'),
  };
}

function plain(name: string, estimateMs: number): TaskSpec {
  const work = { kind: 'function', function: 'work' } as const;
  return { name, type: 'crowd', work, needs: [], requires: ['work'], estimateMs, timeoutMs: 600_000, effect: 'A' };
}
