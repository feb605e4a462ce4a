import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import type { CheckFacts } from '../core/findings/check-facts.ts';
import { contextOf, isCiFile } from './classify.ts';
import { foreignProgram } from './foreign-programs.ts';
import { runGit, type GitOptions } from './git.ts';
import { isParsedLanguage, languageOf } from './languages.ts';
import { listFiles, sizeOf } from './list-files.ts';
import { READ_MANIFESTS } from './manifests-others.ts';
import { isOwnLock, packagingOf } from './probe-packaging.ts';

export type ProbeOptions = Readonly<{ searchPath?: string; signal?: AbortSignal }>;

const AUDITED = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock'];
/** Walking a million commits takes longer: such a repository is known by its path. */
const MAX_ROOT_MS = 4_000;

/** Looks at what there is, fast: names and sizes, no content. Rejects when `folder` is not a readable folder. */
export async function probeRepository(folder: string, options: ProbeOptions = {}): Promise<CheckFacts> {
  const root = realpathSync(folder);
  const [listing, history] = await Promise.all([
    listFiles(root, options.searchPath, options.signal),
    probeHistory(root, options),
  ]);
  const known = listing.paths.map((path) => ({ path, context: contextOf(path) }));
  const own = known.filter(({ context }) => context !== 'vendored' && context !== 'generated');
  const parsed = own.filter(({ path, context }) => isParsedLanguage(path) && context !== 'fixture');
  return {
    root,
    name: basename(root) === '' ? root : basename(root),
    ...history,
    files: listing.paths.length,
    parsed: { files: parsed.length, bytes: parsed.reduce((sum, { path }) => sum + (sizeOf(root, path) ?? 0), 0) },
    manifests: own.filter(({ path, context }) => isOwnManifest(path, context)).length,
    locks: known.filter(({ path, context }) => context === 'lock' && isOwnLock(path)).length,
    packaging: packagingOf(root, listing.paths),
    ...(known.some(({ path }) => AUDITED.includes(path)) ? { hasAudit: true as const } : {}),
    ci: known.filter(({ path }) => isCiFile(path)).length,
    linter: foreignProgram('oxlint', root, options.searchPath ?? '') ?? null,
    docs: own.filter(({ path, context }) => /\.(?:md|markdown)$/i.test(path) && context === 'docs').length,
    tests: own.filter(({ path, context }) => context === 'test' && languageOf(path)?.kind === 'code').length,
  };
}

function isOwnManifest(path: string, context: string): boolean {
  const name = basename(path);
  if (name !== 'package.json' && !READ_MANIFESTS.includes(name)) return false;
  return context !== 'example' && context !== 'test' && context !== 'fixture';
}

async function probeHistory(root: string, options: GitOptions): Promise<Pick<CheckFacts, 'git' | 'rootCommit'>> {
  const answer = await runGit(root, ['rev-parse', '--is-inside-work-tree', '--is-shallow-repository'], options);
  const [isInside, isShallow] = answer.ok ? answer.stdout.toString('utf8').split('\n') : [];
  if (isInside !== 'true') return { git: 'none', rootCommit: null };
  const head = await runGit(root, ['rev-parse', '--verify', '--quiet', 'HEAD'], options);
  if (!head.ok) return { git: 'no-commits', rootCommit: null };
  if (isShallow === 'true') return { git: 'shallow', rootCommit: null };
  const oldest = await runGit(root, ['rev-list', '--max-parents=0', 'HEAD'], { ...options, timeoutMs: MAX_ROOT_MS });
  const hashes = oldest.ok ? oldest.stdout.toString('utf8').trim().split('\n') : [];
  return { git: 'full', rootCommit: hashes.at(-1) ?? null };
}
