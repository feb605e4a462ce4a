/**
 * Where the boxes and lines of a directed graph stand: rows from top to bottom, so that lines go down wherever that is
 * possible. The same graph gives the same drawing. Source: Sugiyama, Tagawa, Toda, "Methods for Visual Understanding of
 * Hierarchical System Structures", 1981; Eades, Lin, Smyth, "A fast and effective heuristic for the feedback arc set
 * problem", 1993, for the lines that have to go up.
 */
export type LayoutNode = Readonly<{ width: number }>;
/** Indexes of nodes. The heavier, the less likely it goes up. */
export type LayoutEdge = Readonly<{ from: number; to: number; weight: number }>;

export type LayoutOptions = Readonly<{
  width: number;
  nodeHeight: number;
  /** Between boxes of a row. */
  gapX: number;
  /** Between rows. */
  gapY: number;
}>;

export type Point = Readonly<{ x: number; y: number }>;
/** `x` and `y` are the left upper corner. */
export type PlacedNode = Readonly<{ x: number; y: number; width: number; height: number }>;
export type PlacedEdge = Readonly<{
  /** From the rim of the one box to the rim of the other, over the rows between. */
  points: readonly Point[];
  /** It goes against the order: there is a circle. */
  isUp: boolean;
}>;

export type Layout = Readonly<{
  nodes: readonly PlacedNode[];
  edges: readonly PlacedEdge[];
  width: number;
  height: number;
}>;

/** Room that a line takes in a row that it passes, and the air beside it. */
const LANE = 6;
const LANE_AIR = 9;
const SWEEPS = 24;

/** A box, or the place where a line passes a row. */
type Cell = {
  readonly row: number;
  readonly width: number;
  readonly isLane: boolean;
  x: number;
  readonly above: Cell[];
  readonly below: Cell[];
};

export function layOut(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[], options: LayoutOptions): Layout {
  const order = orderOf(nodes.length, edges);
  const at = new Map(order.map((node, index) => [node, index]));
  const isUp = ({ from, to }: LayoutEdge): boolean => (at.get(from) ?? 0) > (at.get(to) ?? 0);
  const rowOf = rowsFor(nodes, { order, edges, isUp, options });
  const cells = nodes.map(({ width }, index): Cell => cell(rowOf[index] ?? 0, width, false));
  const chains = edges.map((edge) => {
    const [top, bottom] = isUp(edge) ? [edge.to, edge.from] : [edge.from, edge.to];
    return chainBetween(cells[top], cells[bottom]);
  });
  const rows = rowsOf([...order.map((node) => cells[node]), ...chains.flat()]);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) reorder(rows, sweep % 2 === 0);
  const width = Math.max(options.width, ...rows.map((row) => widthOf(row, options.gapX)));
  place(rows, width, options.gapX);
  const pitch = options.nodeHeight + options.gapY;
  const placed = cells.map(({ x, row, width: wide }): PlacedNode => {
    return { x: x - wide / 2, y: row * pitch, width: wide, height: options.nodeHeight };
  });
  const ports = new Ports(edges, placed, isUp);
  return {
    nodes: placed,
    edges: edges.map((edge, index) => {
      const points = routed(chains[index] ?? [], pitch, options.nodeHeight);
      const [first, last] = ports.of(index);
      const whole = [first, ...points, last];
      return { points: isUp(edge) ? whole.toReversed() : whole, isUp: isUp(edge) };
    }),
    width,
    height: rows.length === 0 ? 0 : rows.length * pitch - options.gapY,
  };
}

function cell(row: number, width: number, isLane: boolean): Cell {
  return { row, width, isLane, x: 0, above: [], below: [] };
}

/** Sinks last, sources first, and otherwise whoever gives more than it takes: few and light lines go up. */
function orderOf(count: number, edges: readonly LayoutEdge[]): readonly number[] {
  const left = new Set(Array.from({ length: count }, (_, index) => index));
  const [head, tail]: [number[], number[]] = [[], []];
  const inside = (): readonly LayoutEdge[] => edges.filter(({ from, to }) => left.has(from) && left.has(to));
  while (left.size > 0) {
    const now = inside();
    const nodes = [...left];
    const sink = nodes.findLast((node) => !now.some(({ from }) => from === node));
    const source = nodes.find((node) => !now.some(({ to }) => to === node));
    const next = source ?? sink ?? mostGiving(nodes, now);
    (source === undefined && sink !== undefined ? tail : head).push(next);
    left.delete(next);
  }
  return [...head, ...tail.toReversed()];
}

function mostGiving(nodes: readonly number[], edges: readonly LayoutEdge[]): number {
  const gift = (node: number): number =>
    edges.reduce((sum, { from, to, weight }) => sum + (from === node ? weight : 0) - (to === node ? weight : 0), 0);
  return nodes.reduce((best, node) => (gift(node) > gift(best) ? node : best), nodes[0] ?? 0);
}

type Ranking = Readonly<{
  order: readonly number[];
  edges: readonly LayoutEdge[];
  isUp: (edge: LayoutEdge) => boolean;
  options: LayoutOptions;
}>;

/** Below everything that leads to it; one row further down where a row is full. */
function rowsFor(nodes: readonly LayoutNode[], { order, edges, isUp, options }: Ranking): readonly number[] {
  const rows = nodes.map(() => 0);
  const used: number[] = [];
  for (const node of order) {
    const least = edges.reduce((row, edge) => {
      const [top, bottom] = isUp(edge) ? [edge.to, edge.from] : [edge.from, edge.to];
      return bottom === node ? Math.max(row, (rows[top] ?? 0) + 1) : row;
    }, 0);
    const need = (nodes[node]?.width ?? 0) + options.gapX;
    let row = least;
    while ((used[row] ?? 0) > 0 && (used[row] ?? 0) + need > options.width + options.gapX) row += 1;
    used[row] = (used[row] ?? 0) + need;
    rows[node] = row;
  }
  return rows;
}

/** Links the two over a passing place in every row between them. */
function chainBetween(top: Cell | undefined, bottom: Cell | undefined): readonly Cell[] {
  if (top === undefined || bottom === undefined) return [];
  const between = Array.from({ length: Math.max(0, bottom.row - top.row - 1) }, (_, index) =>
    cell(top.row + 1 + index, LANE, true),
  );
  const whole = [top, ...between, bottom];
  for (const [index, upper] of whole.slice(0, -1).entries()) {
    const lower = whole[index + 1];
    if (lower === undefined) continue;
    upper.below.push(lower);
    lower.above.push(upper);
  }
  return between;
}

function rowsOf(cells: readonly (Cell | undefined)[]): Cell[][] {
  const rows: Cell[][] = [];
  for (const one of cells) if (one !== undefined) (rows[one.row] ??= []).push(one);
  for (const row of rows) for (const [index, one] of row.entries()) one.x = (index + 0.5) / row.length;
  return rows;
}

/** Each row by the middle of its neighbours in the row before it. */
function reorder(rows: readonly Cell[][], isDown: boolean): void {
  for (const row of isDown ? rows : rows.toReversed()) {
    const middle = new Map(row.map((one) => [one, mean(isDown ? one.above : one.below) ?? one.x]));
    row.sort((a, b) => (middle.get(a) ?? 0) - (middle.get(b) ?? 0));
    for (const [index, one] of row.entries()) one.x = (index + 0.5) / row.length;
  }
}

function mean(cells: readonly Cell[]): number | undefined {
  return cells.length === 0 ? undefined : cells.reduce((sum, { x }) => sum + x, 0) / cells.length;
}

function widthOf(row: readonly Cell[], gapX: number): number {
  return row.reduce((sum, one, index) => sum + one.width + gapBetween(row[index - 1], one, gapX), 0);
}

function gapBetween(left: Cell | undefined, right: Cell, gapX: number): number {
  if (left === undefined) return 0;
  return left.isLane || right.isLane ? LANE_AIR : gapX;
}

function place(rows: readonly Cell[][], width: number, gapX: number): void {
  for (const row of rows)
    spread(
      row,
      row.map(({ x }) => x * width),
      { width, gapX },
    );
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (const row of sweep % 2 === 0 ? rows : rows.toReversed()) {
      const wanted = row.map((one) => mean([...one.above, ...one.below]) ?? one.x);
      spread(row, wanted, { width, gapX });
    }
  }
}

/** As near to where they are wanted as they can be in their order and without touching: least squares. */
function spread(
  row: readonly Cell[],
  wanted: readonly number[],
  { width, gapX }: Readonly<{ width: number; gapX: number }>,
): void {
  let offset = 0;
  const offsets = row.map((one, index) => {
    const before = row[index - 1];
    offset += before === undefined ? one.width / 2 : (before.width + one.width) / 2 + gapBetween(before, one, gapX);
    return offset;
  });
  const most = width - widthOf(row, gapX);
  const blocks: { sum: number; size: number }[] = [];
  for (const [index, x] of wanted.entries()) {
    blocks.push({ sum: x - (offsets[index] ?? 0), size: 1 });
    while (isPressed(blocks)) merge(blocks);
  }
  const shifts = blocks.flatMap(({ sum, size }) => Array.from({ length: size }, () => sum / size));
  for (const [index, one] of row.entries())
    one.x = Math.min(Math.max(0, most), Math.max(0, shifts[index] ?? 0)) + (offsets[index] ?? 0);
}

type Blocks = { sum: number; size: number }[];

function isPressed(blocks: Blocks): boolean {
  const [before, last] = blocks.slice(-2);
  return before !== undefined && last !== undefined && before.sum / before.size > last.sum / last.size;
}

function merge(blocks: Blocks): void {
  const last = blocks.pop();
  const before = blocks.pop();
  if (last !== undefined && before !== undefined)
    blocks.push({ sum: before.sum + last.sum, size: before.size + last.size });
}

/** The middle of each row that it passes. */
function routed(chain: readonly Cell[], pitch: number, nodeHeight: number): readonly Point[] {
  return chain.map(({ x, row }) => ({ x, y: row * pitch + nodeHeight / 2 }));
}

/** Lines leave and reach a box side by side, in the order of where they lead. */
class Ports {
  readonly #ends: (readonly [Point, Point])[];

  constructor(edges: readonly LayoutEdge[], nodes: readonly PlacedNode[], isUp: (edge: LayoutEdge) => boolean) {
    const ends = edges.map((edge): readonly [number, number] =>
      isUp(edge) ? [edge.to, edge.from] : [edge.from, edge.to],
    );
    const centre = (node: number): number => (nodes[node]?.x ?? 0) + (nodes[node]?.width ?? 0) / 2;
    const port = (index: number, side: 0 | 1): Point => {
      const own = ends[index]?.[side] ?? 0;
      const box = nodes[own] ?? { x: 0, y: 0, width: 0, height: 0 };
      const other = (pair: readonly [number, number] | undefined): number => centre(pair?.[1 - side] ?? 0);
      const mates = ends
        .flatMap((pair, mate) => (pair[side] === own ? [mate] : []))
        .toSorted((a, b) => other(ends[a]) - other(ends[b]) || a - b);
      const share = (mates.indexOf(index) + 1) / (mates.length + 1);
      return { x: box.x + box.width * (0.15 + 0.7 * share), y: side === 0 ? box.y + box.height : box.y };
    };
    this.#ends = edges.map((_, index) => [port(index, 0), port(index, 1)]);
  }

  of(index: number): readonly [Point, Point] {
    return (
      this.#ends[index] ?? [
        { x: 0, y: 0 },
        { x: 0, y: 0 },
      ]
    );
  }
}
