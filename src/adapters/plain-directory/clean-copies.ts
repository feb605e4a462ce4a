import { mkdir, mkdtemp, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Captures } from '../../ports/captures.ts';
import type { CleanWorkspace, Workspaces } from '../../ports/workspace.ts';
import type { CopyLimits } from './copy-tree.ts';
import { type DependencyFolder, findDependencyFolders, fingerprintOf, linkDependencies } from './dependency-folders.ts';
import { overlay } from './overlay.ts';
import { removeEntries, removeTree } from './remove-tree.ts';

export type CleanCopyOptions = Readonly<{
  /** Absolute; ours alone. Captures and notes about them; removed when nothing of it is needed any more. */
  folder: string;
  /**
   * Absolute; ours alone. The copies themselves. Outside the project: programs look for packages and settings in
   * the folders above them, and what an agent leaves in the project must not be found there.
   */
  copies: string;
  /** How the files of a project are remembered; asked once for each capture. */
  capturesFor: (project: string) => Promise<Captures>;
  /** What one check may take over from the project. @default 200,000 files, 2 GiB */
  limits?: CopyLimits;
}>;

/** What is known about a capture besides its files. */
type Note = Readonly<{ project: string; dependencies: readonly DependencyFolder[] }>;

/** Clean copies out of captures, what the tasks declared, and links to installed packages. */
export class CleanCopies implements Workspaces {
  readonly #options: CleanCopyOptions;
  readonly #limits: CopyLimits;
  readonly #notes: string;
  readonly #captured = new Map<string, Promise<void>>();

  constructor(options: CleanCopyOptions) {
    this.#options = options;
    this.#notes = join(options.folder, 'notes');
    this.#limits = options.limits ?? { files: 200_000, bytes: 2 * 2 ** 30 };
  }

  /**
   * Removes what killed processes have left. For the leader alone, before anything is captured or copied; who finds that
   * the lead is not `isHeld` any more leaves what is there to its successor.
   */
  async removeLeftOvers(isNeeded: (key: string) => boolean, isHeld: () => boolean): Promise<void> {
    const { copies, folder } = this.#options;
    // What cannot be removed is in nobody's way: each copy has a name of its own.
    await removeEntries(copies, isHeld);
    const keys = await this.#keys();
    if (!isHeld()) return;
    await rmdir(copies).catch(() => {});
    for (const key of keys) if (!isNeeded(key)) await this.forget(key);
    if (!keys.some(isNeeded) && isHeld()) await rm(folder, { recursive: true, force: true });
  }

  async capture(key: string, project: string, signal: AbortSignal): Promise<void> {
    const known = this.#captured.get(key);
    if (known !== undefined) return known;
    const capturing = this.#capture(key, project, signal);
    this.#captured.set(key, capturing);
    // What failed may be tried again.
    capturing.catch(() => this.#captured.delete(key));
    return capturing;
  }

  async cleanCopy(key: string, overlaid: readonly string[], signal: AbortSignal): Promise<CleanWorkspace> {
    await this.#captured.get(key);
    const note = await this.#readNote(key);
    const captures = await this.#options.capturesFor(note.project);
    await mkdir(this.#options.copies, { recursive: true, mode: 0o700 });
    const folder = await mkdtemp(join(this.#options.copies, 'copy-'));
    const dispose = (): Promise<void> => removeTree(folder);
    try {
      const path = join(folder, 'project');
      await mkdir(path);
      const source = await captures.restore(key, path, signal);
      const files = await this.#overlay(note.project, path, overlaid, signal);
      await this.#linkDependencies(note, path, overlaid, signal);
      return { path, madeFrom: files === 0 ? source : `${source} + ${files} file${files === 1 ? '' : 's'}`, dispose };
    } catch (error) {
      await dispose();
      throw error;
    }
  }

  async forget(key: string): Promise<void> {
    const note = await this.#readNote(key).catch(() => undefined);
    this.#captured.delete(key);
    if (note !== undefined) await (await this.#options.capturesFor(note.project)).forget(key);
    await rm(this.#noteOf(key), { force: true });
  }

  async #keys(): Promise<readonly string[]> {
    const names = await readdir(this.#notes).catch(() => []);
    return names.filter((name) => name.endsWith(NOTE)).map((name) => decodeURIComponent(name.slice(0, -NOTE.length)));
  }

  async #capture(key: string, project: string, signal: AbortSignal): Promise<void> {
    const isNoted = await this.#readNote(key).then(
      () => true,
      () => false,
    );
    if (isNoted) return;
    await mkdir(this.#notes, { recursive: true });
    const captures = await this.#options.capturesFor(project);
    await captures.capture(key, project, signal);
    const dependencies: DependencyFolder[] = [];
    for (const path of await findDependencyFolders(project, signal)) {
      dependencies.push({ path, fingerprint: await fingerprintOf(join(project, path), signal) });
    }
    const note: Note = { project, dependencies };
    await writeFile(`${this.#noteOf(key)}.draft`, JSON.stringify(note));
    await rename(`${this.#noteOf(key)}.draft`, this.#noteOf(key));
  }

  async #overlay(project: string, copy: string, paths: readonly string[], signal: AbortSignal): Promise<number> {
    let files = 0;
    // Folders before what is in them, so that the smaller one is not lost below the larger one.
    for (const path of [...new Set(paths)].toSorted()) {
      files += await overlay(path, { project, copy, limits: this.#limits, signal });
    }
    return files;
  }

  async #linkDependencies(note: Note, copy: string, overlaid: readonly string[], signal: AbortSignal): Promise<void> {
    for (const { path, fingerprint } of note.dependencies) {
      if (overlaid.some((one) => withSlash(one) === withSlash(path))) continue;
      const source = join(note.project, path);
      if ((await fingerprintOf(source, signal)) !== fingerprint) {
        throw new Error(
          `"${path}" is not what it was when the run began. A task that installs packages must name "${path}/" in its writes.`,
        );
      }
      await linkDependencies(source, join(copy, path), note.project);
    }
  }

  async #readNote(key: string): Promise<Note> {
    const text = await readFile(this.#noteOf(key), 'utf8').catch(() => undefined);
    if (text === undefined) throw new Error(`There is no capture "${key}" of the project any more.`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only `#capture` writes here, and by renaming
    return JSON.parse(text) as Note;
  }

  #noteOf(key: string): string {
    return join(this.#notes, `${encodeURIComponent(key)}${NOTE}`);
  }
}

const NOTE = '.json';

const withSlash = (path: string): string => (path.endsWith('/') ? path : `${path}/`);
