import { areVersions, isInMacro, type Apart } from './copy-apart.ts';
import type { Clone, CloneIndex, Passage } from './clones.ts';
import { codeLines, type CodeLine } from './code-lines.ts';
import { areSmallFunctions, hasPublicMethod } from './copy-functions.ts';
import { headAround, isOverload } from './copy-overloads.ts';
import { isOfLocalType, longestUnit, Variants } from './copy-purpose.ts';
import type { Places } from './copy-places.ts';
import { bondEvidence, lookFirst } from './copy-bond-text.ts';
import type { CopyBond, SharedCode } from './copy-changes.ts';
import { doubtOfCopies } from './copy-doubts.ts';
import { copyTitle } from './copy-title.ts';
import type { Detected } from './detected.ts';
import type { TextReader } from './read-text.ts';
import { countOf } from './words.ts';

const MAX_PLACES = 6;
/** Lines, all passages together. */
const LARGE = 40;
/** Lines without comments; fewer are seldom worth a module of their own. */
export const MIN_LINES = 25;
/** The same with lines that hold brackets alone left out. */
export const MIN_WORDY = 18;
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
export const BRACES: RegExp = /\.(?:[cm]?[jt]sx?|java|kt|cs|php|go|c|cc|cpp|h|hpp|swift|scala)$/;
const DECIDES =
  /\b(?:if|elif|elsif|unless|for|foreach|while|switch|case|match|catch|except|rescue|loop|when)\b|&&|\|\||[^?]\?[^?.:]|=>/;

/**
 * Places with the very same lines, compared one by one. `length`: lines without comments, at each of them. `parts`:
 * where a piece of it stands as well.
 */
export type Copies = Readonly<{
  length: number;
  places: readonly Passage[];
  parts: readonly Passage[];
  isWhole: boolean;
}>;

/** `isMended`: whether a fix changed a passage of one file; undefined where nobody has looked. */
export type CopyPast = Readonly<{ bond?: CopyBond | undefined; isMended?: boolean | undefined }>;

export type Compared = Readonly<{
  index: CloneIndex;
  paths: readonly string[];
  reader: TextReader;
  places: Places;
  apart: Apart;
}>;

/** Makes findings of clones, with the text of the files before it. */
export class ShownCopies {
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

  /** What is really the same at two places and more, line by line, and worth a module; undefined when nothing is. */
  verified({ places }: Clone): Copies | undefined {
    const [longest, ...others] = places;
    if (longest === undefined) return undefined;
    const lines = textsOf(this.#lines(longest));
    const same = others.filter(
      (place) =>
        partAt(textsOf(this.#lines(place)), lines) >= 0 && !this.#areApart(this.#path(place), this.#path(longest)),
    );
    if (same.length === 0) return undefined;
    const [first, ...rest] = this.#withoutOverloads([longest, ...same].map((place) => this.#trimmed(place)));
    if (first === undefined || rest.length === 0) return undefined;
    const { equal, parts } = this.#equalOf(first, rest);
    const length = Math.min(...equal.map((place) => this.#size(place)));
    if (length < MIN_LINES || !this.#isWorth(equal[1] ?? first)) return undefined;
    return { length, places: equal, parts, isWhole: equal.every((place) => this.#share(place) >= WHOLE) };
  }

  /** The lines of `first` that stand at another place whole, wherever they do; and where only some of them stand. */
  #equalOf(
    first: Passage,
    rest: readonly Passage[],
  ): Readonly<{ equal: readonly Passage[]; parts: readonly Passage[] }> {
    const most = Math.max(...rest.map(({ length }) => length));
    const text = textsOf(this.#lines(rest.find(({ length }) => length === most) ?? first));
    const start = first.start + partAt(text, textsOf(this.#lines(first)));
    const holdsIt = (place: Passage): boolean =>
      place.length === most && partAt(textsOf(this.#lines(place)), text) >= 0;
    return {
      equal: [{ file: first.file, start, length: most }, ...rest.filter(holdsIt)],
      parts: rest.filter((place) => !holdsIt(place)),
    };
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
    const [from, to] = this.#fromTo(place);
    const all = (this.#reader.text(path) ?? '').split('\n');
    if (isInMacro(path, all, from, to) || areSmallFunctions(all.slice(from - 1, to))) return false;
    const logic = lines.filter(({ isLogic }) => isLogic).length;
    const decisions = lines.filter(({ text }) => DECIDES.test(text)).length;
    return lines.length >= MIN_WORDY && logic >= lines.length / 2 && decisions >= MIN_DECISIONS;
  }

  /** Something in it could be moved as it is. */
  #hasUnit(place: Passage): boolean {
    const path = this.#path(place);
    const [from, to] = this.#fromTo(place);
    const all = (this.#reader.text(path) ?? '').split('\n');
    if (path.endsWith('.rs')) return !isOfLocalType(all, from - 1) && !hasPublicMethod(all.slice(from - 1, to));
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

  isAcross(copies: readonly Copies[]): boolean {
    return copies.some((one) => this.files(one).length > 1);
  }

  /** For those who look how it changed. */
  shared(copies: readonly Copies[]): SharedCode {
    const lines = copies.flatMap(({ places }) => places.slice(0, 1).flatMap((place) => textsOf(this.#lines(place))));
    return {
      passage: new Set(lines),
      files: [...new Set(copies.flatMap((one) => this.files(one)))],
      textOf: (path) => new Set(textsOf(this.#linesOf(this.#paths.indexOf(path)))),
    };
  }

  /** What is told of copies in several files of one folder, to be told from another text of their kind. */
  familyOf(copies: readonly Copies[]): Readonly<{ files: readonly string[]; lines: readonly string[] }> {
    const [longest] = copies[0]?.places ?? [];
    const files = copies.flatMap((one) => this.files(one));
    return { files, lines: longest === undefined ? [] : textsOf(this.#lines(longest)) };
  }

  /** All copies that stand in the same files are one finding. The longest comes first. */
  finding(copies: readonly Copies[], { bond, isMended }: CopyPast = {}): Detected | undefined {
    const [longest, ...others] = copies.toSorted((a, b) => b.length - a.length);
    const [first] = longest === undefined ? [] : this.#inOrder(longest);
    if (longest === undefined || first === undefined) return undefined;
    const total = copies.reduce((sum, { length }) => sum + length, 0);
    const places = Math.max(...copies.map((one) => one.places.length));
    const more = others.length > MAX_PLACES ? [`And ${countOf(others.length - MAX_PLACES, 'further passage')}.`] : [];
    return {
      kind: 'duplicate-code',
      severity: severityOf(longest, { total, places, bond }),
      confidence: 0.85,
      title: copyTitle(
        longest.length,
        this.#inOrder(longest).map((place) => ({ path: this.#path(place), line: this.#index.lineOf(place, 0) })),
        others.length,
      ),
      file: this.#path(first),
      line: this.#index.lineOf(first, 0),
      anchor: textsOf(this.#lines(first)).slice(0, 10).join('\n'),
      evidence: [
        ...this.#evidence(longest),
        ...others.slice(0, MAX_PLACES).map((one) => this.#brief(one)),
        ...more.map((text) => ({ source: 'duplication', text })),
        ...(bond === undefined ? [] : bondEvidence(bond)),
      ],
      fix: (bond?.kind === 'drift' ? `${lookFirst(bond)} ` : '') + this.#apart.fixFor(this.files(longest)),
      ...this.#doubt(longest, total, isMended),
    };
  }

  #doubt(copies: Copies, total: number, isMended: boolean | undefined): Pick<Detected, 'doubt'> {
    const isSmall = total < LARGE && copies.places.length === 2 && !copies.isWhole;
    if (isSmall && isMended !== true && this.files(copies).length === 1) {
      const why = isMended === undefined ? 'there is no history of it' : 'no fix had to change it';
      return { doubt: `it is short, in one file, and ${why}.` };
    }
    const doubt = doubtOfCopies(
      this.#inOrder(copies).map((place) => {
        const [from, to] = this.#fromTo(place);
        const path = this.#path(place);
        return { path, from, to, lines: (this.#reader.text(path) ?? '').split('\n') };
      }),
    );
    return doubt === undefined ? {} : { doubt };
  }

  #share(place: Passage): number {
    return place.length / Math.max(1, this.#index.linesOf(place.file));
  }

  #evidence(copies: Copies): Detected['evidence'] {
    const places = this.#inOrder(copies);
    const rest = places.length - MAX_PLACES;
    const parts = copies.parts.slice(0, Math.max(0, -rest));
    return [
      ...places.slice(0, MAX_PLACES).map((place) => {
        const text = `${this.#where(place)}: ${Math.round(100 * this.#share(place))}% of its code.`;
        return { source: 'duplication', text, ref: this.#refOf(place) };
      }),
      ...(rest > 0 ? [{ source: 'duplication', text: `And at ${countOf(rest, 'further place')}.` }] : []),
      ...parts.map((place) => {
        const text = `${this.#where(place)} hold ${this.#size(place)} of these lines too.`;
        return { source: 'duplication', text, ref: this.#refOf(place) };
      }),
    ];
  }

  #brief(copies: Copies): Detected['evidence'][number] {
    const places = this.#inOrder(copies);
    const [first] = places;
    const where = places
      .slice(0, 3)
      .map((place) => this.#where(place))
      .join('; ');
    const times = places.length === 2 ? 'twice' : `${places.length} times`;
    const text = `${copies.length} more lines, ${times}: ${where}${places.length > 3 ? '; ...' : ''}.`;
    if (first === undefined) return { source: 'duplication', text };
    return { source: 'duplication', text, ref: this.#refOf(first) };
  }

  #refOf(place: Passage): string {
    return `${this.#path(place)}:${this.#index.lineOf(place, 0)}`;
  }

  #where(place: Passage): string {
    const [from, to] = this.#fromTo(place);
    return `${this.#path(place)} lines ${from} to ${to}`;
  }

  #fromTo(place: Passage): readonly [number, number] {
    return [this.#index.lineOf(place, 0), this.#index.lineOf(place, place.length - 1)];
  }

  #inOrder({ places }: Copies): readonly Passage[] {
    return places.toSorted((a, b) => byText(this.#path(a), this.#path(b)) || a.start - b.start);
  }

  #lines({ file, start, length }: Passage): readonly CodeLine[] {
    return this.#linesOf(file).slice(start, start + length);
  }

  #linesOf(file: number): readonly CodeLine[] {
    const path = this.#paths[file] ?? '';
    const known = this.#texts.get(file) ?? codeLines(path, this.#reader.text(path) ?? '');
    this.#texts.set(file, known);
    return known;
  }

  #path({ file }: Passage): string {
    return this.#paths[file] ?? '';
  }
}

type Size = Readonly<{ total: number; places: number; bond: CopyBond | undefined }>;

function severityOf({ isWhole }: Copies, { total, places, bond }: Size): Detected['severity'] {
  return isGrave(bond) || total >= LARGE || places > 2 || isWhole ? 'medium' : 'low';
}

/** A fix that one copy did not get. */
function isGrave(bond: CopyBond | undefined): boolean {
  return bond?.kind === 'drift';
}

function textsOf(lines: readonly CodeLine[]): readonly string[] {
  return lines.map(({ text }) => text);
}

/** Where one list of lines stands in the other, whole; -1 when it does not. */
function partAt(part: readonly string[], whole: readonly string[]): number {
  return whole.findIndex(
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
