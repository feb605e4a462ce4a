import { layOut, type LayoutOptions, type PlacedEdge, type Point } from '../layered-layout.ts';
import { html, type Html } from './html.ts';

export type DrawnNode = Readonly<{
  label: string;
  /** Second line. */
  note: string;
  /** For the pointer that rests on it. */
  title: string;
  /** A class of the sheet. */
  look: string;
  /** Where a click leads, without `#`. */
  target?: string;
}>;

export type DrawnEdge = Readonly<{ from: number; to: number; weight: number; title: string; look: string }>;

export type Drawing = Readonly<{
  /** Unique on the page, letters only. */
  id: string;
  label: string;
  nodes: readonly DrawnNode[];
  edges: readonly DrawnEdge[];
}>;

const OPTIONS: LayoutOptions = { width: 1_020, nodeHeight: 38, gapX: 18, gapY: 44 };
const SIGN = 7.1;
const MIN_WIDTH = 84;
const AROUND = 20;
const MARGIN = 6;
/** Boxes beyond these are drawn too, but nothing fades for them. */
const MAX_NODES = 40;
const THIN = 1.4;
const THICK = 4.5;

/** Boxes in rows and lines between them. What a box is linked with stands out while the pointer or the focus is on it. */
export function drawGraph({ id, label, nodes, edges }: Drawing): Html {
  const layout = layOut(
    nodes.map((node) => ({ width: Math.max(MIN_WIDTH, lengthOf(node) * SIGN + AROUND) })),
    edges,
    OPTIONS,
  );
  const most = Math.max(1, ...edges.map(({ weight }) => weight));
  const lines = edges.map((edge, index) => {
    const placed = layout.edges[index];
    if (placed === undefined) return undefined;
    const width = THIN + (THICK - THIN) * (Math.log(edge.weight) / Math.log(Math.max(2, most)));
    const look = placed.isUp ? 'up' : edge.look;
    const classes = `e ${id}f${edge.from} ${id}t${edge.to} ${look}`;
    const head = look === '' ? 'plain' : look;
    return html`<path
      class="${classes}"
      d="${pathOf(placed)}"
      stroke-width="${width.toFixed(1)}"
      marker-end="url(#${id}-${head})"
      ><title>${edge.title}</title></path
    >`;
  });
  const boxes = nodes.map((node, index) => {
    const { x = 0, y = 0, width = 0, height = 0 } = layout.nodes[index] ?? {};
    const middle = (x + width / 2).toFixed(1);
    const box = html`<g class="n ${id}${index} ${node.look}">
      <title>${node.title}</title>
      <rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${height}" rx="7" />
      <text x="${middle}" y="${y + 16}">${node.label}</text>
      <text x="${middle}" y="${y + 30}" class="note">${node.note}</text>
    </g>`;
    return node.target === undefined ? box : html`<a href="#${node.target}">${box}</a>`;
  });
  const [wide, high] = [layout.width + 2 * MARGIN, layout.height + 2 * MARGIN];
  const looks = ['plain', 'up', ...new Set(edges.map(({ look }) => look).filter((look) => look !== ''))];
  return html`<svg
    class="graph ${id}"
    viewBox="${-MARGIN} ${-MARGIN} ${wide.toFixed(0)} ${high.toFixed(0)}"
    role="group"
    aria-label="${label}"
    style="min-width:${Math.round(wide * 0.72)}px"
  >
    <defs>${looks.map((look) => arrowHead(`${id}-${look}`, look))}</defs>
    <g fill="none">${lines}</g>
    ${boxes}
  </svg>`;
}

function lengthOf({ label, note }: DrawnNode): number {
  return Math.max(columns(label), columns(note) * 0.86);
}

/** What is not ASCII may be twice as wide. */
function columns(text: string): number {
  return text.length + (text.match(/[^\x20-\x7e…]/gu)?.length ?? 0);
}

function arrowHead(id: string, look: string): Html {
  return html`<marker
    id="${id}"
    class="head ${look}"
    viewBox="0 0 8 8"
    refX="7.4"
    refY="4"
    markerWidth="11"
    markerHeight="11"
    markerUnits="userSpaceOnUse"
    orient="auto"
  >
    <path d="M0 .6 7.4 4 0 7.4z" />
  </marker>`;
}

/** A curve through all points that leaves and arrives upright. Source: Catmull and Rom, 1974. */
function pathOf({ points }: PlacedEdge): string {
  const parts = points.slice(1).map((point, index) => {
    const from = points[index] ?? point;
    const [out, into] = [slopeAt(points, index), slopeAt(points, index + 1)];
    const third = (point.y - from.y) / 3;
    const bends = [from.x + out * third, from.y + third, point.x - into * third, point.y - third, point.x, point.y];
    return `C${bends.map((value) => value.toFixed(1)).join(' ')}`;
  });
  const [first = { x: 0, y: 0 }] = points;
  return `M${first.x.toFixed(1)} ${first.y.toFixed(1)}${parts.join('')}`;
}

/** Beside a box a line may not lean over more, or it would pass under its corner. */
const MOST_SLOPE = 0.5;

/** Sideways for each step down; upright at both ends. */
function slopeAt(points: readonly Point[], index: number): number {
  const [before, after] = [points[index - 1], points[index + 1]];
  if (before === undefined || after === undefined) return 0;
  return Math.max(-MOST_SLOPE, Math.min(MOST_SLOPE, (after.x - before.x) / (after.y - before.y)));
}

/** Lines of other boxes fade while one is pointed at. No script is needed for it. */
export function focusRules(id: string): string {
  return Array.from({ length: MAX_NODES }, (_, node) => {
    const chosen = `.${id}:has(.${id}${node}:hover,a:focus-visible .${id}${node})`;
    return `${chosen} .e:not(.${id}f${node},.${id}t${node}){opacity:.08}`;
  }).join('\n');
}
