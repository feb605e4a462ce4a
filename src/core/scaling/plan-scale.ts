import type { GroupLoad } from './load.ts';
import type { ScaleGroup, ScalingRules } from './scale-group.ts';

/** What a decision rests on. */
export type ScaleFacts = Readonly<{
  group: Pick<ScaleGroup, 'min' | 'max' | 'slots'>;
  /** Agents of the group that are there to stay, and those that are being made. */
  size: number;
  /** Of these, the ones that may be given work. */
  able: number;
  /** Slots of the group in use. */
  used: number;
  /** Ready tasks that one agent more could take. */
  waiting: number;
  /** Agents that may still be added before the limit over all groups. */
  room: number;
  load: GroupLoad;
  /** How long the load has been low without a break, ms. */
  lowForMs: number;
  /** Since the group's last decision, ms. */
  sinceMs: number;
}>;

/** Why the number of agents changes. Figures as they were then. */
export type ScaleReason =
  /** Work waits, and the group has nobody who could take it. */
  | Readonly<{ reason: 'no-agent'; waiting: number }>
  | Readonly<{ reason: 'load'; averagePermille: number; hot: number; waiting: number }>
  /** Fewer than the group must have. */
  | Readonly<{ reason: 'below-min' }>
  /** Somebody asked for one more: `alert <rule>`. */
  | Readonly<{ reason: 'asked'; by: string }>
  | Readonly<{ reason: 'idle'; averagePermille: number; forMs: number }>;

export type ScalePlan = Readonly<{ to: number; because: ScaleReason }>;

/** Pure: how many agents the group should have from now on; undefined when it has as many as it should. */
export function planScale(facts: ScaleFacts, rules: ScalingRules): ScalePlan | undefined {
  if (facts.sinceMs < rules.windowMs) return undefined;
  const { size } = facts;
  const up = whyMore(facts, rules);
  if (up !== undefined) {
    const to = Math.min(size + stepOf(facts, up), facts.group.max, size + Math.max(0, facts.room));
    return to > size ? { to, because: up } : undefined;
  }
  if (!isIdle(facts, rules)) return undefined;
  const to = Math.max(facts.group.min, neededFor(facts, rules));
  const { averagePermille } = facts.load;
  return to < size ? { to, because: { reason: 'idle', averagePermille, forMs: facts.lowForMs } } : undefined;
}

function whyMore({ group, size, able, waiting, load }: ScaleFacts, rules: ScalingRules): ScaleReason | undefined {
  if (size < group.min) return { reason: 'below-min' };
  if (able === 0 && waiting > 0) return { reason: 'no-agent', waiting };
  const { agents, averagePermille, hot } = load;
  if (averagePermille <= rules.upPermille || 100 * hot <= rules.hotPercent * agents) return undefined;
  return { reason: 'load', averagePermille, hot, waiting };
}

/** As many as the waiting work has use for, at least one. */
function stepOf({ group, size, waiting }: ScaleFacts, { reason }: ScaleReason): number {
  return Math.max(Math.ceil(waiting / group.slots), reason === 'below-min' ? group.min - size : 1);
}

function isIdle({ size, waiting, load, lowForMs }: ScaleFacts, rules: ScalingRules): boolean {
  return size > 0 && waiting === 0 && load.averagePermille < rules.downPermille && lowForMs >= rules.coolDownMs;
}

/** Agents that do what is done now without being loaded so much that there would soon be more of them again. */
function neededFor({ group, used }: ScaleFacts, { upPermille }: ScalingRules): number {
  return Math.ceil((1_000 * used) / (group.slots * Math.max(1, upPermille)));
}
