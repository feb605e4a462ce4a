import { runGit } from './git.ts';
import type { Asking } from './line-origin.ts';

/** A commit over more files did not have one piece of code in mind. */
const MASS_FILES = 25;
const MAX_BYTES = 16 * 1024 * 1024;
/** ms. Without an answer by then none of them counts. */
const TIMEOUT_MS = 5_000;

/** Which of these commits changed very many files. */
export async function massCommits(
  { root, searchPath, signal }: Asking,
  commits: readonly string[],
): Promise<ReadonlySet<string>> {
  if (commits.length === 0) return new Set();
  const args = ['log', '--no-walk=unsorted', '--name-only', '--no-renames', '--format=%x01%H', ...commits];
  const named = await runGit(root, args, { searchPath, signal, maxOutput: MAX_BYTES, timeoutMs: TIMEOUT_MS });
  if (!named.ok) return new Set(commits);
  const parts = named.stdout.toString('utf8').split('\u0001').slice(1);
  return new Set(
    parts.flatMap((part) => {
      const [commit = '', ...files] = part.split('\n').filter((line) => line !== '');
      return files.length > MASS_FILES ? [commit] : [];
    }),
  );
}
