import { covers } from './check-task.ts';
import type { Findings } from './diagnostics.ts';
import type { WorkflowDefinition } from './definition.ts';
import type { TaskNeeds } from './task-needs.ts';

/** More warnings of this kind help nobody. */
const MOST_WARNINGS = 20;
/** Pairs of tasks that are looked at. */
const MOST_PAIRS = 20_000;

type Write = Readonly<{ base: string; path: string; index: number }>;

/** Warns of tasks that could run side by side if they did not write the same files. One warning per pair of tasks. */
export function checkOverlaps(definition: WorkflowDefinition, needs: TaskNeeds, findings: Findings): void {
  const warned = new Set<string>();
  let pairs = 0;
  for (const [left, right] of overlaps(writesOf(definition))) {
    const pair = `${left.base}\n${right.base}`;
    pairs += 1;
    if (warned.size >= MOST_WARNINGS || pairs > MOST_PAIRS) return;
    if (warned.has(pair) || isOrdered(needs, left.base, right.base)) continue;
    warned.add(pair);
    const both = left.base === right.base ? `The cells of "${left.base}"` : `"${left.base}" and "${right.base}"`;
    findings.warn({
      code: 'WORKFLOW_WRITES_OVERLAP',
      path: ['tasks', right.base, 'writes', right.index],
      message: `${both} both write ${JSON.stringify(right.path)}, so they never run at the same time.`,
      fix:
        left.base === right.base
          ? 'Let each cell write a folder of its own.'
          : 'Let one need the other, or write to different folders.',
    });
  }
}

function isOrdered(needs: TaskNeeds, left: string, right: string): boolean {
  if (left === right) return (needs.nodesOf(left) ?? []).length < 2;
  return needs.dependsOn(left, right) || needs.dependsOn(right, left);
}

/** Paths that tell cells apart by `${{ }}` are compared by what is before it, so they are left out. */
function writesOf(definition: WorkflowDefinition): readonly Write[] {
  return Object.entries(definition.tasks).flatMap(([base, task]) =>
    (task.writes ?? []).flatMap((path, index) => (path.includes('${{') ? [] : [{ base, path, index }])),
  );
}

// Sorted by path, what a folder holds follows it at once: only neighbours are compared.
function* overlaps(writes: readonly Write[]): Iterable<readonly [Write, Write]> {
  const sorted = writes
    .map((write) => ({ write, key: `${write.path.replaceAll(/^\.\/|\/+$/g, '')}/` }))
    .toSorted((left, right) => (left.key < right.key ? -1 : Number(left.key > right.key)));
  for (const [index, { write: outer, key }] of sorted.entries()) {
    yield [outer, outer];
    for (let next = index + 1; sorted[next]?.key.startsWith(key) === true; next += 1) {
      const inner = sorted[next]?.write;
      if (inner !== undefined && (covers(outer.path, inner.path) || covers(inner.path, outer.path)))
        yield [outer, inner];
    }
  }
}
