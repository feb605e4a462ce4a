import type { AnalyserCall, AnalyserResult } from './analyser.ts';
import { isProduction, type FileContext } from './classify.ts';
import type { FileEntry, FindingsData } from './data.ts';
import { needData, readParts, writeData } from './data-files.ts';
import type { Detected } from './detected.ts';
import { TextReader } from './read-text.ts';
import { RISKY_LANGUAGES, riskyLines } from './risky-lines.ts';
import { NEEDS_ORIGIN, RISK_TEXTS, UNSEEN, UNSEEN_CONFIDENCE } from './risk-texts.ts';
import { countOf } from './words.ts';

const MAX_FINDINGS = 80;
const MAX_PLACES = 5;
/** Tools of the people who work on it, not what they ship. */
const TOOL = /(?:^|\/)(?:scripts?|tools?|build|ci|release|tasks|hack|contrib|utils\/dev)\//i;
/** Programs that are started by hand: some are shipped, most are tools. */
const PROGRAM = /(?:^|\/)bin\//;
/** What a tool does with its own arguments endangers only whoever starts it. */
const HARMLESS_IN_TOOLS = new Set(['shell-string', 'eval-of-variable', 'sql-by-concatenation', 'html-from-variable']);

/** A line that only opens a text says nothing. */
const SAYS = /\w{2}/;

/** Addresses of the own machine. */
const LOOPBACK = /\b127\.0\.0\.1\b|https?:\/\/\d{1,3}(?:\.\d{1,3}){3}\b|\/\/localhost\b|["'[]::1["'\]]/;
/** ms of processor time: only texts that were made for it take so long. */
const MAX_MS = 1_500;

/** What readers of an example copy into their own code. */
const COPIED = new Set(['sql-by-concatenation', 'tls-check-off', 'weak-password-hash']);

/** Code that becomes dangerous when somebody else chooses the values: found by the parser, or line by line. */
export function riskyCode({ input, signal }: AnalyserCall): AnalyserResult {
  const { files } = needData(input.data, 'inventory');
  const reader = new TextReader(input.root);
  const found: Detected[] = readParts(input.data, input.shards ?? 0).flatMap(({ risks }) => risks);
  const cut: string[] = [];
  const late: string[] = [];
  const before = process.threadCpuUsage();
  let looked = files.filter(({ shard, context }) => shard !== undefined && isLookedAt(context)).length;
  for (const { path, language } of files.filter(isReadHere)) {
    signal.throwIfAborted();
    const { user, system } = process.threadCpuUsage(before);
    if (user + system > MAX_MS * 1_000) {
      late.push(path);
      continue;
    }
    const text = reader.text(path);
    if (text === undefined) continue;
    looked += 1;
    const { risks, isCut } = riskyLines(path, language, text);
    found.push(...risks);
    if (isCut) cut.push(path);
  }
  const contexts = new Map(files.map(({ path, context }) => [path, context]));
  const kept = found.filter(
    ({ kind, file }) =>
      (contexts.get(file) !== 'example' || COPIED.has(kind)) &&
      !(HARMLESS_IN_TOOLS.has(kind) && isTool(file, contexts.get(file))),
  );
  const findings = [...Map.groupBy(kept, (one) => `${one.kind}\0${one.file}\0${isSeen(one)}`).values()]
    .map((group) => judged(group, isLess(group, contexts, reader)))
    .toSorted((a, b) => b.confidence - a.confidence);
  const data: FindingsData = {
    findings: findings.slice(0, MAX_FINDINGS),
    looked,
    leftOut: [...tooMany(findings.length), ...notWhole(cut, late), ...notRead(files)],
  };
  return { file: writeData(input.data, 'risky-code', data), summary: { files: looked, found: findings.length } };
}

function isLookedAt(context: FileContext): boolean {
  return isProduction(context) || context === 'example';
}

function isReadHere({ isText, context, language, shard }: FileEntry): boolean {
  return isText && shard === undefined && isLookedAt(context) && RISKY_LANGUAGES.has(language);
}

function isTool(file: string, context: FileContext | undefined): boolean {
  return TOOL.test(file) || context === 'config';
}

type Contexts = ReadonlyMap<string, FileContext>;

/** In an example, or a client that speaks to its own machine: nobody comes between. */
function isLess([first]: readonly Detected[], contexts: Contexts, reader: TextReader): boolean {
  if (first === undefined) return false;
  const isLocal = first.kind === 'tls-check-off' && LOOPBACK.test(reader.text(first.file) ?? '');
  const isByHand = PROGRAM.test(first.file) && HARMLESS_IN_TOOLS.has(first.kind);
  return isLocal || isByHand || contexts.get(first.file) === 'example';
}

/** Whether a value of somebody else is seen to come in, where that is what makes it dangerous. */
function isSeen({ kind, confidence }: Detected): boolean {
  return !NEEDS_ORIGIN.has(kind) || confidence > UNSEEN_CONFIDENCE;
}

/** One finding for all places of a kind in a file, those apart where nobody else is seen. */
function judged(group: readonly Detected[], isSmall: boolean): Detected {
  const [first, ...others] = group.toSorted((a, b) => b.confidence - a.confidence);
  if (first === undefined) throw new Error('no group is empty');
  const texts = RISK_TEXTS[first.kind];
  const places = [first, ...others.toSorted((a, b) => a.line - b.line)];
  const rest = places.length - MAX_PLACES;
  return {
    ...first,
    severity: isSmall ? 'low' : first.severity,
    confidence: isSmall ? Math.round(first.confidence * 70) / 100 : first.confidence,
    title: group.length === 1 ? `${texts?.title}: ${first.title}` : `${texts?.title}, at ${group.length} places`,
    evidence: [
      ...places
        .slice(0, MAX_PLACES)
        .flatMap(({ evidence, title }) =>
          evidence.map((one) => ({ ...one, source: 'risky-code', text: SAYS.test(one.text) ? one.text : title })),
        ),
      ...(isSeen(first) ? [] : [{ source: 'risky-code', text: UNSEEN }]),
      ...(rest > 0 ? [{ source: 'risky-code', text: `And at ${countOf(rest, 'further place')}.` }] : []),
    ],
    ...(texts === undefined ? {} : { fix: texts.fix }),
  };
}

function notWhole(cut: readonly string[], late: readonly string[]): readonly string[] {
  return [
    ...(cut.length === 0
      ? []
      : [`The rest of ${countOf(cut.length, 'file')} with very many suspicious lines: ${cut[0]} (too-large).`]),
    ...(late.length === 0
      ? []
      : [
          `Dangerous code in ${countOf(late.length, 'file')}, from ${late[0]} on: the search took too long (too-slow).`,
        ]),
  ];
}

function tooMany(count: number): readonly string[] {
  return count > MAX_FINDINGS ? [`${count - MAX_FINDINGS} further places with code that may be dangerous.`] : [];
}

/** Languages with code in them for which there are no patterns. */
function notRead(files: readonly FileEntry[]): readonly string[] {
  const names = files
    .filter(
      ({ shard, branches, context, language }) =>
        shard === undefined && branches > 0 && isLookedAt(context) && !RISKY_LANGUAGES.has(language),
    )
    .map(({ language }) => language);
  const unknown = [...new Set(names)].filter((name) => !NEVER_RISKY.has(name)).toSorted();
  return unknown.length === 0 ? [] : [`Dangerous code in ${unknown.join(', ')}: there are no patterns for it yet.`];
}

const NEVER_RISKY = new Set([
  'Make',
  'CMake',
  'Dockerfile',
  'Batch',
  'Assembly',
  'Verilog',
  'SQL',
  'JavaScript',
  'TypeScript',
  '',
]);
