import type { ImportCycle } from '../core/findings/check-report.ts';
import type { AnalyserCall, AnalyserResult } from './analyser.ts';
import { contextOf, isProduction } from './classify.ts';
import { cycleThrough, shortestCycle, tangles, type Edges } from './cycles.ts';
import type { GraphData, ImportEntry, ParsedFile } from './data.ts';
import { needData, readData, readParts, writeData } from './data-files.ts';
import { undeclaredDependencies } from './dependencies.ts';
import type { Detected } from './detected.ts';
import { areHoisted } from './hoisted.ts';
import { missingImports } from './missing-imports.ts';
import { TextReader } from './read-text.ts';
import { Resolver, type ResolvedImport } from './resolve.ts';
import { readAliases } from './tsconfig.ts';
import { unusedDependencies } from './unused-dependencies.ts';
import { countOf } from './words.ts';

const MAX_CYCLES = 12;
/** Told as findings: the largest say enough. */
const MAX_TOLD = 3;
/** Imports of one cycle that are followed. */
const MAX_EAGER = 40;

/** Puts the imports together: who needs whom, cycles, packages that are used or declared but not both. */
export async function graph({ input, signal }: AnalyserCall): Promise<AnalyserResult> {
  const { files } = needData(input.data, 'inventory');
  const packages = readData(input.data, 'manifests')?.packages ?? [];
  const parts = readParts(input.data, input.shards ?? 0);
  const parsed = parts.flatMap((part) => part.files);
  const paths = new Set(files.map(({ path }) => path));
  const reader = new TextReader(input.root);
  const resolver = new Resolver(input.root, { paths, packages, aliases: readAliases([...paths], reader) });
  const imports = parsed.flatMap((file) =>
    file.imports.map((entry) => ({ ...entry, from: file.path, to: resolver.resolve(file.path, entry.specifier) })),
  );
  const network = new Network(parsed, imports, (entry) => needsTarget(entry, reader));
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
      ...(isWhole ? unusedDependencies(imports, packages, { files, reader }) : []),
      ...missing.findings,
    ],
  };
  const { modules, cycles, typeCycles } = data;
  const summary = { modules, imports: data.imports, cycles: cycles.length, typeCycles };
  return { file: writeData(input.data, 'graph', data), summary };
}

/** `eager`: an import of which the importing file uses something while it loads. */
type FoundCycle = Readonly<{ cycle: ImportCycle; eager: ResolvedImport | undefined }>;

/** Files as numbers, imports as edges between them. */
class Network {
  readonly #files: readonly ParsedFile[];
  readonly #imports: readonly ResolvedImport[];
  readonly #index: ReadonlyMap<string, number>;
  /** When the program loads; tests, examples and files of types left out. */
  readonly #loads: Edges;

  readonly #isNeeded: (entry: ResolvedImport) => boolean;

  /** `isNeeded`: whether what an import brings has to be there while the importing file loads. */
  constructor(
    files: readonly ParsedFile[],
    imports: readonly ResolvedImport[],
    isNeeded: (entry: ResolvedImport) => boolean,
  ) {
    this.#isNeeded = isNeeded;
    this.#files = files;
    this.#imports = imports;
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
        const { eager, nodes } = this.#wayAround(tangle);
        const path = nodes.map((node, at) => {
          const next = nodes[(at + 1) % nodes.length] ?? node;
          return { file: this.#path(node), line: this.#lineOf(node, next) };
        });
        const inside = new Set(tangle.map((node) => this.#path(node)));
        const cycle = { files: [...inside].toSorted(), path };
        return { cycle, eager };
      });
  }

  /** Through an import that matters while the files load, if there is one; the shortest of them. */
  #wayAround(tangle: readonly number[]): Readonly<{ eager: ResolvedImport | undefined; nodes: readonly number[] }> {
    const inside = new Set(tangle.map((node) => this.#path(node)));
    const ways = this.#imports
      .filter((entry) => entry.isEager && isInside(entry, inside) && this.#isNeeded(entry))
      .slice(0, MAX_EAGER)
      .map((eager) => ({ eager, nodes: cycleThrough(this.#loads, tangle, this.#stepOf(eager)) }));
    const [shortest] = ways.filter(({ nodes }) => nodes.length > 0).toSorted((a, b) => a.nodes.length - b.nodes.length);
    return shortest ?? { eager: ways[0]?.eager, nodes: shortestCycle(this.#loads, tangle) };
  }

  #stepOf({ from, to }: ResolvedImport): readonly [number, number] {
    return [this.#index.get(from) ?? -1, to.kind === 'file' ? (this.#index.get(to.path) ?? -1) : -1];
  }

  /** Cycles that are there with types only. */
  typeOnlyCycles(): number {
    const onCycle = new Set(tangles(this.#loads).flat());
    const all = this.#edges(({ kind }) => kind === 'value' || kind === 'type', false);
    const isShipped = (node: number): boolean => isProduction(contextOf(this.#path(node)));
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

/** A function that is called while a file loads is there all the same where its module declares it as one. */
function needsTarget({ to, eagerNames }: ResolvedImport, reader: TextReader): boolean {
  if (to.kind !== 'file' || eagerNames === undefined) return true;
  return !areHoisted(reader.text(to.path) ?? '', eagerNames);
}

function isInside(entry: ResolvedImport, files: ReadonlySet<string>): boolean {
  return entry.kind === 'value' && entry.to.kind === 'file' && files.has(entry.from) && files.has(entry.to.path);
}

/** The innermost package that holds the file. */
function packageOf(file: string, folders: readonly string[]): string {
  const around = folders.filter((folder) => folder !== '' && file.startsWith(`${folder}/`));
  return around.toSorted((a, b) => b.length - a.length)[0] ?? '';
}

/** None where nothing runs while the files load and all are of one package: such a cycle is counted, and does no harm. */
function cycleFinding({ cycle: { files, path }, eager }: FoundCycle, folders: readonly string[]): readonly Detected[] {
  const { file, line } = path[0] ?? { file: files[0] ?? '', line: 0 };
  const names = path.map((step) => step.file);
  const size = files.length;
  const crossed = new Set(files.map((one) => packageOf(one, folders)));
  if (eager === undefined && crossed.size < 2) return [];
  const told = eager === undefined ? undefined : eagerStep(eager);
  const title =
    size === 2 ? `Two files import each other: ${files.join(' and ')}` : `${size} files import each other in a cycle`;
  const finding: Detected = {
    kind: 'import-cycle',
    severity: 'medium',
    confidence: 0.85,
    title,
    file,
    line,
    anchor: names.toSorted().join(' '),
    evidence: [
      { source: 'graph', text: `Shortest way around: ${[...names, file].join(' → ')}.`, ref: `${file}:${line}` },
      ...othersOf(files, names),
      ...(told === undefined ? [] : [told]),
      ...(crossed.size > 1 ? [{ source: 'graph', text: `It runs through ${crossed.size} packages.` }] : []),
      { source: 'graph', text: 'Imports of types alone are not counted.' },
    ],
    fix: cycleFix(eager, names),
  };
  return [finding];
}

const MAX_OTHERS = 20;

/** The files of the cycle that the shortest way around does not pass. */
function othersOf(files: readonly string[], names: readonly string[]): Detected['evidence'] {
  const others = files.filter((file) => !names.includes(file));
  if (others.length === 0) return [];
  const rest = others.length - MAX_OTHERS;
  const more = rest > 0 ? ` and ${countOf(rest, 'further file')}` : '';
  return [{ source: 'graph', text: `Also in the cycle: ${others.slice(0, MAX_OTHERS).join(', ')}${more}.` }];
}

function eagerStep({ from, to, line }: ResolvedImport): Detected['evidence'][number] {
  const name = to.kind === 'file' ? to.path : '';
  const text = `${from} uses what it imports from ${name} while it loads: where that one comes first, it gets nothing.`;
  return { source: 'graph', text, ref: `${from}:${line}` };
}

/** One that takes all from the root of a package is mended by taking it from where it stands. */
function cycleFix(eager: ResolvedImport | undefined, names: readonly string[]): string {
  const to = eager?.to.kind === 'file' ? eager.to.path : '';
  if (eager !== undefined && /(?:^|\/)index\.\w+$/.test(to)) {
    return `Let ${eager.from} import from the files that hold what it needs, not from ${to}.`;
  }
  const isTyped = names.some((name) => /\.(?:[cm]?tsx?|vue|svelte)$/.test(name));
  const other = isTyped ? 'turn one of the imports into `import type`' : 'import one of them where it is used';
  return `Move what both need into a file of its own, or ${other}.`;
}
