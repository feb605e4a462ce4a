import { posix } from 'node:path';
import { contextOf, isProduction } from './classify.ts';
import type { FileEntry, PackageEntry } from './data.ts';
import type { Detected } from './detected.ts';
import { mentioned, type Sources } from './mentions.ts';
import type { ResolvedImport } from './resolve.ts';
import { asPattern, countOf } from './words.ts';

const MAX_FINDINGS = 30;
const MAX_LOCKS = 20;
/** Used by tools, never imported by name. */
const IMPLIED =
  /^(?:@types\/|tslib$|core-js|regenerator-runtime|@babel\/|@swc\/helpers|react-dom$|react-native|expo|next$|typescript$|vite$|webpack|eslint|prettier|sharp$|@fontsource|@vitest\/|.*[-/]cli$|.*types?$)/;
/** What another package loads by a name that it puts together or reads from a setting: nobody sees who uses it. */
const LOADED_BY_NAME =
  /^(?:mysql2?|pg|pg-hstore|pg-native|sqlite3|better-sqlite3|sql\.js|tedious|mssql|mariadb|oracledb|ibm_db|redis|ioredis|mongodb|cassandra-driver|snowflake-sdk|memcached|bufferutil|utf-8-validate|canvas|encoding)$|[-_/](?:stores?|kv|drivers?|adapters?|transports?|loaders?|plugins?|presets?|dialects?|providers?|themes?|extensions?|reporters?|db|sql)$|(?:^|[/-])(?:plugin|preset|loader|adapter|driver|transport|store|theme|reporter)-/;
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
  const leftOut =
    names.length === 0
      ? []
      : [
          `${countOf(names.length, 'undeclared import')} that a build tool seems to provide: ${names.slice(0, 5).join(', ')}.`,
        ];
  return {
    findings: [...byOwner].map(([owner, missing]) => undeclared(owner, missing, locks)).slice(0, MAX_FINDINGS),
    leftOut,
  };
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
  const names = missing.map(({ name }) => name).toSorted();
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

/** Declared for use, and named nowhere: not in an import, not in a script, not in any other file. */
export function unusedDependencies(
  imports: readonly ResolvedImport[],
  packages: readonly PackageEntry[],
  sources: Sources,
): readonly Detected[] {
  const imported = new Set(imports.flatMap(({ to }) => (to.kind === 'package' ? [to.name] : [])));
  const own = new Set(packages.map(({ name }) => name));
  const candidates = packages
    .filter(({ dir, context }) => isProduction(context) && isProduction(contextOf(posix.join(dir, 'x'))))
    .flatMap((entry) => entry.dependencies.map((name) => ({ entry, name })))
    .filter(({ name }) => !IMPLIED.test(name) && !LOADED_BY_NAME.test(name) && !own.has(name))
    .filter(({ name }) => !imported.has(name));
  const peers = candidates.length === 0 ? new Set() : peerNames(packages, sources);
  const left = candidates.filter(({ name }) => !peers.has(name));
  const wanted = left.slice(0, MAX_FINDINGS).map((one) => ({
    ...one,
    hint: hintOf(one.name),
    isIn: (text: string, file: FileEntry) => isUse(one.entry, one.name, { text, file }),
  }));
  const used = mentioned(wanted, sources);
  const byOwner = Map.groupBy(
    wanted.filter((one) => !used.has(one)),
    ({ entry }) => entry,
  );
  return [...byOwner].map(([entry, all]) =>
    unused(
      all.map(({ name }) => name),
      posix.join(entry.dir, 'package.json'),
    ),
  );
}

const MAX_LOCK_BYTES = 16 * 1024 * 1024;
/** The block of a package in any lock file that says what it wants beside it. */
const PEERS = /^( *)"?peerDependencies"?: *\{?\n((?:\1 +\S.*\n)+)/gm;

/** Whom packages want beside them, those in the lock files and those of the repository; if they like or not. */
function peerNames(packages: readonly PackageEntry[], { files, reader }: Sources): ReadonlySet<string> {
  const locks = files.filter(({ context }) => context === 'lock').slice(0, MAX_LOCKS);
  const names = locks.flatMap(({ path }) => {
    const read = reader.read(path, MAX_LOCK_BYTES);
    const blocks = read.kind === 'text' ? [...read.text.matchAll(PEERS)] : [];
    return blocks.flatMap(({ 2: block = '' }) => [...block.matchAll(/^ *["']?([^"'\s:]+)["']?:/gm)]);
  });
  return new Set([...names.map(({ 1: name = '' }) => name), ...packages.flatMap((one) => one.peerDependencies)]);
}

type Place = Readonly<{ text: string; file: FileEntry }>;

/** A part of the name that stands in every text that loads it, also where the rest is put together. */
function hintOf(name: string): string {
  return beginningsOf(name)[0] ?? name;
}

/** What a text may begin with that is completed to the name: `preset-` of `preset-one`. */
function beginningsOf(name: string): readonly string[] {
  const ends = [...name.matchAll(/[-/]/g)].map(({ index }) => name.slice(0, index + 1));
  return ends.filter((one) => one.length >= 4 && !/^@[^/]+\/$/.test(one));
}

/**
 * In scripts, configuration, templates, style sheets, sources that are not parsed; and in sources as a text, or as the
 * beginning of one that is put together. Outside of its package the name must stand for itself.
 */
function isUse(entry: PackageEntry, name: string, { text, file }: Place): boolean {
  if (posix.basename(file.path) === 'package.json') return isInManifest(entry, name, { text, file });
  if (isBelow(file.path, entry.dir) && text.includes(name)) return true;
  if (beginningsOf(name).some((one) => isBegun(one, text))) return true;
  const plain = name.replaceAll(/[^\w]/g, '\\$&');
  const isQuotedName = new RegExp(`["'\`]${plain}["'\`/]`).test(text);
  return isQuotedName || (file.context === 'config' && isWord(plain, text));
}

/** Named beside its declaration; in another manifest in a script or setting, where it is not declared as well. */
function isInManifest(entry: PackageEntry, name: string, { text, file }: Place): boolean {
  // The manifest names it once, where it is declared.
  if (file.path === posix.join(entry.dir, 'package.json')) return text.includes(name, text.indexOf(name) + name.length);
  if (isBelow(file.path, entry.dir) && text.includes(name)) return true;
  if (entry.name !== '' && text.includes(`${entry.name} > ${name}`)) return true;
  const plain = name.replaceAll(/[^\w]/g, '\\$&');
  return isWord(plain, text.replaceAll(new RegExp(`"${plain}"\\s*:`, 'g'), ''));
}

function isWord(pattern: string, text: string): boolean {
  return new RegExp(`(?<![\\w@/.-])${pattern}(?![\\w.-])`).test(text);
}

/** `` `preset-${name}` `` or `'preset-' + name`. */
function isBegun(beginning: string, text: string): boolean {
  if (text.includes(`\`${beginning}\${`)) return true;
  return ["'", '"'].some((quote) =>
    new RegExp(`${quote}${beginning.replaceAll(/[^\w]/g, '\\$&')}${quote}\\s*\\+`).test(text),
  );
}

function isBelow(path: string, dir: string): boolean {
  return dir === '' || path.startsWith(`${dir}/`);
}

function unused(names: readonly string[], manifest: string): Detected {
  const isOne = names.length === 1;
  const shown = listed(names);
  return {
    kind: 'unused-dependency',
    severity: 'low',
    confidence: 0.7,
    title: isOne ? `${shown} is a dependency that nothing uses` : `${shown} are dependencies that nothing uses`,
    file: manifest,
    line: 0,
    anchor: names.toSorted().join(' '),
    evidence: [
      { source: 'graph', text: `No source file imports ${isOne ? 'it' : 'them'}.` },
      {
        source: 'manifests',
        text: `No script, setting, template or style sheet names ${isOne ? 'it' : 'them'}: ${names.join(', ')}.`,
        ref: manifest,
      },
    ],
    fix: `Remove ${isOne ? shown : 'them'} from ${manifest}, then run the tests.`,
  };
}

const SHOWN = 36;

/** As many of a list as fit, and how many more there are. */
function listed(names: readonly string[]): string {
  const [first = '', ...rest] = names;
  let shown = first.length > SHOWN ? `${first.slice(0, SHOWN - 1)}…` : first;
  let count = 1;
  for (const name of rest) {
    if (shown.length + name.length > SHOWN) break;
    shown += `, ${name}`;
    count += 1;
  }
  return names.length === count ? shown : `${shown} and ${names.length - count} more`;
}
