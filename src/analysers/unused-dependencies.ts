import { posix } from 'node:path';
import { contextOf, isProduction } from './classify.ts';
import type { FileEntry, PackageEntry } from './data.ts';
import type { Detected } from './detected.ts';
import { listed } from './listed.ts';
import { mentioned, type Sources } from './mentions.ts';
import type { ResolvedImport } from './resolve.ts';

const MAX_FINDINGS = 30;
const MAX_LOCKS = 20;
/** Used by tools, never imported by name. */
const IMPLIED =
  /^(?:@types\/|tslib$|core-js|regenerator-runtime|@babel\/|@swc\/helpers|react-dom$|react-native|expo|next$|typescript$|vite$|webpack|eslint|prettier|sharp$|@fontsource|@vitest\/|.*[-/]cli$|.*types?$)/;
/** What another package loads by a name that it puts together or reads from a setting: nobody sees who uses it. */
const LOADED_BY_NAME =
  /^(?:mysql2?|pg|pg-hstore|pg-native|sqlite3|better-sqlite3|sql\.js|tedious|mssql|mariadb|oracledb|ibm_db|redis|ioredis|mongodb|cassandra-driver|snowflake-sdk|memcached|bufferutil|utf-8-validate|canvas|encoding)$|[-_/](?:stores?|kv|drivers?|adapters?|transports?|loaders?|plugins?|presets?|dialects?|providers?|themes?|extensions?|reporters?|db|sql)$|(?:^|[/-])(?:plugin|preset|loader|adapter|driver|transport|store|theme|reporter)-/;

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
  const used = mentioned(wanted, sources, true);
  const byOwner = Map.groupBy(
    wanted.filter((one) => !used.has(one)),
    ({ entry }) => entry,
  );
  return [...byOwner].flatMap(([entry, all]) => {
    const names = all.map(({ name }) => name);
    const isOwn = isOfSources(entry, new Set(names), imports);
    return isOwn ? [unused(names, posix.join(entry.dir, 'package.json'))] : [];
  });
}

/** Share of its other dependencies that files below a manifest import: else it is a draft, or gathers for others. */
const MIN_OWN = 0.5;

function isOfSources(
  { dir, dependencies }: PackageEntry,
  candidates: ReadonlySet<string>,
  imports: readonly ResolvedImport[],
): boolean {
  const own = new Set(
    imports.flatMap(({ from, to }) => (to.kind === 'package' && isBelow(from, dir) ? [to.name] : [])),
  );
  const others = dependencies.filter(
    (name) => !candidates.has(name) && !IMPLIED.test(name) && !LOADED_BY_NAME.test(name),
  );
  return others.filter((name) => own.has(name)).length >= others.length * MIN_OWN;
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
