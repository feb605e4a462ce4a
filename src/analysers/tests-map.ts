import type { AnalyserCall, AnalyserResult } from './analyser.ts';
import { contextOf } from './classify.ts';
import type { FileEntry, FindingsData, GraphData } from './data.ts';
import { needData, readData, writeData } from './data-files.ts';
import type { Detected } from './detected.ts';

/** Where tests reach fewer sources than this by their imports, they work in another way: over the network, on a build. */
const MIN_REACH = 0.4;
const MAX_FINDINGS = 5;
const BUSY_SHARE = 0.15;
const MIN_COMMITS = 8;
const MIN_COMPLEXITY = 20;

/** Which sources the tests import, directly or through others, and which busy ones they never do. */
export function testsMap({ input }: AnalyserCall): AnalyserResult {
  const { files } = needData(input.data, 'inventory');
  const graph = needData(input.data, 'graph');
  const hotspots = readData(input.data, 'hotspots')?.hotspots ?? [];
  const reached = reachedByTests(graph);
  const sources = files.filter((file) => isSource(file, graph));
  const tested = sources.filter(({ path }) => reached.has(path));
  const reach = sources.length === 0 ? 0 : tested.length / sources.length;
  const busy = hotspots
    .slice(0, Math.max(5, Math.ceil(hotspots.length * BUSY_SHARE)))
    .filter(({ commits, complexity }) => commits >= MIN_COMMITS && complexity >= MIN_COMPLEXITY);
  const known = new Set(sources.map(({ path }) => path));
  const findings =
    reach < MIN_REACH
      ? []
      : busy
          .filter(({ file }) => known.has(file) && !reached.has(file))
          .slice(0, MAX_FINDINGS)
          .map(({ file, commits, complexity }) => untested(file, commits, complexity));
  const leftOut =
    reach < MIN_REACH && sources.length > 0
      ? [
          `Sources without tests: the tests import ${tested.length} of ${sources.length} sources, so they work in another way.`,
        ]
      : [];
  const data: FindingsData = { findings, looked: sources.length, leftOut };
  return {
    file: writeData(input.data, 'tests-map', data),
    summary: { sources: sources.length, reached: tested.length },
  };
}

function isSource({ path, context, shard }: FileEntry, graph: GraphData): boolean {
  return context === 'production' && shard !== undefined && !path.endsWith('.d.ts') && graph.nodes.length > 0;
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

function untested(file: string, commits: number, complexity: number): Detected {
  return {
    kind: 'untested-hot-spot',
    severity: 'medium',
    confidence: 0.7,
    title: 'Changes often, and no test imports it',
    file,
    line: 0,
    anchor: file,
    evidence: [
      { source: 'tests-map', text: 'No test file imports it, directly or through other files.' },
      { source: 'hotspots', text: `${commits} commits, ${complexity} decisions.`, ref: file },
    ],
    fix: 'Write a test for its hardest function before the next change.',
  };
}
