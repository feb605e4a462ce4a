import type { Simulated, SimulationOptions } from '../../app/simulation.ts';
import { duration, plural } from './format.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';
import { cut, fit, visible } from './text.ts';

type Terminal = Readonly<{ style: Style; columns: number }>;

/** Rows of the chart; where there are more agents, several share one. */
const MOST_ROWS = 24;
/** Columns where nobody says how many there are. */
const USUAL_COLUMNS = 80;
const LEAST_CELLS = 10;
const MOST_LABEL = 20;
/** Tasks of the longest chain that are named. */
const MOST_NAMED = 12;

/** For programs. */
export function simulatedData(
  simulated: Simulated,
  { estimates = 'exact', faults = 0, seed = 1 }: Omit<SimulationOptions, 'agents'>,
): Readonly<Record<string, unknown>> {
  const { log: _log, taskNames: _names, agents, bounds, ...rest } = simulated;
  const { path, ...limits } = bounds;
  return { type: 'simulate', ...rest, agents: agents.length, ...limits, criticalPath: path, estimates, faults, seed };
}

/** Figures, the longest chain, and who did what when. */
export function simulatedLines(
  simulated: Simulated,
  options: Omit<SimulationOptions, 'agents'>,
  terminal: Terminal,
): readonly string[] {
  const { name, tasks, agents, strategy, makespanMs, bounds, utilisation, waitMs, attempts, outcome } = simulated;
  const { style } = terminal;
  const over = bounds.lowerMs > 0 ? `, ${percent(makespanMs / bounds.lowerMs - 1)} over` : '';
  const reason = bounds.pathMs >= bounds.shareMs ? 'the longest chain of needs' : 'all work, shared evenly';
  const lines = [
    `${style.bold(visible(name))}  ${plural(tasks, 'task')}, ${plural(agents.length, 'agent')}, ${strategy}`,
    `  takes         ${duration(makespanMs)}`,
    `  at least      ${duration(bounds.lowerMs)} (${reason})${over}`,
    `  agents busy   ${percent(utilisation)}`,
    `  waiting       p50 ${duration(waitMs.p50)}, p95 ${duration(waitMs.p95)}, most ${duration(waitMs.most)}`,
    `  attempts      ${attempts}`,
  ];
  if (outcome.failed + outcome.skipped > 0) {
    lines.push(`  tasks         ${outcome.succeeded} succeeded, ${outcome.failed} failed, ${outcome.skipped} skipped`);
  }
  lines.push(...costLines(simulated, options), ...pathLines(bounds, terminal));
  return [...lines, '', ...chartLines(simulated, terminal)].map((line) => cut(line, terminal.columns));
}

function costLines({ cost }: Simulated, { pricePerHour }: Pick<SimulationOptions, 'pricePerHour'>): readonly string[] {
  const lines = pricePerHour === undefined ? [] : [`  agents cost   ${usd(cost.agents)}`];
  const grants = [cost.grants > 0 ? usd(cost.grants) : '', cost.tokens > 0 ? `${cost.tokens} tokens` : ''].filter(
    (words) => words !== '',
  );
  return grants.length === 0 ? lines : [...lines, `  tasks cost    at most ${grants.join(', ')}`];
}

function pathLines({ path, pathMs }: Simulated['bounds'], { style }: Terminal): readonly string[] {
  const named = path.length <= MOST_NAMED ? path : [...path.slice(0, MOST_NAMED - 1), '…', ...path.slice(-1)];
  const words = named.map(visible).join(` ${style.signs.to} `);
  return [`  longest chain ${duration(pathMs)}, ${plural(path.length, 'task')}: ${words}`];
}

/** Who was busy when: full, half, hardly or not at all. */
function chartLines({ agents, makespanMs, log }: Simulated, { style, columns }: Terminal): readonly string[] {
  if (makespanMs <= 0) return [];
  const size = Math.ceil(agents.length / MOST_ROWS);
  const rows = Math.ceil(agents.length / size);
  const places = Array.from({ length: rows + 1 }, (_, row) => Math.min(agents.length, row * size));
  const labels = Array.from({ length: rows }, (_, row) => labelOf(agents, places[row] ?? 0, places[row + 1] ?? 0));
  const label = Math.min(MOST_LABEL, Math.max(...labels.map(({ length }) => length)));
  const width = Math.max(LEAST_CELLS, Math.min(columns, columns === Infinity ? USUAL_COLUMNS : columns) - label - 4);
  const busy = busyCells({ log, makespanMs, places, agents: agents.length }, width);
  const lines = labels.map((text, row) => {
    const share = ((places[row + 1] ?? 0) - (places[row] ?? 0)) * (makespanMs / width);
    const cells = Array.from(busy.subarray(row * width, (row + 1) * width), (ms) => shade(ms / share, style));
    return `${fit(visible(text), label)}  ${cells.join('')}`;
  });
  const end = duration(makespanMs);
  return [...lines, `${' '.repeat(label + 2)}0${' '.repeat(Math.max(1, width - 1 - end.length))}${end}`];
}

function labelOf(agents: readonly string[], from: number, to: number): string {
  return to - from <= 1 ? (agents[from] ?? '') : `${agents[from] ?? ''} +${to - from - 1}`;
}

type Busy = Readonly<{ log: Simulated['log']; makespanMs: number; places: readonly number[]; agents: number }>;

/** ms of work in each cell, row after row. */
function busyCells({ log, makespanMs, places, agents }: Busy, width: number): Float64Array {
  const rows = places.length - 1;
  const rowOf = new Int32Array(agents);
  for (let row = 0; row < rows; row++) rowOf.fill(row, places[row], places[row + 1]);
  const busy = new Float64Array(rows * width);
  const cellMs = makespanMs / width;
  for (const { agent, startMs, endMs } of log.attempts()) {
    const start = (rowOf[agent] ?? 0) * width;
    const last = Math.min(width - 1, Math.floor(endMs / cellMs));
    for (let cell = Math.floor(startMs / cellMs); cell <= last; cell++) {
      const inside = Math.min(endMs, (cell + 1) * cellMs) - Math.max(startMs, cell * cellMs);
      busy[start + cell] = (busy[start + cell] ?? 0) + Math.max(0, inside);
    }
  }
  return busy;
}

function shade(part: number, { signs }: Style): string {
  const shades = signs.full === '#' ? [' ', '.', '-', '+', '#'] : [' ', '░', '▒', '▓', '█'];
  return shades[part <= 0.02 ? 0 : Math.min(4, Math.ceil(part * 4 - 0.05))] ?? ' ';
}

/** One line of a comparison. */
export type ComparedRow = Readonly<{
  type: 'simulate.compared';
  agents: number;
  strategy: string;
  makespanMs: number;
  lowerMs: number;
  utilisation: number;
  waitP95Ms: number;
  attempts: number;
  agentsCost: number;
}>;

export function comparedData(simulated: Simulated): ComparedRow {
  const { agents, strategy, makespanMs, bounds, utilisation, waitMs, attempts, cost } = simulated;
  return {
    type: 'simulate.compared',
    agents: agents.length,
    strategy,
    makespanMs,
    lowerMs: bounds.lowerMs,
    utilisation,
    waitP95Ms: waitMs.p95,
    attempts,
    agentsCost: cost.agents,
  };
}

/** Numbers of agents below each other, and what each step buys under the first strategy. */
export function comparedLines(rows: readonly ComparedRow[], { columns }: Terminal): readonly string[] {
  const strategies = [...new Set(rows.map(({ strategy }) => strategy))];
  const sizes = [...new Set(rows.map(({ agents }) => agents))];
  const costs = rows.some(({ agentsCost }) => agentsCost > 0);
  let before: number | undefined;
  const cells = sizes.map((agents) => {
    const own = rows.filter((row) => row.agents === agents);
    const [first] = own;
    if (first === undefined) return [];
    const faster = before === undefined ? '' : `${percent(1 - first.makespanMs / before)} less`;
    before = first.makespanMs;
    const times = strategies.map((name) => own.find(({ strategy }) => strategy === name)?.makespanMs ?? 0);
    const money = costs ? [usd(first.agentsCost)] : [];
    return [
      String(agents),
      ...times.slice(0, 1).map(duration),
      faster,
      duration(first.lowerMs),
      percent(first.utilisation),
      ...money,
      ...times.slice(1).map(duration),
    ];
  });
  const titles = [
    'agents',
    ...strategies.slice(0, 1),
    'time',
    'at least',
    'busy',
    ...(costs ? ['cost'] : []),
    ...strategies.slice(1),
  ];
  const heads = titles.map((title) => ({ title, align: 'right' }) as const);
  return table(heads, cells, columns);
}

function percent(part: number): string {
  const all = part * 100;
  return `${Math.abs(all) < 10 ? (Math.round(all * 10) / 10).toFixed(1) : Math.round(all)} %`;
}

function usd(amount: number): string {
  return `${amount.toFixed(2)} USD`;
}
