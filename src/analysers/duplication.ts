import type { AnalyserCall, AnalyserResult } from './analyser.ts';
import { isProduction } from './classify.ts';
import { Apart, areVersions, isInMacro } from './copy-apart.ts';
import { CloneIndex, type Clone, type Passage } from './clones.ts';
import { codeLines, type CodeLine } from './code-lines.ts';
import { headAround, isOverload } from './copy-overloads.ts';
import { isBundle, isOfLocalType, longestUnit, Variants } from './copy-purpose.ts';
import { oneOfFamily } from './copy-families.ts';
import { copyTitle } from './copy-title.ts';
import { Places } from './copy-places.ts';
import type { FileEntry, FindingsData } from './data.ts';
import { needData, writeData } from './data-files.ts';
import type { Detected } from './detected.ts';
import { languageOf } from './languages.ts';
import { TextReader } from './read-text.ts';
import { repeatedBlocks } from './repeated-blocks.ts';
import { countOf } from './words.ts';

/** Compared at most; 24 bytes each. */
const MAX_LINES = 1_500_000;
/** The largest say enough: who mends them finds the others. */
const MAX_FINDINGS = 8;
const MAX_REPEATED = 3;
const MAX_PLACES = 6;
/** Fewer lines that do something are seldom worth a function of their own. */
const MIN_LOGIC = 10;
/** Lines without comments; fewer are seldom worth a module of their own. */
const MIN_LINES = 25;
/** The same with lines that hold brackets alone left out. */
const MIN_WORDY = 18;
/** Lines of them that decide something: else it is a list, a table or a chain of calls. */
const MIN_DECISIONS = 3;
/** Share of it that closes what it opens: else it is the end of one function and the beginning of another. */
const MIN_UNIT_SHARE = 0.6;
/** Lines that close what is open, after the last one that does something. */
const MAX_ENDS = 6;
/** Share of a file that another one has to hold. */
const HELD_SHARE = 0.5;
/** Share of a file that makes the whole file a copy. */
const WHOLE = 0.9;
/** More are not opened again: the longest come first. */
const MAX_CLONES = 400;
/** Files that say the same on purpose: types of what stands elsewhere, one text in many languages, steps of a database. */
const ON_PURPOSE =
  /(?:[-_.](?:aix|android|bsd|darwin|freebsd|hpux|ios|linux|macos|netbsd|openbsd|osx|posix|solaris|sunos|unix|win32|windows)\.\w+$)|\.(?:d\.[cm]?ts|pyi)$|(?:^|\/)(?:locales?|i18n|l10n|lang|langs|languages|translations?|migrations?)\//i;
/** Code in files of these is compared too. */
const ALSO = new Set(['Vue', 'Svelte', 'Astro']);
/** Helpers of tests that stand beside the code. */
const HELPS_TESTS = /(?:^|\/)(?:[\w.-]*[-_.])?test(?:ing)?(?:[-_.](?:utils?|helpers?|kit|support|tools?))?\.\w+$/i;
const BRACES = /\.(?:[cm]?[jt]sx?|java|kt|cs|php|go|c|cc|cpp|h|hpp|swift|scala)$/;
const DECIDES =
  /\b(?:if|elif|elsif|unless|for|foreach|while|switch|case|match|catch|except|rescue|loop|when)\b|&&|\|\||[^?]\?[^?.:]|=>/;

/** Finds code that was copied: the same lines at several places, comments and white space aside. */
export function duplication({ input, signal }: AnalyserCall): AnalyserResult {
  const { files } = needData(input.data, 'inventory');
  const reader = new TextReader(input.root);
  const index = new CloneIndex(MAX_LINES);
  const compared: string[] = [];
  const repeated: Detected[] = [];
  let tooMany = 0;
  const places = new Places(files, reader);
  for (const { path } of files.filter((file) => isCompared(file) && places.isShipped(file.path))) {
    signal.throwIfAborted();
    const text = reader.text(path);
    if (text === undefined || isBundle(text)) continue;
    repeated.push(...blocksIn(path, text));
    if (index.add(codeLines(path, text))) compared.push(path);
    else tooMany += 1;
  }
  const shown = new Shown({ index, paths: compared, reader, places, apart: new Apart(files, reader) });
  const clones = index
    .clones(MIN_LOGIC)
    .filter(({ length }) => length >= MIN_WORDY)
    .slice(0, MAX_CLONES);
  const copies = shown.withoutBundles(clones.flatMap((clone) => shown.verified(clone) ?? []));
  const byFiles = [...Map.groupBy(copies, (one) => shown.files(one).join('\0')).values()];
  const largestFirst = byFiles.toSorted((a, b) => weight(b) - weight(a));
  const groups = oneOfFamily(largestFirst, (group) => group.flatMap((one) => shown.files(one)));
  const chosen = groups.slice(0, MAX_FINDINGS);
  const data: FindingsData = {
    findings: [...chosen.flatMap((group) => shown.finding(group) ?? []), ...repeated.slice(0, MAX_REPEATED)],
    looked: index.size,
    ...(tooMany === 0 && !index.isCut ? { total: weight(copies) } : {}),
    leftOut: leftOut({ tooMany, rest: groups.length - chosen.length, isCut: index.isCut }),
  };
  const summary = { lines: index.size, passages: copies.length, found: data.findings.length };
  return { file: writeData(input.data, 'duplication', data), summary };
}

/** One block, written several times in one function with other names. */
function blocksIn(path: string, text: string): readonly Detected[] {
  const found = BRACES.test(path) ? repeatedBlocks(text) : undefined;
  if (found === undefined || found.size * found.lines.length < MIN_LINES) return [];
  const { lines, size } = found;
  const [line = 1] = lines;
  const name = path.split('/').slice(-2).join('/').slice(-36);
  return [
    {
      kind: 'duplicate-code',
      severity: 'low',
      confidence: 0.8,
      title: `One block of ${size} lines ${lines.length} times in ${name}, with other names`,
      file: path,
      line,
      anchor: text
        .split('\n')
        .slice(line - 1, line + 3)
        .join('\n'),
      evidence: lines.slice(0, MAX_PLACES).map((at) => ({
        source: 'duplication',
        text: `${path} lines ${at} to ${at + size - 1}.`,
        ref: `${path}:${at}`,
      })),
      fix: 'Make it one function that is given the names, and call it from each place.',
    },
  ];
}

function isCompared({ path, context, isText, isCopied }: FileEntry): boolean {
  const language = languageOf(path);
  const isCode = language?.kind === 'code' || ALSO.has(language?.name ?? '');
  const isOwn = isProduction(context) && isCopied !== true && !HELPS_TESTS.test(path);
  return isText && isCode && isOwn && !ON_PURPOSE.test(path);
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

/** Passages that were compared line by line; the first is the longest. `length`: lines without comments. */
type Copies = Readonly<{ length: number; places: readonly Passage[]; isWhole: boolean }>;

type Compared = Readonly<{
  index: CloneIndex;
  paths: readonly string[];
  reader: TextReader;
  places: Places;
  apart: Apart;
}>;

/** Makes findings of clones, with the text of the files before it. */
class Shown {
  readonly #index: CloneIndex;
  readonly #paths: readonly string[];
  readonly #reader: TextReader;
  readonly #places: Places;
  readonly #apart: Apart;
  readonly #variants: Variants;
  readonly #texts = new Map<number, readonly CodeLine[]>();

  constructor({ index, paths, reader, places, apart }: Compared) {
    this.#index = index;
    this.#paths = paths;
    this.#reader = reader;
    this.#places = places;
    this.#apart = apart;
    this.#variants = new Variants(paths);
  }

  /** A file that holds most of two others was made of them. */
  withoutBundles(all: readonly Copies[]): readonly Copies[] {
    const held = new Map<number, Set<number>>();
    for (const { places } of all) {
      for (const { file } of places.filter((place) => this.#share(place) < HELD_SHARE)) {
        const others = places.filter((place) => place.file !== file && this.#share(place) >= HELD_SHARE);
        held.set(file, new Set([...(held.get(file) ?? []), ...others.map((place) => place.file)]));
      }
    }
    return all.flatMap((one) => {
      const places = one.places.filter(({ file }) => (held.get(file)?.size ?? 0) < 2);
      return places.length < 2 ? [] : [{ ...one, places }];
    });
  }

  /** What is really the same, line by line, and worth a module; undefined when nothing is. The longest place first. */
  verified({ places }: Clone): Copies | undefined {
    const [longest, ...others] = places;
    if (longest === undefined) return undefined;
    const lines = textsOf(this.#lines(longest));
    const same = others.filter(
      (place) => isPart(textsOf(this.#lines(place)), lines) && !this.#areApart(this.#path(place), this.#path(longest)),
    );
    if (same.length === 0) return undefined;
    const trimmed = this.#withoutOverloads([longest, ...same].map((place) => this.#trimmed(place)));
    if (trimmed.length < 2) return undefined;
    const length = Math.min(...trimmed.slice(0, 2).map((place) => this.#size(place)));
    if (length < MIN_LINES || !this.#isWorth(trimmed[1] ?? longest)) return undefined;
    return { length, places: trimmed, isWhole: [longest, ...same].every((place) => this.#share(place) >= WHOLE) };
  }

  /** One for each primitive type cannot be one function: the first of them stands for all. */
  #withoutOverloads(places: readonly Passage[]): readonly Passage[] {
    const heads = places.map((place) => {
      const path = this.#path(place);
      return headAround(path, (this.#reader.text(path) ?? '').split('\n'), this.#fromTo(place)[0]);
    });
    return places.filter((_, at) => !heads.slice(0, at).some((head) => isOverload(head, heads[at])));
  }

  /** Kept apart on purpose: kinds of modules, variants of one thing, packages that are published each. */
  #areApart(one: string, other: string): boolean {
    const [here, there] = [this.#places.publishedIn(one), this.#places.publishedIn(other)];
    const isPublishedApart = here !== undefined && there !== undefined && here !== there;
    if (isPublishedApart || isTwin(one, other) || this.#variants.has(one, other)) return true;
    if (one === other) return false;
    return areVersions(one, other) || this.#apart.isGivenUp(one) || this.#apart.isGivenUp(other);
  }

  #isWorth(place: Passage): boolean {
    const lines = this.#lines(place);
    const path = this.#path(place);
    if (!this.#hasUnit(place)) return false;
    if (isInMacro(path, (this.#reader.text(path) ?? '').split('\n'), ...this.#fromTo(place))) return false;
    const logic = lines.filter(({ isLogic }) => isLogic).length;
    const decisions = lines.filter(({ text }) => DECIDES.test(text)).length;
    return lines.length >= MIN_WORDY && logic >= lines.length / 2 && decisions >= MIN_DECISIONS;
  }

  /** Something in it could be moved as it is. */
  #hasUnit(place: Passage): boolean {
    const path = this.#path(place);
    const [from, to] = this.#fromTo(place);
    const all = (this.#reader.text(path) ?? '').split('\n');
    if (path.endsWith('.rs')) return !isOfLocalType(all, from - 1);
    if (!BRACES.test(path)) return true;
    const after = all.slice(to, to + MAX_ENDS);
    const ends = after.findIndex((line) => !/^\s*[\])};,]*\s*$/.test(line));
    const lines = all.slice(from - 1, to + (ends < 0 ? after.length : ends));
    return longestUnit(lines) >= (to - from + 1) * MIN_UNIT_SHARE;
  }

  /** Without what does nothing at its begin and end: types, entries of a list. */
  #trimmed(place: Passage): Passage {
    const lines = this.#lines(place);
    const first = Math.max(
      0,
      lines.findIndex(({ isLogic }) => isLogic),
    );
    const last = lines.findLastIndex(({ isLogic }) => isLogic);
    return last < first ? place : { file: place.file, start: place.start + first, length: last - first + 1 };
  }

  /** Lines of it without comments; those that hold brackets alone count too. */
  #size(place: Passage): number {
    const [from, to] = this.#fromTo(place);
    const text = (this.#reader.text(this.#path(place)) ?? '').split('\n').slice(from - 1, to);
    return place.length + text.filter((line) => /^\s*[\])};,]+\s*$/.test(line)).length;
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
      severity: total >= 40 || places > 2 || longest.isWhole ? 'medium' : 'low',
      confidence: 0.85,
      title: copyTitle(
        copies.length,
        total,
        this.#inOrder(longest).map((place) => ({ path: this.#path(place), line: this.#index.lineOf(place, 0) })),
      ),
      file: this.#path(first),
      line: this.#index.lineOf(first, 0),
      anchor: textsOf(this.#lines(first)).slice(0, 10).join('\n'),
      evidence: [
        ...this.#evidence(longest),
        ...others.slice(0, MAX_PLACES).map((one) => this.#brief(one)),
        ...more.map((text) => ({ source: 'duplication', text })),
      ],
      fix: this.#apart.fixFor(this.files(longest)),
    };
  }

  #share(place: Passage): number {
    return place.length / Math.max(1, this.#index.linesOf(place.file));
  }

  #evidence(copies: Copies): Detected['evidence'] {
    const places = this.#inOrder(copies);
    const rest = places.length - MAX_PLACES;
    return [
      ...places.slice(0, MAX_PLACES).map((place) => {
        const text = `${this.#where(place)}: ${Math.round(100 * this.#share(place))}% of its code.`;
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
    const [from, to] = this.#fromTo(place);
    return `${this.#path(place)} lines ${from} to ${to}`;
  }

  #fromTo(place: Passage): readonly [number, number] {
    return [this.#index.lineOf(place, 0), this.#index.lineOf(place, place.length - 1)];
  }

  /** Those that are the same from begin to end come first. */
  #inOrder({ places }: Copies): readonly Passage[] {
    const longest = Math.max(...places.map(({ length }) => length));
    const rank = ({ length }: Passage): number => (length === longest ? 0 : 1);
    return places.toSorted((a, b) => rank(a) - rank(b) || byText(this.#path(a), this.#path(b)) || a.start - b.start);
  }

  #lines({ file, start, length }: Passage): readonly CodeLine[] {
    const path = this.#paths[file] ?? '';
    const known = this.#texts.get(file) ?? codeLines(path, this.#reader.text(path) ?? '');
    this.#texts.set(file, known);
    return known.slice(start, start + length);
  }

  #path({ file }: Passage): string {
    return this.#paths[file] ?? '';
  }
}

function textsOf(lines: readonly CodeLine[]): readonly string[] {
  return lines.map(({ text }) => text);
}

/** Whether one list of lines stands in the other, whole. */
function isPart(part: readonly string[], whole: readonly string[]): boolean {
  return whole.some(
    (_, at) => at + part.length <= whole.length && part.every((line, step) => whole[at + step] === line),
  );
}

/** One module written for two kinds of modules: `index.mts` beside `index.cts`, `cjs/a.js` beside `esm/a.js`. */
function isTwin(a: string, b: string): boolean {
  const stem = (path: string): string =>
    path.replace(/\.[cm]?[jt]sx?$/, '').replace(/(^|[/.-])(?:cjs|esm?|mjs|commonjs|umd)(?=[/.-]|$)/gi, '$1*');
  return a !== b && stem(a) === stem(b);
}

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
