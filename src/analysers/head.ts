import type { CheckedRepository } from '../core/findings/check-report.ts';
import { runGit, settingsWithoutFilters, type GitOptions } from './git.ts';

export type RepositoryHead = Pick<CheckedRepository, 'commit' | 'branch' | 'changedFiles'>;

/** Which commit is checked out, and how many tracked files differ from it. */
export async function readHead(root: string, options: GitOptions): Promise<RepositoryHead> {
  const [commit, branch] = await Promise.all([
    line(root, ['rev-parse', '--verify', '--quiet', 'HEAD'], options),
    line(root, ['symbolic-ref', '--quiet', '--short', 'HEAD'], options),
  ]);
  if (commit === null) return { commit: null, branch, changedFiles: null };
  const settings = await settingsWithoutFilters(root, options);
  const status = await runGit(
    root,
    ['status', '--porcelain', '-z', '--untracked-files=no', '--ignore-submodules=all', '--no-renames', '--', '.'],
    { ...options, settings },
  );
  const changes = status.ok
    ? status.stdout
        .toString('utf8')
        .split('\0')
        .filter((entry) => entry !== '')
    : undefined;
  return { commit, branch, changedFiles: changes?.length ?? null };
}

async function line(root: string, args: readonly string[], options: GitOptions): Promise<string | null> {
  const answer = await runGit(root, args, options);
  return answer.ok ? answer.stdout.toString('utf8').trim() : null;
}
