import type { AnalyserCall, AnalyserResult } from './analyser.ts';
import { isProduction, type FileContext } from './classify.ts';
import type { FileEntry, FindingsData } from './data.ts';
import { needData, readParts, writeData } from './data-files.ts';
import type { Detected } from './detected.ts';
import { TextReader } from './read-text.ts';
import { RISKY_LANGUAGES, riskyLines } from './risky-lines.ts';
import { RISK_TEXTS } from './risk-texts.ts';
import { countOf } from './words.ts';

const MAX_FINDINGS = 80;
const MAX_PLACES = 5;
/** Tools of the people who work on it, not what they ship. */
const TOOL = /(?:^|\/)(?:scripts?|tools?|build|ci|release|bin|tasks|hack|contrib|utils\/dev)\//i;
/** What a tool does with its own arguments endangers only whoever starts it. */
const HARMLESS_IN_TOOLS = new Set(['shell-string', 'eval-of-variable', 'sql-by-concatenation', 'html-from-variable']);

/** What readers of an example copy into their own code. */
const COPIED = new Set(['sql-by-concatenation', 'tls-check-off', 'weak-password-hash']);

/** Code that becomes dangerous when somebody else chooses the values: found by the parser, or line by line. */
export function riskyCode({ input, signal }: AnalyserCall): AnalyserResult {
  const { files } = needData(input.data, 'inventory');
  const reader = new TextReader(input.root);
  const found: Detected[] = readParts(input.data, input.shards ?? 0).flatMap(({ risks }) => risks);
  let looked = files.filter(({ shard, context }) => shard !== undefined && isLookedAt(context)).length;
  for (const { path, language } of files.filter(isReadHere)) {
    signal.throwIfAborted();
    const text = reader.text(path);
    if (text === undefined) continue;
    looked += 1;
    found.push(...riskyLines(path, language, text));
  }
  const contexts = new Map(files.map(({ path, context }) => [path, context]));
  const kept = found.filter(({ kind, file }) => contexts.get(file) !== 'example' || COPIED.has(kind));
  const findings = [...Map.groupBy(kept, ({ kind, file }) => `${kind}\0${file}`).values()]
    .map((group) => judged(group, contexts))
    .toSorted((a, b) => b.confidence - a.confidence);
  const data: FindingsData = {
    findings: findings.slice(0, MAX_FINDINGS),
    looked,
    leftOut: [...tooMany(findings.length), ...notRead(files)],
  };
  return { file: writeData(input.data, 'risky-code', data), summary: { files: looked, found: findings.length } };
}

function isLookedAt(context: FileContext): boolean {
  return isProduction(context) || context === 'example';
}

function isReadHere({ isText, context, language, shard }: FileEntry): boolean {
  return isText && shard === undefined && isLookedAt(context) && RISKY_LANGUAGES.has(language);
}

/** One finding for all places of a kind in a file. */
function judged(group: readonly Detected[], contexts: ReadonlyMap<string, FileContext>): Detected {
  const [first, ...others] = group.toSorted((a, b) => b.confidence - a.confidence);
  if (first === undefined) throw new Error('no group is empty');
  const texts = RISK_TEXTS[first.kind];
  const isTool = TOOL.test(first.file) || contexts.get(first.file) === 'config';
  const isLess = (isTool && HARMLESS_IN_TOOLS.has(first.kind)) || contexts.get(first.file) === 'example';
  const places = [first, ...others.toSorted((a, b) => a.line - b.line)];
  const rest = places.length - MAX_PLACES;
  return {
    ...first,
    severity: isLess ? 'low' : first.severity,
    confidence: isLess ? Math.round(first.confidence * 70) / 100 : first.confidence,
    title: group.length === 1 ? `${texts?.title}: ${first.title}` : `${texts?.title}, at ${group.length} places`,
    evidence: [
      ...places
        .slice(0, MAX_PLACES)
        .flatMap(({ evidence }) => evidence.map((one) => ({ ...one, source: 'risky-code' }))),
      ...(rest > 0 ? [{ source: 'risky-code', text: `And at ${countOf(rest, 'further place')}.` }] : []),
    ],
    ...(texts === undefined ? {} : { fix: texts.fix }),
  };
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
