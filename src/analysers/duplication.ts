import { posix } from 'node:path';
import type { AnalyserCall, AnalyserResult } from './analyser.ts';
import { isProduction } from './classify.ts';
import { CloneIndex, type Clone, type Passage } from './clones.ts';
import { codeLines, type CodeLine } from './code-lines.ts';
import type { FileEntry, FindingsData } from './data.ts';
import { needData, writeData } from './data-files.ts';
import type { Detected } from './detected.ts';
import { languageOf } from './languages.ts';
import { TextReader } from './read-text.ts';
import { countOf } from './words.ts';

/** Compared at most; 24 bytes each. */
const MAX_LINES = 1_500_000;
const MAX_FINDINGS = 25;
const MAX_PLACES = 6;
/** Fewer lines that do something are seldom worth a function of their own. */
const MIN_LOGIC = 10;
const MIN_LINES = 18;
const MIN_LINES_OFTEN = 15;
/** More are not opened again: the longest come first. */
const MAX_CLONES = 400;
/** Files that say the same on purpose: types of what stands elsewhere, one text in many languages, steps of a database. */
const ON_PURPOSE =
  /\.(?:d\.[cm]?ts|pyi)$|(?:^|\/)(?:locales?|i18n|l10n|lang|langs|languages|translations?|migrations?)\//i;
/** Code in files of these is compared too. */
const ALSO = new Set(['Vue', 'Svelte', 'Astro']);

/** Finds code that was copied: the same lines at several places, comments and white space aside. */
export function duplication({ input, signal }: AnalyserCall): AnalyserResult {
  const { files } = needData(input.data, 'inventory');
  const reader = new TextReader(input.root);
  const index = new CloneIndex(MAX_LINES);
  const compared: string[] = [];
  let tooMany = 0;
  for (const { path } of files.filter(isCompared)) {
    signal.throwIfAborted();
    const text = reader.text(path);
    if (text === undefined) continue;
    if (index.add(codeLines(path, text))) compared.push(path);
    else tooMany += 1;
  }
  const shown = new Shown(index, compared, reader);
  const clones = index.clones(MIN_LOGIC).filter(isWorth).slice(0, MAX_CLONES);
  const copies = clones.flatMap((clone) => shown.verified(clone) ?? []).filter(isWorth);
  const groups = [...Map.groupBy(copies, (one) => shown.files(one).join('\0')).values()];
  const chosen = groups.toSorted((a, b) => weight(b) - weight(a)).slice(0, MAX_FINDINGS);
  const data: FindingsData = {
    findings: chosen.flatMap((group) => shown.finding(group) ?? []),
    looked: index.size,
    ...(tooMany === 0 && !index.isCut ? { total: weight(copies) } : {}),
    leftOut: leftOut({ tooMany, rest: groups.length - chosen.length, isCut: index.isCut }),
  };
  const summary = { lines: index.size, passages: copies.length, found: data.findings.length };
  return { file: writeData(input.data, 'duplication', data), summary };
}

function isCompared({ path, context, isText }: FileEntry): boolean {
  const language = languageOf(path);
  const isCode = language?.kind === 'code' || ALSO.has(language?.name ?? '');
  return isText && isCode && isProduction(context) && !ON_PURPOSE.test(path);
}

function isWorth({ length, places }: Copies): boolean {
  return length >= (places.length > 2 ? MIN_LINES_OFTEN : MIN_LINES);
}

/** Lines that would be gone if each passage stood once. */
function weight(copies: readonly Copies[]): number {
  return copies.reduce((sum, { length, places }) => sum + length * (places.length - 1), 0);
}

function leftOut(counts: Readonly<{ tooMany: number; rest: number; isCut: boolean }>): readonly string[] {
  const { tooMany, rest, isCut } = counts;
  const limit = MAX_LINES.toLocaleString('en-US');
  return [
    ...(tooMany === 0
      ? []
      : [`Copies in ${countOf(tooMany, 'file')}: more than ${limit} lines to compare (too-large).`]),
    ...(rest === 0
      ? []
      : [
          `${countOf(rest, 'further group of files', 'further groups of files')} with shorter passages of code in common.`,
        ]),
    ...(isCut ? ['Some code that repeats itself endlessly was not followed to its end (too-large).'] : []),
  ];
}

/** Passages that were compared line by line; the first is the longest. */
type Copies = Readonly<{ length: number; places: readonly Passage[] }>;

/** Makes findings of clones, with the text of the files before it. */
class Shown {
  readonly #index: CloneIndex;
  readonly #paths: readonly string[];
  readonly #reader: TextReader;
  readonly #texts = new Map<number, readonly CodeLine[]>();

  constructor(index: CloneIndex, paths: readonly string[], reader: TextReader) {
    this.#index = index;
    this.#paths = paths;
    this.#reader = reader;
  }

  /** What is really the same, line by line; undefined when nothing is. The longest place first. */
  verified({ places }: Clone): Copies | undefined {
    const [longest, ...others] = places;
    if (longest === undefined) return undefined;
    const lines = this.#lines(longest);
    const same = others.filter(
      (place) => isPart(this.#lines(place), lines) && !isTwin(this.#path(place), this.#path(longest)),
    );
    return same.length === 0 ? undefined : { length: lines.length, places: [longest, ...same] };
  }

  /** The files of its places, each once, in order. */
  files({ places }: Copies): readonly string[] {
    return [...new Set(places.map((place) => this.#path(place)))].toSorted();
  }

  /** All copies that stand in the same files are one finding. The longest comes first. */
  finding(copies: readonly Copies[]): Detected | undefined {
    const [longest, ...others] = copies;
    const [first] = longest === undefined ? [] : this.#inOrder(longest);
    if (longest === undefined || first === undefined) return undefined;
    const total = copies.reduce((sum, { length }) => sum + length, 0);
    const places = Math.max(...copies.map((one) => one.places.length));
    const more = others.length > MAX_PLACES ? [`And ${countOf(others.length - MAX_PLACES, 'further passage')}.`] : [];
    return {
      kind: 'duplicate-code',
      severity: total >= 40 || (places > 2 && total >= 25) ? 'medium' : 'low',
      confidence: total >= 25 ? 0.85 : 0.7,
      title: title(copies, this.files(longest)),
      file: this.#path(first),
      line: this.#index.lineOf(first, 0),
      anchor: this.#lines(first).slice(0, 10).join('\n'),
      evidence: [
        ...this.#evidence(longest),
        ...others.slice(0, MAX_PLACES).map((one) => this.#brief(one)),
        ...more.map((text) => ({ source: 'duplication', text })),
      ],
      fix: fixFor(this.files(longest)),
    };
  }

  #evidence(copies: Copies): Detected['evidence'] {
    const places = this.#inOrder(copies);
    const rest = places.length - MAX_PLACES;
    return [
      ...places.slice(0, MAX_PLACES).map((place) => {
        const all = this.#index.linesOf(place.file);
        const share = Math.round((100 * place.length) / Math.max(1, all));
        const text = `${this.#where(place)}: ${place.length} of its ${all} lines of code (${share}%).`;
        return { source: 'duplication', text, ref: `${this.#path(place)}:${this.#index.lineOf(place, 0)}` };
      }),
      ...(rest > 0 ? [{ source: 'duplication', text: `And at ${countOf(rest, 'further place')}.` }] : []),
    ];
  }

  #brief(copies: Copies): Detected['evidence'][number] {
    const places = this.#inOrder(copies);
    const [first] = places;
    const where = places
      .slice(0, 3)
      .map((place) => this.#where(place))
      .join('; ');
    const text = `${copies.length} more lines: ${where}${places.length > 3 ? '; ...' : ''}.`;
    if (first === undefined) return { source: 'duplication', text };
    return { source: 'duplication', text, ref: `${this.#path(first)}:${this.#index.lineOf(first, 0)}` };
  }

  #where(place: Passage): string {
    const [from, to] = [this.#index.lineOf(place, 0), this.#index.lineOf(place, place.length - 1)];
    return `${this.#path(place)} lines ${from} to ${to}`;
  }

  #inOrder({ places }: Copies): readonly Passage[] {
    return places.toSorted((a, b) => (a.file === b.file ? a.start - b.start : byText(this.#path(a), this.#path(b))));
  }

  #lines({ file, start, length }: Passage): readonly string[] {
    const path = this.#paths[file] ?? '';
    const known = this.#texts.get(file) ?? codeLines(path, this.#reader.text(path) ?? '');
    this.#texts.set(file, known);
    return known.slice(start, start + length).map(({ text }) => text);
  }

  #path({ file }: Passage): string {
    return this.#paths[file] ?? '';
  }
}

function title(copies: readonly Copies[], files: readonly string[]): string {
  const places = copies[0]?.places.length ?? 0;
  const total = copies.reduce((sum, { length }) => sum + length, 0);
  const what =
    copies.length === 1
      ? `The same ${total} lines of code stand`
      : `${copies.length} passages of code, ${total} lines in all, stand`;
  const [one = '', other = ''] = files;
  if (files.length === 1) return `${what} ${places === 2 ? 'twice' : 'several times'} in this file`;
  return files.length === 2 ? `${what} both in ${one} and ${other}` : `${what} in ${files.length} files`;
}

function fixFor(files: readonly string[]): string {
  if (files.length === 1) return 'Make it one function and call it from each place.';
  const folders = new Set(files.map((path) => posix.dirname(path)));
  const [folder = ''] = folders;
  const where = folders.size === 1 && folder !== '.' ? `in ${folder}` : 'that each of these files can import';
  return `Move it into one module ${where}, so that a correction reaches every place.`;
}

/** Whether one list of lines stands in the other, whole. */
function isPart(part: readonly string[], whole: readonly string[]): boolean {
  return whole.some(
    (_, at) => at + part.length <= whole.length && part.every((line, step) => whole[at + step] === line),
  );
}

/** One module written for two kinds of modules: `index.mts` beside `index.cts`. */
function isTwin(a: string, b: string): boolean {
  const stem = (path: string): string => path.replace(/\.[cm]?[jt]sx?$/, '');
  return a !== b && stem(a) === stem(b);
}

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
