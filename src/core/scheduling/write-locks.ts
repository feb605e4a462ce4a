import { addTo, removeFrom } from '../../util/map-of-sets.ts';
import type { TaskId } from '../ids.ts';

/** What stands in the way of a task: another one that may write the same, and the path that it has said. */
export type WriteBlock<Holder> = Readonly<{ path: string; holder: Holder; key: string }>;

/**
 * "./A//./b/" and "a/b" name one place: on many file systems neither letter case nor the way an accent is written tells
 * files apart, and a folder may be written without its last "/". The whole project is "".
 */
export function foldPath(path: string): string {
  const steps = path.split('/').filter((step) => step !== '' && step !== '.');
  return steps.join('/').normalize('NFC').toLowerCase();
}

/** Whether two declared paths could name the same file, or a folder and what is in it. */
export function mayClash(one: string, other: string): boolean {
  const [left, right] = [foldPath(one), foldPath(other)];
  if (left === '' || right === '') return true;
  return left === right || left.startsWith(`${right}/`) || right.startsWith(`${left}/`);
}

type Project<Holder> = {
  /** Who holds a path. */
  readonly holders: Map<string, Set<Holder>>;
  /** Held paths by each folder above them. */
  readonly inside: Map<string, Set<string>>;
};

/**
 * Which files and folders running attempts may write, by project, over all its runs. Two sets overlap when one names a
 * path, or a folder above a path, of the other. Asking costs as much as the paths are deep, however many are held.
 */
export class WriteLocks<Holder extends string = TaskId> {
  readonly #projects = new Map<string, Project<Holder>>();

  hold(project: string, holder: Holder, writes: readonly string[]): void {
    const { holders, inside } = this.#open(project);
    for (const path of writes.map(foldPath)) {
      addTo(holders, path, holder);
      for (const folder of foldersAbove(path)) addTo(inside, folder, path);
    }
  }

  /** Keys of what somebody may have waited for, and whether others hold the same path still. */
  release(
    project: string,
    holder: Holder,
    writes: readonly string[],
  ): readonly Readonly<{ key: string; isShared: boolean }>[] {
    const { holders, inside } = this.#open(project);
    const freed = writes.map(foldPath).map((path) => {
      removeFrom(holders, path, holder);
      const isShared = holders.has(path);
      if (!isShared) for (const folder of foldersAbove(path)) removeFrom(inside, folder, path);
      return { key: keyOf(project, path), isShared };
    });
    if (holders.size === 0) this.#projects.delete(project);
    return freed;
  }

  /** Who keeps these writes back, of all that `mayPass` does not let pass. */
  blockOf(
    project: string,
    writes: readonly string[],
    mayPass: (holder: Holder) => boolean,
  ): WriteBlock<Holder> | undefined {
    const known = this.#projects.get(project);
    if (known === undefined) return undefined;
    for (const path of writes.map(foldPath)) {
      for (const held of placesOf(known, path)) {
        const holder = [...(known.holders.get(held) ?? [])].find((one) => !mayPass(one));
        if (holder !== undefined) return { path: held, holder, key: keyOf(project, held) };
      }
    }
    return undefined;
  }

  /** The key under which somebody waits for a path. */
  keysOf(project: string, writes: readonly string[]): readonly string[] {
    return writes.map((path) => keyOf(project, foldPath(path)));
  }

  #open(project: string): Project<Holder> {
    const known = this.#projects.get(project);
    if (known !== undefined) return known;
    const opened: Project<Holder> = { holders: new Map(), inside: new Map() };
    this.#projects.set(project, opened);
    return opened;
  }
}

/** Held paths that could clash with `path`: itself, the folders above, and what is held inside. */
function placesOf<Holder>({ inside }: Project<Holder>, path: string): readonly string[] {
  return [path, ...foldersAbove(path), ...(inside.get(path) ?? [])];
}

/** The nearest first, the whole project last. */
function foldersAbove(path: string): readonly string[] {
  if (path === '') return [];
  const folders: string[] = [];
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) folders.push(path.slice(0, end));
  folders.push('');
  return folders;
}

function keyOf(project: string, path: string): string {
  return `${project}\n${path}`;
}
