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
const THIN = 1;
const THICK = 5;

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
    const width = THIN + (THICK - THIN) * (Math.log(1 + edge.weight) / Math.log(1 + most));
    const classes = `e ${id}f${edge.from} ${id}t${edge.to} ${edge.look}${placed.isUp ? ' up' : ''}`;
    const head = edge.look === '' ? 'plain' : edge.look;
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
  const looks = ['plain', ...new Set(edges.map(({ look }) => look).filter((look) => look !== ''))];
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
    refX="7"
    refY="4"
    markerWidth="8"
    markerHeight="8"
    markerUnits="userSpaceOnUse"
    orient="auto"
  >
    <path d="M0 .6 7.4 4 0 7.4z" />
  </marker>`;
}

/** Bends between rows, straight lines through them. */
function pathOf({ points }: PlacedEdge): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let before: Point = first;
  const parts = rest.map((point, index) => {
    const isThrough = index % 2 === 1;
    const middle = ((before.y + point.y) / 2).toFixed(1);
    const [from, to] = [before.x.toFixed(1), `${point.x.toFixed(1)} ${point.y.toFixed(1)}`];
    before = point;
    return isThrough ? `L${to}` : `C${from} ${middle} ${point.x.toFixed(1)} ${middle} ${to}`;
  });
  return `M${first.x.toFixed(1)} ${first.y.toFixed(1)}${parts.join('')}`;
}

/** Lines of other boxes fade while one is pointed at. No script is needed for it. */
export function focusRules(id: string): string {
  return Array.from({ length: MAX_NODES }, (_, node) => {
    const chosen = `.${id}:has(.${id}${node}:hover,a:focus-visible .${id}${node})`;
    return `${chosen} .e:not(.${id}f${node},.${id}t${node}){opacity:.08}`;
  }).join('\n');
}
