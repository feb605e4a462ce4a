import {
  originOf,
  withOwnRegistry,
  type Asked,
  type Drift,
  type LockedPackage,
  type LockFile,
} from './supply-chain-lock.ts';

type Line = Readonly<{ indent: number; key: string; value: string }>;

/** What a package of the repository asked for when the lock file was written, by name. */
type Importer = Map<string, string>;

/**
 * `pnpm-lock.yaml`, versions 5 to 9. Its lines are read one by one: pnpm always writes the same form, and a file of a
 * megabyte takes a parser for all of YAML half a second.
 */
export function readPnpmLock(text: string, overridden: ReadonlySet<string>): LockFile | undefined {
  if (!text.startsWith('lockfileVersion:') && !text.includes('\nlockfileVersion:')) return undefined;
  const found = new PnpmLock();
  for (const raw of text.split('\n')) {
    const line = lineOf(raw);
    if (line !== undefined) found.add(line);
  }
  const { importers, overrides } = found;
  return {
    tool: 'pnpm-lock.yaml',
    refresh: 'pnpm install --lockfile-only',
    packages: withOwnRegistry(found.packages),
    folders: [...importers.keys()],
    drift: (folder, asked) =>
      found.isRewritten
        ? []
        : asked.flatMap((one) => driftOf(one, importers.get(folder), new Set([...overrides, ...overridden]))),
  };
}

function lineOf(raw: string): Line | undefined {
  const [, indent = '', quoted, bare, value = ''] =
    /^( *)(?:'((?:[^']|'')+)'|([^\s'#:][^:]*(?::[^\s][^:]*)*)):(?: (.*))?$/.exec(raw) ?? [];
  const key = quoted ?? bare;
  return key === undefined ? undefined : { indent: indent.length, key, value: value.replaceAll(/^'|'$/g, '') };
}

class PnpmLock {
  readonly importers = new Map<string, Importer>();
  readonly packages: LockedPackage[] = [];
  readonly overrides = new Set<string>();
  /** A program of the project changes manifests before they are read. */
  isRewritten = false;
  /** The keys above the line: section, and what is below it. */
  readonly #path: string[] = [];

  add({ indent, key, value }: Line): void {
    const depth = indent / 2;
    this.#path.length = Math.min(this.#path.length, depth);
    this.#path[depth] = key;
    const [section, second = ''] = this.#path;
    if (depth === 0 && key === 'pnpmfileChecksum') this.isRewritten = true;
    if (section === 'importers') this.#addImported(second === '.' ? '' : second, key, value);
    else if (section === 'overrides' && depth === 1)
      this.overrides.add(key.replace(/^.*>/, '').replace(/(.)@.*$/, '$1'));
    else if (section === 'packages') this.#addPackage(depth, key, value);
    else this.#addOld(section, depth, { key, value });
  }

  /** From version 6: the range stands below the name. Version 5: all ranges below `specifiers`. */
  #addImported(folder: string, key: string, value: string): void {
    const importer = this.#importer(folder);
    const [, , group = '', name = ''] = this.#path;
    if (this.#path.length === 5 && key === 'specifier') importer.set(name, value);
    else if (this.#path.length === 4 && group === 'specifiers') importer.set(key, value);
  }

  /** A repository of one package has no importers before version 9. */
  #addOld(section: string | undefined, depth: number, { key, value }: Readonly<{ key: string; value: string }>): void {
    if (section === 'specifiers' && depth === 1) this.#importer('').set(key, value);
    const isGroup = section === 'dependencies' || section === 'devDependencies' || section === 'optionalDependencies';
    if (isGroup && depth === 2 && key === 'specifier') this.#importer('').set(this.#path[1] ?? '', value);
  }

  #importer(folder: string): Importer {
    const known = this.importers.get(folder);
    if (known !== undefined) return known;
    const fresh: Importer = new Map();
    this.importers.set(folder, fresh);
    return fresh;
  }

  #addPackage(depth: number, key: string, value: string): void {
    if (depth === 1) this.packages.push(packageOf(key));
    const last = this.packages.at(-1);
    if (depth < 2 || last === undefined) return;
    // A formatter may have put what stands in braces on lines of its own.
    const isSpread = this.#path[2] === 'resolution' && depth > 2;
    const change = isSpread ? resolutionOf(`{${key}: ${value.replace(/,$/, '')}}`) : changeOf(key, value, depth);
    if (change !== undefined) this.packages[this.packages.length - 1] = { ...last, ...change };
  }
}

function changeOf(key: string, value: string, depth: number): Partial<LockedPackage> | undefined {
  if (depth !== 2) return undefined;
  if (key === 'resolution') return value === '' ? undefined : resolutionOf(value);
  if (key === 'requiresBuild') return { hasInstallScript: value === 'true' };
  if (key === 'dev') return { isDev: value === 'true' };
  return key === 'optional' ? { isOptional: value === 'true' } : undefined;
}

/** `/@scope/name@1.0.0(peer@2.0.0)`, without the slash from version 9, `/@scope/name/1.0.0` before version 6. */
function packageOf(key: string): LockedPackage {
  const [, name = key, version = ''] = /^\/?((?:@[^/@]+\/)?[^/@]+)[@/]([^(]*)/.exec(key) ?? [];
  return { name, version, origin: 'unknown', url: '', isDev: false, isOptional: false };
}

/** `{integrity: sha512-...}`, `{tarball: https://...}`, `{directory: ..., type: directory}` */
function resolutionOf(value: string): Partial<LockedPackage> {
  const field = (name: string): string => new RegExp(`[{ ]${name}: '?([^,'}]+)`).exec(value)?.[1] ?? '';
  if (field('type') === 'directory') return { origin: 'local' };
  const url = field('tarball') === '' ? field('repo') : field('tarball');
  const hasIntegrity = field('integrity') !== '';
  if (url !== '' && field('tarball') === '') {
    const commit = field('commit');
    const origin = url.startsWith('git://') ? 'plain-git' : 'git';
    return { origin, url: commit === '' ? url : `${url}#${commit}`, hasIntegrity };
  }
  return { origin: url === '' ? 'registry' : originOf(url), url, hasIntegrity };
}

function driftOf(
  { name, range }: Asked,
  importer: Importer | undefined,
  overridden: ReadonlySet<string>,
): readonly Drift[] {
  if (importer === undefined || overridden.has(name)) return [];
  const locked = importer.get(name);
  if (locked === range || (locked === undefined && /^(?:link|file|workspace):/.test(range))) return [];
  if (locked !== undefined && /^https?:/.test(locked)) return []; // a hook of pnpm put another source in
  return [{ name, asked: range, locked }];
}
