import type { Hotspot } from '../core/findings/check-report.ts';
import type { AnalyserCall, AnalyserResult } from './analyser.ts';
import { complexFindingsOf, complexFunctions } from './complex-functions.ts';
import type { FileEntry, FileHistory, HotspotsData } from './data.ts';
import { needData, readParts, writeData } from './data-files.ts';
import { hotspotFindings } from './hotspot-findings.ts';
import { isParsedLanguage, languageOf } from './languages.ts';
import { OwnPast } from './own-past.ts';
import { TextReader } from './read-text.ts';

/** Kept for the picture. */
const MAX_HOTSPOTS = 60;

/** Where work goes on and reading is hard: commits × (1 + complexity). */
export async function hotspots({ input, signal }: AnalyserCall): Promise<AnalyserResult> {
  const { files } = needData(input.data, 'inventory');
  const history = needData(input.data, 'history');
  const past = new Map(history.files.map((file) => [file.path, file]));
  const parts = readParts(input.data, input.shards ?? 0);
  const parsed = new Map(parts.flatMap((part) => part.files).map((file) => [file.path, file.complexity]));
  const all = files
    .filter(({ path, context, isText }) => isText && context === 'production' && languageOf(path)?.kind === 'code')
    .flatMap((file) => {
      const own = past.get(file.path);
      return own === undefined ? [] : [hotspotOf(file, own, parsed.get(file.path))];
    })
    .toSorted((a, b) => b.score - a.score || (a.file < b.file ? -1 : 1));
  const own = new OwnPast({ ...input, signal }, history.newestAtMs);
  const hot = await hotspotFindings(all, { files, parts, history, reader: new TextReader(input.root), own });
  const told = new Set(hot.map(({ file }) => file));
  const complex = complexFunctions(parts, files, history).filter(({ file }) => !told.has(file));
  const findings = [...hot, ...(await complexFindingsOf(complex, own))];
  const data: HotspotsData = { hotspots: all.slice(0, MAX_HOTSPOTS), findings };
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
