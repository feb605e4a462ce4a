import { posix } from 'node:path';
import type { AnalyserCall, AnalyserResult } from './analyser.ts';
import { contextOf } from './classify.ts';
import { readCoverage, type Coverage, type FileCoverage } from './coverage.ts';
import type { FileEntry, GraphData, FindingsData } from './data.ts';
import { needData, readData, readParts, writeData } from './data-files.ts';
import type { Detected } from './detected.ts';
import { shortPath } from './hotspot-findings.ts';
import { NamedInTests } from './named-in-tests.ts';
import { TextReader } from './read-text.ts';
import { settledLines } from './settled-lines.ts';
import { isTestTool, skippedPlaces, skippedTests, tellsWhyOff } from './skipped-tests.ts';

/** Where tests reach fewer sources than this by their imports, they work in another way: over the network, on a build. */
const MIN_REACH = 0.4;
/** Where fewer lines of a file ran in tests, they do not test it. */
/** Sources beside it that tests do reach; fewer, and that they do not reach this one says nothing. */
const MIN_NEIGHBOURS = 2;
const MIN_COVERED = 0.2;
const MIN_LINES = 10;
const MAX_FINDINGS = 8;
const BUSY_SHARE = 0.15;
/** Commits in the last 12 months. */
const MIN_RECENT = 8;
const MIN_COMPLEXITY = 20;
const MAX_TITLE = 90;

/** Which sources the tests reach, by imports or by their own report; busy ones that they do not; tests switched off. */
export async function testsMap({ input, signal }: AnalyserCall): Promise<AnalyserResult> {
  const { files } = needData(input.data, 'inventory');
  const graph = readData(input.data, 'graph');
  const reader = new TextReader(input.root);
  const paths = new Set(files.map(({ path }) => path));
  const packages = readData(input.data, 'manifests')?.packages ?? [];
  const folders = packages.map(({ dir }) => dir);
  const reports = readCoverage(input.root, reader, { paths, folders });
  const reach = new Reach(files, graph, { reports, folders });
  const parsed = readParts(input.data, input.shards ?? 0).flatMap((part) => part.files);
  const asking = { root: input.root, searchPath: input.searchPath, signal };
  const isTool = isTestTool(
    files,
    packages.map(({ name }) => name),
  );
  const places = isTool ? [] : skippedPlaces(parsed, files, reader);
  const skipped = await settledLines(asking, places, tellsWhyOff);
  const data: FindingsData = {
    findings: [
      ...untestedHotSpots(readData(input.data, 'hotspots')?.hotspots ?? [], reach, new NamedInTests(files, reader)),
      ...skippedTests(skipped, reader, places),
    ],
    looked: reach.sources,
    leftOut: [...reach.notes(), ...reports.flatMap((report) => doubtsAbout(report))],
  };
  return {
    file: writeData(input.data, 'tests-map', data),
    summary: { sources: reach.sources, reached: reach.reached, reports: reports.map(({ report }) => report) },
  };
}

type Known = Readonly<{ reports: readonly Coverage[]; folders: readonly string[] }>;

/** What is known of how tests reach each source. */
class Reach {
  readonly sources: number;
  /** Files of shipped code, in languages that are not parsed too. */
  readonly files: number;
  readonly reached: number;
  readonly #isReached: ReadonlySet<string>;
  readonly #known: ReadonlySet<string>;
  readonly #coverage: ReadonlyMap<string, FileCoverage>;
  readonly #hasGraph: boolean;
  readonly #folders: readonly string[];
  /** Packages whose tests import too few sources to say anything: they test what was built, or start it. */
  readonly #silent: ReadonlySet<string>;
  /** Packages with tests of their own. */
  readonly #withTests: ReadonlySet<string>;

  constructor(files: readonly FileEntry[], graph: GraphData | undefined, { reports, folders }: Known) {
    const sources = files.filter((file) => isSource(file, graph)).map(({ path }) => path);
    this.#hasGraph = graph !== undefined && graph.nodes.length > 0;
    this.#isReached = graph === undefined ? new Set() : reachedByTests(graph);
    this.#known = new Set(sources);
    this.#coverage = new Map(reports.flatMap((report) => report.files.map((file) => [file.file, file])));
    this.#folders = folders.toSorted((a, b) => b.length - a.length);
    this.sources = sources.length;
    this.files = files.filter(({ context, language }) => context === 'production' && language !== '').length;
    this.reached = sources.filter((path) => this.#isReached.has(path)).length;
    this.#withTests = new Set(
      files.filter(({ context }) => context === 'test').map(({ path }) => this.#folderOf(path)),
    );
    const byFolder = [...Map.groupBy(sources, (path) => this.#folderOf(path))];
    const isTested = (folder: string, own: readonly string[]): boolean =>
      this.#withTests.has(folder) || own.some((path) => this.#isReached.has(path));
    // Where nothing of a package is tested, the tests of the whole repository say whether that means something.
    const silent = byFolder.filter(([folder, own]) => !this.#reachesSome(isTested(folder, own) ? own : sources));
    this.#silent = new Set(silent.map(([folder]) => folder));
  }

  /** Evidence that no test reaches it; undefined when one does, or nobody knows. */
  whyUntested(file: string): Detected['evidence'][number] | undefined {
    if (contextOf(file) !== 'production') return undefined;
    const measured = this.#coverage.get(file);
    if (measured !== undefined && measured.lines >= MIN_LINES) return whyUncovered(measured);
    if (!this.#known.has(file) || this.#isReached.has(file) || this.#silent.has(this.#folderOf(file))) return undefined;
    // Where tests pass by its neighbours too, they work in another way there: in a browser, or by starting it.
    if (this.#withTests.has(this.#folderOf(file)) && !this.#reachesNeighbours(file)) return undefined;
    return { source: 'tests-map', text: 'No test file imports it, directly or through other files.' };
  }

  notes(): readonly string[] {
    if (!this.#hasGraph)
      return ['Sources that no test reaches: only imports of JavaScript and TypeScript are followed.'];
    const names = [...this.#silent].map((folder) => (folder === '' ? 'the root' : folder)).toSorted();
    if (names.length === 0) return [];
    const shown = names.slice(0, 4).join(', ') + (names.length > 4 ? ` and ${names.length - 4} more` : '');
    return [`Sources without tests in ${shown}: tests import too few sources there, so they work in another way.`];
  }

  #reachesNeighbours(file: string): boolean {
    const folder = posix.dirname(file);
    const reached = [...this.#isReached].filter((path) => this.#known.has(path) && posix.dirname(path) === folder);
    return reached.length >= MIN_NEIGHBOURS;
  }

  #reachesSome(sources: readonly string[]): boolean {
    return sources.filter((path) => this.#isReached.has(path)).length >= sources.length * MIN_REACH;
  }

  /** The nearest folder with a manifest. */
  #folderOf(path: string): string {
    return this.#folders.find((folder) => folder !== '' && path.startsWith(`${folder}/`)) ?? '';
  }
}

function whyUncovered({ file, lines, covered, isStale }: FileCoverage): Detected['evidence'][number] | undefined {
  if (covered >= lines * MIN_COVERED) return undefined;
  const age = isStale ? ' It was changed since.' : '';
  const text = `${covered} of its ${lines} lines ran in tests, says the coverage report.${age}`;
  return { source: 'tests-map', text, ref: file };
}

type Busy = Readonly<{ file: string; commits: number; complexity: number; trend: readonly number[] }>;

function untestedHotSpots(hotspots: readonly Busy[], reach: Reach, named: NamedInTests): readonly Detected[] {
  return hotspots
    .slice(0, Math.max(5, Math.ceil(reach.files * BUSY_SHARE)))
    .filter((busy) => recentOf(busy) >= MIN_RECENT && busy.complexity >= MIN_COMPLEXITY)
    .flatMap((busy) => {
      const why = reach.whyUntested(busy.file);
      if (why === undefined || (why.ref === undefined && (named.has(busy.file) || OTHERWISE.test(busy.file))))
        return [];
      return [untested(busy, why)];
    })
    .slice(0, MAX_FINDINGS);
}

/** Tried in a browser, or by being run. */
const OTHERWISE =
  /(?:^|\/)(?:public|client|frontend|browser|static|assets|www|web|ui|views?|pages|bin|scripts?|tools?|cli)\//;

function recentOf({ trend }: Busy): number {
  return trend.reduce((sum, month) => sum + month, 0);
}

function isSource({ path, context, shard }: FileEntry, graph: GraphData | undefined): boolean {
  return context === 'production' && shard !== undefined && !path.endsWith('.d.ts') && (graph?.nodes.length ?? 0) > 0;
}

function reachedByTests({ nodes, edges }: GraphData): ReadonlySet<string> {
  const queue = [...nodes.keys()].filter((node) => isTestLike(nodes[node] ?? ''));
  const seen = new Set(queue);
  for (const node of queue) {
    for (const target of edges[node] ?? []) {
      if (seen.has(target)) continue;
      seen.add(target);
      queue.push(target);
    }
  }
  return new Set([...seen].map((node) => nodes[node] ?? ''));
}

function isTestLike(path: string): boolean {
  return contextOf(path) === 'test';
}

/** A report that was not read, or is older than what it speaks of, says less. */
function doubtsAbout({ report, files, isTooLarge }: Coverage): readonly string[] {
  if (isTooLarge) return [`${report}: too large to be read (too-large).`];
  const stale = files.filter(({ isStale }) => isStale).length;
  if (stale === 0) return [];
  const which = `${stale} of the ${files.length} files that it speaks of`;
  return [`${report} is older than ${which}: run the tests with coverage again.`];
}

function untested(busy: Busy, why: Detected['evidence'][number]): Detected {
  const { file, commits, complexity } = busy;
  const isMeasured = why.ref !== undefined;
  const what = isMeasured
    ? 'changes often, and hardly any of it runs in tests'
    : 'changes often, and no test imports it';
  const counted = `${commits} commits, ${recentOf(busy)} of them in the last 12 months; ${complexity} decisions.`;
  return {
    kind: 'untested-hot-spot',
    severity: 'medium',
    confidence: isMeasured ? 0.85 : 0.7,
    title: `${shortPath(file, MAX_TITLE - what.length - 1)} ${what}`,
    file,
    line: 0,
    anchor: file,
    evidence: [why, { source: 'hotspots', text: counted, ref: file }],
    fix: 'Write a test for its hardest function before the next change.',
  };
}
