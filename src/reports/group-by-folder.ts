export type FolderGroup<Item> = Readonly<{
  /** With `/` at its end; `./` for the files that stand in no folder. */
  folder: string;
  items: readonly Item[];
}>;

/** A folder that holds more of them is looked into. */
const MOST_SHARE = 0.55;

/**
 * By the folders that tell them apart: what all paths begin with is passed over, and a folder with most of them is
 * split again. At most `limit` groups; the smallest stand together as `other folders`.
 */
export function groupByFolder<Item>(
  items: readonly Item[],
  pathOf: (item: Item) => string,
  limit: number,
): readonly FolderGroup<Item>[] {
  const groups = split(items, pathOf, items.length * MOST_SHARE);
  const ordered = groups.toSorted((a, b) => b.items.length - a.items.length || (a.folder < b.folder ? -1 : 1));
  if (ordered.length <= limit) return ordered;
  const rest = ordered.slice(limit - 1).flatMap((group) => group.items);
  return [...ordered.slice(0, limit - 1), { folder: 'other folders', items: rest }];
}

function split<Item>(
  items: readonly Item[],
  pathOf: (item: Item) => string,
  most: number,
): readonly FolderGroup<Item>[] {
  const shared = sharedFolders(items.map((item) => foldersOf(pathOf(item))));
  const folderOf = (item: Item): string => {
    const folders = foldersOf(pathOf(item)).slice(0, shared + 1);
    return folders.length === 0 ? './' : `${folders.join('/')}/`;
  };
  const parts = [...Map.groupBy(items, folderOf)].map(([folder, own]) => ({ folder, items: own }));
  if (parts.length < 2) return parts;
  return parts.flatMap((part) => (part.items.length > most ? split(part.items, pathOf, most) : [part]));
}

function foldersOf(path: string): readonly string[] {
  return path.split('/').slice(0, -1);
}

function sharedFolders(all: readonly (readonly string[])[]): number {
  const [first = [], ...others] = all;
  let depth = 0;
  while (depth < first.length && others.every((one) => one[depth] === first[depth])) depth += 1;
  return depth;
}

/** For each folder its last name, or the last two where others end the same. */
export function shortFolders(folders: readonly string[]): readonly string[] {
  const last = folders.map((folder) => lastNames(folder, 1));
  return folders.map((folder, index) => {
    const isTold = last.filter((name) => name === last[index]).length === 1;
    return lastNames(folder, isTold ? 1 : 2);
  });
}

function lastNames(folder: string, count: number): string {
  return folder.endsWith('/') ? `${folder.slice(0, -1).split('/').slice(-count).join('/')}/` : folder;
}
