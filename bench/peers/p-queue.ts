import PQueue from 'p-queue';
import { childrenOf, type Graph } from '../graphs.ts';

/** p-queue limits concurrency and knows no graph: the caller wires it by hand. */
export async function run(graph: Graph, slots: number, work: () => unknown): Promise<void> {
  const queue = new PQueue({ concurrency: slots });
  const children = childrenOf(graph);
  const open = graph.parents.map((parents) => parents.length);
  const add = (index: number): void => {
    void queue.add(async () => {
      await work();
      for (const child of children[index] ?? []) {
        open[child] -= 1;
        if (open[child] === 0) add(child);
      }
    });
  };
  for (const [index, needs] of graph.parents.entries()) if (needs.length === 0) add(index);
  await queue.onIdle();
}
