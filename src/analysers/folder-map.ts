import type { FolderMap } from '../core/findings/check-report.ts';

/** More than a person can tell apart in a drawing. */
const MAX_FOLDERS = 30;
const MAX_LINKS = 240;

type Group = Readonly<{
  /** With `/` at its end; empty for the whole. */
  prefix: string;
  /** As `FolderMap` names it. */
  path: string;
  members: readonly number[];
  isSettled: boolean;
}>;

/**
 * Modules by folder, the largest folders split until there are enough. `nodes`: paths. `edges`: for each node those it
 * imports. Nodes that are not wanted are left out with their edges.
 */
export function folderMap(
  nodes: readonly string[],
  edges: readonly (readonly number[])[],
  isWanted: (path: string) => boolean,
): FolderMap {
  const members = nodes.flatMap((path, index) => (isWanted(path) ? [index] : []));
  let groups: readonly Group[] = members.length === 0 ? [] : [{ prefix: '', path: './', members, isSettled: false }];
  for (;;) {
    const largest = groups.filter(({ isSettled }) => !isSettled).toSorted(bySize)[0];
    if (largest === undefined) break;
    const room = MAX_FOLDERS - groups.length + 1;
    groups = groups.flatMap((group) => (group === largest ? split(group, nodes, room) : [group]));
  }
  const ordered = groups.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return {
    folders: ordered.map(({ path, members: own }) => ({ path, modules: own.length })),
    links: linksBetween(ordered, edges),
  };
}

/** Into its folders and its own files; where there is no room for all, the small ones stay together. */
function split(group: Group, nodes: readonly string[], room: number): readonly Group[] {
  const { prefix, members } = group;
  const settled = [{ ...group, isSettled: true }];
  const parts = Map.groupBy(members, (member) => firstFolder(nodes[member] ?? '', prefix));
  const folders = [...parts].flatMap(([name, own]): readonly Group[] => {
    const path = `${prefix}${name}/`;
    return name === '' ? [] : [{ prefix: path, path, members: own, isSettled: false }];
  });
  const own = parts.get('') ?? [];
  const files: readonly Group[] =
    own.length === 0 ? [] : [{ prefix, path: `${prefix}*`, members: own, isSettled: true }];
  if (folders.length === 0) return settled;
  if (folders.length + files.length <= room) return [...folders, ...files];
  const shown = folders.toSorted(bySize).slice(0, room - files.length - 1);
  if (shown.length < 3) return settled;
  const rest = folders.filter((folder) => !shown.includes(folder)).flatMap((folder) => folder.members);
  return [...shown, ...files, { prefix, path: `${prefix}…/`, members: rest, isSettled: true }];
}

/** Empty for a file that stands in the folder itself. */
function firstFolder(path: string, prefix: string): string {
  const end = path.indexOf('/', prefix.length);
  return end < 0 ? '' : path.slice(prefix.length, end);
}

function bySize(a: Group, b: Group): number {
  return b.members.length - a.members.length || (a.path < b.path ? -1 : 1);
}

function linksBetween(groups: readonly Group[], edges: readonly (readonly number[])[]): FolderMap['links'] {
  const groupOf = new Map(groups.flatMap(({ members }, index) => members.map((member) => [member, index] as const)));
  const counts = new Map<number, number>();
  for (const [node, targets] of edges.entries()) {
    const from = groupOf.get(node);
    for (const target of targets) {
      const to = groupOf.get(target);
      if (from === undefined || to === undefined || from === to) continue;
      const key = from * MAX_FOLDERS + to;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return [...counts]
    .map(([key, imports]) => ({ from: Math.floor(key / MAX_FOLDERS), to: key % MAX_FOLDERS, imports }))
    .toSorted((a, b) => b.imports - a.imports || a.from - b.from || a.to - b.to)
    .slice(0, MAX_LINKS);
}
