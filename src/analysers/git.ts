import { devNull } from 'node:os';
import { delimiter } from 'node:path';
import { foreignFolders, foreignProgram } from './foreign-programs.ts';
import { spawnOwned } from './owned-program.ts';

/** How a git call ended. `cut`: it printed more than allowed and was stopped. */
export type GitResult =
  | Readonly<{ ok: true; stdout: Buffer }>
  | Readonly<{ ok: false; reason: 'failed' | 'cut' | 'timed-out' | 'not-found'; message: string }>;

export type GitOptions = Readonly<{
  /** Where git is looked for, as in PATH: folders of the repository are passed over. */
  searchPath?: string | undefined;
  /** bytes. @default 67_108_864 */
  maxOutput?: number;
  /** ms. @default 30_000 */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** More settings, by key: they win over the repository's own. */
  settings?: Readonly<Record<string, string>>;
}>;

const DEFAULT_SEARCH_PATH = '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin';
const NOT_FOUND = 'There is no git in PATH outside the checked folder.';

/** A repository's own configuration may be hostile: nothing in it may start a program or go to the network. */
const SETTINGS: Readonly<Record<string, string>> = {
  'core.hooksPath': devNull,
  'core.fsmonitor': 'false',
  'core.untrackedCache': 'false',
  'core.pager': 'cat',
  'core.sshCommand': 'false',
  'core.gitProxy': '',
  'core.attributesFile': devNull,
  'core.excludesFile': devNull,
  'core.quotePath': 'false',
  'credential.helper': '',
  'diff.external': '',
  'gc.auto': '0',
  'log.showSignature': 'false',
  'maintenance.auto': 'false',
  'protocol.allow': 'never',
  'safe.directory': '*',
  'submodule.recurse': 'false',
};

/** Runs git in `folder`, read only; it never outlives the thread. Never rejects: what goes wrong is a value. */
export function runGit(folder: string, args: readonly string[], options: GitOptions = {}): Promise<GitResult> {
  const { maxOutput = 64 * 1024 * 1024, timeoutMs = 30_000, signal } = options;
  const { promise, resolve } = Promise.withResolvers<GitResult>();
  const program = foreignProgram('git', folder, options.searchPath ?? DEFAULT_SEARCH_PATH);
  if (program === undefined) return Promise.resolve({ ok: false, reason: 'not-found', message: NOT_FOUND });
  const { child, stdout, stderr, end } = spawnOwned(program, ['--no-pager', '--no-replace-objects', ...args], {
    cwd: folder,
    env: environment(folder, options),
  });
  const timer = setTimeout(end, timeoutMs);
  signal?.addEventListener('abort', end, { once: true });
  if (signal?.aborted === true) end();
  const chunks: Buffer[] = [];
  let bytes = 0;
  let complaint = '';
  stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxOutput) end();
    else chunks.push(chunk);
  });
  stderr.on('data', (chunk: Buffer) => {
    if (complaint.length < 4_096) complaint += chunk.toString('utf8');
  });
  child.on('error', (error) => resolve({ ok: false, reason: 'not-found', message: error.message }));
  child.on('close', (exitCode, killedBy) => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
    if (bytes > maxOutput) resolve({ ok: false, reason: 'cut', message: `git printed more than ${maxOutput} bytes.` });
    else if (killedBy !== null)
      resolve({ ok: false, reason: 'timed-out', message: `git ended after ${timeoutMs} ms.` });
    else if (exitCode !== 0) resolve({ ok: false, reason: 'failed', message: complaint.trim().slice(0, 500) });
    else resolve({ ok: true, stdout: Buffer.concat(chunks) });
  });
  return promise;
}

function environment(folder: string, { searchPath, settings = {} }: GitOptions): Record<string, string> {
  const all = Object.entries({ ...SETTINGS, ...settings });
  const pairs: Record<string, string> = {};
  for (const [index, [key, value]] of all.entries()) {
    pairs[`GIT_CONFIG_KEY_${index}`] = key;
    pairs[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return {
    ...pairs,
    PATH: foreignFolders(folder, searchPath ?? DEFAULT_SEARCH_PATH).join(delimiter),
    LC_ALL: 'C',
    HOME: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_CONFIG_COUNT: String(all.length),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
  };
}

/**
 * Settings that switch off every filter the repository defines: `git status` would run a filter's program over
 * files that look changed.
 */
export async function settingsWithoutFilters(folder: string, options: GitOptions): Promise<Record<string, string>> {
  const listed = await runGit(folder, ['config', '--list', '--name-only', '-z'], options);
  if (!listed.ok) return {};
  const names = listed.stdout.toString('utf8').split('\0');
  const filters = names.flatMap((name) => /^filter\.([^]+)\.[a-z]+$/i.exec(name)?.[1] ?? []);
  return Object.fromEntries(
    filters.flatMap((filter) => [
      [`filter.${filter}.clean`, ''],
      [`filter.${filter}.smudge`, ''],
      [`filter.${filter}.process`, ''],
      [`filter.${filter}.required`, 'false'],
    ]),
  );
}
