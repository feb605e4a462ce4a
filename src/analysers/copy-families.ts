import { posix } from 'node:path';

/** Groups of files of one folder that share code; more of them, and the folder is written to one pattern. */
const MAX_IN_FOLDER = 3;

/**
 * Files of a folder that all look alike, one per property, dialect or format, are one thing to know, not many: the first
 * group of them stands for all.
 */
export function oneOfFamily<Group>(
  groups: readonly Group[],
  filesOf: (group: Group) => readonly string[],
): readonly Group[] {
  const folderOf = (group: Group): string | undefined => {
    const files = new Set(filesOf(group));
    const folders = new Set([...files].map((file) => posix.dirname(file)));
    return files.size > 1 && folders.size === 1 ? [...folders][0] : undefined;
  };
  const byFolder = Map.groupBy(groups, folderOf);
  return groups.filter((group) => {
    const folder = folderOf(group);
    const family = folder === undefined ? [] : (byFolder.get(folder) ?? []);
    return family.length <= MAX_IN_FOLDER || group === family[0];
  });
}
