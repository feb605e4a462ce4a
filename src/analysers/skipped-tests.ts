import type { FileEntry, ParsedFile } from './data.ts';
import type { Detected } from './detected.ts';
import type { TextReader } from './read-text.ts';
import { countOf } from './words.ts';

const MAX_FINDINGS = 25;
const MAX_PLACES = 4;

/** Tests that are switched off without a word, in languages that are not parsed. Texts between quotes are reasons. */
const PATTERNS: Readonly<Record<string, RegExp>> = {
  Python:
    /^@(?:(?:pytest\.)?mark\.(?:skip|xfail)|unittest\.skip|unittest\.expectedFailure|skip)(?:\(\s*\))?$|^pytestmark\s*=\s*pytest\.mark\.(?:skip|xfail)(?:\(\s*\))?$/,
  Go: /^t\.Skip(?:Now)?\(\s*\)$/,
  Ruby: /^x(?:it|describe|context|specify|scenario)\b.*\bdo$/,
  Java: /^@(?:Disabled|Ignore)(?:\(\s*\))?$/,
  Kotlin: /^@(?:Disabled|Ignore)(?:\(\s*\))?$/,
  'C#': /^\[Ignore(?:\(\s*\))?\]$/,
  Rust: /^#\[ignore\]$/,
  PHP: /^\$this->markTestSkipped\(\s*\);$/,
};
const COMMENT = /^(?:#(?!\[)|\/\/|\/?\*|--)|(?:\s#|\/\/)\s/;

/** Tests of a test runner. */
const ABOUT_SKIPPING = /(?:^|[/._-])(?:only|skip\w*|todo|focus\w*|pending|xfail)[^/]*$/i;

/** One finding for each file with tests that are switched off. */
export function skippedTests(
  parsed: readonly ParsedFile[],
  files: readonly FileEntry[],
  reader: TextReader,
): readonly Detected[] {
  const byParser = parsed.flatMap(({ path, skipped }) => (skipped === undefined ? [] : [{ path, lines: skipped }]));
  const byLooks = files.flatMap(({ path, context, language, isText }) => {
    const pattern = context === 'test' && isText ? PATTERNS[language] : undefined;
    const lines = pattern === undefined ? [] : skippedLines(reader.text(path) ?? '', pattern);
    return lines.length === 0 ? [] : [{ path, lines }];
  });
  return [...byParser, ...byLooks]
    .filter(({ path }) => !ABOUT_SKIPPING.test(path))
    .toSorted((a, b) => b.lines.length - a.lines.length)
    .slice(0, MAX_FINDINGS)
    .map(({ path, lines }) => finding(path, lines, reader));
}

function skippedLines(text: string, pattern: RegExp): readonly number[] {
  const lines = text.split('\n').map((line) => line.trim());
  const found = lines.flatMap((line, index) => (pattern.test(line) && !isExplained(lines, index) ? [index + 1] : []));
  // What stands at the head of a file holds for all of them.
  return found.length > 0 && lines.some((line) => COMMENT.test(line) && FOR_ALL.test(line)) ? [] : found;
}

/** Marks of a test, and what stands between them and its comment. */
const MARK = /^(?:@|\[|#\[|$)/;
const FOR_ALL = /disabled|switched off|@Ignore|@Disabled|by hand|manual(?:ly)?\b|not run|are skipped|remove the/i;
const INSIDE = 4;

/** By a comment above its marks, beside them, or first inside. */
function isExplained(lines: readonly string[], index: number): boolean {
  let above = index - 1;
  while (above >= 0 && MARK.test(lines[above] ?? '')) above -= 1;
  const after = lines.slice(index, index + INSIDE + 1);
  const inside = after.includes('') ? after.slice(0, after.indexOf('')) : after;
  return isComment(lines[above] ?? '') || inside.some((line) => COMMENT.test(line) || /^(?:'''|""")/.test(line));
}

function isComment(line: string): boolean {
  return COMMENT.test(line) || line.endsWith('*/');
}

function finding(file: string, lines: readonly number[], reader: TextReader): Detected {
  const texts = (reader.text(file) ?? '').split('\n');
  const textAt = (line: number): string => (texts[line - 1] ?? '').trim().slice(0, 160);
  const [first = 0] = lines;
  const rest = lines.length - MAX_PLACES;
  const isOne = lines.length === 1;
  return {
    kind: 'skipped-tests',
    severity: 'low',
    confidence: 0.85,
    title: titleOf(nameAt(texts, first), rest + MAX_PLACES - 1),
    file,
    line: first,
    anchor: file,
    evidence: [
      ...lines
        .slice(0, MAX_PLACES)
        .map((line) => ({ source: 'tests-map', text: textAt(line), ref: `${file}:${line}` })),
      ...(rest > 0 ? [{ source: 'tests-map', text: `And at ${countOf(rest, 'further place')}.` }] : []),
    ],
    fix: `Mend ${isOne ? 'it' : 'them'} and switch ${isOne ? 'it' : 'them'} on again, remove ${isOne ? 'it' : 'them'}, or write beside ${isOne ? 'it' : 'each'} why it waits.`,
  };
}

/** `"adds" and 2 more are switched off, and no comment says why` */
function titleOf(name: string, more: number): string {
  const shown = name.length > 34 ? `${name.slice(0, 33).trim()}…` : name;
  return `${shown}${more > 0 ? ` and ${more} more are` : ' is'} switched off, and no comment says why`;
}

/** What the test is called, on the line or in the ones after it. */
function nameAt(texts: readonly string[], line: number): string {
  const [here = '', ...after] = texts.slice(line - 1, line + 6);
  const quoted = /(['"`])(.+?)\1/.exec(here)?.[2];
  if (quoted !== undefined) return `"${quoted}"`;
  const named = after.flatMap(
    (one) => /\b(?:def|void|fn|fun|func|class|Task|function)\s+(\w+)/.exec(one)?.[1] ?? [],
  )[0];
  if (named !== undefined) return named;
  const before = texts.slice(0, line - 1).findLast((one) => /\b(?:func|fun|def|function)\s+\w+/.test(one));
  return /\b(?:func|fun|def|function)\s+(\w+)/.exec(before ?? '')?.[1] ?? 'A test';
}
