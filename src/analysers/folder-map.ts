import type { FolderMap } from '../core/findings/check-report.ts';

/** As many as a person can tell apart in a drawing. */
const MAX_FOLDERS = 18;
/** With fewer, folders are split however small they are. */
const FEW_FOLDERS = 6;
/** Of all modules: what is smaller is not split. */
const SPLIT_SHARE = 0.12;
/** Of all modules: folders that are smaller stand together. */
const TINY_SHARE = 0.025;
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
    if (groups.length >= FEW_FOLDERS && largest.members.length < members.length * SPLIT_SHARE) break;
    const limits = { room: MAX_FOLDERS - groups.length + 1, tiny: members.length * TINY_SHARE };
    groups = groups.flatMap((group) => (group === largest ? split(group, nodes, limits) : [group]));
  }
  const ordered = groups.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return {
    folders: ordered.map(({ path, members: own }) => ({ path, modules: own.length })),
    links: linksBetween(ordered, edges),
  };
}

type Limits = Readonly<{ room: number; tiny: number }>;

/** Into its folders and its own files; the small ones stay together, and those for which there is no room. */
function split(group: Group, nodes: readonly string[], { room, tiny }: Limits): readonly Group[] {
  const { prefix, members } = group;
  const parts = Map.groupBy(members, (member) => firstFolder(nodes[member] ?? '', prefix));
  const own = parts.get('') ?? [];
  const files: readonly Group[] =
    own.length === 0 ? [] : [{ prefix, path: `${prefix === '' ? './' : prefix}*`, members: own, isSettled: true }];
  const folders = [...parts]
    .filter(([name]) => name !== '')
    .map(([name, inside]): Group => {
      const path = `${prefix}${name}/`;
      return { prefix: path, path, members: inside, isSettled: false };
    })
    .toSorted(bySize);
  const large = folders.filter((folder) => folder.members.length >= tiny);
  const isWhole = folders.length + files.length <= room && folders.length - large.length < 2;
  if (folders.length > 0 && isWhole) return [...folders, ...files];
  const shown = large.slice(0, Math.max(0, room - files.length - 1));
  if (shown.length < 2) return [{ ...group, isSettled: true }];
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
