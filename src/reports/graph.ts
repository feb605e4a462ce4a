/** Small questions about directed graphs. Nodes are 0 to `count` - 1, an edge goes from the first to the second. */
export type Arrow = Readonly<{ from: number; to: number }>;

/** For each node the number of its circle, or -1 where it lies on none. */
export function circlesOf(count: number, arrows: readonly Arrow[]): readonly number[] {
  const reach = reachOf(count, arrows);
  const circles = Array.from({ length: count }, () => -1);
  let next = 0;
  for (let node = 0; node < count; node += 1) {
    const led = reach[node];
    if (circles[node] !== -1 || led?.has(node) !== true) continue;
    for (const other of led) if (reach[other]?.has(node) === true) circles[other] = next;
    next += 1;
  }
  return circles;
}

/** The arrows that no longer way around replaces. Those of a circle all stay. */
export function withoutShortcuts<Edge extends Arrow>(count: number, arrows: readonly Edge[]): readonly Edge[] {
  const reach = reachOf(count, arrows);
  return arrows.filter(({ from, to }) => {
    const between = arrows.filter((other) => other.from === from && other.to !== to);
    return !between.some((other) => reach[other.to]?.has(to) === true && reach[to]?.has(other.to) !== true);
  });
}

/** What each node leads to in one step or more. */
function reachOf(count: number, arrows: readonly Arrow[]): readonly ReadonlySet<number>[] {
  const next = Map.groupBy(arrows, ({ from }) => from);
  return Array.from({ length: count }, (_, start) => {
    const seen = new Set<number>();
    const open = [start];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      for (const { to } of next.get(node) ?? []) {
        if (seen.has(to)) continue;
        seen.add(to);
        open.push(to);
      }
    }
    return seen;
  });
}
