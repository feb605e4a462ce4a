import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { childrenOf, type Graph } from '../graphs.ts';

/** One node per task. An edge from a list of nodes waits for all of them; a superstep is a barrier. */
export async function run(graph: Graph, slots: number, work: () => unknown): Promise<void> {
  const State = Annotation.Root({
    done: Annotation({ reducer: (sum: number, more: number) => sum + more, default: () => 0 }),
  });
  const children = childrenOf(graph);
  const flow = new StateGraph(State);
  for (const index of graph.parents.keys()) {
    flow.addNode(`t${index}`, async () => {
      await work();
      return { done: 1 };
    });
  }
  for (const [index, parents] of graph.parents.entries()) {
    if (parents.length === 0) flow.addEdge(START, `t${index}`);
    else
      flow.addEdge(
        parents.map((parent) => `t${parent}`),
        `t${index}`,
      );
    if (children[index]?.length === 0) flow.addEdge(`t${index}`, END);
  }
  const end = await flow.compile().invoke({ done: 0 }, { maxConcurrency: slots, recursionLimit: 10_000 });
  if (end.done !== graph.n) throw new Error(`LangGraph ran ${end.done} of ${graph.n} tasks.`);
}
