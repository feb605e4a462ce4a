import type { CheckReport, FolderMap, ImportCycle, ModuleGraph } from '../../core/findings/check-report.ts';
import { count, countOf } from '../format.ts';
import { circlesOf } from '../graph.ts';
import { cut } from '../visible.ts';
import { drawGraph, type DrawnEdge } from './graph-drawing.ts';
import { html, type Html } from './html.ts';
import { section, wide } from './parts.ts';
import { ring } from './rings.ts';

const RINGS = 6;
const MAX_LINES = 44;
const MAX_IMPORTED = 8;
const LABEL = 26;

/** How the modules hang together: folders and what they import, circles, what most others need. */
export function modulesSection({ modules }: CheckReport): Html | undefined {
  if (modules === null || modules.modules === 0) return undefined;
  return section(
    'modules',
    'How the modules hang together',
    html`<p class="lead">
        ${countOf(modules.modules, 'module')}, ${countOf(modules.imports, 'import')} between them.
        ${cyclesText(modules)}
      </p>
      ${modules.map !== undefined && modules.map.folders.length > 1 && folders(modules.map)} ${circles(modules)}
      ${mostImported(modules)}`,
  );
}

function cyclesText({ cycles, typeCycles }: ModuleGraph): string {
  const real =
    cycles.length === 0
      ? 'No cycle when the program loads.'
      : `${countOf(cycles.length, 'cycle')} when the program loads.`;
  if (typeCycles === 0) return real;
  return `${real} ${countOf(typeCycles, 'more cycle')} of types alone ${typeCycles === 1 ? 'does' : 'do'} no harm.`;
}

type Link = FolderMap['links'][number];

function folders({ folders: all, links }: FolderMap): Html {
  const circle = circlesOf(all.length, links);
  const isRound = ({ from, to }: Link): boolean => circle[from] !== -1 && circle[from] === circle[to];
  const drawn = drawnLinks(links, isRound);
  const pathOf = (index: number): string => all[index]?.path ?? '';
  const used = new Set(drawn.flatMap(({ from, to }) => [from, to]));
  const shown = [...all.keys()].filter((index) => used.has(index));
  const place = new Map(shown.map((index, at) => [index, at]));
  const edges = drawn.map((link): DrawnEdge => ({
    from: place.get(link.from) ?? 0,
    to: place.get(link.to) ?? 0,
    weight: link.imports,
    title: `${pathOf(link.from)} imports ${pathOf(link.to)}: ${countOf(link.imports, 'time')}`,
    look: '',
  }));
  const nodes = shown.map((index) => {
    const { path, modules } = all[index] ?? { path: '', modules: 0 };
    return {
      label: shortPath(path),
      note: countOf(modules, 'module'),
      title: `${path}: ${countOf(modules, 'module')}`,
      look: circle[index] === -1 ? '' : 'round',
      target: `folder-${index}`,
    };
  });
  const hidden = links.length - drawn.length;
  const alone = all.length - shown.length;
  const isAnyRound = links.some(isRound);
  return html`<h3>Folders and what they import</h3>
    <p class="key">
      <span>An arrow goes from the folder that imports to the one it needs; the thicker, the more imports.</span>
      <span><code>src/*</code> are the files of a folder itself, <code>src/…/</code> its small folders.</span>
      ${isAnyRound && html`<span class="roundkey">Framed twice: folders that need each other in a circle. Dashed and in a strong colour: the links that close the circles, the lightest that can be found.</span>`}
      ${hidden > 0 && html`<span>${countOf(hidden, 'lighter link')} left out of the drawing.</span>`}
      ${alone > 0 && html`<span>${countOf(alone, 'folder')} without links ${alone === 1 ? 'is' : 'are'} in the table only.</span>`}
    </p>
    ${wide('Drawing of folders and their imports', drawGraph({ id: 'dep', label: 'Folders and their imports; the table below says the same', nodes, edges }))}
    ${folderTable(all, links, circle)}`;
}

/** The heaviest, and at least the heaviest of each folder in both directions. */
function drawnLinks(links: readonly Link[], isRound: (link: Link) => boolean): readonly Link[] {
  const firsts = new Set<Link>();
  for (const side of ['from', 'to'] as const)
    for (const own of Map.groupBy(links, (link) => link[side]).values())
      for (const link of own.slice(0, 1)) firsts.add(link);
  const rest = links
    .filter((link) => !firsts.has(link))
    .toSorted((a, b) => Number(isRound(b)) - Number(isRound(a)) || b.imports - a.imports);
  return [...firsts, ...rest].slice(0, MAX_LINES);
}

/** Its end says most. */
function shortPath(path: string): string {
  return path.length <= LABEL ? path : `…${path.slice(1 - LABEL)}`;
}

function folderTable(all: FolderMap['folders'], links: readonly Link[], circle: readonly number[]): Html {
  const sum = (side: 'from' | 'to', index: number): number =>
    links.reduce((total, link) => total + (link[side] === index ? link.imports : 0), 0);
  return html`<details>
    <summary>The same as a table: ${countOf(all.length, 'folder')}</summary>
    ${wide(
      'Folders, modules and imports',
      html`<table>
        <thead>
          <tr>
            <th scope="col">Folder</th>
            <th scope="col" class="n">Modules</th>
            <th scope="col" class="n">Imports of others</th>
            <th scope="col" class="n">Imported by others</th>
            <th scope="col">Circle</th>
          </tr>
        </thead>
        <tbody>
          ${all.map(
            ({ path, modules }, index) =>
              html`<tr id="folder-${index}">
                <th scope="row"><code>${cut(path, 120)}</code></th>
                <td class="n">${count(modules)}</td>
                <td class="n">${count(sum('from', index))}</td>
                <td class="n">${count(sum('to', index))}</td>
                <td>${circle[index] === -1 ? 'no' : `circle ${(circle[index] ?? 0) + 1}`}</td>
              </tr>`,
          )}
        </tbody>
      </table>`,
    )}
  </details>`;
}

function circles({ cycles }: ModuleGraph): Html | undefined {
  if (cycles.length === 0) return undefined;
  const more = cycles.length - RINGS;
  const shown: readonly ImportCycle[] = cycles.slice(0, RINGS);
  return html`<h3>Files that import each other in a circle</h3>
    <div class="rings">${shown.map(ring)}</div>
    ${more > 0 && html`<p class="lead">${countOf(more, 'more cycle')} in report.json.</p>`}`;
}

function mostImported({ mostImported: all }: ModuleGraph): Html | undefined {
  const shown = all.filter(({ importedBy }) => importedBy > 1).slice(0, MAX_IMPORTED);
  const most = shown[0]?.importedBy ?? 1;
  if (shown.length < 2) return undefined;
  return html`<h3>What most others need</h3>
    ${wide(
      'Most imported modules',
      html`<table class="bars">
        <thead>
          <tr>
            <th scope="col">Module</th>
            <th scope="col" class="opt"><span class="vh">Bar</span></th>
            <th scope="col" class="n">Imported by</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            ({ file, importedBy }) =>
              html`<tr>
                <th scope="row"><code>${cut(file, 160)}</code></th>
                <td class="opt barcell">
                  <div class="meter" style="width:${Math.max(2, Math.round((importedBy / most) * 100))}%"></div>
                </td>
                <td class="n">${countOf(importedBy, 'module')}</td>
              </tr>`,
          )}
        </tbody>
      </table>`,
    )}`;
}
