import type { CheckReport, Hotspot } from '../../core/findings/check-report.ts';
import { placeOf } from '../check-run-view.ts';
import { count, countOf } from '../format.ts';
import { treemap } from '../treemap.ts';
import { html, type Html } from './html.ts';

const IN_MAP = 40;
const IN_TABLE = 10;
const ASPECT = 2;
const LEVELS = 5;

/** Where the work is: area for commits, colour for complexity. */
export function hotspotsSection({ hotspots }: CheckReport): Html | undefined {
  const some = hotspots?.filter(({ commits }) => commits > 0) ?? [];
  if (some.length < 2) return undefined;
  const inMap = some.slice(0, IN_MAP).toSorted((a, b) => b.commits - a.commits);
  const levels = levelsOf(inMap);
  const isCounted = some.some(({ complexityBy }) => complexityBy === 'counted');
  return html`<h2 id="hot-spots">Where the work is</h2>
    <p class="lead">
      Large: changed often. Strong colour: many decisions. A large file in a strong colour costs most, and is where the
      next fault is likely.
    </p>
    <div class="map" role="img" aria-label="Hot spots: the table below has the same figures">
      ${treemap(inMap, ({ commits }) => commits, ASPECT).map((tile) => {
        const { item, left, top, width, height } = tile;
        const isTiny = width < 5 || height < 7;
        const size = `${isTiny ? ' tiny' : ''}${width < 22 ? ' slim' : ''}`;
        return html`<div
          class="h${levels.get(item) ?? 0}${size}"
          style="left:${fixed(left)}%;top:${fixed(top)}%;width:${fixed(width)}%;height:${fixed(height)}%"
          title="${item.file}: ${count(item.commits)} commits, ${count(item.complexity)} decisions"
        >
          <b>${baseName(item.file)}</b
          ><span>${width < 10 ? count(item.commits) : countOf(item.commits, 'commit')}</span>
        </div>`;
      })}
    </div>
    <div class="key"><span>decisions in the file:</span>${keys(inMap, levels)}</div>
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th>File</th>
            <th class="n">Commits</th>
            <th class="n opt">Fixes</th>
            <th class="n opt">People</th>
            <th class="n">Decisions</th>
            <th class="n opt">Lines</th>
            <th class="opt">12 months</th>
          </tr>
        </thead>
        <tbody>
          ${some.slice(0, IN_TABLE).map(row)}
        </tbody>
      </table>
    </div>
    ${isCounted && html`<p class="lead">≈ words that branch, counted: the language is not parsed.</p>`}`;
}

function row(one: Hotspot): Html {
  return html`<tr>
    <td><code>${one.file}</code></td>
    <td class="n">${count(one.commits)}</td>
    <td class="n opt">${count(one.fixes)}</td>
    <td class="n opt">${count(one.authors)}</td>
    <td class="n">${one.complexityBy === 'counted' && '≈ '}${count(one.complexity)}</td>
    <td class="n opt">${count(one.lines)}</td>
    <td class="opt">${spark(one.trend)}</td>
  </tr>`;
}

function spark(trend: readonly number[]): Html {
  const most = Math.max(1, ...trend);
  return html`<span class="spark" role="img" aria-label="commits per month: ${trend.join(', ')}"
    >${trend.map((month) => html`<i${month === 0 && html` class="z"`} style="height:${Math.round((month / most) * 100)}%"></i>`)}</span
  >`;
}

/** Five levels with about as many files in each. */
function levelsOf(some: readonly Hotspot[]): ReadonlyMap<Hotspot, number> {
  const ordered = some.toSorted((a, b) => a.complexity - b.complexity);
  return new Map(ordered.map((one, index) => [one, Math.floor((index / ordered.length) * LEVELS)]));
}

function keys(some: readonly Hotspot[], levels: ReadonlyMap<Hotspot, number>): readonly Html[] {
  return Array.from({ length: LEVELS }, (_, level) => {
    const figures = some.filter((one) => levels.get(one) === level).map(({ complexity }) => complexity);
    const [least, most] = [Math.min(...figures), Math.max(...figures)];
    if (figures.length === 0) return html``;
    return html`<span
      ><i class="h${level}"></i>${least === most ? count(least) : `${count(least)} to ${count(most)}`}</span
    >`;
  });
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function fixed(value: number): string {
  return value.toFixed(2);
}

/** The hardest functions, wherever they stand. */
export function functionsSection({ functions }: CheckReport): Html | undefined {
  const some = functions?.slice(0, IN_TABLE) ?? [];
  const most = some[0]?.complexity ?? 0;
  if (some.length === 0) return undefined;
  return html`<h2>Hardest functions</h2>
    <p class="lead">Decisions each makes: branches, loops, conditions, catches. Above 20 is hard to test.</p>
    <div class="wide">
      <table class="bars">
        <thead>
          <tr>
            <th>Function</th>
            <th>Decisions</th>
            <th class="n"></th>
            <th class="n opt">Nested</th>
            <th class="n">Lines</th>
          </tr>
        </thead>
        <tbody>
          ${some.map(
            (one) =>
              html`<tr>
                <td><b>${one.name}</b><br /><code>${placeOf(one)}</code></td>
                <td style="min-width:80px">
                  <div class="meter" style="width:${Math.max(2, Math.round((one.complexity / most) * 100))}%"></div>
                </td>
                <td class="n">${count(one.complexity)}</td>
                <td class="n opt">${count(one.nesting)}</td>
                <td class="n">${count(one.lines)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
