import { posix } from 'node:path';
import type { AnalyserCall, AnalyserResult } from './analyser.ts';
import { bundlerAliases } from './bundler-aliases.ts';
import { contextOf, isProduction } from './classify.ts';
import { componentImports, isComponent, type Module } from './component-imports.ts';
import { shortestCycle, tangles, type Edges } from './cycles.ts';
import type { GraphData, ImportEntry } from './data.ts';
import { needData, readData, readParts, writeData } from './data-files.ts';
import { undeclaredDependencies } from './dependencies.ts';
import { areHoisted } from './hoisted.ts';
import { cycleFinding, type FoundCycle, type TooEarly } from './import-cycles.ts';
import { clashesFrom, type Clash } from './load-order.ts';
import { missingImports } from './missing-imports.ts';
import { PassedOn } from './passed-on.ts';
import { TextReader } from './read-text.ts';
import { Resolver, type ResolvedImport } from './resolve.ts';
import { readAliases } from './tsconfig.ts';
import { unusedDependencies } from './unused-dependencies.ts';

const MAX_CYCLES = 12;
/** Told as findings: the largest say enough. */
const MAX_TOLD = 3;
/** Uses at load in one cycle that are followed, and modules of it that others may load first. */
const MAX_NEEDS = 80;
const MAX_FIRST = 20;
const INDEX = /(?:^|\/)(?:index|main|mod)\.\w+$/;

/** Puts the imports together: who needs whom, cycles, packages that are used or declared but not both. */
export async function graph({ input, signal }: AnalyserCall): Promise<AnalyserResult> {
  const { files } = needData(input.data, 'inventory');
  const packages = readData(input.data, 'manifests')?.packages ?? [];
  const parts = readParts(input.data, input.shards ?? 0);
  const parsed = parts.flatMap((part) => part.files);
  const paths = new Set(files.map(({ path }) => path));
  const reader = new TextReader(input.root);
  const aliases = [...readAliases([...paths], reader), ...bundlerAliases([...paths], reader)];
  const resolver = new Resolver(input.root, { paths, packages, aliases });
  const resolved = ({ path, imports: own }: Module): readonly ResolvedImport[] =>
    own.map((entry) => ({ ...entry, from: path, to: resolver.resolve(path, entry.specifier) }));
  const imports = parsed.flatMap(resolved);
  const components = componentImports(files, reader);
  const all = [...imports, ...components.flatMap(resolved)];
  const passedOn = new PassedOn(reader, (from, specifier) => resolver.resolve(from, specifier));
  const entries = new Set(
    packages.flatMap(({ dir, entries: own }) => own.flatMap((one) => entryOf(resolver, dir, one))),
  );
  const network = new Network([...parsed, ...components], all, { passedOn, entries });
  const found = network.cycles();
  const isWhole = parts.length === (input.shards ?? 0) && !parts.some(({ failed }) => failed.length > 5);
  const undeclared = undeclaredDependencies(imports, packages, { files, reader });
  const missing = await missingImports(imports, { root: input.root, searchPath: input.searchPath, signal });
  const folders = packages.map(({ dir }) => dir);
  const data: GraphData = {
    ...network.data(),
    cycles: found.map(({ cycle }) => cycle),
    typeCycles: network.typeOnlyCycles(),
    unresolved: imports.filter(({ to }) => to.kind === 'missing').length,
    leftOut: [...undeclared.leftOut, ...missing.leftOut],
    findings: [
      ...found.flatMap((one) => cycleFinding(one, folders)).slice(0, MAX_TOLD),
      ...undeclared.findings,
      ...(isWhole ? unusedDependencies(all, packages, { files, reader }) : []),
      ...missing.findings,
    ],
  };
  const { modules, cycles, typeCycles } = data;
  const summary = { modules, imports: data.imports, cycles: cycles.length, typeCycles };
  return { file: writeData(input.data, 'graph', data), summary };
}

/** The file of this repository that a manifest names as a way in. */
function entryOf(resolver: Resolver, dir: string, entry: string): readonly string[] {
  const found = resolver.resolve(posix.join(dir, 'package.json'), `./${entry}`);
  return found.kind === 'file' ? [found.path] : [];
}

/** A use at load: `name` of the file that makes it, by an import of the file that runs. */
type LoadNeed = Readonly<{ from: number; way: readonly number[]; entry: ResolvedImport; name: string | undefined }>;

type Around = Readonly<{ passedOn: PassedOn; entries: ReadonlySet<string> }>;

/** Files as numbers, imports as edges between them. */
class Network {
  readonly #files: readonly Module[];
  readonly #imports: readonly ResolvedImport[];
  readonly #index: ReadonlyMap<string, number>;
  /** When the program loads; tests, examples and files of types left out. */
  readonly #loads: Edges;

  readonly #passedOn: PassedOn;
  /** What manifests name as ways in. */
  readonly #entries: ReadonlySet<string>;

  constructor(files: readonly Module[], imports: readonly ResolvedImport[], { passedOn, entries }: Around) {
    this.#passedOn = passedOn;
    this.#entries = entries;
    this.#files = files;
    // In the order in which they are loaded.
    this.#imports = imports.toSorted((a, b) => a.line - b.line);
    this.#index = new Map(files.map(({ path }, index) => [path, index]));
    this.#loads = this.#edges(({ kind }) => kind === 'value', true);
  }

  data(): Omit<GraphData, 'cycles' | 'typeCycles' | 'unresolved' | 'findings' | 'leftOut'> {
    const edges = this.#edges(() => true, false);
    const importedBy = this.#files.map(() => 0);
    for (const [from, targets] of edges.entries()) {
      const isCounted = isProduction(contextOf(this.#path(from)));
      for (const target of targets) if (isCounted) importedBy[target] = (importedBy[target] ?? 0) + 1;
    }
    return {
      modules: this.#files.length,
      imports: edges.reduce((sum, targets) => sum + targets.length, 0),
      nodes: this.#files.map(({ path }) => path),
      edges,
      mostImported: importedBy
        .map((count, index) => ({ file: this.#path(index), importedBy: count }))
        .toSorted((a, b) => b.importedBy - a.importedBy)
        .slice(0, 20),
    };
  }

  cycles(): readonly FoundCycle[] {
    return tangles(this.#loads)
      .toSorted((a, b) => b.length - a.length)
      .slice(0, MAX_CYCLES)
      .map((tangle) => {
        const clash = this.#clashIn(tangle);
        const nodes = clash?.around ?? shortestCycle(this.#loads, tangle);
        const path = nodes.map((node, at) => {
          const next = nodes[(at + 1) % nodes.length] ?? node;
          return { file: this.#path(node), line: this.#lineOf(node, next) };
        });
        const files = tangle.map((node) => this.#path(node)).toSorted();
        return { cycle: { files, path }, tooEarly: clash === undefined ? undefined : this.#tooEarly(clash, tangle) };
      });
  }

  /** A module that runs before what it uses is there, when one of them is loaded first that others load; the shortest. */
  #clashIn(tangle: readonly number[]): Clash<LoadNeed> | undefined {
    const needs = Map.groupBy(this.#needsIn(tangle), ({ from }) => from);
    if (needs.size === 0) return undefined;
    const clashes = this.#firstOf(tangle).flatMap((first) => clashesFrom(first, this.#loads, needs));
    const loaders = this.#loadersOf(tangle);
    // Where the file that is missed is the first itself, the way around says all; best where others do load it first.
    const rank = ({ first, need, around }: Clash<LoadNeed>): number =>
      around.length + (need.way.includes(first) ? 0 : 0.5) + (loaders.has(this.#path(first)) ? 0 : 0.25);
    return clashes.toSorted((a, b) => rank(a) - rank(b) || a.need.from - b.need.from)[0];
  }

  #needsIn(tangle: readonly number[]): readonly LoadNeed[] {
    const inside = new Set(tangle.map((node) => this.#path(node)));
    return this.#imports
      .filter((entry) => entry.isEager && isInside(entry, inside))
      .flatMap((entry) => this.#needsOf(entry))
      .slice(0, MAX_NEEDS);
  }

  #needsOf(entry: ResolvedImport): readonly LoadNeed[] {
    const { from, to, eagerNames } = entry;
    if (to.kind !== 'file') return [];
    const node = this.#index.get(from) ?? -1;
    if (eagerNames === undefined)
      return [{ from: node, way: [this.#index.get(to.path) ?? -1], entry, name: undefined }];
    return eagerNames.flatMap((given): readonly LoadNeed[] => {
      const name = given === 'Default' ? 'default' : given;
      const way = this.#passedOn.way(to.path, name);
      // A function that a module of the standard declares is there before its first line runs.
      if (areHoisted(this.#passedOn.text(way.at(-1) ?? to.path), [name])) return [];
      const nodes = way.map((path) => this.#index.get(path) ?? -1);
      return nodes.includes(-1) ? [] : [{ from: node, way: nodes, entry, name }];
    });
  }

  /** Modules of a cycle that may be the first of it: all, unless it is entered by an index alone, which is there for it. */
  #firstOf(tangle: readonly number[]): readonly number[] {
    const loaders = this.#loadersOf(tangle);
    const known = tangle.filter((node) => loaders.has(this.#path(node)) || this.#entries.has(this.#path(node)));
    const isIndex = (node: number): boolean => INDEX.test(this.#path(node));
    const indexes = known.length > 0 ? known : this.#highest(tangle.filter(isIndex));
    if (indexes.length > 0 && indexes.every(isIndex)) return indexes;
    return [...new Set([...known, ...tangle])].slice(0, MAX_FIRST);
  }

  /** Files of a cycle that shipped files around it load, each with the first of them. */
  #loadersOf(tangle: readonly number[]): ReadonlyMap<string, string> {
    const inside = new Set(tangle.map((node) => this.#path(node)));
    const loaders = new Map<string, string>();
    for (const { from, to, kind } of this.#imports) {
      if (kind === 'type' || kind === 'reference' || to.kind !== 'file' || !inside.has(to.path)) continue;
      if (inside.has(from) || loaders.has(to.path) || !isProduction(contextOf(from))) continue;
      loaders.set(to.path, from);
    }
    return loaders;
  }

  /** Those of the fewest folders. */
  #highest(nodes: readonly number[]): readonly number[] {
    const depthOf = (node: number): number => this.#path(node).split('/').length;
    const least = Math.min(...nodes.map(depthOf));
    return nodes.filter((node) => depthOf(node) === least);
  }

  #tooEarly({ need, first }: Clash<LoadNeed>, tangle: readonly number[]): TooEarly {
    return {
      entry: need.entry,
      name: need.name,
      maker: this.#path(need.way.at(-1) ?? first),
      first: this.#path(first),
      loader: this.#loadersOf(tangle).get(this.#path(first)),
    };
  }

  /** Cycles that are there with types only. */
  typeOnlyCycles(): number {
    const onCycle = new Set(tangles(this.#loads).flat());
    const all = this.#edges(({ kind }) => kind === 'value' || kind === 'type', false);
    const isShipped = (node: number): boolean =>
      isProduction(contextOf(this.#path(node))) && !isComponent(this.#path(node));
    return tangles(all).filter((tangle) => tangle.every(isShipped) && !tangle.some((node) => onCycle.has(node))).length;
  }

  #edges(isWanted: (entry: ImportEntry) => boolean, isLoading: boolean): Edges {
    const edges = this.#files.map(() => new Set<number>());
    for (const entry of this.#imports) {
      if (entry.to.kind !== 'file' || !isWanted(entry)) continue;
      const [from, to] = [this.#index.get(entry.from), this.#index.get(entry.to.path)];
      if (from === undefined || to === undefined || from === to) continue;
      if (!isLoading || this.#isLoaded(from, to)) edges[from]?.add(to);
    }
    return edges.map((targets) => [...targets]);
  }

  #isLoaded(from: number, to: number): boolean {
    const [source, target] = [this.#files[from], this.#files[to]];
    if (source === undefined || target === undefined || source.hasOnlyTypes || target.hasOnlyTypes) return false;
    return isProduction(contextOf(source.path)) && isProduction(contextOf(target.path));
  }

  #path(index: number): string {
    return this.#files[index]?.path ?? '';
  }

  #lineOf(from: number, to: number): number {
    const [source, target] = [this.#path(from), this.#path(to)];
    const found = this.#imports.find(
      (entry) =>
        entry.from === source && entry.kind === 'value' && entry.to.kind === 'file' && entry.to.path === target,
    );
    return found?.line ?? 0;
  }
}

function isInside(entry: ResolvedImport, files: ReadonlySet<string>): boolean {
  return entry.kind === 'value' && entry.to.kind === 'file' && files.has(entry.from) && files.has(entry.to.path);
}
