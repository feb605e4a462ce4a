import type { AnalyserCall, AnalyserResult } from './analyser.ts';
import { isProduction } from './classify.ts';
import type { FileEntry, FindingsData } from './data.ts';
import { needData, writeData } from './data-files.ts';
import type { Detected } from './detected.ts';
import { depthOf } from './json-value.ts';
import { caseCollisions, deadLinks } from './hygiene-names.ts';
import { brokenShebang, brokenYaml, isYaml } from './hygiene-text.ts';
import { oldTodos, todosIn, type Todo } from './hygiene-todos.ts';
import { TextReader } from './read-text.ts';
import { withoutComments } from './tsconfig.ts';

const LARGE_BYTES = 1024 * 1024;
const MAX_LARGE = 8;
/** Characters of YAML that are parsed in all: about 300 ms of work. */
const MAX_YAML_CHARS = 600_000;
const YAML_LEFT = `YAML beyond ${MAX_YAML_CHARS.toLocaleString('en-US')} characters was not parsed.`;
const MAX_JSON_DEPTH = 200;
/** JSON with comments and other additions, read by tools that know them; templates; data of tests. */
const LOOSE_JSON =
  /(?:^|\/)(?:tsconfig|jsconfig|\.vscode|\.eslintrc|\.swcrc|\.babelrc|devcontainer|\.devcontainer|templates?)[^/]*(?:\/|\.|$)|\.(?:jsonc|json5|jsonl|code-workspace)$/;

/** Leftovers: merge markers, JSON and YAML that nothing can read, names that work on some machines only, old notes. */
export async function hygiene({ input, signal }: AnalyserCall): Promise<AnalyserResult> {
  const { files } = needData(input.data, 'inventory');
  const reader = new TextReader(input.root);
  const findings: Detected[] = [];
  const todos: Todo[] = [];
  let [looked, yaml] = [0, 0];
  for (const file of files.filter(isLookedAt)) {
    signal.throwIfAborted();
    const text = reader.text(file.path);
    if (text === undefined) continue;
    looked += 1;
    if (isYaml(file)) yaml += text.length;
    findings.push(
      ...mergeMarkers(file, text),
      ...brokenJson(file, text),
      ...(yaml > MAX_YAML_CHARS ? [] : brokenYaml(file, text)),
      ...brokenShebang(file, text),
    );
    todos.push(...todosIn(file, text));
  }
  const options = { searchPath: input.searchPath, signal };
  const read = (path: string): string | undefined => reader.text(path);
  const [links, notes] = await Promise.all([
    deadLinks(input.root, options),
    oldTodos(input.root, todos, { ...options, read }),
  ]);
  const names = [...links, ...caseCollisions(files)];
  const data: FindingsData = {
    findings: [...findings, ...names, ...largeFiles(files), ...notes],
    looked,
    leftOut: yaml > MAX_YAML_CHARS ? [YAML_LEFT] : [],
  };
  return { file: writeData(input.data, 'hygiene', data), summary: { files: looked, found: data.findings.length } };
}

function isLookedAt({ isText, context, language }: FileEntry): boolean {
  return isText && isProduction(context) && language !== 'SVG' && language !== 'CSV';
}

/** All three lines in their order: prose about git seldom has them. */
function mergeMarkers({ path }: FileEntry, text: string): readonly Detected[] {
  const first = text.startsWith('<<<<<<< ') ? 0 : text.indexOf('\n<<<<<<< ');
  if (first < 0) return [];
  const middle = text.indexOf('\n=======', first);
  const last = text.indexOf('\n>>>>>>> ', Math.max(middle, first));
  if (middle < 0 || last < 0 || !/^=======\r?$/m.test(text.slice(middle + 1, middle + 10))) return [];
  const line = text.slice(0, first + 1).split('\n').length;
  return [
    {
      kind: 'merge-marker',
      severity: 'critical',
      confidence: 0.9,
      title: 'A merge conflict was committed unresolved',
      file: path,
      line,
      anchor: text.slice(first, first + 80),
      evidence: [
        {
          source: 'hygiene',
          text: 'The lines <<<<<<<, ======= and >>>>>>> stand in the file.',
          ref: `${path}:${line}`,
        },
      ],
      fix: 'Keep one side, or both put together, and remove the marker lines.',
    },
  ];
}

function brokenJson({ path, context }: FileEntry, text: string): readonly Detected[] {
  if (!path.endsWith('.json') || context === 'fixture' || LOOSE_JSON.test(path) || /\{\{|<%|\$\{/.test(text)) return [];
  if (depthOf(text) > MAX_JSON_DEPTH)
    return [jsonFinding(path, 0, `It nests more than ${MAX_JSON_DEPTH} levels deep and was not read.`)];
  const problem = jsonProblem(text);
  if (problem === undefined || jsonProblem(withoutComments(text)) === undefined) return [];
  const offset = Number(/position (\d+)/.exec(problem)?.[1] ?? Number.NaN);
  return [jsonFinding(path, Number.isNaN(offset) ? 0 : text.slice(0, offset).split('\n').length, problem)];
}

/** What the parser complains about; undefined when it reads the text. */
function jsonProblem(text: string): string | undefined {
  try {
    JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function jsonFinding(file: string, line: number, problem: string): Detected {
  return {
    kind: 'broken-json',
    severity: 'medium',
    confidence: 0.8,
    title: 'This JSON file cannot be read',
    file,
    line,
    anchor: file,
    evidence: [{ source: 'hygiene', text: problem.slice(0, 200), ref: `${file}:${line}` }],
    fix: 'Correct the syntax, or give it the ending of what it is (.jsonc, .json5, .template).',
  };
}

function largeFiles(files: readonly FileEntry[]): readonly Detected[] {
  return files
    .filter(({ bytes, context }) => bytes > LARGE_BYTES && context !== 'lock' && context !== 'vendored')
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, MAX_LARGE)
    .map(({ path, bytes }) => ({
      kind: 'large-file',
      severity: 'low',
      confidence: 0.8,
      title: `${(bytes / LARGE_BYTES).toFixed(1)} MiB in one file`,
      file: path,
      line: 0,
      anchor: path,
      evidence: [{ source: 'hygiene', text: `${bytes} bytes, in every clone for ever.`, ref: path }],
      fix: 'Keep it in a release, a package or large file storage, if the repository can do without.',
    }));
}
