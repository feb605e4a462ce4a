import { unreachable } from '../../util/assert.ts';
import type { AgentId } from '../ids.ts';
import type { Samples } from '../metrics/core-metrics.ts';
import type { GaugeName, SummaryName } from '../metrics/metric-table.ts';
import { isCounter, isSamples, METRICS } from '../metrics/metric-table.ts';
import { readCount, readGauge, readSamples, readSummary } from '../metrics/read-metric.ts';
import type { Swarm } from '../swarm-state.ts';
import type { CompareOperator, Condition, Figure, SumOperator } from './condition.ts';

/**
 * What a condition is evaluated on. `agentId`: for conditions that are asked of each agent. `samples`: taken instead
 * of those that were last stored.
 */
export type Moment = Readonly<{ swarm: Swarm; nowMs: number; agentId?: AgentId; samples?: Samples }>;

/** True, false, or undefined where nobody knows: missing figures and divisions by zero go on as Kleene's rules say. */
export function evaluateCondition(condition: Condition, moment: Moment): boolean | undefined {
  switch (condition.kind) {
    case 'compare':
      return compare(condition.operator, figureOf(condition.left, moment), figureOf(condition.right, moment));
    case 'not': {
      const inner = evaluateCondition(condition.of, moment);
      return inner === undefined ? undefined : !inner;
    }
    case 'and':
      return and(evaluateCondition(condition.left, moment), () => evaluateCondition(condition.right, moment));
    case 'or': {
      const neither = and(not(evaluateCondition(condition.left, moment)), () =>
        not(evaluateCondition(condition.right, moment)),
      );
      return not(neither);
    }
    default:
      return unreachable(condition);
  }
}

/** The figure on the left of the first comparison: what people are shown. */
export function shownFigure(condition: Condition, moment: Moment): number | undefined {
  if (condition.kind === 'compare') return figureOf(condition.left, moment);
  return shownFigure(condition.kind === 'not' ? condition.of : condition.left, moment);
}

function figureOf(figure: Figure, moment: Moment): number | undefined {
  switch (figure.kind) {
    case 'number':
      return figure.value;
    case 'metric':
      if (figure.name === 'cache_hit_ratio' || figure.name === 'memory_ratio') {
        return (moment.samples ?? moment.swarm.metrics.sampled)[figure.name];
      }
      return METRICS[figure.name].kind === 'summary'
        ? readSummary(moment.swarm, asSummary(figure.name), moment.nowMs)
        : readGauge(moment.swarm, asGauge(figure.name), moment.agentId);
    case 'window':
      return windowFigure(figure, moment);
    case 'negative': {
      const of = figureOf(figure.of, moment);
      return of === undefined ? undefined : -of;
    }
    case 'sum':
      return sum(figure.operator, figureOf(figure.left, moment), figureOf(figure.right, moment));
    default:
      return unreachable(figure);
  }
}

function windowFigure(
  { take, name, spanMs }: Extract<Figure, { kind: 'window' }>,
  { swarm, nowMs }: Moment,
): number | undefined {
  if (isCounter(name)) {
    const times = readCount(swarm, name, spanMs, nowMs);
    return take === 'rate' ? (times * 1_000) / spanMs : times;
  }
  if (!isSamples(name) || take === 'rate' || take === 'increase') return undefined;
  return readSamples(swarm, name, { take, spanMs }, nowMs);
}

function sum(operator: SumOperator, left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined || right === undefined) return undefined;
  const figure = calculate(operator, left, right);
  return Number.isFinite(figure) ? figure : undefined;
}

function calculate(operator: SumOperator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    default:
      return unreachable(operator);
  }
}

function compare(operator: CompareOperator, left: number | undefined, right: number | undefined): boolean | undefined {
  if (left === undefined || right === undefined) return undefined;
  switch (operator) {
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    default:
      return unreachable(operator);
  }
}

function and(left: boolean | undefined, right: () => boolean | undefined): boolean | undefined {
  if (left === false) return false;
  const other = right();
  if (other === false) return false;
  return left === undefined || other === undefined ? undefined : true;
}

function not(truth: boolean | undefined): boolean | undefined {
  return truth === undefined ? undefined : !truth;
}

function asSummary(name: string): SummaryName {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table says that it is one
  return name as SummaryName;
}

function asGauge(name: string): GaugeName {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parser lets no other metric stand alone
  return name as GaugeName;
}
