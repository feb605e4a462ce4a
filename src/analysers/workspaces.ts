import { posix } from 'node:path';
import type { PackageEntry } from './data.ts';
import { matchesGlob, parseGlob } from './glob.ts';
import type { TextReader } from './read-text.ts';
import { readYaml, textAt, textsAt, valueAt, type YamlNode } from './yaml-text.ts';

/** A folder that packages below it are installed from. */
export type WorkspaceRoot = Readonly<{
  dir: string;
  /** Of the folders of its packages, relative to it; those that begin with `!` take out. */
  patterns: readonly string[];
  isPnpm: boolean;
  /** One lock file of pnpm stands for everything below it. */
  sharesPnpmLock: boolean;
}>;

export const PNPM_WORKSPACE = 'pnpm-workspace.yaml';

/** Of the manifests, and of pnpm in the folders where it is set up. */
export function workspaceRoots(
  packages: readonly PackageEntry[],
  pnpmFolders: readonly string[],
  reader: TextReader,
): readonly WorkspaceRoot[] {
  const byManifest = packages
    .filter(({ workspaces }) => workspaces.length > 0)
    .map(({ dir, workspaces }) => ({ dir, patterns: workspaces, isPnpm: false, sharesPnpmLock: false }));
  const byPnpm = pnpmFolders.map((dir) => pnpmRoot(dir, reader)).filter(({ patterns }) => patterns.length > 0);
  const all = Map.groupBy([...byManifest, ...byPnpm], ({ dir }) => dir);
  return [...all].map(([dir, roots]) => ({
    dir,
    patterns: roots.flatMap(({ patterns }) => patterns),
    isPnpm: roots.some(({ isPnpm }) => isPnpm),
    sharesPnpmLock: roots.some(({ sharesPnpmLock }) => sharesPnpmLock),
  }));
}

function pnpmRoot(dir: string, reader: TextReader): WorkspaceRoot {
  const yaml = readYaml(reader.text(posix.join(dir, PNPM_WORKSPACE)) ?? '');
  const document = yaml.kind === 'parsed' ? yaml.documents[0] : undefined;
  const at = (key: string): YamlNode | undefined => (document === undefined ? undefined : valueAt(document, key));
  const settings = reader.text(posix.join(dir, '.npmrc')) ?? '';
  const isSplit =
    textAt(at('sharedWorkspaceLockfile')) === 'false' || /^\s*shared-workspace-lockfile\s*=\s*false/m.test(settings);
  return { dir, patterns: textsAt(at('packages')), isPnpm: true, sharesPnpmLock: !isSplit };
}

/** Whether the package in that folder is installed from the root. */
export function isMemberOf(dir: string, root: WorkspaceRoot): boolean {
  if (!isBelow(dir, root)) return false;
  const path = posix.relative(root.dir, dir).split('/');
  const fits = (pattern: string): boolean =>
    matchesGlob(parseGlob(pattern.replace(/^!?(?:\.\/)?/, '').replace(/\/$/, '')), path);
  const [out, within] = [true, false].map((isOut) => root.patterns.filter((one) => one.startsWith('!') === isOut));
  return within?.some(fits) === true && out?.some(fits) !== true;
}

/** Whether a lock file of pnpm there is not read: pnpm takes that of the root wherever it is called below it. */
export function isUnderPnpmLock(dir: string, root: WorkspaceRoot): boolean {
  return root.sharesPnpmLock && isBelow(dir, root);
}

function isBelow(dir: string, root: WorkspaceRoot): boolean {
  return dir !== root.dir && (root.dir === '' || dir.startsWith(`${root.dir}/`));
}
