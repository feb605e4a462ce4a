import { posix } from 'node:path';
import type { AnalyserCall } from '../analyser.ts';
import { contextOf, isProduction } from '../classify.ts';
import { readCoverage } from '../coverage.ts';
import type { FileEntry, GraphData, HistoryData, PackageEntry } from '../data.ts';
import { needData, readData, readParts } from '../data-files.ts';
import { languageOf } from '../languages.ts';
import { TextReader } from '../read-text.ts';
import type { Past, Place, Reach, Usual, Use } from './ballot.ts';

/** Where tests reach a smaller share of the sources by their imports, they work in another way. */
const MIN_REACH_RATIO = 0.4;

/** What the analysers have measured, put together once, file by file, for those who vote. */
export class FileFacts {
  readonly usual: Usual;
  readonly #files: ReadonlyMap<string, FileEntry>;
  readonly #history: ReadonlyMap<string, HistoryData['files'][number]>;
  readonly #web: ImportWeb | undefined;
  /** Share of its lines that ran, by file. */
  readonly #coverage: ReadonlyMap<string, number>;
  readonly #entries: ReadonlyMap<string, string>;

  constructor({ input }: Pick<AnalyserCall, 'input'>) {
    const { files } = needData(input.data, 'inventory');
    const history = readData(input.data, 'history');
    const graph = readData(input.data, 'graph');
    const parts = readParts(input.data, input.shards ?? 0);
    this.#files = new Map(files.map((file) => [file.path, file]));
    this.#history = new Map((history?.files ?? []).map((file) => [file.path, file]));
    this.#web = graph === undefined ? undefined : new ImportWeb(graph);
    const packages = readData(input.data, 'manifests')?.packages ?? [];
    const paths = new Set(this.#files.keys());
    this.#coverage = coverageOf(input.root, { paths, folders: packages.map(({ dir }) => dir) });
    this.#entries = entriesOf(packages, paths);
    const isWhole = parts.length === input.shards && parts.every(({ failed }) => failed.length <= 5);
    this.usual = { past: this.#usualPast(history), use: this.#usualUse(isWhole) };
  }

  place(path: string): Place {
    const { context, language, isText, bytes, lines } = this.#files.get(path) ?? {
      context: contextOf(path),
      language: '',
      isText: false,
      bytes: 0,
      lines: 0,
    };
    return { context, language, isText, isCode: languageOf(path)?.kind === 'code', bytes, lines };
  }

  past(path: string): Past | null {
    const found = this.#history.get(path);
    if (found === undefined) return null;
    const { commits, authors, fixes, trend, lastAtMs } = found;
    return { commits, authors, fixes, recent: sum(trend), lastAtMs };
  }

  reach(path: string): Reach | null {
    const coverageRatio = this.#coverage.get(path) ?? null;
    const counted = this.#web?.reachOf(path);
    if (counted === undefined) return coverageRatio === null ? null : { tests: 0, direct: 0, coverageRatio };
    return { ...counted, coverageRatio };
  }

  /** `own`: files that do not count as users, because they are what the finding is about. */
  use(path: string, own: ReadonlySet<string> = new Set()): Use | null {
    const importedBy = this.#web?.importedBy(path, own);
    const entryOf = this.#entries.get(path) ?? null;
    if (importedBy === undefined) return entryOf === null ? null : { importedBy: 0, entryOf };
    return { importedBy, entryOf };
  }

  #usualPast(history: HistoryData | undefined): Usual['past'] {
    if (history === undefined || history.commits === 0) return null;
    const sources = history.files.filter(({ path }) => this.#isSource(path));
    const { commits, newestAtMs, oldestAtMs } = history;
    return {
      commits,
      newestAtMs,
      oldestAtMs,
      recentP75: quantile75(sources.map(({ trend }) => sum(trend))),
      fixShareP75: quantile75(sources.map((file) => file.fixes / Math.max(1, file.commits))),
    };
  }

  #usualUse(isWhole: boolean): Usual['use'] {
    if (this.#web === undefined) return null;
    const web = this.#web;
    const counts = web.files.filter((path) => this.#isSource(path)).map((path) => web.importedBy(path, new Set()) ?? 0);
    return { importedByP75: quantile75(counts), isWhole: isWhole && this.#entries.size > 0 };
  }

  #isSource(path: string): boolean {
    const file = this.#files.get(path);
    return file !== undefined && file.context === 'production' && languageOf(path)?.kind === 'code';
  }
}

/** What the last test run with coverage said; files that were changed since are left out. */
function coverageOf(root: string, known: Parameters<typeof readCoverage>[2]): ReadonlyMap<string, number> {
  const reports = readCoverage(root, new TextReader(root), known);
  const fresh = reports.flatMap(({ files }) => files).filter(({ isStale, lines }) => !isStale && lines > 0);
  return new Map(fresh.map(({ file, covered, lines }) => [file, covered / lines]));
}

/** The import graph, looked at from those who are imported. */
class ImportWeb {
  readonly files: readonly string[];
  readonly #index: ReadonlyMap<string, number>;
  readonly #importers: readonly (readonly number[])[];
  readonly #followsTests: boolean;

  constructor({ nodes, edges }: GraphData) {
    this.files = nodes;
    this.#index = new Map(nodes.map((path, index) => [path, index]));
    const importers: number[][] = nodes.map(() => []);
    for (const [from, targets] of edges.entries()) for (const target of targets) importers[target]?.push(from);
    this.#importers = importers;
    const isSource = (path: string): boolean => languageOf(path)?.kind === 'code' && !path.endsWith('.d.ts');
    const sources = nodes.filter((path) => contextOf(path) === 'production' && isSource(path));
    const reached = this.#reachedFromTests(edges);
    const tested = sources.filter((path) => reached.has(this.#index.get(path) ?? -1));
    this.#followsTests = sources.length > 0 && tested.length / sources.length >= MIN_REACH_RATIO;
  }

  importedBy(path: string, own: ReadonlySet<string>): number | undefined {
    const node = this.#index.get(path);
    if (node === undefined) return undefined;
    const users = (this.#importers[node] ?? []).map((from) => this.#path(from));
    return users.filter((from) => isProduction(contextOf(from)) && !own.has(from)).length;
  }

  reachOf(path: string): Omit<Reach, 'coverageRatio'> | undefined {
    const start = this.#index.get(path);
    if (start === undefined || !this.#followsTests) return undefined;
    const seen = new Set([start]);
    for (const node of seen) for (const from of this.#importers[node] ?? []) seen.add(from);
    seen.delete(start);
    const direct = (this.#importers[start] ?? []).filter((node) => this.#isTest(node)).length;
    return { tests: [...seen].filter((node) => this.#isTest(node)).length, direct };
  }

  #reachedFromTests(edges: GraphData['edges']): ReadonlySet<number> {
    const seen = new Set([...this.files.keys()].filter((node) => this.#isTest(node)));
    for (const node of seen) for (const target of edges[node] ?? []) seen.add(target);
    return seen;
  }

  #isTest(node: number): boolean {
    return contextOf(this.#path(node)) === 'test';
  }

  #path(node: number): string {
    return this.files[node] ?? '';
  }
}

const BUILT = /^(?:dist|build|built|lib|out|output|esm|cjs|es|umd)(?:\/(?:esm|cjs|es|types))?\//;
const ENDINGS = ['.ts', '.tsx', '.mts', '.js', '.mjs', '.jsx', '.cjs'];

/** Files that packages offer as ways in, as their sources stand before they are built. */
function entriesOf(packages: readonly PackageEntry[], paths: ReadonlySet<string>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { dir, name, entries, context } of packages.filter((one) => isProduction(one.context))) {
    const named = [...entries, ...(context === 'production' ? ['src/index.js', 'index.js'] : [])];
    for (const entry of named) {
      const path = sourcesOf(entry)
        .map((candidate) => posix.join(dir, candidate))
        .find((candidate) => paths.has(candidate));
      if (path !== undefined && !found.has(path)) found.set(path, name === '' ? 'this package' : name);
    }
  }
  return found;
}

function sourcesOf(entry: string): readonly string[] {
  const bare = entry.replace(/\.(?:d\.)?[cm]?[jt]sx?$/, '');
  const below = bare.replace(BUILT, '');
  const stems = [bare, ...(below === bare ? [] : [`src/${below}`, below])];
  return [entry, ...stems.flatMap((stem) => ENDINGS.map((end) => stem + end))];
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}

/** The figure that three quarters do not go beyond; 0 for none. */
export function quantile75(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.75) - 1)] ?? 0;
}
