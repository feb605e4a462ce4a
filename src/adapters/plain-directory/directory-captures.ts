import type { Dirent } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Captures } from '../../ports/captures.ts';
import { copyTree, type CopyLimits } from './copy-tree.ts';
import { isDependencyFolder } from './dependency-folders.ts';

/** Copies whole folders: for projects without git. */
export class DirectoryCaptures implements Captures {
  readonly #folder: string;
  readonly #limits: CopyLimits;

  /** `folder`: absolute, ours alone; need not be there. */
  constructor(folder: string, limits: CopyLimits = DEFAULT_LIMITS) {
    this.#folder = folder;
    this.#limits = limits;
  }

  async capture(key: string, project: string, signal: AbortSignal): Promise<void> {
    const target = this.#pathOf(key);
    if (await isThere(target)) return;
    const draft = `${target}.draft`;
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true });
    const copied = await copyTree(project, join(draft, 'files'), {
      root: project,
      limits: this.#limits,
      isLeftOut: isLeftOut,
      strange: 'leave-out',
      signal,
    });
    await writeFile(join(draft, 'made-from'), `copy of ${copied.files} files`);
    await rename(draft, target);
  }

  async restore(key: string, into: string, signal: AbortSignal): Promise<string> {
    const source = this.#pathOf(key);
    if (!(await isThere(source))) throw new Error(`There is no capture "${key}" of the project any more.`);
    const files = join(source, 'files');
    await copyTree(files, into, {
      root: files,
      limits: { files: Infinity, bytes: Infinity },
      isLeftOut: () => false,
      strange: 'leave-out',
      signal,
    });
    return readFile(join(source, 'made-from'), 'utf8');
  }

  async forget(key: string): Promise<void> {
    await rm(this.#pathOf(key), { recursive: true, force: true });
    await rm(`${this.#pathOf(key)}.draft`, { recursive: true, force: true });
  }

  #pathOf(key: string): string {
    return join(this.#folder, encodeURIComponent(key));
  }
}

const DEFAULT_LIMITS: CopyLimits = { files: 50_000, bytes: 2 ** 30 };

function isLeftOut(name: string, entry: Dirent): boolean {
  return entry.isDirectory() && (name === '.git' || name === '.waggle' || isDependencyFolder(name));
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
