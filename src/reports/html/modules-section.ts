import type { CheckReport, ImportCycle } from '../../core/findings/check-report.ts';
import { count, countOf, percent } from '../format.ts';
import { cut } from '../visible.ts';
import { html, type Html } from './html.ts';

const RINGS = 6;
const IN_RING = 10;
const LANGUAGES = 5;

/** Import cycles, drawn. */
export function modulesSection({ modules }: CheckReport): Html | undefined {
  if (modules === null || modules.modules === 0) return undefined;
  const { cycles, typeCycles } = modules;
  const types =
    typeCycles === 0
      ? ''
      : ` ${countOf(typeCycles, 'more cycle')} of types alone ${typeCycles === 1 ? 'does' : 'do'} no harm.`;
  const more = cycles.length > RINGS ? ` ${cycles.length - RINGS} more are among the findings.` : '';
  return html`<h2 id="cycles">Import cycles</h2>
    <p class="lead">
      ${countOf(modules.modules, 'module')}, ${countOf(modules.imports, 'import')} between them.
      ${cycles.length === 0 ? 'No cycle when the program loads.' : `${countOf(cycles.length, 'cycle')} when the program loads.${more}`}${types}
    </p>
    ${cycles.length > 0 && html`<div class="rings">${cycles.slice(0, RINGS).map(ring)}</div>`}`;
}

function ring({ files, path }: ImportCycle): Html {
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
  return html`<svg viewBox="0 0 100 100" aria-hidden="true">
    <defs>
      <marker id="tip" viewBox="0 0 6 6" refX="4.5" refY="3" markerWidth="4.5" markerHeight="4.5" orient="auto">
        <path d="M0 0 6 3 0 6z" fill="var(--accent)" />
      </marker>
    </defs>
    ${arrows}${nodes}
  </svg>`;
}

/** Lines by language, as one bar. */
export function languagesSection({ size }: CheckReport): Html | undefined {
  const { languages, lines } = size;
  if (languages.length === 0 || lines === 0) return undefined;
  const shown = languages.slice(0, LANGUAGES);
  const rest = languages.slice(LANGUAGES);
  const others = {
    language: 'other',
    files: sum(rest.map(({ files }) => files)),
    lines: sum(rest.map((one) => one.lines)),
  };
  const all = rest.length === 0 ? shown : [...shown, others];
  return html`<h2>Languages</h2>
    <p class="lead">Lines of text, without generated files, lock files and other people's code.</p>
    <div class="stack">
      ${all.map((one, index) => html`<i class="l${index}" style="width:${((one.lines / lines) * 100).toFixed(2)}%" title="${one.language}"></i>`)}
    </div>
    <div class="key">
      ${all.map((one, index) => html`<span><i class="l${index}"></i>${one.language} <b>${percent(one.lines / lines)}</b>, ${count(one.lines)} lines in ${countOf(one.files, 'file')}</span>`)}
    </div>`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
