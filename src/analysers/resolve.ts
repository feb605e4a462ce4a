import { existsSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix } from 'node:path';
import type { ImportEntry, PackageEntry } from './data.ts';
import { aliasTargets, type PathAlias } from './tsconfig.ts';

export type Resolved =
  /** A file of this repository that the check knows. */
  | Readonly<{ kind: 'file'; path: string }>
  /** On disk, but not among the files that are checked: built, ignored or an asset. */
  | Readonly<{ kind: 'elsewhere' }>
  | Readonly<{ kind: 'package'; name: string }>
  /** Made by a tool, or named in a way that only a bundler understands. */
  | Readonly<{ kind: 'unknown' }>
  /** A relative path that leads to nothing. `path`: where a file was expected, without its ending. */
  | Readonly<{ kind: 'missing'; path: string }>;

/** One import with what it leads to. */
export type ResolvedImport = ImportEntry & Readonly<{ from: string; to: Resolved }>;

const ENDINGS = [
  '.ts',
  '.tsx',
  '.mts',
  '.cts',
  '.d.ts',
  '.js',
  '.jsx',
  '.mjs',
  '.cjs',
  '.json',
  '.vue',
  '.svelte',
  '.astro',
  '.node',
];
const BUILT_FROM: readonly (readonly [string, readonly string[]])[] = [
  ['.js', ['.ts', '.tsx', '.d.ts', '.jsx']],
  ['.jsx', ['.tsx']],
  ['.mjs', ['.mts', '.d.mts']],
  ['.cjs', ['.cts', '.d.cts']],
  ['.css', ['.scss', '.sass', '.less', '.styl', '.pcss']],
];
const PACKAGE = /^(?:@[\w~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*(?=\/|$)/i;
const SCHEME = /^(?:node|bun|deno|npm|jsr|https?|data|file|virtual|astro|cloudflare|workerd):/;
const FROM_TOP = /^(?:@|~|@@|~~|\$lib)\/(.+)$/;
const BUILTIN: ReadonlySet<string> = new Set(builtinModules);

/** Finds what import specifiers mean, from the names of files alone: nothing of the repository runs. */
export class Resolver {
  readonly #root: string;
  readonly #paths: ReadonlySet<string>;
  readonly #aliases: readonly PathAlias[];
  readonly #packages: ReadonlyMap<string, PackageEntry>;
  readonly #known = new Map<string, Resolved>();

  constructor(
    root: string,
    files: Readonly<{ paths: ReadonlySet<string>; aliases: readonly PathAlias[]; packages: readonly PackageEntry[] }>,
  ) {
    this.#root = root;
    this.#paths = files.paths;
    this.#aliases = files.aliases;
    this.#packages = new Map(files.packages.filter(({ name }) => name !== '').map((entry) => [entry.name, entry]));
  }

  resolve(from: string, specifier: string): Resolved {
    const key = `${posix.dirname(from)}\0${specifier}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = this.#resolve(from, specifier);
    this.#known.set(key, found);
    return found;
  }

  #resolve(from: string, specifier: string): Resolved {
    const bare = specifier.replace(/[?#].*$/, '') === '' ? specifier : specifier.replace(/(?!^)[?#].*$/, '');
    if (bare.includes('!') || bare.includes('\0')) return { kind: 'unknown' };
    if (/^\.{1,2}(?:\/|$)/.test(bare)) return this.#relative(from, bare);
    if (SCHEME.test(bare) || BUILTIN.has(bare)) return { kind: 'unknown' };
    const aliased = this.#alias(from, bare) ?? this.#fromTop(from, bare);
    if (aliased !== undefined) return aliased;
    return this.#package(bare);
  }

  #package(specifier: string): Resolved {
    const name = /^[/~#$]|^@\/|:/.test(specifier) ? undefined : PACKAGE.exec(specifier)?.[0];
    if (name === undefined) return { kind: 'unknown' };
    const own = this.#packages.get(name);
    return own === undefined ? { kind: 'package', name } : this.#ownPackage(own, specifier.slice(name.length + 1));
  }

  #relative(from: string, specifier: string): Resolved {
    const path = posix.join(posix.dirname(from), specifier).replace(/\/$/, '');
    if (path.startsWith('..')) return { kind: 'elsewhere' };
    return this.#file(path) ?? this.#onDisk(path) ?? { kind: 'missing', path };
  }

  #alias(from: string, specifier: string): Resolved | undefined {
    for (const alias of this.#aliases) {
      for (const target of aliasTargets(alias, from, specifier)) {
        const found = this.#file(target);
        if (found !== undefined) return found;
      }
      // A name that fits an alias with a prefix is meant for it, built or not.
      if (alias.before !== '' && aliasTargets(alias, from, specifier).length > 0) return { kind: 'elsewhere' };
    }
    return undefined;
  }

  /** Names that frameworks give to the folder of the sources, whatever no setting says: `@/`, `~/`, `$lib/`. */
  #fromTop(from: string, specifier: string): Resolved | undefined {
    const rest = FROM_TOP.exec(specifier)?.[1];
    if (rest === undefined) return undefined;
    const below = specifier.startsWith('$lib/')
      ? [`src/lib/${rest}`, `lib/${rest}`]
      : [`src/${rest}`, `app/${rest}`, rest];
    for (let dir = posix.dirname(from); ; dir = posix.dirname(dir)) {
      const found = below.map((path) => this.#file(posix.join(dir, path))).find((one) => one?.kind === 'file');
      if (found !== undefined) return found;
      if (dir === '.') return undefined;
    }
  }

  /** A package of this repository, as its sources stand before they are built. */
  #ownPackage(own: PackageEntry, below: string): Resolved {
    const at = (path: string): Resolved | undefined => this.#file(posix.join(own.dir, path));
    if (below !== '') return at(below) ?? at(`src/${below}`) ?? { kind: 'package', name: own.name };
    const entries = own.entries.map(at).find((found) => found !== undefined);
    return (
      entries ??
      at('src/index') ??
      at('index') ??
      at('src/main') ??
      at('lib/index') ?? { kind: 'package', name: own.name }
    );
  }

  #file(path: string): Resolved | undefined {
    const clean = path === '.' ? '' : path;
    if (this.#paths.has(clean)) return { kind: 'file', path: clean };
    const candidates = [...sourcesOf(clean), ...ENDINGS.map((end) => clean + end), ...indexes(clean)];
    const found = candidates.find((candidate) => this.#paths.has(candidate));
    if (found !== undefined) return { kind: 'file', path: found };
    const manifest = clean === '' ? 'package.json' : `${clean}/package.json`;
    return this.#paths.has(manifest) ? { kind: 'elsewhere' } : undefined;
  }

  #onDisk(path: string): Resolved | undefined {
    const candidates = [path, ...sourcesOf(path), ...ENDINGS.map((end) => path + end), ...indexes(path)];
    return candidates.some((candidate) => existsSync(join(this.#root, candidate))) ? { kind: 'elsewhere' } : undefined;
  }
}

function sourcesOf(path: string): readonly string[] {
  return BUILT_FROM.flatMap(([built, sources]) =>
    path.endsWith(built) ? sources.map((source) => path.slice(0, -built.length) + source) : [],
  );
}

function indexes(path: string): readonly string[] {
  return ENDINGS.map((end) => (path === '' ? `index${end}` : `${path}/index${end}`));
}
