import type { Hotspot } from '../core/findings/check-report.ts';
import { countedFunctions } from './counted-functions.ts';
import type { FileEntry, HistoryData, ParseData, ParsedFile } from './data.ts';
import type { Detected } from './detected.ts';
import { isGolfed, proofOf, type Proof } from './hotspot-proof.ts';
import { toldOf, type OwnChange, type OwnPast } from './own-past.ts';
import type { TextReader } from './read-text.ts';
import { countOf } from './words.ts';

const MAX_FINDINGS = 3;
/** Files whose hard functions are looked at line by line, and how many of each. */
const MAX_ASKED = 5;
const MAX_HARDEST = 3;
/** Commits in the last 12 months. Below these nobody works on it much, whatever its rank. */
const MIN_RECENT = 10;
const MANY_RECENT = 30;
/** Share of fixes from which much work goes wrong. */
const MANY_FIXES = 0.2;
/** A function from here on is hard to follow: McCabe's limit is 10, most linters warn at 20. */
const HARD = 20;
/** Branches in branches: a row of guards or of choices is read from top to bottom. */
const MIN_NESTING = 2;
/** One hard function makes a file hard that decides this much and this often, or of which it is this share. */
const MANY_DECISIONS = 150;
const MANY_WORDS = 250;
const MIN_PARSED_DENSITY = 0.18;
const LARGE_SHARE = 0.25;
/** Where words are counted: their share of the lines of code, and how large a file must be for that to matter. */
const MIN_DENSITY = 0.15;
const MIN_LARGE = 300;
/** Below this share of a file's decisions, a function is not where to begin. */
const MIN_SHARE = 0.15;
/** Where none decides so much of its file, it is a flat list of small functions: nothing to take apart. */
const MIN_WORST_SHARE = 0.08;
const MAX_TITLE = 90;
const MAX_NAME = 36;

type Hard = Readonly<{ name: string; line: number; lines: number; decisions: number; ownLines?: number }>;

/** What is known of a hot file's code. */
type Code = Readonly<{
  lines: number;
  decisions: number;
  /** `decisions`, or `branching words` where nothing parses the language. */
  unit: string;
  /** Functions of 20 decisions and more, hardest first. */
  hard: readonly Hard[];
  longest: ParsedFile['longest'];
  /** What was changed in the first of them. */
  change?: OwnChange;
  proof?: Proof;
}>;

export type Known = Readonly<{
  files: readonly FileEntry[];
  parts: readonly ParseData[];
  history: HistoryData;
  reader: TextReader;
  own: Pick<OwnPast, 'changesOf' | 'fixesOf'>;
}>;

/**
 * Files that are worked on today, at least 10 commits in 12 months, and hold a function that is hard to follow. `all`:
 * every file with a past, hottest of all time first.
 */
export async function hotspotFindings(all: readonly Hotspot[], known: Known): Promise<readonly Detected[]> {
  const copied = new Set(known.files.filter(({ isCopied }) => isCopied === true).map(({ path }) => path));
  const candidates = all
    .filter((hotspot) => isWorkedOn(hotspot) && !copied.has(hotspot.file))
    .toSorted((a, b) => heatOf(b) - heatOf(a));
  const found: Detected[] = [];
  const golfed = isGolfed(known.files, known.reader);
  let asked = 0;
  for (const hotspot of candidates) {
    if (asked === MAX_ASKED) break;
    const code = codeOf(hotspot, known);
    if (code === undefined) continue;
    asked += 1;
    const worked = await workedOn(hotspot, code, known);
    if (worked === undefined) continue;
    const finding = findingOf(hotspot, worked, known.history);
    found.push(golfed ? { ...finding, doubt: GOLFED } : finding);
  }
  const { yes = [], no = [] } = Object.groupBy(found, ({ doubt }) => (doubt === undefined ? 'yes' : 'no'));
  return [...yes, ...no].slice(0, MAX_FINDINGS);
}

const GOLFED = 'the project counts the bytes of its code: a function more costs some.';

/** With the hardest function that people really changed in front, one that fixes changed before others. */
async function workedOn({ file }: Hotspot, code: Code, { own, reader }: Known): Promise<Code | undefined> {
  const worst = code.hard.slice(0, MAX_HARDEST);
  const looked = await Promise.all(
    worst.map(async (one) => {
      const { line, lines, decisions, ownLines } = one;
      const change = await own.changesOf({ file, line, lines });
      if (change === undefined) return [];
      const proof = await proofOf({ file, line, lines, decisions, ownLines }, { reader, own });
      return [{ one, change, proof }];
    }),
  );
  const changed = looked.flat();
  const first = changed.find(({ proof }) => proof.isProven) ?? changed[0];
  if (first === undefined) return undefined;
  const { change, proof } = first;
  return { ...code, hard: [first.one, ...code.hard.filter((one) => one !== first.one)], change, proof };
}

function isWorkedOn(hotspot: Hotspot): boolean {
  return recentOf(hotspot) >= MIN_RECENT;
}

function recentOf({ trend }: Hotspot): number {
  return trend.reduce((sum, month) => sum + month, 0);
}

function heatOf(hotspot: Hotspot): number {
  return recentOf(hotspot) * (1 + hotspot.complexity);
}

/** Undefined for what is easy to read. */
function codeOf(hotspot: Hotspot, { files, parts, reader }: Known): Code | undefined {
  const code = hotspot.complexityBy === 'parsed' ? parsedCode(hotspot, parts) : countedCode(hotspot, files, reader);
  return code !== undefined && isHard(code, recentOf(hotspot)) ? code : undefined;
}

function isHard({ hard, decisions, lines, unit }: Code, recent: number): boolean {
  const [worst, second] = hard;
  if (worst === undefined || worst.decisions < decisions * MIN_WORST_SHARE) return false;
  if (second !== undefined || worst.decisions >= decisions * LARGE_SHARE) return true;
  const many = unit === 'decisions' ? MANY_DECISIONS : MANY_WORDS;
  if (decisions >= many && decisions >= lines * MIN_PARSED_DENSITY) return true;
  return recent >= MANY_RECENT && worst.decisions >= decisions * MIN_SHARE;
}

function parsedCode({ file }: Hotspot, parts: readonly ParseData[]): Code | undefined {
  const own = parts.flatMap(({ files }) => files).find(({ path }) => path === file);
  if (own === undefined) return undefined;
  const hard = parts
    .flatMap(({ functions }) => functions.filter((one) => one.file === file))
    .filter(({ complexity, nesting }) => complexity >= HARD && nesting >= MIN_NESTING)
    .toSorted((a, b) => b.complexity - a.complexity)
    .map(({ name, line, lines, ownLines, complexity }) => ({ name, line, lines, ownLines, decisions: complexity }));
  // A function counts one for itself; its file does not.
  const decisions = Math.max(own.complexity, ...hard.map((one) => one.decisions));
  return { lines: own.codeLines, decisions, unit: 'decisions', hard, longest: own.longest };
}

function countedCode({ file }: Hotspot, files: readonly FileEntry[], reader: TextReader): Code | undefined {
  const own = files.find(({ path }) => path === file);
  if (own === undefined || own.codeLines < MIN_LARGE || own.branches < own.codeLines * MIN_DENSITY) return undefined;
  const hard = countedFunctions(file, reader.text(file) ?? '')
    .filter(({ branches }) => branches >= HARD)
    .map(({ name, line, lines, branches }) => ({ name, line, lines, decisions: branches }));
  return { lines: own.codeLines, decisions: own.branches, unit: 'branching words', hard, longest: undefined };
}

function findingOf(hotspot: Hotspot, code: Code, history: HistoryData): Detected {
  const { file } = hotspot;
  const past = history.files.find(({ path }) => path === file);
  const recent = recentOf(hotspot);
  const recentFixes = past?.recentFixes ?? 0;
  const [worst] = code.hard;
  const what = `hard to read (${code.decisions} ${code.unit} in ${code.lines} code lines), ${recent} changes in a year`;
  return {
    kind: 'hot-spot',
    severity: recent >= MANY_RECENT && recentFixes >= recent * MANY_FIXES ? 'high' : 'medium',
    confidence: 0.85,
    title: `${shortPath(file, MAX_TITLE - what.length - 2)}: ${what}`,
    file,
    line: worst?.line ?? 0,
    anchor: file,
    evidence: [
      {
        source: 'history',
        text: `${countOf(recent, 'commit')} in the 12 months before the newest commit${fixesOf(recentFixes)}; merges, releases, formatting and commits over many files left out.`,
      },
      { source: 'history', text: wholePast(hotspot, history) },
      ...hardest(code, file),
    ],
    fix: adviceOf(code),
    ...doubtOf(code),
  };
}

function doubtOf({ proof }: Code): Pick<Detected, 'doubt'> {
  return proof === undefined || proof.isProven ? {} : { doubt: proof.text };
}

/** Subjects tell of some fixes, never of all: one or none says nothing. */
function fixesOf(fixes: number): string {
  return fixes < 2 ? '' : `, at least ${fixes} of them fixes by their subjects`;
}

function wholePast({ file, commits, authors }: Hotspot, history: HistoryData): string {
  const span = history.isCut ? ` in the last ${history.commits} commits of the repository` : ' in all';
  const most = history.files.find(({ path }) => path === file)?.topAuthor ?? 0;
  const people = countOf(authors, 'person', 'people');
  const oneHand = authors > 1 && most >= commits * 0.8 ? ` One of them made ${most}.` : '';
  return `${countOf(commits, 'commit')} by ${people}${span}.${oneHand}`;
}

function hardest(code: Code, file: string): Detected['evidence'] {
  const { hard, longest, unit, change, proof } = code;
  const told = hard.slice(0, 3).map(({ name, line, lines, decisions }, index) => ({
    source: 'parse',
    text: `${index === 0 ? 'Hard to follow' : 'Also'}: ${name}, ${decisions} ${unit} in ${lines} lines${index === 0 ? ownOf(proof) : ''}.${index > 0 || change === undefined ? '' : ` ${toldOf(change)}`}`,
    ref: `${file}:${line}`,
  }));
  const shown = proof?.isProven === true ? [{ source: 'history', text: proof.text }] : [];
  if (longest === undefined || told.some(({ ref }) => ref === `${file}:${longest.line}`)) return [...told, ...shown];
  const long = { source: 'parse', text: `Longest function: ${longest.name}, ${longest.lines} lines.` };
  return [...told, { ...long, ref: `${file}:${longest.line}` }, ...shown];
}

function ownOf(proof: Proof | undefined): string {
  return proof?.ownLines === undefined
    ? ''
    : ` (${proof.ownLines} without comments, blank lines and functions inside it)`;
}

/** Where to begin. */
function adviceOf({ hard, longest, decisions, unit }: Code): string {
  const [worst, ...others] = hard;
  if (worst === undefined) return 'Split it where its reasons to change part.';
  if (worst.decisions >= decisions * MIN_SHARE) {
    const share = Math.min(100, Math.round((worst.decisions / Math.max(1, decisions)) * 100));
    return `Split ${called(worst)} first: it holds ${share}% of the ${unit} of the file.`;
  }
  if (longest !== undefined) {
    return `Take ${called(longest)} apart first: it is ${longest.lines} lines long.`;
  }
  const names = [worst, ...others.slice(0, 2)].map(called);
  return names.length === 1
    ? `Move what belongs together into files of its own; ${called(worst)} is the hardest part, but a small one.`
    : `Move what belongs together into files of its own. Hardest are ${names.join(', ')}.`;
}

/** As people say it. */
function called({ name, line }: Readonly<{ name: string; line: number }>): string {
  if (name === 'function') return `the function in line ${line}`;
  if (name === 'module.exports') return 'the exported function';
  return /^(?:callback of|function in|default export)\b/.test(name) ? `the ${name}` : name;
}

/** As much of its end as there is room for; its name at least, and whose `index` it is. */
export function shortPath(path: string, room: number): string {
  const parts = path.split('/');
  for (let from = 0; from < parts.length - 1; from += 1) {
    const shown = parts.slice(from).join('/');
    if (shown.length <= room) return shown;
  }
  const last = parts.at(-1) ?? path;
  const name = /^(?:index|mod|main|__init__)\./.test(last) ? parts.slice(-2).join('/') : last;
  if (name !== last) return name;
  return name.length <= MAX_NAME ? name : `${name.slice(0, MAX_NAME - 1)}…`;
}
