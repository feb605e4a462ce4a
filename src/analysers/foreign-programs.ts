import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, sep } from 'node:path';

/**
 * Folders of a search path that do not belong to the checked repository. One in the checked folder, or in
 * `node_modules` of a folder above it, is full of programs that whoever sends a change can change too, and a check
 * runs nothing of what it checks. Package managers put such folders into PATH by themselves.
 */
export function foreignFolders(root: string, searchPath: string): readonly string[] {
  return searchPath.split(delimiter).filter((folder) => isAbsolute(folder) && !isOfRepository(folder, root));
}

/** The first program of that name in PATH that is none of the repository's, a link to one included; nothing is started. */
export function foreignProgram(name: string, root: string, searchPath: string): string | undefined {
  const found = foreignFolders(root, searchPath).map((folder) => join(folder, name));
  return found.find((path) => isExecutable(path) && !isOfRepository(path, root));
}

/** Below the root, or what was installed for it or for a folder above. */
function isOfRepository(path: string, root: string): boolean {
  return [path, existsSync(path) ? realpathSync(path) : path].some((one) => {
    const [owner = '', ...inside] = one.split(`${sep}node_modules${sep}`);
    const isBelow = one === root || one.startsWith(root + sep);
    return isBelow || (inside.length > 0 && (root === owner || root.startsWith(`${owner}${sep}`)));
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The search path without folders of the checked repository; undefined stays so. */
export function foreignPath(root: string, searchPath: string | undefined): string | undefined {
  return searchPath === undefined ? undefined : foreignFolders(root, searchPath).join(delimiter);
}
