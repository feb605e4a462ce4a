import { runGit } from './git.ts';

/** Which commit brought a line as it stands, and when. */
export type LineOrigin = Readonly<{
  /** `2021-12-15` */
  day: string;
  atMs: number;
  summary: string;
  /** The newest commit of the repository: an age is told against it, so that every run tells the same. */
  newestMs: number;
}>;

export type Asking = Readonly<{ root: string; searchPath?: string | undefined; signal: AbortSignal }>;

/** undefined where git does not say, or the line was changed since the last commit. */
export async function originOf(
  { root, searchPath, signal }: Asking,
  { path, line, text }: Readonly<{ path: string; line: number; text: string }>,
): Promise<LineOrigin | undefined> {
  const options = { searchPath, signal, maxOutput: 1024 * 1024, settings: { 'blame.ignoreRevsFile': '' } };
  const [blamed, newest] = await Promise.all([
    runGit(root, ['blame', '--no-textconv', '--porcelain', '-L', `${line},${line}`, 'HEAD', '--', path], options),
    runGit(root, ['log', '-1', '--format=%ct', 'HEAD'], options),
  ]);
  if (!blamed.ok || !newest.ok) return undefined;
  const told = blamed.stdout.toString('utf8');
  const seconds = /^author-time (\d+)$/m.exec(told)?.[1];
  if (seconds === undefined || /^\t(.*)$/m.exec(told)?.[1]?.trim() !== text.trim()) return undefined;
  const atMs = Number(seconds) * 1_000;
  const day = new Date(atMs).toISOString().slice(0, 10);
  const summary = (/^summary (.*)$/m.exec(told)?.[1] ?? '').slice(0, 120);
  return { day, atMs, summary, newestMs: Number(newest.stdout.toString('utf8').trim()) * 1_000 };
}
