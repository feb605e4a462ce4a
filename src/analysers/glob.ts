/** A glob of an ignore file or a manifest, as its segments. `**` stands for any number of folders. */
export type Glob = readonly string[];

export function parseGlob(pattern: string): Glob {
  return pattern.split('/').filter((segment) => segment !== '');
}

/** Whether the whole path fits. Takes at most segments × segments steps, whatever the pattern is. */
export function matchesGlob(glob: Glob, path: readonly string[]): boolean {
  let reached = new Set([0]);
  const skip = (positions: Set<number>): Set<number> => {
    for (const at of positions) if (glob[at] === '**') positions.add(at + 1);
    return positions;
  };
  skip(reached);
  for (const name of path) {
    const next = new Set<number>();
    for (const at of reached) {
      const segment = glob[at];
      if (segment === undefined) continue;
      if (segment === '**') next.add(at);
      else if (matchesName(segment, name)) next.add(at + 1);
    }
    reached = skip(next);
    if (reached.size === 0) return false;
  }
  return reached.has(glob.length);
}

/** `*` any run of characters, `?` one character. Other signs stand for themselves. Linear in time for each `*`. */
export function matchesName(pattern: string, name: string): boolean {
  let [at, from, star, mark] = [0, 0, -1, 0];
  while (from < name.length) {
    if (at < pattern.length && pattern[at] === '*') {
      star = at;
      mark = from;
      at += 1;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[from])) {
      at += 1;
      from += 1;
    } else if (star >= 0) {
      at = star + 1;
      mark += 1;
      from = mark;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
