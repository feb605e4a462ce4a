import { Stream } from './draw.ts';
import type { AccountPlan, Fault, PortMethod, Targeted } from './plan.ts';

/** What faults are drawn for. */
export type Scene = Readonly<{
  seed: number;
  chaosMs: number;
  nodes: readonly string[];
  clients: readonly string[];
  accounts: readonly AccountPlan[];
}>;

type Without<T> = T extends unknown ? Omit<T, 'id' | 'atMs'> : never;
type Drawer = Readonly<{ kind: string; most: number; draw: (stream: Stream, scene: Scene) => Without<Fault> }>;

/** Each kind has a stream of its own, and is absent in half of all worlds. */
const DRAWERS: readonly Drawer[] = [
  {
    kind: 'crash',
    most: 6,
    draw: (stream, { nodes }) => ({ kind: 'crash', node: stream.of(nodes), downMs: 50 + stream.around(4_000) }),
  },
  { kind: 'drain', most: 2, draw: (stream, { nodes }) => ({ kind: 'drain', node: stream.of(nodes) }) },
  {
    kind: 'pause',
    most: 5,
    draw: (stream, { nodes }) => ({ kind: 'pause', node: stream.of(nodes), forMs: 500 + stream.around(12_000) }),
  },
  { kind: 'usurp', most: 2, draw: (stream, { nodes }) => ({ kind: 'usurp', node: stream.of(nodes) }) },
  {
    kind: 'cut',
    most: 5,
    draw: (stream, { nodes, clients }) => {
      const [one, other] = [stream.of(nodes), stream.of(clients)];
      const [from, to] = stream.chance(500) ? [one, other] : [other, one];
      return { kind: 'cut', from, to, forMs: 500 + stream.around(10_000) };
    },
  },
  {
    kind: 'wall-jump',
    most: 4,
    draw: (stream, { nodes }) => ({
      kind: 'wall-jump',
      node: stream.of(nodes),
      byMs: stream.whole(-3_600_000, 3_600_000),
    }),
  },
  {
    kind: 'store-slow',
    most: 2,
    draw: (stream) => ({ kind: 'store-slow', byMs: stream.whole(50, 5_000), forMs: stream.whole(100, 10_000) }),
  },
  { kind: 'store-away', most: 2, draw: (stream) => ({ kind: 'store-away', forMs: 500 + stream.around(6_000) }) },
  {
    kind: 'store-full',
    most: 2,
    draw: (stream) => ({ kind: 'store-full', forMs: 500 + stream.around(8_000), reserve: stream.whole(0, 4) }),
  },
  { kind: 'shared-away', most: 2, draw: (stream) => ({ kind: 'shared-away', forMs: 500 + stream.around(8_000) }) },
  { kind: 'shared-flush', most: 2, draw: () => ({ kind: 'shared-flush' }) },
];

export function drawFaults(scene: Scene): readonly Fault[] {
  return DRAWERS.flatMap(({ kind, most, draw }) => {
    const stream = new Stream(scene.seed, `fault ${kind}`);
    if (stream.chance(500)) return [];
    return Array.from({ length: stream.whole(1, most) }, (_, index): Fault => {
      const atMs = stream.whole(1, scene.chaosMs);
      return { id: `${kind}-${index + 1}`, atMs, ...draw(stream, scene) };
    });
  });
}

/** Calls that happen often are aimed at later ones. */
const METHODS: readonly (readonly [method: PortMethod, usualCalls: number])[] = [
  ['append', 60],
  ['append', 20],
  ['committed', 60],
  ['run', 30],
  ['verify', 6],
  ['verify', 2],
  ['claim', 3],
  ['read', 3],
  ['latestSnapshot', 3],
  ['saveSnapshot', 2],
  ['load', 2],
  ['act', 2],
  ['confirmVeto', 3],
  ['remember', 20],
];

export function drawTargeted({ seed }: Scene): readonly Targeted[] {
  const stream = new Stream(seed, 'targeted');
  return Array.from({ length: stream.whole(0, 3) }, (_, index): Targeted => {
    const [method, usualCalls] = stream.of(METHODS);
    return {
      id: `targeted-${index + 1}`,
      method,
      when: stream.pick('before', 'after'),
      nth: stream.whole(1, usualCalls),
      what: stream.pick('crash', 'crash', 'pause', 'throw', 'delay'),
      forMs: 50 + stream.around(5_000),
    };
  });
}
