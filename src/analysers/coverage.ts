import { lstatSync } from 'node:fs';
import { isAbsolute, join, posix, relative, sep } from 'node:path';
import { asRecord, parseJson } from './json-value.ts';
import type { TextReader } from './read-text.ts';

/** How much of a file ran in tests, as a report of the project's own tests says. */
export type FileCoverage = Readonly<{
  file: string;
  /** Lines, or statements, that could run. */
  lines: number;
  covered: number;
  /** The file was changed after it was measured. */
  isStale: boolean;
}>;

export type Coverage = Readonly<{
  report: string;
  files: readonly FileCoverage[];
  /** It was not read. */
  isTooLarge: boolean;
}>;

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_REPORTS = 20;
/** Where tools put their reports; the first that is there counts. */
const PLACES: readonly (readonly [string, (text: string) => readonly Measured[]])[] = [
  ['coverage/lcov.info', fromLcov],
  ['lcov.info', fromLcov],
  ['coverage/coverage-final.json', fromIstanbul],
  ['coverage/cobertura-coverage.xml', fromCobertura],
  ['coverage.xml', fromCobertura],
];

type Measured = Readonly<{ name: string; lines: number; covered: number }>;

/** Reads what reports of coverage lie in the folder and in its packages. They are data: too large or odd ones are passed over. */
export function readCoverage(
  root: string,
  reader: TextReader,
  known: Readonly<{ paths: ReadonlySet<string>; folders: readonly string[] }>,
): readonly Coverage[] {
  const folders = [...new Set(['', ...known.folders])].slice(0, MAX_REPORTS);
  return folders.flatMap((folder) => readFirst(root, reader, { paths: known.paths, folder }));
}

type Looking = Readonly<{ paths: ReadonlySet<string>; folder: string }>;

function readFirst(root: string, reader: TextReader, { paths, folder }: Looking): readonly Coverage[] {
  for (const [name, parse] of PLACES) {
    const report = posix.join(folder, name);
    const read = reader.read(report, MAX_BYTES);
    if (read.kind === 'too-large') return [{ report, files: [], isTooLarge: true }];
    if (read.kind !== 'text') continue;
    const measuredAtMs = changedAtMs(root, report) ?? 0;
    const files = parse(read.text).flatMap(({ name: file, lines, covered }): readonly FileCoverage[] => {
      const path = pathOf(file, root, { paths, folder });
      if (path === undefined || lines === 0) return [];
      return [{ file: path, lines, covered, isStale: (changedAtMs(root, path) ?? 0) > measuredAtMs }];
    });
    if (files.length > 0) return [{ report, files, isTooLarge: false }];
  }
  return [];
}

function changedAtMs(root: string, path: string): number | undefined {
  return lstatSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs;
}

/** The file that a report means: by its path here, or by the end of a path on another machine. */
function pathOf(name: string, root: string, { paths, folder }: Looking): string | undefined {
  const plain = name.replaceAll('\\', '/');
  const here = isAbsolute(plain) ? relative(root, plain).split(sep).join('/') : plain.replace(/^\.\//, '');
  const candidates = [here, posix.join(folder, here)];
  const direct = candidates.find((path) => paths.has(path));
  if (direct !== undefined) return direct;
  const steps = plain.split('/').filter((step) => step !== '' && step !== '.');
  // Two steps at least: `index.ts` alone could be any of them.
  const tails = steps.map((_, at) => steps.slice(at)).filter((tail) => tail.length > 1);
  return tails.map((tail) => tail.join('/')).find((path) => paths.has(path));
}

function fromLcov(text: string): readonly Measured[] {
  const found: Measured[] = [];
  let [name, lines, covered] = ['', 0, 0];
  for (const line of text.split('\n')) {
    if (line.startsWith('SF:')) [name, lines, covered] = [line.slice(3).trim(), 0, 0];
    else if (line.startsWith('DA:')) {
      lines += 1;
      if (Number(line.slice(line.indexOf(',') + 1).split(',')[0]) > 0) covered += 1;
    } else if (line.startsWith('end_of_record') && name !== '') found.push({ name, lines, covered });
  }
  return found;
}

/** Counts of each statement, by the path of the file. */
function fromIstanbul(text: string): readonly Measured[] {
  return Object.entries(asRecord(parseJson(text))).map(([name, file]) => {
    const counts = Object.values(asRecord(asRecord(file)['s']));
    return {
      name,
      lines: counts.length,
      covered: counts.filter((count) => typeof count === 'number' && count > 0).length,
    };
  });
}

/** One `class` for each file, with a `line` for each that could run. */
function fromCobertura(text: string): readonly Measured[] {
  return text
    .split('<class ')
    .slice(1)
    .map((part) => {
      const hits = [...part.matchAll(/<line\b[^>]{0,300}?\bhits="(\d+)"/g)].map(([, count]) => Number(count));
      const name = /\bfilename="([^"]*)"/.exec(part.slice(0, 2_000))?.[1] ?? '';
      return { name, lines: hits.length, covered: hits.filter((count) => count > 0).length };
    });
}
