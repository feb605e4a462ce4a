import type { ScaleGroup, ScalingRules } from '../core/scaling/scale-group.ts';
import { DEFAULT_SCALING } from '../core/scaling/scale-group.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import { Stream } from './draw.ts';
import type { AccountPlan, ProvisionProfile } from './plan.ts';

/** What only agents of the first group can do. */
const CREW = 'crew';

/** Times are short, so that a world sees more than one decision. */
export function drawScalingRules(seed: number): ScalingRules {
  const stream = new Stream(seed, 'scaling rules');
  return {
    ...DEFAULT_SCALING,
    windowMs: stream.whole(500, 6_000),
    coolDownMs: stream.whole(1_000, 12_000),
    rebalanceRunning: stream.chance(300),
    maxAgents: stream.pick(64, 64, 6),
    downPermille: stream.pick(300, 600, 690),
  };
}

export function drawProvision(seed: number): ProvisionProfile {
  const stream = new Stream(seed, 'provision');
  const sometimes = (most: number): number => (stream.chance(500) ? stream.whole(1, most) : 0);
  return {
    delayMs: stream.pick(1, 100, 3_000),
    failsPermille: sometimes(400),
    throwsPermille: sometimes(200),
    hangsPermille: sometimes(60),
  };
}

/** In some worlds a run has groups whose number of agents follows the work, and some tasks can be done by them alone. */
export function drawScale(seed: number, run: string, accounts: readonly AccountPlan[]): readonly ScaleGroup[] {
  const stream = new Stream(seed, `scale ${run}`);
  if (stream.chance(750)) return [];
  return Array.from({ length: stream.pick(1, 1, 2) }, (_, index): ScaleGroup => {
    const min = stream.pick(0, 0, 1, 2);
    const asks = new Stream(seed, `voteAbove ${run} ${index}`);
    return {
      role: index === 0 ? CREW : 'help',
      driver: 'function',
      capabilities: index === 0 ? [CREW, 'work', 'function:work'] : ['work'],
      slots: stream.pick(1, 2, 3),
      host: stream.pick('h1', 'h2'),
      min,
      max: min + stream.whole(1, 5),
      ...(asks.chance(700) ? { voteAbove: Math.max(1, min) + asks.whole(0, 1) } : {}),
      ...(accounts.length > 0 && stream.chance(400) ? { account: stream.of(accounts).account } : {}),
    };
  });
}

export function withScale(
  seed: number,
  run: string,
  tasks: readonly TaskSpec[],
  scale: readonly ScaleGroup[],
): readonly TaskSpec[] {
  if (scale.length === 0) return tasks;
  const permille = new Stream(seed, `crew ${run}`).whole(100, 600);
  return tasks.map((task) => {
    const isTheirs = new Stream(seed, `crew ${run} ${task.name}`).chance(permille);
    // What no host has room for beside other work would wait for one of few agents, and longer than anybody may.
    return isTheirs && task.requires[0] === 'work' ? { ...task, requires: [CREW] } : task;
  });
}
