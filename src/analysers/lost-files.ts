import { runGit, type GitOptions } from './git.ts';

/** What became of a file that is no more. */
export type Lost = Readonly<{
  /** As it was called. */
  path: string;
  /** Short hash of the commit that took it away. */
  commit: string;
  /** `2024-05-01` */
  day: string;
  /** Where that commit put it; undefined where it removed it. */
  to: string | undefined;
}>;

const MAX_ASKED = 60;
const MAX_COMMITS = 8;
const TIMEOUT_MS = 4_000;
const HEADER = '--format=%x01%h%x02%cd';
const LIMITS = { maxOutput: 8 * 1024 * 1024, timeoutMs: TIMEOUT_MS };

/** Which of these paths, or files below them, were there once. Nothing without a history, or where git takes too long. */
export async function lostFiles(
  root: string,
  paths: readonly string[],
  options: Pick<GitOptions, 'searchPath' | 'signal'>,
): Promise<readonly Lost[]> {
  const asked = [...new Set(paths)].slice(0, MAX_ASKED);
  if (asked.length === 0) return [];
  const specs = asked.map((path) => `:(literal)${path}`);
  const args = ['log', '--no-renames', '--diff-filter=D', '--name-only', '-z', '--relative', '--date=short'];
  const told = await runGit(root, [...args, '-n', '60', HEADER, 'HEAD', '--', ...specs], { ...options, ...LIMITS });
  if (!told.ok) return [];
  const removed = told.stdout.toString('utf8').split('\x01').slice(1).flatMap(removedBy);
  const newest = [...Map.groupBy(removed, ({ path }) => path).values()].flatMap((all) => all.slice(0, 1));
  const commits = [...new Set(newest.map(({ commit }) => commit))].slice(0, MAX_COMMITS);
  const renames = await Promise.all(commits.map((commit) => renamesIn(root, commit, options)));
  const moved = new Map(commits.map((commit, at) => [commit, renames[at]]));
  return newest.map((one) => ({ ...one, to: moved.get(one.commit)?.get(one.path) }));
}

function removedBy(part: string): readonly Lost[] {
  const [header = '', ...files] = part.split('\0');
  const [commit = '', day = ''] = header.split('\x02');
  const paths = files.map((file) => file.trim()).filter((file) => file !== '');
  return paths.map((path) => ({ path, commit, day: day.trim(), to: undefined }));
}

/** Old name → new name. */
async function renamesIn(
  root: string,
  commit: string,
  options: Pick<GitOptions, 'searchPath' | 'signal'>,
): Promise<ReadonlyMap<string, string>> {
  const args = ['show', '-M50%', '-l400', '--diff-filter=R', '--name-status', '-z', '--relative', '--format='];
  const safe = ['--no-ext-diff', '--no-textconv'];
  const told = await runGit(root, [...args, ...safe, commit], { ...options, ...LIMITS });
  if (!told.ok) return new Map();
  const fields = told.stdout.toString('utf8').split('\0');
  const starts = fields.flatMap((field, at) => (/^\s*R\d+$/.test(field) ? [at] : []));
  return new Map(starts.map((at) => [fields[at + 1] ?? '', fields[at + 2] ?? '']));
}
