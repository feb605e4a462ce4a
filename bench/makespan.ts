/**
 * How good the schedules are: makespan / lower bound of the real scheduler on every recorded graph, in virtual time,
 * beside other rules. Geometric mean, 90th percentile and largest over the graphs.
 */
import { parseArgs } from 'node:util';
import { type Bound, recordedBounds, simpleBound } from './bounds.ts';
import { benchEnvironment } from './environment.ts';
import { printFigure, printMachine, quantile } from './figure.ts';
import { type Graph, recordedGraphs, syntheticGraphs } from './graphs.ts';
import { type Rule, scheduleBy } from './list-schedules.ts';
import { type Scenario, wrongEstimates } from './scenarios.ts';
import { type Market, marketOf, runVirtually } from './virtual-swarm.ts';

const BENCH = 'makespan';
/** Bounds are rounded to this. */
const TOLERANCE_SECONDS = 0.001;
/** Virtual time is exact. */
const DIGITS = 5;
const SCENARIOS: readonly Scenario[] = ['same', 'speeds', 'specialists', 'closed'];

/** What is measured: a name, and the makespan in seconds of each repetition. */
type Way = Readonly<{ name: string; seconds: (market: Market) => readonly number[] }>;

const { values } = parseArgs({ options: { smoke: { type: 'boolean', default: false } } });
const { workloads } = benchEnvironment();
const isRecorded = workloads !== undefined && !values.smoke;
const graphs = isRecorded ? recordedGraphs(workloads) : syntheticGraphs();
const bound = isRecorded ? recordedBounds(workloads) : simpleBound;

printMachine(BENCH);
for (const scenario of values.smoke ? SCENARIOS.slice(0, 1) : SCENARIOS) {
  for (const agents of values.smoke ? [4] : [4, 16, 64]) {
    for (const way of waysOf(scenario)) measure(way, scenario, agents);
  }
}

function measure({ name, seconds }: Way, scenario: Scenario, agents: number): void {
  const ratios = graphs.map((graph) => ratioOf(graph, marketOf(graph, scenario, agents), seconds, bound));
  const options = { graphs: graphs.length, recorded: isRecorded };
  const print = (what: string, value: number): void => {
    const figure = `${scenario}, ${name}, ${agents} agents${what}`;
    printFigure({ bench: BENCH, figure, value, unit: 'ratio', options }, DIGITS);
  };
  print('', Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length));
  print(', p90', quantile(ratios, 0.9));
  print(', largest', Math.max(...ratios));
}

/** The mean over the repetitions. A schedule that beats the bound would mean that the measurement is wrong. */
function ratioOf({ name }: Graph, market: Market, seconds: Way['seconds'], boundOf: Bound): number {
  const least = boundOf(market);
  const all = seconds(market);
  if (all.some((one) => one < least - TOLERANCE_SECONDS)) {
    throw new Error(`${name}: a makespan of ${Math.min(...all)} s is below the bound of ${least} s`);
  }
  return all.reduce((sum, one) => sum + one, 0) / all.length / least;
}

function waysOf(scenario: Scenario): readonly Way[] {
  const [most, seeds] = scenario === 'same' ? [4, [1, 2, 3, 4, 5]] : [2, [1, 2, 3]];
  const wrong = ({ graph }: Market): readonly (readonly number[])[] =>
    seeds.map((seed) => wrongEstimates(graph.runtime, most, seed));
  const others: readonly Rule[] = ['levels', 'fifo', 'random', 'seed'];
  return [
    { name: 'exact', seconds: (market) => [runVirtually(market, market.graph.runtime)] },
    { name: `×/÷${most} wrong`, seconds: (market) => wrong(market).map((each) => runVirtually(market, each)) },
    { name: 'no prior times', seconds: (market) => [runVirtually(market, undefined)] },
    ...others.map((rule): Way => ({
      name: rule,
      seconds: (market) => [scheduleBy(rule, market, market.graph.runtime)],
    })),
    {
      name: `heft, ×/÷${most} wrong`,
      seconds: (market) => wrong(market).map((each) => scheduleBy('heft', market, each)),
    },
  ];
}
