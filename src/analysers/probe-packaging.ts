import { posix } from 'node:path';
import type { Ecosystem, Packaging } from '../core/findings/check-facts.ts';
import { contextOf } from './classify.ts';
import { IgnoreFile } from './ignore-file.ts';
import { TextReader } from './read-text.ts';

const MANIFESTS: Readonly<Record<Ecosystem, RegExp>> = {
  npm: /^package\.json$/,
  Ruby: /^(?:Gemfile|.*\.gemspec)$/,
  PHP: /^composer\.json$/,
  Python: /^(?:pyproject\.toml|setup\.(?:py|cfg)|requirements\.txt|Pipfile)$/,
  Rust: /^Cargo\.toml$/,
  Go: /^go\.mod$/,
  Maven: /^pom\.xml$/,
  Gradle: /^(?:build|settings)\.gradle(?:\.kts)?$/,
};
/** The lock file that a project of this kind would have, where it could be told to have none. */
const LOCKS: Readonly<Partial<Record<Ecosystem, readonly string[]>>> = {
  npm: ['package-lock.json', 'yarn.lock', 'pnpm-lock.yaml'],
  Ruby: ['Gemfile.lock'],
  PHP: ['composer.lock'],
  Python: ['poetry.lock', 'uv.lock', 'Pipfile.lock'],
  Rust: ['Cargo.lock'],
};
const SHOWN = 5;

/** Whether a lock file belongs to what people ship: the others are not looked at. */
export function isOwnLock(path: string): boolean {
  return contextOf(posix.join(posix.dirname(path), 'main.c')) === 'production';
}

/** What manages the packages, by the names of files; and whether the project says that it keeps no lock file. */
export function packagingOf(root: string, paths: readonly string[]): Packaging {
  const locks = paths.filter((path) => contextOf(path) === 'lock');
  const atTop = ecosystemsOf(paths.filter((path) => !path.includes('/')));
  const ecosystems = atTop.length > 0 ? atTop : ecosystemsOf(paths);
  const keepsNone = locks.some(isOwnLock) ? undefined : whereNoneIsKept(new TextReader(root), ecosystems);
  return {
    ecosystems,
    locks: locks.filter(isOwnLock).slice(0, SHOWN),
    otherLocks: locks
      .filter((path) => !isOwnLock(path) && contextOf(posix.dirname(path)) !== 'vendored')
      .slice(0, SHOWN),
    ...(keepsNone === undefined ? {} : { keepsNone }),
  };
}

function ecosystemsOf(paths: readonly string[]): readonly Ecosystem[] {
  const names = new Set(paths.map((path) => posix.basename(path)));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the table above
  const all = Object.keys(MANIFESTS) as Ecosystem[];
  return all.filter((one) => [...names].some((name) => MANIFESTS[one].test(name)));
}

function whereNoneIsKept(reader: TextReader, ecosystems: readonly Ecosystem[]): string | undefined {
  if (/^\s*package-lock\s*=\s*false/m.test(reader.text('.npmrc') ?? '')) return '.npmrc has package-lock=false';
  const rules = new IgnoreFile(reader.text('.gitignore') ?? '');
  const ignored = ecosystems
    .flatMap((one) => LOCKS[one] ?? [])
    .find((name) => rules.verdict([name], false) === 'ignored');
  return ignored === undefined ? undefined : `.gitignore names ${ignored}`;
}
