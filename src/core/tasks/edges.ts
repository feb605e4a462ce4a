/** What a graph is made of, as far as edges go. */
export type GraphSpec = Readonly<{ name: string; needs: readonly string[] }>;

/**
 * Who needs whom, by position, in flat arrays: the needs of task i stand in `needs` from `needsFrom[i]` to
 * `needsFrom[i + 1]`, its dependents likewise. A list per task costs three times the memory and the time.
 */
export type Edges = Readonly<{
  needsFrom: Int32Array;
  needs: Int32Array;
  dependentsFrom: Int32Array;
  dependents: Int32Array;
}>;

export type Needs = Pick<Edges, 'needsFrom' | 'needs'>;

/** Every need must be in `places`: the position of each task by its name. */
export function findNeeds(specs: readonly GraphSpec[], places: ReadonlyMap<string, number>): Needs {
  const needsFrom = new Int32Array(specs.length + 1);
  for (const [index, spec] of specs.entries()) needsFrom[index + 1] = at(needsFrom, index) + spec.needs.length;
  const needs = new Int32Array(at(needsFrom, specs.length));
  let edge = 0;
  for (const spec of specs) for (const name of spec.needs) needs[edge++] = places.get(name) ?? 0;
  return { needsFrom, needs };
}

export function linkEdges({ needsFrom, needs }: Needs): Edges {
  const size = needsFrom.length - 1;
  const dependentsFrom = new Int32Array(size + 1);
  for (const need of needs) dependentsFrom[need + 1] = at(dependentsFrom, need + 1) + 1;
  for (let index = 0; index < size; index++) {
    dependentsFrom[index + 1] = at(dependentsFrom, index + 1) + at(dependentsFrom, index);
  }
  const dependents = new Int32Array(needs.length);
  const next = dependentsFrom.slice();
  for (let index = 0; index < size; index++) {
    for (let from = at(needsFrom, index); from < at(needsFrom, index + 1); from++) {
      const need = at(needs, from);
      dependents[at(next, need)] = index;
      next[need] = at(next, need) + 1;
    }
  }
  return { needsFrom, needs, dependentsFrom, dependents };
}

/** Positions so that each comes after its needs. Tasks on a cycle, and behind one, are left out. */
export function needsFirst(edges: Edges): Int32Array {
  const { needsFrom, dependentsFrom, dependents } = edges;
  const size = needsFrom.length - 1;
  const open = needCounts(edges);
  const order = new Int32Array(size);
  let end = 0;
  for (let index = 0; index < size; index++) {
    if (at(open, index) === 0) order[end++] = index;
  }
  for (let next = 0; next < end; next++) {
    const index = at(order, next);
    for (let from = at(dependentsFrom, index); from < at(dependentsFrom, index + 1); from++) {
      const dependent = at(dependents, from);
      open[dependent] = at(open, dependent) - 1;
      if (at(open, dependent) === 0) order[end++] = dependent;
    }
  }
  return order.subarray(0, end);
}

/** How many needs each task has. */
export function needCounts({ needsFrom }: Edges): Int32Array {
  const counts = new Int32Array(needsFrom.length - 1);
  for (let index = 0; index < counts.length; index++) counts[index] = at(needsFrom, index + 1) - at(needsFrom, index);
  return counts;
}

/** The number at a position that is known to be there. */
export function at(numbers: Int32Array | Float64Array, index: number): number {
  return numbers[index] ?? 0;
}
