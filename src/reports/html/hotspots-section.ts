import type { CheckReport, Hotspot } from '../../core/findings/check-report.ts';
import { count, countOf } from '../format.ts';
import { groupByFolder, shortFolders, type FolderGroup } from '../group-by-folder.ts';
import { treemap, type Tile } from '../treemap.ts';
import { cut } from '../visible.ts';
import { html, type Html } from './html.ts';
import { section, wide } from './parts.ts';

const IN_MAP = 48;
const IN_TABLE = 12;
const GROUPS = 9;
const ASPECT = 2;
const LEVELS = 5;

/** Where the work is: area for commits, colour for complexity, frames for folders. */
export function hotspotsSection({ hotspots }: CheckReport): Html | undefined {
  const some = hotspots?.filter(({ commits }) => commits > 0) ?? [];
  if (some.length < 2) return undefined;
  const inMap = some.slice(0, IN_MAP);
  const levels = levelsOf(inMap);
  const isCounted = some.some(({ complexityBy }) => complexityBy === 'counted');
  const groups = groupByFolder(inMap, ({ file }) => file, GROUPS).toSorted((a, b) => commitsIn(b) - commitsIn(a));
  const names = shortFolders(groups.map(({ folder }) => folder));
  const nameOf = new Map(groups.map((group, index) => [group, names[index] ?? group.folder]));
  return section(
    'hot-spots',
    'Where the work is',
    html`<p class="lead">
        Large: changed often. Strong colour: many decisions. A large file in a strong colour costs most, and is where
        the next fault is likely.
      </p>
      <div class="map" role="img" aria-label="Hot spots by folder: the table below has the same figures">
        ${treemap(groups, commitsIn, ASPECT).map((tile) => frame(tile, nameOf.get(tile.item) ?? '', levels))}
      </div>
      <p class="key">
        <span>Decisions in the file:</span>${keys(inMap, levels)}<span>Area: commits. Frames: folders.</span>
      </p>
      ${wide(
        'Hot spots',
        html`<table>
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col" class="n">Commits</th>
              <th scope="col" class="n opt">Fixes</th>
              <th scope="col" class="n opt">People</th>
              <th scope="col" class="n">Decisions</th>
              <th scope="col" class="n opt">Lines</th>
              <th scope="col" class="opt">12 months</th>
            </tr>
          </thead>
          <tbody>
            ${some.slice(0, IN_TABLE).map(row)}
          </tbody>
        </table>`,
      )}
      ${isCounted && html`<p class="lead">≈ words that branch, counted: the language is not parsed.</p>`}`,
  );
}

type Group = FolderGroup<Hotspot>;

function commitsIn({ items }: Group): number {
  return items.reduce((sum, { commits }) => sum + commits, 0);
}

function frame(tile: Tile<Group>, name: string, levels: ReadonlyMap<Hotspot, number>): Html {
  const { item: group, width, height } = tile;
  const files = group.items.toSorted((a, b) => b.commits - a.commits || (a.file < b.file ? -1 : 1));
  const aspect = Math.min(20, Math.max(0.05, (width * ASPECT) / height));
  return html`<div class="frame" style="${boxOf(tile)}">
    <b class="folder" title="${group.folder}">${cut(name, 60)}</b>
    <div class="inner">${treemap(files, ({ commits }) => commits, aspect).map((one) => fileTile(one, levels))}</div>
  </div>`;
}

function fileTile(tile: Tile<Hotspot>, levels: ReadonlyMap<Hotspot, number>): Html {
  const { item } = tile;
  const decisions = `${item.complexityBy === 'counted' ? '≈ ' : ''}${count(item.complexity)}`;
  return html`<div
    class="tilebox h${levels.get(item) ?? 0}"
    style="${boxOf(tile)}"
    title="${item.file}: ${countOf(item.commits, 'commit')}, ${decisions} decisions"
  >
    <b>${shortName(item.file)}</b><span>${countOf(item.commits, 'commit')}</span><span>${decisions} decisions</span>
  </div>`;
}

function boxOf({ left, top, width, height }: Tile<unknown>): string {
  return `left:${fixed(left)}%;top:${fixed(top)}%;width:${fixed(width)}%;height:${fixed(height)}%`;
}

function row(one: Hotspot): Html {
  return html`<tr>
    <th scope="row"><code>${cut(one.file, 160)}</code></th>
    <td class="n">${count(one.commits)}</td>
    <td class="n opt">${count(one.fixes)}</td>
    <td class="n opt">${count(one.authors)}</td>
    <td class="n">${one.complexityBy === 'counted' && '≈ '}${count(one.complexity)}</td>
    <td class="n opt">${count(one.lines)}</td>
    <td class="opt">${months(one.trend)}</td>
  </tr>`;
}

function months(trend: readonly number[]): Html {
  const most = Math.max(1, ...trend);
  return html`<span class="months" role="img" aria-label="commits per month, oldest first: ${trend.join(', ')}"
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
      ><i class="h${level}" aria-hidden="true"></i
      >${least === most ? count(least) : `${count(least)} to ${count(most)}`}</span
    >`;
  });
}

/** Names that say nothing without their folder. */
const COMMON = /^(?:index|main|mod|lib|types?|utils?|helpers?|constants?|handlers?|node|base|__init__)\./;

function shortName(path: string): string {
  const parts = path.split('/');
  return parts.slice(COMMON.test(parts.at(-1) ?? '') ? -2 : -1).join('/');
}

function fixed(value: number): string {
  return value.toFixed(2);
}
