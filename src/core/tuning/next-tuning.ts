import { evaluateCondition, type Moment, shownFigure } from '../alerts/evaluate-condition.ts';
import type { SwarmEvent } from '../events.ts';
import { changeOf, valueOf } from '../settings/settings.ts';
import type { Swarm } from '../swarm-state.ts';
import { type Adjustment, adjustmentsFor } from './adjustment.ts';
import { forecast } from './forecast.ts';
import { BOTTLENECKS, type Trial } from './tuner.ts';

/** What the tuner does now: it ends a trial whose window is over, or begins one. Undefined: nothing. */
export function nextTuningEvents(swarm: Swarm, nowMs: number): readonly SwarmEvent[] | undefined {
  const { trial, restUntilMs } = swarm.tuning;
  if (trial !== undefined) return nowMs < trial.untilMs ? undefined : endTrial(swarm, trial, nowMs);
  if (!swarm.rules.tuner.isOn || nowMs < restUntilMs) return undefined;
  return beginTrial(swarm, nowMs);
}

/** When it has to be asked again although nothing happens. Without a trial nothing but work leads to one. */
export function nextTuningMs({ tuning, rules, runs }: Swarm, nowMs: number): number | undefined {
  if (tuning.trial !== undefined) return tuning.trial.untilMs;
  const isResting = rules.tuner.isOn && nowMs < tuning.restUntilMs && runs.size > 0;
  return isResting ? tuning.restUntilMs : undefined;
}

function beginTrial(swarm: Swarm, nowMs: number): readonly SwarmEvent[] | undefined {
  const moment = { swarm, nowMs };
  for (const { bottleneck, condition } of BOTTLENECKS) {
    if (evaluateCondition(condition, moment) !== true) continue;
    const adjustments = adjustmentsFor(bottleneck, swarm.rules.live, (name) => valueOf(swarm, name));
    const adjustment = adjustments.find(({ option }) => (swarm.tuning.spared.get(option) ?? 0) <= nowMs);
    const figure = shownFigure(condition, moment);
    if (adjustment === undefined || figure === undefined) continue;
    return tryOut(swarm, adjustment, { bottleneck, figure }, nowMs);
  }
  return undefined;
}

function tryOut(
  swarm: Swarm,
  adjustment: Adjustment,
  why: Pick<Trial, 'bottleneck' | 'figure'>,
  nowMs: number,
): readonly SwarmEvent[] {
  const { option, from, to } = adjustment;
  const said = forecast(swarm, adjustment, nowMs);
  const bounds = swarm.rules.live.find(({ name }) => name === option);
  const change = bounds === undefined ? undefined : changeOf(swarm, bounds, to, { cause: 'tuned', by: 'tuner' });
  const outcome = said === 'worse' || change === undefined ? 'dropped' : 'tried';
  const untilMs = nowMs + swarm.rules.tuner.windowMs;
  const no = swarm.tuning.count + 1;
  const decided: Trial = { type: 'tuning.decided', no, ...why, option, from, to, forecast: said, outcome, untilMs };
  return change === undefined || outcome === 'dropped' ? [decided] : [decided, change];
}

function endTrial(swarm: Swarm, trial: Trial, nowMs: number): readonly SwarmEvent[] {
  const after = figureOf(trial, { swarm, nowMs });
  const isStill = valueOf(swarm, trial.option) === trial.to;
  const bounds = swarm.rules.live.find(({ name }) => name === trial.option);
  const why = { cause: 'reverted', by: 'tuner' } as const;
  // Somebody else has changed it meanwhile: his word stays.
  const isWorse = isStill && after !== undefined && worsened(trial, after);
  const change = bounds === undefined || !isWorse ? undefined : changeOf(swarm, bounds, trial.from, why);
  const ended = {
    type: 'tuning.ended',
    no: trial.no,
    outcome: change === undefined ? 'kept' : 'reverted',
    before: trial.figure,
    after: after ?? null,
  } as const;
  return change === undefined ? [ended] : [ended, change];
}

function figureOf({ bottleneck }: Trial, moment: Moment): number | undefined {
  const row = BOTTLENECKS.find((one) => one.bottleneck === bottleneck);
  return row === undefined ? undefined : shownFigure(row.condition, moment);
}

/** More hits are better; of all else less is. */
function worsened({ bottleneck, figure }: Trial, after: number): boolean {
  return bottleneck === 'caching' ? after < figure : after > figure;
}
