import type { Edges } from './cycles.ts';

/** One module uses names of another while it loads. `way`: the modules that pass them on; the last one makes them. */
export type Need = Readonly<{ from: number; way: readonly number[] }>;

/** A module that runs before what it needs is there. `around`: the modules from it on, back to it. */
export type Clash<Wanted extends Need> = Readonly<{ need: Wanted; first: number; around: readonly number[] }>;

/** What was loaded from one module on, as far as it went. */
type State = 'loading' | 'ready';

/**
 * Loads a module and all that it imports, in the order of the imports, as programs do: each runs when those that it
 * imports have, other than those that are being loaded already. Gives the modules that run too early for their needs.
 */
export function clashesFrom<Wanted extends Need>(
  first: number,
  edges: Edges,
  needs: ReadonlyMap<number, readonly Wanted[]>,
): readonly Clash<Wanted>[] {
  const states = new Map<number, State>([[first, 'loading']]);
  const calls: { node: number; at: number }[] = [{ node: first, at: 0 }];
  const found: Clash<Wanted>[] = [];
  for (let call = calls.at(-1); call !== undefined; call = calls.at(-1)) {
    const target = edges[call.node]?.[call.at];
    call.at += 1;
    if (target !== undefined) {
      if (!states.has(target)) {
        states.set(target, 'loading');
        calls.push({ node: target, at: 0 });
      }
      continue;
    }
    const stack = calls.map(({ node }) => node);
    for (const need of needs.get(call.node) ?? []) {
      const around = missed(need, states, stack);
      if (around !== undefined) found.push({ need, first, around });
    }
    states.set(call.node, 'ready');
    calls.pop();
  }
  return found;
}

/** The way from the module that runs, over what it needs, back to it; undefined where that is ready. */
function missed(
  { from, way }: Need,
  states: ReadonlyMap<number, State>,
  stack: readonly number[],
): readonly number[] | undefined {
  const maker = way.at(-1);
  if (maker === undefined || maker === from || states.get(maker) === 'ready') return undefined;
  const loading = way.find((node) => states.get(node) === 'loading') ?? from;
  const steps = way.slice(0, way.indexOf(loading));
  return loading === from ? undefined : [from, ...steps, ...stack.slice(stack.indexOf(loading), -1)];
}
