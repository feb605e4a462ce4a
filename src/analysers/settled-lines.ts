import { runGit } from './git.ts';
import type { Asking } from './line-origin.ts';

/** Lines of one file. */
export type LinesOf = Readonly<{ path: string; lines: readonly number[] }>;

const YEAR_S = 365 * 24 * 3_600;
/** Files that git is asked about: those with most lines come first. */
const MAX_FILES = 10;
const TIMEOUT_MS = 3_000;

/**
 * Of these lines, those that stand as they are for a year before the newest commit, and of which the commit that
 * brought them gives no reason. All of them where there is no history.
 */
export async function settledLines(
  asking: Asking,
  found: readonly LinesOf[],
  isReason: (subject: string) => boolean,
): Promise<readonly LinesOf[]> {
  if (found.length === 0) return found;
  const { root, searchPath, signal } = asking;
  const newest = await runGit(root, ['log', '-1', '--format=%ct', 'HEAD'], { searchPath, signal });
  const before = newest.ok ? Number(newest.stdout.toString('utf8').trim()) - YEAR_S : Number.NaN;
  if (Number.isNaN(before)) return found;
  const asked = found.slice(0, MAX_FILES);
  const known = await Promise.all(asked.map((one) => settledIn(asking, one, { before, isReason })));
  return known.filter(({ lines }) => lines.length > 0);
}

type Wanted = Readonly<{ before: number; isReason: (subject: string) => boolean }>;

/** What was never committed, or what git does not say in time, is taken for young. */
async function settledIn(
  { root, searchPath, signal }: Asking,
  { path, lines }: LinesOf,
  { before, isReason }: Wanted,
): Promise<LinesOf> {
  const ranges = lines.flatMap((line) => ['-L', `${line},${line}`]);
  const settings = { 'blame.ignoreRevsFile': '' };
  const options = { searchPath, signal, settings, timeoutMs: TIMEOUT_MS, maxOutput: 4 * 1024 * 1024 };
  const told = await runGit(
    root,
    ['blame', '--no-textconv', '-w', '--line-porcelain', ...ranges, 'HEAD', '--', path],
    options,
  );
  if (!told.ok) return { path, lines: [] };
  const settled = told.stdout
    .toString('utf8')
    .split(/^(?=[0-9a-f]{40} \d+ \d+)/m)
    .flatMap((part) => {
      const line = Number(/^[0-9a-f]{40} \d+ (\d+)/.exec(part)?.[1] ?? 0);
      const at = Number(/^author-time (\d+)$/m.exec(part)?.[1] ?? Number.NaN);
      const subject = /^summary (.*)$/m.exec(part)?.[1] ?? '';
      return at <= before && !isReason(subject) ? [line] : [];
    });
  return { path, lines: lines.filter((line) => settled.includes(line)) };
}
