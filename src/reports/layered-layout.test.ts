import fc from 'fast-check';
import { expect, test } from 'vitest';
import { circlesOf, withoutShortcuts } from './graph.ts';
import { layOut, type Layout, type LayoutEdge, type Point } from './layered-layout.ts';

const OPTIONS = { width: 600, nodeHeight: 40, gapX: 16, gapY: 40 };

const graphs = fc.integer({ min: 1, max: 24 }).chain((count) =>
  fc.record({
    widths: fc.array(fc.integer({ min: 60, max: 200 }), { minLength: count, maxLength: count }),
    edges: fc
      .uniqueArray(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 40, selector: String })
      .map((pairs) => pairs.filter(([from, to]) => from !== to).map(([from, to]) => ({ from, to, weight: 1 }))),
  }),
);

type Box = Layout['nodes'][number];

function isApart(boxes: readonly Box[]): boolean {
  return boxes.every((a, index) => boxes.slice(index + 1).every((b) => a.y !== b.y || gap(a, b) > -1e-6));
}

function gap(a: Box, b: Box): number {
  return Math.max(b.x - a.x - a.width, a.x - b.x - b.width);
}

function isGood(
  [source, target]: readonly (Box | undefined)[],
  line: Layout['edges'][number] | undefined,
  boxes: readonly Box[],
): boolean {
  if (source === undefined || target === undefined || line === undefined) return false;
  const isWay = line.isUp ? source.y > target.y : source.y < target.y;
  return isWay && line.points.slice(1, -1).every((point) => isFree(point, boxes));
}

function isFree({ x, y }: Point, boxes: Layout['nodes']): boolean {
  return boxes.every((box) => y < box.y || y > box.y + box.height || x < box.x || x > box.x + box.width);
}

function drawn({ widths, edges }: Readonly<{ widths: readonly number[]; edges: readonly LayoutEdge[] }>): Layout {
  return layOut(
    widths.map((width) => ({ width })),
    edges,
    OPTIONS,
  );
}

test('boxes never overlap, and all are inside', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const { nodes, width, height } = drawn(graph);
      const isInside = nodes.every((box) => box.x > -1e-6 && box.x + box.width < width + 1e-6 && box.y >= 0);
      return isInside && isApart(nodes) && nodes.every((box) => box.y + box.height <= height);
    }),
  );
});

test('lines go down from box to box, those of circles that must go up are marked, and none stands on a box', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const { nodes, edges } = drawn(graph);
      return graph.edges.every(({ from, to }, index) => isGood([nodes[from], nodes[to]], edges[index], nodes));
    }),
  );
});

test('a graph without circles has no line that goes up', () => {
  const edges = [
    { from: 2, to: 0, weight: 1 },
    { from: 2, to: 1, weight: 1 },
    { from: 1, to: 0, weight: 1 },
  ];
  const { nodes, edges: lines } = drawn({ widths: [80, 80, 80], edges });
  expect(lines.map(({ isUp }) => isUp)).toEqual([false, false, false]);
  expect(nodes.map(({ y }) => y)).toEqual([160, 80, 0]);
});

test('the lightest line of a circle goes up', () => {
  const edges = [
    { from: 0, to: 1, weight: 9 },
    { from: 1, to: 2, weight: 8 },
    { from: 2, to: 0, weight: 1 },
  ];
  expect(drawn({ widths: [80, 80, 80], edges }).edges.map(({ isUp }) => isUp)).toEqual([false, false, true]);
});

test('the same graph gives the same drawing', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      expect(drawn(graph)).toEqual(drawn(structuredClone(graph)));
    }),
    { numRuns: 20 },
  );
});

test('nodes on circles are told apart from the others', () => {
  const arrows = [
    { from: 0, to: 1 },
    { from: 1, to: 0 },
    { from: 1, to: 2 },
    { from: 3, to: 4 },
    { from: 4, to: 3 },
  ];
  expect(circlesOf(6, arrows)).toEqual([0, 0, -1, 1, 1, -1]);
});

test('an arrow that a longer way replaces is left out, but none of a circle', () => {
  const chain = [
    { from: 0, to: 1 },
    { from: 1, to: 2 },
    { from: 0, to: 2 },
  ];
  expect(withoutShortcuts(3, chain)).toEqual(chain.slice(0, 2));
  const round = [...chain, { from: 2, to: 1 }];
  expect(withoutShortcuts(3, round)).toEqual(round);
});
