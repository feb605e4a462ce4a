import { PGraph } from 'p-graph';
import type { Graph } from '../graphs.ts';

export async function run(graph: Graph, slots: number, work: () => unknown): Promise<void> {
  const nodes = new Map(graph.parents.map((_, index) => [String(index), { run: work }]));
  const edges = graph.parents.flatMap((parents, child) => parents.map((parent) => [String(parent), String(child)]));
  await new PGraph(nodes, edges).run({ concurrency: slots });
}
