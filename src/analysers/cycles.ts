/** Outgoing edges of each node, by index. */
export type Edges = readonly (readonly number[])[];

/** Groups of nodes that can all reach each other, of two nodes or more. Tarjan's algorithm without recursion. */
export function tangles(edges: Edges): readonly (readonly number[])[] {
  const finder = new TangleFinder(edges);
  for (const node of edges.keys()) finder.visit(node);
  return finder.found;
}

class TangleFinder {
  readonly found: number[][] = [];
  readonly #edges: Edges;
  readonly #index: number[];
  readonly #low: number[];
  readonly #onStack: boolean[];
  readonly #stack: number[] = [];
  #next = 1;

  constructor(edges: Edges) {
    this.#edges = edges;
    this.#index = edges.map(() => 0);
    this.#low = edges.map(() => 0);
    this.#onStack = edges.map(() => false);
  }

  visit(start: number): void {
    if (this.#index[start] !== 0) return;
    const calls: { node: number; at: number }[] = [{ node: start, at: 0 }];
    this.#open(start);
    for (let call = calls.at(-1); call !== undefined; call = calls.at(-1)) {
      const target = this.#edges[call.node]?.[call.at];
      call.at += 1;
      if (target === undefined) {
        calls.pop();
        this.#close(call.node, calls.at(-1)?.node);
      } else if (this.#index[target] === 0) {
        this.#open(target);
        calls.push({ node: target, at: 0 });
      } else if (this.#onStack[target] === true) this.#lower(call.node, this.#index[target] ?? 0);
    }
  }

  #open(node: number): void {
    this.#index[node] = this.#next;
    this.#low[node] = this.#next;
    this.#next += 1;
    this.#stack.push(node);
    this.#onStack[node] = true;
  }

  #lower(node: number, to: number): void {
    this.#low[node] = Math.min(this.#low[node] ?? to, to);
  }

  #close(node: number, parent: number | undefined): void {
    if (parent !== undefined) this.#lower(parent, this.#low[node] ?? 0);
    if (this.#low[node] !== this.#index[node]) return;
    const group: number[] = [];
    for (let last = this.#stack.pop(); last !== undefined; last = this.#stack.pop()) {
      this.#onStack[last] = false;
      group.push(last);
      if (last === node) break;
    }
    if (group.length > 1) this.found.push(group.toSorted((a, b) => a - b));
  }
}

/** Searches from this many nodes of a tangle at most. */
const MAX_STARTS = 60;

/** A shortest way around inside the tangle, from its lowest node on. */
export function shortestCycle(edges: Edges, tangle: readonly number[]): readonly number[] {
  const inside = new Set(tangle);
  let best: readonly number[] = [];
  for (const start of tangle.slice(0, MAX_STARTS)) {
    const cycle = cycleFrom(edges, start, inside);
    if (cycle.length > 0 && (best.length === 0 || cycle.length < best.length)) best = cycle;
    if (best.length === 2) break;
  }
  return best;
}

function cycleFrom(edges: Edges, start: number, inside: ReadonlySet<number>): readonly number[] {
  const cameFrom = new Map<number, number>();
  const queue = [start];
  for (const node of queue) {
    for (const target of edges[node] ?? []) {
      if (target === start) return wayTo(node, start, cameFrom);
      if (!inside.has(target) || cameFrom.has(target)) continue;
      cameFrom.set(target, node);
      queue.push(target);
    }
  }
  return [];
}

function wayTo(end: number, start: number, cameFrom: ReadonlyMap<number, number>): readonly number[] {
  const way = [end];
  for (let node = cameFrom.get(end); node !== undefined && end !== start; node = cameFrom.get(node)) {
    way.unshift(node);
    if (node === start) break;
  }
  return way;
}
