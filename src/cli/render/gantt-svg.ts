import type { Simulated } from '../../app/simulation.ts';
import { duration, plural } from './format.ts';
import { cut, visible } from './text.ts';

const WIDTH = 1_200;
const LABELS = 150;
const RIGHT = 40;
const TOP = 64;
const LANE = 22;
const BAR = 16;
const TICKS = 8;
/** Further agents are told of in a line. */
const MOST_LANES = 200;
/** Bars are never more: neighbours that are too thin to be told apart become one. */
const MOST_BARS = 20_000;
/** Narrower ones have no room for a name, px. */
const LEAST_NAMED = 34;
const CHAR = 6.4;
const PLOT = WIDTH - LABELS - RIGHT;

/** Attempts of one agent that are drawn as one bar. `first`: the task of the first one. */
type Bar = { readonly startMs: number; endMs: number; readonly first: number; count: number; isOnPath: boolean };

/**
 * A simulated schedule as an SVG that stands alone: a lane for each agent, a bar for each attempt, the longest chain in
 * another colour. It holds no script and no link, and follows the reader's light or dark mode.
 */
export function ganttSvg(simulated: Simulated): string {
  const { agents, makespanMs, taskNames, bounds } = simulated;
  const lanes = Math.min(agents.length, MOST_LANES);
  const path = new Set(bounds.path);
  const isOnPath = (task: number): boolean => path.has(taskNames[task] ?? '');
  const leastMs = leastGap(simulated);
  const bars = barsOf(simulated, { lanes, leastMs, isOnPath });
  const rest = agents.length - lanes;
  const height = TOP + lanes * LANE + (rest > 0 ? 44 : 24);
  const body = bars.flatMap((lane, row) => [
    `<text class="l" x="${LABELS - 8}" y="${TOP + row * LANE + 15}">${text(cut(agents[row] ?? '', 22))}</text>`,
    ...lane.map((bar) => barOf(bar, row, simulated)),
  ]);
  const more = `<text x="${LABELS}" y="${height - 14}">and ${rest} more agents</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="t">`,
    `<title id="t">${text(`${simulated.name}: ${plural(agents.length, 'agent')}, ${duration(makespanMs)}`)}</title>`,
    STYLE,
    `<rect class="b" width="${WIDTH}" height="${height}"/>`,
    headOf(simulated),
    ...ticksOf(makespanMs, TOP + lanes * LANE),
    ...body,
    ...(rest > 0 ? [more] : []),
    '</svg>\n',
  ].join('\n');
}

const STYLE = `<style>
svg { font: 12px system-ui, sans-serif; --ink: #1d2733; --soft: #66727f; --line: #e3e7ec; --back: #fff; --bar: #3d74dd; --path: #c4640c; --name: #fff }
@media (prefers-color-scheme: dark) { svg { --ink: #e6ebf1; --soft: #98a4b1; --line: #2c3540; --back: #14191f; --bar: #3f6fca; --path: #b8620f } }
.b { fill: var(--back) } text { fill: var(--soft) } .h { fill: var(--ink); font-size: 15px; font-weight: 600 }
.l { text-anchor: end; fill: var(--ink) } .k { text-anchor: middle } .g { stroke: var(--line) }
.t { fill: var(--bar) } .c { fill: var(--path) } .n { fill: var(--name); font-size: 11px; pointer-events: none }
</style>`;

function headOf({ name, tasks, agents, strategy, makespanMs, utilisation, bounds }: Simulated): string {
  const figures = `${plural(tasks, 'task')}, ${plural(agents.length, 'agent')}, ${strategy}; takes ${duration(makespanMs)}, at least ${duration(bounds.lowerMs)}, agents busy ${Math.round(100 * utilisation)} %`;
  return [
    `<text class="h" x="12" y="24">${text(cut(name, 60))}</text>`,
    `<text x="12" y="44">${text(figures)}</text>`,
    `<rect class="c" x="${WIDTH - 170}" y="14" width="12" height="12" rx="2"/><text x="${WIDTH - 152}" y="24">on the longest chain</text>`,
    `<rect class="t" x="${WIDTH - 170}" y="34" width="12" height="12" rx="2"/><text x="${WIDTH - 152}" y="44">other attempts</text>`,
  ].join('\n');
}

function ticksOf(makespanMs: number, bottom: number): readonly string[] {
  const marks = makespanMs > 0 ? Array.from({ length: TICKS + 1 }, (_, index) => index) : [];
  return marks.map((index) => {
    const x = round(LABELS + (PLOT * index) / TICKS);
    const label = duration(Math.round((makespanMs * index) / TICKS));
    return `<path class="g" d="M${x} ${TOP - 4}V${bottom}"/><text class="k" x="${x}" y="${bottom + 16}">${text(label)}</text>`;
  });
}

/** What is nearer than half a pixel cannot be told apart; with very many attempts still more. */
function leastGap({ makespanMs, attempts, agents }: Simulated): number {
  const perLane = Math.max(1, MOST_BARS / Math.max(1, Math.min(agents.length, MOST_LANES)));
  return attempts <= MOST_BARS ? makespanMs / PLOT / 2 : makespanMs / perLane;
}

type Grouping = Readonly<{ lanes: number; leastMs: number; isOnPath: (task: number) => boolean }>;

/** By lane, in the order of their starts. */
function barsOf({ log }: Simulated, { lanes, leastMs, isOnPath }: Grouping): readonly (readonly Bar[])[] {
  const all = Array.from({ length: lanes }, (): Bar[] => []);
  for (const { task, agent, startMs, endMs } of log.attempts()) {
    const lane = all[agent];
    if (lane === undefined) continue;
    const last = lane.at(-1);
    const isThin = endMs - startMs < leastMs * 4;
    if (
      last !== undefined &&
      isThin &&
      last.count > 0 &&
      startMs - last.endMs < leastMs &&
      last.endMs - last.startMs < leastMs * 40
    ) {
      last.endMs = Math.max(last.endMs, endMs);
      last.count++;
      last.isOnPath ||= isOnPath(task);
    } else lane.push({ startMs, endMs, first: task, count: 1, isOnPath: isOnPath(task) });
  }
  return all;
}

function barOf(
  { startMs, endMs, first, count, isOnPath }: Bar,
  row: number,
  { makespanMs, taskNames }: Simulated,
): string {
  const x = LABELS + (PLOT * startMs) / Math.max(1, makespanMs);
  const width = Math.max(0.5, (PLOT * (endMs - startMs)) / Math.max(1, makespanMs) - 1);
  const y = TOP + row * LANE + 3;
  const name = count === 1 ? (taskNames[first] ?? '') : `${count} attempts`;
  const told = `${name === '' ? 'attempt' : name}, ${duration(startMs)} to ${duration(endMs)}`;
  const shape = `<rect class="${isOnPath ? 'c' : 't'}" x="${round(x)}" y="${y}" width="${round(width)}" height="${BAR}" rx="2"><title>${text(told)}</title></rect>`;
  if (width < LEAST_NAMED || name === '') return shape;
  return `${shape}<text class="n" x="${round(x + 5)}" y="${y + 12}">${text(cut(name, Math.floor((width - 8) / CHAR)))}</text>`;
}

/** Names come from files of others: nothing of them is markup, and nothing is hidden. */
function text(words: string): string {
  return visible(words).replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);
}

function round(figure: number): number {
  return Math.round(figure * 10) / 10;
}
