import type { ImportCycle } from '../../core/findings/check-report.ts';
import { countOf } from '../format.ts';
import { cut } from '../visible.ts';
import { html, type Html } from './html.ts';

const IN_RING = 10;

/** A circle of imports, drawn as one, with its files beside it. */
export function ring({ files, path }: ImportCycle): Html {
  const shown = path.slice(0, IN_RING);
  const more = path.length - shown.length;
  const isTangle = files.length > path.length;
  return html`<div class="ring">
    <div class="size">
      ${countOf(files.length, 'file')}${isTangle && html`<span>, the shortest way around has ${String(path.length)}</span>`}
    </div>
    <div class="around">
      ${circle(shown.length)}
      <ol>
        ${shown.map(({ file, line }) => html`<li><code>${cut(file, 90)}${line > 0 && `:${line}`}</code></li>`)}${more > 0 && html`<li>and ${String(more)} more</li>`}
      </ol>
    </div>
  </div>`;
}

const CENTRE = 50;
const RADIUS = 37;
const POINT = 8;
/** Between the rim of a point and the end of an arrow. */
const AIR = 3;

/** Numbered points on a circle, an arrow from each to the next. */
function circle(points: number): Html {
  const step = (2 * Math.PI) / points;
  const gap = (POINT + AIR) / RADIUS;
  const at = (angle: number): readonly [string, string] => [
    (CENTRE + RADIUS * Math.sin(angle)).toFixed(1),
    (CENTRE - RADIUS * Math.cos(angle)).toFixed(1),
  ];
  const all = Array.from({ length: points }, (_, index) => index);
  const arrows = all.map((index) => {
    const [x1, y1] = at(index * step + gap);
    const [x2, y2] = at((index + 1) * step - gap);
    const long = step - 2 * gap > Math.PI ? 1 : 0;
    return (
      step > 2 * gap &&
      html`<path d="M${x1} ${y1}A${RADIUS} ${RADIUS} 0 ${long} 1 ${x2} ${y2}" class="arrow" marker-end="url(#tip)" />`
    );
  });
  const nodes = all.map((index) => {
    const [x, y] = at(index * step);
    return html`<circle cx="${x}" cy="${y}" r="${POINT}" class="point" /><text x="${x}" y="${y}" dy="3.1"
        >${index + 1}</text
      >`;
  });
  return html`<svg viewBox="0 0 100 100" aria-hidden="true">${arrows}${nodes}</svg>`;
}
