import type { ComplexFunction, Hotspot } from '../core/findings/check-report.ts';
import type { AnalyserCall, AnalyserResult } from './analyser.ts';
import type { FileEntry, FileHistory, HotspotsData, ParseData } from './data.ts';
import { needData, readParts, writeData } from './data-files.ts';
import type { Detected } from './detected.ts';
import { isParsedLanguage, languageOf } from './languages.ts';

/** Kept for the picture. */
const MAX_HOTSPOTS = 60;
const MAX_FINDINGS = 6;
/** Below these a file is neither busy nor hard to read, whatever its rank. */
const MIN_COMMITS = 8;
const MIN_COMPLEXITY = 20;
/** A function from here on is hard to test: McCabe's limit is 10, most linters warn at 20. */
const COMPLEX = 25;
const VERY_COMPLEX = 50;
const MAX_COMPLEX_FINDINGS = 12;

/** Where work goes on and reading is hard: commits × (1 + complexity). */
export function hotspots({ input }: AnalyserCall): AnalyserResult {
  const { files } = needData(input.data, 'inventory');
  const past = new Map(needData(input.data, 'history').files.map((file) => [file.path, file]));
  const parts = readParts(input.data, input.shards ?? 0);
  const parsed = new Map(parts.flatMap((part) => part.files).map((file) => [file.path, file.complexity]));
  const all = files
    .filter(({ path, context, isText }) => isText && context === 'production' && languageOf(path)?.kind === 'code')
    .flatMap((file) => {
      const history = past.get(file.path);
      return history === undefined ? [] : [hotspotOf(file, history, parsed.get(file.path))];
    })
    .toSorted((a, b) => b.score - a.score || (a.file < b.file ? -1 : 1));
  const data: HotspotsData = { hotspots: all.slice(0, MAX_HOTSPOTS), findings: hotspotFindings(all, parts, past) };
  const [hottest] = all;
  return {
    file: writeData(input.data, 'hotspots', data),
    summary: { files: all.length, hottest: hottest?.file ?? null, findings: data.findings.length },
  };
}

function hotspotOf(file: FileEntry, history: FileHistory, parsed: number | undefined): Hotspot {
  const complexity = parsed ?? file.branches;
  return {
    file: file.path,
    language: file.language,
    lines: file.lines,
    commits: history.commits,
    authors: history.authors,
    fixes: history.fixes,
    complexity,
    complexityBy: parsed === undefined && !isParsedLanguage(file.path) ? 'counted' : 'parsed',
    trend: history.trend,
    score: history.commits * (1 + complexity),
  };
}

/** The hottest few, if they stand out: at least a third of the hottest, and far above the usual file. */
function hotspotFindings(
  all: readonly Hotspot[],
  parts: readonly ParseData[],
  past: ReadonlyMap<string, FileHistory>,
): readonly Detected[] {
  const busy = all.filter(({ commits, complexity }) => commits >= MIN_COMMITS && complexity >= MIN_COMPLEXITY);
  const usual = all[Math.floor(all.length / 2)]?.score ?? 0;
  const limit = Math.max((busy[0]?.score ?? 0) / 8, usual * 3);
  return busy
    .filter(({ score }) => score >= limit)
    .slice(0, MAX_FINDINGS)
    .map((hotspot) => hotspotFinding(hotspot, { all, parts, history: past.get(hotspot.file) }));
}

type Surroundings = Readonly<{
  all: readonly Hotspot[];
  parts: readonly ParseData[];
  history: FileHistory | undefined;
}>;

function hotspotFinding(hotspot: Hotspot, { all, parts, history }: Surroundings): Detected {
  const { file, commits, complexity, complexityBy, lines } = hotspot;
  const rank = all.indexOf(hotspot) + 1;
  const worst = parts
    .flatMap(({ functions }) => functions.filter((one) => one.file === file))
    .toSorted((a, b) => b.complexity - a.complexity)[0];
  const decisions = complexityBy === 'parsed' ? `${complexity} decisions` : `about ${complexity} branching words`;
  return {
    kind: 'hot-spot',
    severity: rank <= 2 ? 'high' : 'medium',
    confidence: 0.85,
    title: `Changed ${commits} times and hard to read: ${decisions} in ${lines} lines`,
    file,
    line: worst?.line ?? 0,
    anchor: file,
    evidence: [
      ...pastOf(hotspot, history),
      { source: 'hotspots', text: `Number ${rank} of ${all.length} files by commits × (1 + complexity).` },
      ...(worst === undefined ? [] : [hardest(worst)]),
    ],
    fix:
      worst === undefined
        ? 'Split it where its reasons to change part, the busiest part first.'
        : `Split ${worst.name} first: it is the hardest function in the file that changes most.`,
  };
}

function pastOf({ commits, authors, fixes, trend }: Hotspot, history: FileHistory | undefined): Detected['evidence'] {
  const recent = trend.reduce((sum, month) => sum + month, 0);
  const people = `${commits} commits by ${authors} ${authors === 1 ? 'person' : 'people'}`;
  const fixed = fixes === 0 ? 'none of them a fix' : `${fixes} of them fixes`;
  const past = {
    source: 'history',
    text: `${people}, ${recent === 0 ? 'none' : recent} in the last 12 months, ${fixed}.`,
  };
  const isOneHand = history !== undefined && authors > 1 && history.topAuthor >= commits * 0.8;
  const alone = { source: 'history', text: `One person made ${history?.topAuthor ?? 0} of the ${commits} changes.` };
  return isOneHand ? [past, alone] : [past];
}

function hardest({ name, complexity, lines, file, line }: ComplexFunction): Detected['evidence'][number] {
  return {
    source: 'parse',
    text: `Hardest function: ${name}, ${complexity} decisions in ${lines} lines.`,
    ref: `${file}:${line}`,
  };
}

/** Functions far beyond what people can hold in mind, the worst of each file only. */
export function complexFunctions(parts: readonly ParseData[], files: readonly FileEntry[]): readonly Detected[] {
  const shipped = new Set(files.filter(({ context }) => context === 'production').map(({ path }) => path));
  const worst = new Map<string, ParseData['functions'][number]>();
  for (const one of parts.flatMap(({ functions }) => functions)) {
    if (!shipped.has(one.file) || one.complexity < COMPLEX) continue;
    if ((worst.get(one.file)?.complexity ?? 0) < one.complexity) worst.set(one.file, one);
  }
  return [...worst.values()]
    .toSorted((a, b) => b.complexity - a.complexity)
    .slice(0, MAX_COMPLEX_FINDINGS)
    .map(({ file, line, name, complexity, nesting, lines }) => ({
      kind: 'complex-function',
      severity: complexity >= VERY_COMPLEX ? ('medium' as const) : ('low' as const),
      confidence: 0.85,
      title: `${name === 'function' ? 'An unnamed function' : name} makes ${complexity} decisions in ${lines} lines`,
      file,
      line,
      anchor: name,
      evidence: [
        {
          source: 'parse',
          text: `${complexity} decisions, nested ${nesting} deep, ${lines} lines. Above 20 is hard to test.`,
          ref: `${file}:${line}`,
        },
      ],
      fix: 'Move branches that belong together into functions of their own, guards first.',
    }));
}
