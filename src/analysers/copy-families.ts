import { posix } from 'node:path';

/** Groups of files of one folder that share code; more of them, and the folder is written to one pattern. */
const MAX_IN_FOLDER = 3;
/** Share of lines that differ in names alone. */
const ALIKE = 0.6;

/** The files of a group, and what they have in common. */
export type Family = Readonly<{ files: readonly string[]; lines: readonly string[] }>;

/**
 * Files of a folder that all look alike, one per property, dialect or format, are one thing to know, not many: the first
 * group of them stands for all.
 */
export function oneOfFamily<Group>(groups: readonly Group[], familyOf: (group: Group) => Family): readonly Group[] {
  const families = groups.map((group) => ({ group, folder: folderOf(familyOf(group).files), ...familyOf(group) }));
  const byFolder = Map.groupBy(families, ({ folder }) => folder);
  const told: typeof families = [];
  for (const one of families) {
    const own = one.folder === undefined ? [] : (byFolder.get(one.folder) ?? []);
    const before = told.filter(({ folder }) => folder !== undefined && folder === one.folder);
    const isTold = before.length > 0 && own.length > MAX_IN_FOLDER;
    if (!isTold && !before.some((other) => areAlike(one.lines, other.lines))) told.push(one);
  }
  return told.map(({ group }) => group);
}

/** The folder of several files; undefined for one file, and for files of several folders. */
function folderOf(files: readonly string[]): string | undefined {
  const folders = new Set(files.map((file) => posix.dirname(file)));
  return new Set(files).size > 1 && folders.size === 1 ? [...folders][0] : undefined;
}

/** Whether most lines of the shorter one are in the other, with other names and texts. */
function areAlike(one: readonly string[], other: readonly string[]): boolean {
  const [here, there] = [new Set(one.map(plain)), new Set(other.map(plain))];
  const [few, many] = here.size <= there.size ? [here, there] : [there, here];
  return [...few].filter((line) => many.has(line)).length >= few.size * ALIKE;
}

function plain(line: string): string {
  return line.replace(/"[^"]*"|'[^']*'|`[^`]*`/g, '""').replace(/[\w$]+/g, 'w');
}
