import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Plant } from '../plants/plant.ts';
import { baseFiles, BASE_PAST } from './base-files.ts';

export type Without = 'nothing' | 'history' | 'tests';

/** A file without content is removed. */
type Commit = Readonly<{
  daysAgo: number;
  author: string;
  message: string;
  files: Readonly<Record<string, string | undefined>>;
}>;

const DAY_S = 24 * 3_600;
/** When plants without a past of their own came in. */
const PLANTED_DAYS_AGO = 400;
/** When files went that are gone. */
const CLEARED_DAYS_AGO = 200;
/** The newest commit, so that every run sees the same ages. */
const NEWEST_S = Date.UTC(2026, 5, 1) / 1_000;

/** A repository with real history that holds `plants`, gone after use. */
export class PlantedRepository implements Disposable {
  readonly path: string = realpathSync(mkdtempSync(join(tmpdir(), 'waggle-planted-')));

  constructor(plants: readonly Plant[], without: Without) {
    const own = Object.fromEntries(plants.flatMap(({ files }) => Object.entries(files)));
    const files: Record<string, string> = {
      ...baseFiles(plants.some(({ files: all }) => 'package.json' in all)),
      ...own,
    };
    const kept = Object.entries(files).filter(
      ([path]) =>
        without !== 'tests' ||
        !/(?:^|\/)tests?\/|\.test\.\w+$/.test(path) ||
        plants.some((plant) => plant.file === path),
    );
    if (without === 'history') this.#write(kept);
    else this.#commit(commitsOf(Object.fromEntries(kept), plants));
  }

  #write(files: readonly (readonly [string, string])[]): void {
    for (const [name, content] of files) {
      const path = join(this.path, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
  }

  /** All commits in one go, then the files of the last one. */
  #commit(commits: readonly Commit[]): void {
    this.#git(['init', '--quiet', '--initial-branch=main']);
    this.#git(['fast-import', '--quiet', '--date-format=raw'], commits.map(asImport).join(''));
    this.#git(['reset', '--quiet', '--hard', 'main']);
  }

  #git(args: readonly string[], input?: string): void {
    execFileSync('git', args, {
      cwd: this.path,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' },
      stdio: ['pipe', 'ignore', 'inherit'],
      ...(input === undefined ? {} : { input }),
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Oldest first. A file with a past comes in with its first commit; each one changes it, and the last one makes it what it is. */
function commitsOf(files: Readonly<Record<string, string>>, plants: readonly Plant[]): readonly Commit[] {
  const pasts = new Map([
    ...BASE_PAST,
    ...plants.flatMap(({ file, past }) => (past === undefined ? [] : [[file, past] as const])),
  ]);
  const late = new Set([...pasts.values()].flatMap((past) => past.flatMap((one) => Object.keys(one.files ?? {}))));
  const plain = Object.fromEntries(Object.entries(files).filter(([path]) => !pasts.has(path) && !late.has(path)));
  const gone = plants.flatMap((plant) => plant.gone ?? []);
  const were = Object.fromEntries(gone.map((path) => [path, 'export const x = 1;\n']));
  const planted: Commit = { daysAgo: PLANTED_DAYS_AGO, author: 'Ada', message: 'begin', files: { ...plain, ...were } };
  const none = Object.fromEntries(gone.map((path) => [path, undefined]));
  const cleared: Commit = { daysAgo: CLEARED_DAYS_AGO, author: 'Grace', message: 'clear up', files: none };
  const first: Commit = { daysAgo: 1_500, author: 'Grace', message: 'first', files: { 'NOTES.txt': 'notes\n' } };
  const last: Commit = { daysAgo: 0, author: 'Ada', message: 'note', files: { 'NOTES.txt': 'notes, newer\n' } };
  const changed = [...pasts].flatMap(([file, past]) => {
    const content = files[file];
    if (content === undefined) return [];
    return past.map((commit, index): Commit => ({
      ...commit,
      files: commit.files ?? { [file]: content + '\n'.repeat(past.length - 1 - index) },
    }));
  });
  return [first, planted, cleared, ...changed, last].toSorted((a, b) => b.daysAgo - a.daysAgo);
}

function asImport({ daysAgo, author, message, files }: Commit): string {
  const who = `${author} <${author.toLowerCase()}@example.org> ${NEWEST_S - Math.round(daysAgo * DAY_S)} +0000`;
  const changes = Object.entries(files).map(([path, content]) =>
    content === undefined
      ? `D ${JSON.stringify(path)}\n`
      : `M 100644 inline ${JSON.stringify(path)}\n${dataOf(content)}`,
  );
  return `commit refs/heads/main\nauthor ${who}\ncommitter ${who}\n${dataOf(message)}${changes.join('')}\n`;
}

function dataOf(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
