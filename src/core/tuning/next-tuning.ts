import { assert } from '../../util/assert.ts';
import { evaluateCondition, type Moment, shownFigure } from '../alerts/evaluate-condition.ts';
import { mayAsk, openOwn } from '../consensus/own-proposals.ts';
import { isOpen, owesAction } from '../consensus/proposal.ts';
import type { ActionFailure } from '../consensus/proposal-spec.ts';
import type { SwarmEvent } from '../events.ts';
import { type ProposalId, proposalId, SWARM_ITSELF } from '../ids.ts';
import { misfitOf } from '../settings/live-options.ts';
import type { LiveOption } from '../settings/setting-events.ts';
import { changeOf, valueOf } from '../settings/settings.ts';
import type { Swarm } from '../swarm-state.ts';
import { type Adjustment, adjustmentsFor } from './adjustment.ts';
import { forecast } from './forecast.ts';
import { BOTTLENECKS, type Trial } from './tuner.ts';

/** What the tuner does now: it ends a trial whose window is over, or begins one. Undefined: nothing. */
export function nextTuningEvents(swarm: Swarm, nowMs: number): readonly SwarmEvent[] | undefined {
  const { trial, asked, restUntilMs } = swarm.tuning;
  if (trial !== undefined) return nowMs < trial.untilMs ? undefined : endTrial(swarm, trial, nowMs);
  if (asked !== undefined) return answerVote(swarm, asked, nowMs);
  if (!swarm.rules.tuner.isOn || nowMs < restUntilMs) return undefined;
  return beginTrial(swarm, nowMs);
}

/** When it has to be asked again although nothing happens. Without a trial nothing but work leads to one. */
export function nextTuningMs({ tuning, rules, runs }: Swarm, nowMs: number): number | undefined {
  if (tuning.trial !== undefined) return tuning.trial.untilMs;
  if (tuning.asked !== undefined) return undefined;
  const isResting = rules.tuner.isOn && nowMs < tuning.restUntilMs && runs.size > 0;
  return isResting ? tuning.restUntilMs : undefined;
}

function beginTrial(swarm: Swarm, nowMs: number): readonly SwarmEvent[] | undefined {
  // Running work ahead costs something: not for a change that nobody can be asked about now.
  if (swarm.rules.tuner.asks && !mayAsk(swarm)) return undefined;
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
): readonly SwarmEvent[] | undefined {
  const { option, from, to } = adjustment;
  const said = forecast(swarm, adjustment, nowMs);
  const bounds = swarm.rules.live.find(({ name }) => name === option);
  const change = bounds === undefined ? undefined : changeOf(swarm, bounds, to, { cause: 'tuned', by: 'tuner' });
  const isDropped = said === 'worse' || change === undefined;
  const untilMs = nowMs + swarm.rules.tuner.windowMs;
  const no = swarm.tuning.count + 1;
  const thought = { type: 'tuning.decided', no, ...why, option, from, to, forecast: said, untilMs } as const;
  if (isDropped) return [{ ...thought, outcome: 'dropped' }];
  return swarm.rules.tuner.asks ? ask(swarm, thought, nowMs) : [{ ...thought, outcome: 'tried' }, change];
}

function voteOn(no: number): ProposalId {
  return proposalId(SWARM_ITSELF, `tuning-${no}`);
}

/** The vote on a change; undefined while nobody can be asked. */
function ask(swarm: Swarm, thought: Omit<Trial, 'outcome'>, nowMs: number): readonly SwarmEvent[] | undefined {
  const { no, option, from, to, bottleneck } = thought;
  const id = voteOn(no);
  const title = `May the tuner try ${option} ${to} instead of ${from}? Bottleneck: ${bottleneck}.`;
  const action = { type: 'set-option', option, from, to } as const;
  const opened = openOwn(swarm, { id, kind: 'adjustment', subject: option, title, action }, nowMs);
  if (opened === undefined) return undefined;
  return [{ ...thought, outcome: 'asked', untilMs: opened.dueMs }, opened];
}

/** The vote is over: the change is tried from now on, or left. What it is judged by is measured now, not when it was asked. */
function answerVote(swarm: Swarm, asked: Trial, nowMs: number): readonly SwarmEvent[] | undefined {
  const proposal = swarm.proposals.get(voteOn(asked.no));
  assert(proposal !== undefined, `there is no vote on adjustment ${asked.no}`);
  if (isOpen(proposal)) return undefined;
  if (!owesAction(proposal)) return [{ ...asked, outcome: 'refused', untilMs: nowMs }];
  const acted = { type: 'proposal.acted', proposalId: proposal.id } as const;
  const { option, to } = asked;
  const bounds = swarm.rules.live.find(({ name }) => name === option);
  const failure = whyNot(swarm, asked, bounds);
  const change = bounds === undefined ? undefined : changeOf(swarm, bounds, to, { cause: 'tuned', by: 'tuner' });
  if (failure !== undefined || change === undefined) {
    const result = { ok: false, failure: failure ?? { reason: 'content-changed' } } as const;
    return [
      { ...asked, outcome: 'dropped', untilMs: nowMs },
      { ...acted, result },
    ];
  }
  const figure = figureOf(asked, { swarm, nowMs }) ?? asked.figure;
  const tried: Trial = { ...asked, figure, outcome: 'tried', untilMs: nowMs + swarm.rules.tuner.windowMs };
  return [tried, change, { ...acted, result: { ok: true } }];
}

/** Only what was voted on is done: from the value that the option had then to one that it may still have. */
function whyNot(swarm: Swarm, { option, from, to }: Trial, bounds: LiveOption | undefined): ActionFailure | undefined {
  if (!swarm.rules.tuner.isOn) return { reason: 'failed', message: 'the tuner was switched off meanwhile' };
  if (bounds === undefined || valueOf(swarm, option) !== from) return { reason: 'content-changed' };
  const misfit = misfitOf(bounds, to);
  return misfit === undefined ? undefined : { reason: 'failed', message: `${option} cannot be ${to}: ${misfit}` };
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
