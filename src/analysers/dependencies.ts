import { posix } from 'node:path';
import { contextOf } from './classify.ts';
import type { FileEntry, PackageEntry } from './data.ts';
import type { Detected } from './detected.ts';
import { listed } from './listed.ts';
import { mentioned, type Sources } from './mentions.ts';
import type { ResolvedImport } from './resolve.ts';
import { asPattern, countOf } from './words.ts';

const MAX_FINDINGS = 30;
const MAX_LOCKS = 20;
const MAX_LOCK_BYTES = 16 * 1024 * 1024;
/** Settings of tools that are run where they are installed, not where they stand. */
const SETTINGS_FILE = /(?:^|\/)\.?(?:eslintrc|prettierrc|babelrc|[\w.-]+\.config(?:\.[\w-]+)?|[\w.-]*rc)\.[cm]?[jt]s$/;
/** Given by the program that runs the code. */
const GIVEN = new Set([
  'vscode',
  'electron',
  'atom',
  'sketch',
  'figma',
  'k6',
  'bun',
  'worker_threads',
  'react-native',
  '@jest/globals',
]);

/** The package that a file belongs to, and those above it. */
function ownersOf(path: string, packages: ReadonlyMap<string, PackageEntry>): readonly PackageEntry[] {
  const owners: PackageEntry[] = [];
  for (let dir = posix.dirname(path); ; dir = posix.dirname(dir)) {
    const owner = packages.get(dir === '.' ? '' : dir);
    if (owner !== undefined) owners.push(owner);
    if (dir === '.' || dir === '') return owners;
  }
}

/** Manifests that say more than the kind of their modules. */
function realPackages(packages: readonly PackageEntry[]): ReadonlyMap<string, PackageEntry> {
  const real = packages.filter((entry) => entry.name !== '' || declaredBy(entry).length > 0);
  return new Map(real.map((entry) => [entry.dir, entry]));
}

function declaredBy(entry: PackageEntry): readonly string[] {
  return [...entry.dependencies, ...entry.peerDependencies, ...entry.optionalDependencies, ...entry.devDependencies];
}

type Undeclared = Readonly<{
  entry: ResolvedImport;
  name: string;
  owner: PackageEntry;
  also: readonly ResolvedImport[];
}>;

/**
 * Packages that shipped code loads and no manifest above it names. One finding for each manifest. Names that settings
 * or code of the repository speak of elsewhere are left out: a build tool gives them a meaning.
 */
export function undeclaredDependencies(
  imports: readonly ResolvedImport[],
  packages: readonly PackageEntry[],
  sources: Sources,
): Readonly<{ findings: readonly Detected[]; leftOut: readonly string[] }> {
  const found = undeclaredImports(imports, packages);
  const wanted = found.map((one) => ({
    ...one,
    hint: scopeOf(one.name) ?? one.name,
    isIn: (text: string, file: FileEntry) => isAlias(one.name, text, file),
  }));
  const aliases = mentioned(wanted, sources);
  const byOwner = Map.groupBy(
    wanted.filter((one) => !aliases.has(one)),
    ({ owner }) => owner,
  );
  const names = [...new Set([...aliases].map(({ name }) => name))].toSorted();
  const locks = byOwner.size === 0 ? [] : lockTexts(sources);
  const told = namedElsewhere([...byOwner.values()].flat(), sources);
  const leftOut =
    names.length === 0
      ? []
      : [
          `${countOf(names.length, 'undeclared import')} that a build tool seems to provide: ${names.slice(0, 5).join(', ')}.`,
        ];
  return {
    findings: joined([...byOwner])
      .map(([owner, missing]) => {
        const finding = undeclared(owner, missing, locks);
        return missing.some(({ name }) => told.has(name)) ? { ...finding, doubt: NAMED } : finding;
      })
      .slice(0, MAX_FINDINGS),
    leftOut,
  };
}

const NAMED = 'other files of the repository speak of it: a build may bring it, or people are told to install it.';

/** Names that some other text speaks of, in whatever way: a build, a script, a page. */
function namedElsewhere(missing: readonly Undeclared[], { files, reader }: Sources): ReadonlySet<string> {
  const own = new Set(missing.flatMap(({ entry, also }) => [entry, ...also].map(({ from }) => from)));
  const wanted = new Set(missing.map(({ name }) => name));
  const found = new Set<string>();
  for (const { path, isText, bytes, context } of wanted.size === 0 ? [] : files) {
    if (!isText || own.has(path) || bytes > MAX_TOLD_BYTES || context === 'lock' || context === 'vendored') continue;
    const text = reader.text(path) ?? '';
    for (const name of wanted) if (text.includes(name) && isWord(name, text)) found.add(name);
  }
  return found;
}

const MAX_TOLD_BYTES = 512 * 1024;

function isWord(name: string, text: string): boolean {
  return new RegExp(`(?<![\\w@-])${asPattern(name)}(?![\\w-])`).test(text);
}

type Owned = readonly [owner: PackageEntry, missing: readonly Undeclared[]];

/** What several packages forget of one name or scope has one cause, and is told once, with all its places. */
function joined(all: readonly Owned[]): readonly Owned[] {
  const keyOf = ([, missing]: Owned): string =>
    [...new Set(missing.map(({ name }) => scopeOf(name) ?? name))].toSorted().join(' ');
  return [...Map.groupBy(all, keyOf).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [[first[0], [...first[1], ...others.flatMap(([, missing]) => missing)]] as const],
  );
}

function undeclaredImports(
  imports: readonly ResolvedImport[],
  packages: readonly PackageEntry[],
): readonly Undeclared[] {
  const byFolder = realPackages(packages);
  const adopters = adoptersOf(imports, byFolder);
  const found: Omit<Undeclared, 'also'>[] = [];
  for (const entry of imports) {
    if (entry.kind !== 'value' || entry.to.kind !== 'package' || contextOf(entry.from) !== 'production') continue;
    const name = entry.to.name;
    const owners = ownersOf(entry.from, byFolder);
    const [owner] = owners;
    if (owner === undefined || isGiven(name) || isElsewhere(entry.from)) continue;
    const around = [...owners, ...foldersOf(entry.from).flatMap((dir) => [...(adopters.get(dir) ?? [])])];
    if (around.some((one) => one.name === name || declaredBy(one).includes(name))) continue;
    found.push({ entry, name, owner });
  }
  const groups = [...Map.groupBy(found, ({ owner, name }) => `${owner.dir}\0${name}`).values()];
  return groups.flatMap(([first, ...others]) => {
    const also = others.map(({ entry }) => entry).filter(({ from }) => from !== first?.entry.from);
    return first === undefined ? [] : [{ ...first, also }];
  });
}

/** It says what is there, or is run where it is copied to. */
function isElsewhere(path: string): boolean {
  return path.endsWith('.d.ts') || SETTINGS_FILE.test(path);
}

function foldersOf(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/**
 * For each folder that belongs to no package below the root: the packages that import a source in it, directly or
 * through others. They take in the folder: what it holds besides is often found by its path, when they are built.
 */
function adoptersOf(
  imports: readonly ResolvedImport[],
  byFolder: ReadonlyMap<string, PackageEntry>,
): ReadonlyMap<string, ReadonlySet<PackageEntry>> {
  const memberOf = (path: string): PackageEntry | undefined => ownersOf(path, byFolder).find(({ dir }) => dir !== '');
  const free = imports.flatMap(({ from, to }) =>
    to.kind === 'file' && memberOf(to.path) === undefined ? [{ from, to: to.path }] : [],
  );
  const next = Map.groupBy(free, ({ from }) => from);
  const reached = new Map<string, Set<PackageEntry>>();
  const adopters = new Map<string, Set<PackageEntry>>();
  const waiting = free.flatMap(({ from, to }) => {
    const member = memberOf(from);
    return member === undefined ? [] : [{ member, to }];
  });
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    const { member, to } = one;
    const known = reached.get(to) ?? new Set();
    if (known.has(member)) continue;
    reached.set(to, known.add(member));
    const folder = posix.dirname(to);
    adopters.set(folder, (adopters.get(folder) ?? new Set()).add(member));
    waiting.push(...(next.get(to) ?? []).map((further) => ({ member, to: further.to })));
  }
  return adopters;
}

function isGiven(name: string): boolean {
  return (
    GIVEN.has(name) ||
    /\.(?:css|scss|less|svg|png|jpe?g|gif|mdx?|html|txt|ya?ml|wasm|graphql|glsl)$|^@(?:theme|theme-original|theme-init|site|generated)\//.test(
      name,
    )
  );
}

/** Settings of a build that name it, or code that asks for it by name: a tool gives it a meaning. */
function isAlias(name: string, text: string, { context }: FileEntry): boolean {
  const scope = scopeOf(name);
  if (context !== 'config') return scope !== undefined && context === 'production' && isQuoted(name, text, ASKS);
  if (isQuoted(name, text, NOT_LOADED)) return true;
  const isScope =
    scope !== undefined && [scope, `${scope}/`, `${scope}/*`].some((one) => isQuoted(one, text, NOT_LOADED));
  return isScope || new RegExp(`[{,]\\s*${name.replaceAll(/[^\w]/g, '\\$&')}\\s*:`).test(text);
}

function scopeOf(name: string): string | undefined {
  return /^@[^/]+/.exec(name)?.[0];
}

/** What stands before a name that is compared, and before one that is not loaded. */
const ASKS = /(?:[!=]==?|\bcase)\s*$/;
const NOT_LOADED = /(?<!\b(?:from|import|require|resolve|mock|unmock|doMock|importActual)\s*\(?\s*)$/;

/** Whether the name stands between quotes, after such a text. */
function isQuoted(name: string, text: string, before: RegExp): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const quote = text[at - 1] ?? '';
    const isWhole = /["'`]/.test(quote) && text[at + name.length] === quote;
    if (isWhole && before.test(text.slice(Math.max(0, at - 31), at - 1))) return true;
  }
  return false;
}

function undeclared(owner: PackageEntry, missing: readonly Undeclared[], locks: readonly string[]): Detected {
  const manifest = posix.join(owner.dir, 'package.json');
  const names = [...new Set(missing.map(({ name }) => name))].toSorted();
  const isOne = names.length === 1;
  const shown = listed(names);
  return {
    kind: 'undeclared-dependency',
    severity: owner.isPrivate ? 'medium' : 'high',
    confidence: 0.75,
    title: `${shown} ${isOne ? 'is' : 'are'} imported but no package.json names ${isOne ? 'it' : 'them'}`,
    file: missing[0]?.entry.from ?? manifest,
    line: missing[0]?.entry.line ?? 0,
    anchor: [owner.dir, ...names].join(' '),
    evidence: [
      ...missing.slice(0, MAX_NAMED).map(({ entry, also }) => ({
        source: 'graph',
        text: `Import of "${entry.specifier}"${alsoIn(also)}.`,
        ref: `${entry.from}:${entry.line}`,
      })),
      {
        source: 'manifests',
        text: `Neither ${manifest} nor a manifest above it has ${isOne ? 'it' : 'them'}.`,
        ref: manifest,
      },
    ],
    fix: `Add ${isOne ? 'it' : 'them'} to the dependencies of ${manifest}: ${whyAdd(names, locks)}`,
  };
}

const MAX_NAMED = 5;
const MAX_ALSO = 6;

function alsoIn(entries: readonly ResolvedImport[]): string {
  if (entries.length === 0) return '';
  const places = [...new Set(entries.map(({ from, line }) => `${from}:${line}`))];
  const rest = places.length - MAX_ALSO;
  return `; also at ${places.slice(0, MAX_ALSO).join(', ')}${rest > 0 ? ` and ${countOf(rest, 'further place')}` : ''}`;
}

/** What becomes of those without a declaration: whoever installs the project has what the lock files name. */
function whyAdd(names: readonly string[], locks: readonly string[]): string {
  const isLocked = (name: string): boolean =>
    locks.some((text) => new RegExp(`(?:^|["'\\s/])${asPattern(name)}(?=["'@\\s:(/])`, 'm').test(text));
  const missing = locks.length === 0 ? [] : names.filter((name) => !isLocked(name));
  if (missing.length === 0) {
    const it = names.length === 1 ? 'it' : 'them';
    return `today ${it === 'it' ? 'it works' : 'they work'} only where another package brings ${it}.`;
  }
  const which = missing.length === names.length ? '' : ` (${missing.join(', ')})`;
  return `no lock file has ${names.length === 1 ? 'it' : `${missing.length === names.length ? 'them' : 'all of them'}${which}`}, so a clean install fails when this file is loaded.`;
}

function lockTexts({ files, reader }: Sources): readonly string[] {
  const locks = files.filter(({ context, path }) => context === 'lock' && NODE_LOCK.test(path)).slice(0, MAX_LOCKS);
  return locks.flatMap(({ path }) => {
    const read = reader.read(path, MAX_LOCK_BYTES);
    return read.kind === 'text' ? [read.text] : [];
  });
}

const NODE_LOCK = /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lock)$/;
