import type { FileEntry, HistoryData, ParseData } from './data.ts';
import type { Detected } from './detected.ts';
import { shortPath } from './hotspot-findings.ts';
import { toldOf, type OwnChange, type OwnPast } from './own-past.ts';

/** McCabe's limit is 10, most linters warn at 20; from here on it hurts where branches stand in branches. */
const COMPLEX = 25;
const VERY_COMPLEX = 50;
/** It hurts as well where the decisions stand far from each other. */
const COMPLEX_WHERE_LONG = 20;
const LONG = 200;
/** Less is a row. */
const MIN_NESTING = 3;
const DEEP = 4;
/** Branches and loops around a branch or loop, on average. */
const MIN_DEPTH = 1.5;
/** From here on nothing else matters. */
const VERY_DEEP = 2.5;
/** Share of its questions that only leave: a function of such steps is split already. */
const MANY_GUARDS = 0.4;
const HALF_GUARDS = 0.5;
const FLAT = 0.75;
const MOSTLY_GUARDS = 0.6;
/** Share of its branches in a row of choices: a table, however long. */
const MOSTLY_CHOSEN = 0.6;
/** In the 12 months before the newest commit. */
const MIN_CHANGES = 3;
const MAX_FINDINGS = 5;
/** Their past is looked at, line by line. */
const MAX_ASKED = 8;
/** Nobody has changed these for a year. */
const MAX_STILL = 2;
/** Run by hand, by those who keep the project. */
const TOOLS = /^(?:scripts?|tools?|tasks?)\//;
const MAX_TITLE = 90;

type Complex = ParseData['functions'][number];

/** Functions far beyond what people can hold in mind, the worst of each file only, hardest first. */
export function complexFunctions(
  parts: readonly ParseData[],
  files: readonly FileEntry[],
  history: HistoryData | undefined,
): readonly Complex[] {
  const shipped = new Set(files.filter((file) => isShipped(file) && isAlive(file, history)).map(({ path }) => path));
  const worst = new Map<string, Complex>();
  for (const one of parts.flatMap(({ functions }) => functions)) {
    if (!shipped.has(one.file) || !hurts(one)) continue;
    if ((worst.get(one.file)?.complexity ?? 0) < one.complexity) worst.set(one.file, one);
  }
  return [...worst.values()].toSorted((a, b) => b.complexity - a.complexity);
}

/** Where there is no history to ask. */
export function complexFindings(parts: readonly ParseData[], files: readonly FileEntry[]): readonly Detected[] {
  return complexFunctions(parts, files, undefined)
    .slice(0, MAX_FINDINGS)
    .map((one) => complexFinding(one));
}

/** Those that somebody works on, and what the others of the hardest are. */
export async function complexFindingsOf(functions: readonly Complex[], past: OwnPast): Promise<readonly Detected[]> {
  const asked = functions.slice(0, MAX_ASKED);
  const changes = await Promise.all(asked.map((one) => past.changesOf(one)));
  const found = asked.map((one, at) => ({ one, change: changes[at] }));
  const { alive = [], still = [] } = Object.groupBy(found, ({ change }) => (change === undefined ? 'still' : 'alive'));
  return [...alive, ...still.slice(0, MAX_STILL)]
    .slice(0, MAX_FINDINGS)
    .map(({ one, change }) => complexFinding(one, change));
}

function hurts(one: Complex): boolean {
  const { complexity, nesting, ownLines, depth, guards } = one;
  if (isRow(one)) return false;
  if (ownLines >= LONG && complexity >= COMPLEX_WHERE_LONG) return true;
  if (complexity < COMPLEX || nesting < DEEP || depth < MIN_DEPTH) return false;
  return guards < MANY_GUARDS || depth >= VERY_DEEP;
}

/** Of guards, or of choices: long to read, easy to follow. */
function isRow({ nesting, depth, guards, chosen }: Complex): boolean {
  if (nesting < MIN_NESTING || guards >= MOSTLY_GUARDS) return true;
  return (chosen >= MOSTLY_CHOSEN && depth < VERY_DEEP) || (guards >= HALF_GUARDS && depth < FLAT);
}

/** What nobody has touched for a year hurts nobody; without a history it may. */
function isAlive({ path }: FileEntry, history: HistoryData | undefined): boolean {
  if (history === undefined) return true;
  const recent = history.files.find((file) => file.path === path)?.trend ?? [];
  return recent.reduce((sum, month) => sum + month, 0) >= MIN_CHANGES;
}

function isShipped({ path, context, isCopied }: FileEntry): boolean {
  return context === 'production' && isCopied !== true && !TOOLS.test(path);
}

function complexFinding(
  { file, line, name, complexity, nesting, lines, depth }: Complex,
  change?: OwnChange,
): Detected {
  const what = `makes ${complexity} decisions in ${lines} lines`;
  return {
    kind: 'complex-function',
    severity: complexity >= VERY_COMPLEX ? 'medium' : 'low',
    confidence: 0.85,
    title: `${shownName(name, file, MAX_TITLE - what.length - 1)} ${what}`,
    file,
    line,
    anchor: name,
    evidence: [
      {
        source: 'parse',
        text: `${complexity} decisions in ${lines} lines, nested ${nesting} deep; ${depth} branches and loops stand around one on average.`,
        ref: `${file}:${line}`,
      },
      ...(change === undefined ? [] : [{ source: 'history', text: toldOf(change) }]),
    ],
    fix: 'Give what stands deepest, and each step that can be named, a function of its own.',
  };
}

/** One without a name is told by its file. */
function shownName(name: string, file: string, room: number): string {
  if (/^(?:function|default export|module\.exports)$/.test(name)) {
    const what =
      name === 'function' ? 'An unnamed function' : `The ${name.replace('module.exports', 'exported function')}`;
    return `${what} of ${shortPath(file, room - what.length - 4)}`;
  }
  const plain = name.startsWith('function in ') ? `A ${name}` : name.replace(/^callback/, 'The callback');
  return plain.length <= room ? plain : `${plain.slice(0, room - 1)}…`;
}
