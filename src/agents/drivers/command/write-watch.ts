import { stat } from 'node:fs/promises';
import { foldPath } from '../../../core/scheduling/write-locks.ts';
import type { Assignment } from '../../../ports/agent-driver.ts';
import { changedFiles } from '../../../tools/changed-files.ts';

/** Attempts of one type that are measured by one process: it costs a look at every file. */
const TIMES = 3;
/** Types that are remembered. */
const MOST_TYPES = 1_000;
const LIMITS = { files: 20_000, ms: 500 };
/** Paths that are told; files of one folder become the folder before that. */
const MOST_PATHS = 20;
const MOST_IN_FOLDER = 4;

/** One attempt that runs. */
type Watched = { isAlone: boolean };

/**
 * Measures what commands really write in the project, of what their tasks do not declare in `writes`. Only of attempts
 * that had the project for themselves: of files that change beside each other nobody knows whose they are.
 */
export class WriteWatch {
  readonly #running = new Set<Watched>();
  readonly #times = new Map<string, number>();

  /** `marker`: a file or folder that was made just now. Gives how to learn what was written; undefined is unknown. */
  async begin({ spec, project }: Assignment, marker: string): Promise<Watching> {
    const watched: Watched = { isAlone: this.#running.size === 0 };
    for (const other of this.#running) other.isAlone = false;
    this.#running.add(watched);
    const isWanted = watched.isAlone && (this.#times.get(spec.type) ?? 0) < TIMES;
    const since = isWanted ? await stat(marker).catch(() => undefined) : undefined;
    return {
      end: () => void this.#running.delete(watched),
      written: async () => {
        if (since === undefined || !watched.isAlone) return undefined;
        this.#count(spec.type);
        const changed = await changedFiles(project, since.ctimeMs, LIMITS);
        // Another one may have begun to write meanwhile.
        if (changed === undefined || !watched.isAlone) return undefined;
        return shortened(changed.filter((path) => !isDeclared(path, spec.writes ?? [])));
      },
    };
  }

  #count(type: string): void {
    this.#times.set(type, (this.#times.get(type) ?? 0) + 1);
    const [oldest] = this.#times.size > MOST_TYPES ? this.#times.keys() : [];
    if (oldest !== undefined) this.#times.delete(oldest);
  }
}

export type Watching = Readonly<{
  /** Paths that were written and not declared. Asked once, while it still counts as running. */
  written: () => Promise<readonly string[] | undefined>;
  /** The attempt is over. */
  end: () => void;
}>;

function isDeclared(path: string, writes: readonly string[]): boolean {
  const written = foldPath(path);
  return writes.some((one) => {
    const declared = foldPath(one);
    return declared === '' || written === declared || written.startsWith(`${declared}/`);
  });
}

/** Few paths that cover all: folders for many files of one, and undefined where even these are too many. */
function shortened(paths: readonly string[]): readonly string[] | undefined {
  const byFolder = Map.groupBy(paths, (path) => path.slice(0, path.lastIndexOf('/') + 1));
  const folded = [...byFolder].flatMap(([folder, own]) =>
    folder !== '' && own.length > MOST_IN_FOLDER ? [folder] : own,
  );
  const least = folded.length <= MOST_PATHS ? folded : folded.map((path) => path.replace(/\/.*/, '/'));
  const outer = [...new Set(least)].filter((path, _index, all) =>
    all.every((other) => other === path || !other.endsWith('/') || !path.startsWith(other)),
  );
  return outer.length <= MOST_PATHS ? outer.sort() : undefined;
}
