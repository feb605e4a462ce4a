import { posix } from 'node:path';
import { contextOf, isProduction } from './classify.ts';
import type { FileEntry, PackageEntry } from './data.ts';
import type { Detected } from './detected.ts';
import type { ResolvedImport } from './resolve.ts';
import type { TextReader } from './read-text.ts';

const MAX_FINDINGS = 30;
/** Used by tools, never imported by name. */
const IMPLIED =
  /^(?:@types\/|tslib$|core-js|regenerator-runtime|@babel\/|@swc\/helpers|react-dom$|react-native|expo|next$|typescript$|vite$|webpack|eslint|prettier|sharp$|@fontsource|.*[-/]cli$|.*types?$)/;
/** Given by the program that runs the code. */
const GIVEN = new Set(['vscode', 'electron', 'atom', 'sketch', 'figma', 'k6', 'bun', 'worker_threads', 'react-native']);

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

type Undeclared = Readonly<{ entry: ResolvedImport; name: string; owner: PackageEntry }>;

/** Packages that shipped code loads and no manifest above it names. One finding for each manifest. */
export function undeclaredDependencies(
  imports: readonly ResolvedImport[],
  packages: readonly PackageEntry[],
): readonly Detected[] {
  const byFolder = realPackages(packages);
  const found = new Map<string, Undeclared>();
  for (const entry of imports) {
    if (entry.kind !== 'value' || entry.to.kind !== 'package' || contextOf(entry.from) !== 'production') continue;
    const name = entry.to.name;
    const owners = ownersOf(entry.from, byFolder);
    const [owner] = owners;
    if (owner === undefined || GIVEN.has(name) || /\.(?:css|svg|png)$/.test(name) || entry.from.endsWith('.d.ts'))
      continue;
    if (owners.some((one) => one.name === name || declaredBy(one).includes(name))) continue;
    const key = `${owner.dir}\0${name}`;
    if (!found.has(key)) found.set(key, { entry, name, owner });
  }
  const byOwner = Map.groupBy(found.values(), ({ owner }) => owner);
  return [...byOwner].map(([owner, missing]) => undeclared(owner, missing)).slice(0, MAX_FINDINGS);
}

function undeclared(owner: PackageEntry, missing: readonly Undeclared[]): Detected {
  const manifest = posix.join(owner.dir, 'package.json');
  const names = missing.map(({ name }) => name).toSorted();
  const isOne = names.length === 1;
  const shown = names.slice(0, 4).join(', ') + (names.length > 4 ? ` and ${names.length - 4} more` : '');
  return {
    kind: 'undeclared-dependency',
    severity: owner.isPrivate ? 'medium' : 'high',
    confidence: 0.75,
    title: `${shown} ${isOne ? 'is' : 'are'} imported but no package.json names ${isOne ? 'it' : 'them'}`,
    file: missing[0]?.entry.from ?? manifest,
    line: missing[0]?.entry.line ?? 0,
    anchor: [owner.dir, ...names].join(' '),
    evidence: [
      ...missing.slice(0, 5).map(({ entry }) => ({
        source: 'graph',
        text: `import of "${entry.specifier}"`,
        ref: `${entry.from}:${entry.line}`,
      })),
      {
        source: 'manifests',
        text: `Neither ${manifest} nor a manifest above it has ${isOne ? 'it' : 'them'}.`,
        ref: manifest,
      },
    ],
    fix: `Add ${isOne ? 'it' : 'them'} to the dependencies of ${manifest}: today it works only because another package brings ${isOne ? 'it' : 'them'}.`,
  };
}

type Sources = Readonly<{ files: readonly FileEntry[]; reader: TextReader }>;

/** Declared for use, and named nowhere: not in an import, not in a script, not in any other file. */
export function unusedDependencies(
  imports: readonly ResolvedImport[],
  packages: readonly PackageEntry[],
  sources: Sources,
): readonly Detected[] {
  const importedBy = new Map<string, string[]>();
  for (const { from, to } of imports) {
    if (to.kind !== 'package') continue;
    const users = importedBy.get(to.name);
    if (users === undefined) importedBy.set(to.name, [from]);
    else users.push(from);
  }
  const own = new Set(packages.map(({ name }) => name));
  const candidates = packages
    .filter(({ dir, context }) => isProduction(context) && isProduction(contextOf(posix.join(dir, 'x'))))
    .flatMap((entry) => entry.dependencies.map((name) => ({ entry, name })))
    .filter(({ name }) => !IMPLIED.test(name) && !own.has(name))
    .filter(({ entry, name }) => !(importedBy.get(name) ?? []).some((from) => isBelow(from, entry.dir)));
  return candidates
    .slice(0, MAX_FINDINGS)
    .filter(({ entry, name }) => !isNamedElsewhere(name, entry.dir, sources))
    .map(({ entry, name }) => unused(name, posix.join(entry.dir, 'package.json')));
}

function isBelow(path: string, dir: string): boolean {
  return dir === '' || path.startsWith(`${dir}/`);
}

const MAX_SEARCHED_BYTES = 512 * 1024;

/** In scripts of the manifest, configuration, templates, style sheets, sources that are not parsed. */
function isNamedElsewhere(name: string, dir: string, { files, reader }: Sources): boolean {
  return files.some(({ path, isText, bytes, context, language }) => {
    if (!isText || !isBelow(path, dir) || bytes > MAX_SEARCHED_BYTES) return false;
    if (context === 'lock' || context === 'vendored' || language === 'Markdown') return false;
    const text = reader.text(path) ?? '';
    const isManifest = path === posix.join(dir, 'package.json');
    const at = text.indexOf(name);
    // The manifest names it once, where it is declared.
    return at >= 0 && (!isManifest || text.includes(name, at + name.length));
  });
}

function unused(name: string, manifest: string): Detected {
  return {
    kind: 'unused-dependency',
    severity: 'low',
    confidence: 0.7,
    title: `${name} is a dependency that nothing uses`,
    file: manifest,
    line: 0,
    anchor: name,
    evidence: [
      { source: 'graph', text: 'No source file imports it.' },
      { source: 'manifests', text: 'No script, setting, template or style sheet names it.', ref: manifest },
    ],
    fix: `Remove ${name} from ${manifest}, then run the tests.`,
  };
}
