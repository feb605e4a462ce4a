import type { TaskDag } from '../workflows/task-dag.ts';
import { Draw } from './draw.ts';

/** Levels of equal width; each task needs up to `needs` of the level before. */
export type SyntheticShape = Readonly<{
  layers: number;
  width: number;
  /** The most that a task needs. @default 3 */
  needs?: number;
  /** Mean time of a task, s. @default 60 */
  seconds?: number;
  /** @default 1 */
  seed?: number;
}>;

const KINDS = ['plan', 'write', 'test', 'review', 'fix'] as const;

/** The same shape gives the same graph for ever. Times differ as those of recorded work do: most short, few long. */
export function syntheticDag({ layers, width, needs = 3, seconds = 60, seed = 1 }: SyntheticShape): TaskDag {
  const draw = new Draw(seed);
  const n = layers * width;
  const indices = Array.from({ length: n }, (_, index) => index);
  return {
    name: `synthetic-${layers}x${width}`,
    n,
    kinds: KINDS,
    kind: indices.map((index) => draw.word('kind', index) % KINDS.length),
    runtime: indices.map((index) => Math.max(1, draw.around('time', index, seconds * 1_000)) / 1_000),
    parents: indices.map((index) => {
      const start = (Math.floor(index / width) - 1) * width;
      if (start < 0) return [];
      const count = draw.whole('needs', index, [1, Math.min(needs, width)]);
      const chosen = Array.from({ length: count }, (_, place) => start + (draw.word(`need-${place}`, index) % width));
      return [...new Set(chosen)].toSorted((one, other) => one - other);
    }),
  };
}
