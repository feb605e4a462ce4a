import { asRecord, asText, isRecord, parseJson, type JsonRecord } from './json-value.ts';
import { satisfies } from './semver-range.ts';
import {
  isPlainRange,
  originOf,
  withOwnRegistry,
  type Asked,
  type Drift,
  type LockedPackage,
  type LockFile,
} from './supply-chain-lock.ts';
import { withoutComments } from './tsconfig.ts';

const MAX_NESTING = 60;
const REFRESH = 'npm install --package-lock-only';

/** `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3. Undefined when it is not one. */
export function readNpmLock(text: string, overridden: ReadonlySet<string>): LockFile | undefined {
  const lock = asRecord(parseJson(text));
  if (isRecord(lock['packages'])) return fromPackages(lock['packages'], overridden);
  return isRecord(lock['dependencies']) ? fromTree(lock['dependencies'], overridden) : undefined;
}

/** Versions 2 and 3: every folder of `node_modules`, by its path. */
function fromPackages(entries: JsonRecord, overridden: ReadonlySet<string>): LockFile {
  const all = Object.entries(entries).map(([path, value]) => ({ path, entry: asRecord(value) }));
  const installed = all.filter(({ path, entry }) => path.includes('node_modules/') && entry['link'] !== true);
  const folders = all.filter(({ path }) => !path.includes('node_modules/')).map(({ path }) => path);
  return {
    tool: 'package-lock.json',
    refresh: REFRESH,
    packages: withOwnRegistry(installed.map(({ path, entry }) => packageOf(path, entry))),
    folders,
    drift: (folder, asked) => asked.flatMap((one) => driftOf(one, folder, entries, overridden)),
  };
}

function packageOf(path: string, entry: JsonRecord): LockedPackage {
  const url = asText(entry['resolved']) ?? '';
  const licence = asText(entry['license']);
  return {
    name: asText(entry['name']) ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    version: asText(entry['version']) ?? '',
    key: path,
    origin: originOf(url),
    url,
    hasIntegrity: asText(entry['integrity']) !== undefined || entry['inBundle'] === true,
    hasInstallScript: entry['hasInstallScript'] === true,
    ...(licence === undefined ? {} : { licence }),
    isDev: entry['dev'] === true || entry['devOptional'] === true,
    isOptional: entry['optional'] === true || entry['devOptional'] === true,
  };
}

/** As `npm ci` asks: is there a version where the package looks for it, and does it fit? */
function driftOf(
  { name, range }: Asked,
  folder: string,
  entries: JsonRecord,
  overridden: ReadonlySet<string>,
): readonly Drift[] {
  if (overridden.has(name) || !isPlainRange(range)) return [];
  const places = [...foldersUp(folder)].map((dir) => `${dir === '' ? '' : `${dir}/`}node_modules/${name}`);
  const found = places.map((place) => entries[place]).find(isRecord);
  if (found === undefined) return [{ name, asked: range, locked: undefined }];
  if (found['link'] === true) return [];
  const version = asText(found['version']) ?? '';
  const isFitting = satisfies(version, range) ?? askedBefore(name, folder, entries) === range;
  return isFitting || originOf(asText(found['resolved']) ?? '') === 'git'
    ? []
    : [{ name, asked: range, locked: version }];
}

/** What the lock file noted of the manifest. */
function askedBefore(name: string, folder: string, entries: JsonRecord): unknown {
  const noted = asRecord(entries[folder]);
  return ['dependencies', 'devDependencies']
    .map((key) => asRecord(noted[key])[name])
    .find((range) => range !== undefined);
}

function foldersUp(folder: string): readonly string[] {
  const parts = folder === '' ? [] : folder.split('/');
  return [...parts.map((_, index) => parts.slice(0, parts.length - index).join('/')), ''];
}

/** Version 1: what is installed as a tree. */
function fromTree(tree: JsonRecord, overridden: ReadonlySet<string>): LockFile {
  const packages: LockedPackage[] = [];
  const collect = (dependencies: JsonRecord, depth: number): void => {
    for (const [name, value] of Object.entries(dependencies)) {
      const entry = asRecord(value);
      packages.push(packageOfTree(name, entry));
      if (depth < MAX_NESTING) collect(asRecord(entry['dependencies']), depth + 1);
    }
  };
  collect(tree, 0);
  return {
    tool: 'package-lock.json',
    refresh: REFRESH,
    packages: withOwnRegistry(packages),
    folders: [''],
    drift: (folder, asked) => (folder === '' ? asked.flatMap((one) => driftInTree(one, tree, overridden)) : []),
  };
}

function packageOfTree(name: string, entry: JsonRecord): LockedPackage {
  const version = asText(entry['version']) ?? '';
  const url = asText(entry['resolved']) ?? (/[:/]/.test(version) ? version : '');
  const isHashed = asText(entry['integrity']) !== undefined || entry['bundled'] === true;
  const isDev = entry['dev'] === true;
  return {
    name,
    version,
    origin: originOf(url),
    url,
    hasIntegrity: isHashed,
    isDev,
    isOptional: entry['optional'] === true,
  };
}

function driftInTree({ name, range }: Asked, tree: JsonRecord, overridden: ReadonlySet<string>): readonly Drift[] {
  if (overridden.has(name) || !isPlainRange(range)) return [];
  const entry = tree[name];
  if (!isRecord(entry)) return [{ name, asked: range, locked: undefined }];
  const version = asText(entry['version']) ?? '';
  return satisfies(version, range) === false ? [{ name, asked: range, locked: version }] : [];
}

/** `bun.lock`: JSON with commas too many. It notes what each workspace asked for. */
export function readBunLock(text: string, overridden: ReadonlySet<string>): LockFile | undefined {
  const lock = asRecord(parseJson(withoutComments(text)));
  const workspaces = lock['workspaces'];
  if (!isRecord(workspaces)) return undefined;
  return {
    tool: 'bun.lock',
    refresh: 'bun install --lockfile-only',
    packages: Object.values(asRecord(lock['packages'])).flatMap(bunPackage),
    folders: Object.keys(workspaces),
    drift: (folder, asked) => asked.flatMap((one) => driftFromNote(one, asRecord(workspaces[folder]), overridden)),
  };
}

/** `[name@version, registry, {...}, integrity]`; what is not from a registry has fewer parts. */
function bunPackage(value: unknown): readonly LockedPackage[] {
  const [id] = Array.isArray(value) ? [...(value as readonly unknown[])] : [];
  const [, name, version = ''] = /^(@?[^@]+)@(.*)$/.exec(asText(id) ?? '') ?? [];
  if (name === undefined || /^(?:workspace|file|link|root):/.test(version)) return [];
  const url = /[:/]/.test(version) ? version : '';
  return [{ name, version, origin: originOf(url), url, isDev: false, isOptional: false }];
}

function driftFromNote(
  { name, range }: Asked,
  workspace: JsonRecord,
  overridden: ReadonlySet<string>,
): readonly Drift[] {
  if (overridden.has(name)) return [];
  const noted = ['dependencies', 'devDependencies'].map((key) => asText(asRecord(workspace[key])[name]));
  const locked = noted.find((one) => one !== undefined);
  return noted.includes(range) ? [] : [{ name, asked: range, locked }];
}
