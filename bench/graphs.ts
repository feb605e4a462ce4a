import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { benchEnvironment } from './environment.ts';
import { drawFrom } from './scenarios.ts';

/** A task graph in the `swarm-dag/1` format: a parent's index is always smaller than its child's. */
export type Graph = Readonly<{
  format: 'swarm-dag/1';
  name: string;
  n: number;
  kinds: readonly string[];
  /** Index into `kinds`, by task. */
  kind: readonly number[];
  /** Seconds, by task. */
  runtime: readonly number[];
  parents: readonly (readonly number[])[];
}>;

const swarmDag: z.ZodType<Graph> = z.object({
  format: z.literal('swarm-dag/1'),
  name: z.string(),
  n: z.int().positive(),
  kinds: z.array(z.string()),
  kind: z.array(z.int()),
  runtime: z.array(z.number()),
  parents: z.array(z.array(z.int())),
});

/** The graphs of the figures: a recorded astronomy workflow, and seven database queries at once. */
const RECORDED: Readonly<Record<number, string>> = { 1312: 'wfi-montage-2mass-04d-001', 8000: 'tpch-100g-mix-open' };

/** The recorded graph of about `size` tasks when its file is there, else one drawn with that many tasks. */
export function graphOf(size: number): Graph {
  const { workloads } = benchEnvironment();
  const name = RECORDED[size];
  if (workloads === undefined || name === undefined) return drawnGraph(size);
  const path = [join(workloads, 'open', `${name}.json`), join(workloads, `${name}.json`)].find((file) =>
    existsSync(file),
  );
  if (path === undefined) throw new Error(`WAGGLE_WORKLOADS is "${workloads}", but ${name}.json is not in it.`);
  return readGraph(path);
}

function readGraph(path: string): Graph {
  const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
  return swarmDag.parse(content);
}

/** All recorded graphs of the folder, by name. */
export function recordedGraphs(folder: string): readonly Graph[] {
  const open = join(folder, 'open');
  const names = readdirSync(open).filter((name) => name.endsWith('.json'));
  return names.toSorted().map((name) => readGraph(join(open, name)));
}

/** Graphs of several shapes, drawn; runtimes differ as those of recorded work do, by kind and inside a kind. */
export function syntheticGraphs(): readonly Graph[] {
  return [wideGraph(200), chainGraph(40), drawnGraph(120), drawnGraph(800), forkJoinGraph(8, 40)].map(withRuntimes);
}

/** `count` times: one task, `width` that need it, and one that needs those. */
function forkJoinGraph(count: number, width: number): Graph {
  const step = width + 1;
  return drawn(`fork-join-${count}x${width}`, count * step + 1, (index) => {
    if (index === 0) return [];
    if (index % step !== 0) return [index - (index % step)];
    return Array.from({ length: width }, (_, place) => index - width + place);
  });
}

function withRuntimes(graph: Graph): Graph {
  const draw = drawFrom(graph.n);
  const kinds = Array.from({ length: 5 }, (_, kind) => `kind-${kind}`);
  const kind = graph.kind.map(() => Math.floor(kinds.length * draw()));
  const runtime = kind.map((of) => 10 * 2 ** of * 4 ** (2 * draw() - 1));
  return { ...graph, kinds, kind, runtime };
}

/** `n` tasks without needs. */
export function wideGraph(n: number): Graph {
  return drawn(`wide-${n}`, n, () => []);
}

/** Each task needs the one before it. */
export function chainGraph(n: number): Graph {
  return drawn(`chain-${n}`, n, (index) => (index === 0 ? [] : [index - 1]));
}

/** Eight levels; each task needs up to four of the level before. The same `n` gives the same graph for ever. */
export function drawnGraph(n: number): Graph {
  const draw = drawFrom(n);
  const width = Math.ceil(n / 8);
  return drawn(`drawn-${n}`, n, (index) => {
    const start = (Math.floor(index / width) - 1) * width;
    if (start < 0) return [];
    const chosen = Array.from({ length: 1 + Math.floor(4 * draw()) }, () => start + Math.floor(width * draw()));
    return [...new Set(chosen)].toSorted((one, other) => one - other);
  });
}

function drawn(name: string, n: number, parentsOf: (index: number) => number[]): Graph {
  return {
    format: 'swarm-dag/1',
    name,
    n,
    kinds: ['task'],
    kind: Array.from({ length: n }, () => 0),
    runtime: Array.from({ length: n }, () => 1),
    parents: Array.from({ length: n }, (_, index) => parentsOf(index)),
  };
}

/** For each task the tasks that need it. */
export function childrenOf({ n, parents }: Graph): readonly (readonly number[])[] {
  const children: number[][] = Array.from({ length: n }, () => []);
  for (const [child, needs] of parents.entries()) for (const parent of needs) children[parent]?.push(child);
  return children;
}
