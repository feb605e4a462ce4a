import { codeOnly } from './code-only.ts';
import type { FileEntry, ParsedFile } from './data.ts';
import type { Detected } from './detected.ts';
import type { TextReader } from './read-text.ts';
import type { LinesOf } from './settled-lines.ts';
import { countOf } from './words.ts';

const MAX_PLACES = 40;
const MAX_TITLE = 110;

/**
 * Tests that are switched off without a word, in languages that are not parsed. Texts between quotes are reasons. What is
 * expected to fail runs all the same, unless it is told not to.
 */
const PATTERNS: Readonly<Record<string, RegExp>> = {
  Python:
    /^@(?:(?:pytest\.)?mark\.skip|unittest\.skip|skip)(?:\(\s*\))?$|^pytestmark\s*=\s*pytest\.mark\.skip(?:\(\s*\))?$|^(?:@|pytestmark\s*=\s*)(?:pytest\.)?mark\.xfail\(\s*run\s*=\s*False\s*,?\s*\)$/,
  Go: /^t\.Skip(?:Now)?\(\s*\)$/,
  Ruby: /^x(?:it|describe|context|specify|scenario)\b.*\bdo$/,
  Java: /^@(?:Disabled|Ignore)(?:\(\s*\))?$/,
  Kotlin: /^@(?:Disabled|Ignore)(?:\(\s*\))?$/,
  'C#': /^\[Ignore(?:\(\s*\))?\]$/,
  Rust: /^#\[ignore\]$/,
  PHP: /^\$this->markTestSkipped\(\s*\);$/,
};
/** Languages whose tests are marked. A class without a mark is a base of others, or no test at all. */
const IN_CLASS = /\.(?:java|kt|cs)$/;
const TEST_MARK =
  /^\s*(?:@(?:\w+\.)*(?:Test|ParameterizedTest|RepeatedTest|TestFactory|Theory|Property)\b|\[(?:Test|Fact|Theory|TestMethod|TestCase)\b)/;
/** Started by people, to look at what comes out. */
const BY_HAND = /manual|demo|sample|playground|example|stress|soak|benchmark|performance|descriptive|visual/i;
const COMMENT = /^(?:#(?!\[)|\/\/|\/?\*|--)|(?:\s#|\/\/)\s/;

/** Tests of a test runner. */
const ABOUT_SKIPPING = /(?:^|[/._-])(?:only|skip\w*|todo|focus\w*|pending|xfail)[^/]*$/i;

/** A project that makes a test tool tries on itself what its users may write. */
const MAKES_TOOL =
  /(?:^|\/)(?:Ignore|Disabled)\.(?:java|kt)$|(?:^|\/)(?:_pytest|unittest2|nose2?)\/|(?:^|\/)(?:rspec\/core|minitest)\.rb$|(?:^|\/)PHPUnit\/Framework\/TestCase\.php$|^src\/Framework\/TestCase\.php$/;
const TOOLS =
  /^(?:jest|vitest|mocha|ava|tap|tape|jasmine(?:-core)?|qunit|uvu|karma|cypress|playwright(?:-core)?|testcafe|nightwatch|@(?:jest|vitest|playwright|tapjs)\/.+|jest-circus|jest-jasmine2|intern|lab|@hapi\/lab|japa|@japa\/.+)$/;

export function isTestTool(files: readonly FileEntry[], names: readonly string[]): boolean {
  return names.some((name) => TOOLS.test(name)) || files.some(({ path }) => MAKES_TOOL.test(path));
}

/** Where tests are switched off without a word, the file with most of them first. */
export function skippedPlaces(
  parsed: readonly ParsedFile[],
  files: readonly FileEntry[],
  reader: TextReader,
): readonly LinesOf[] {
  const byParser = parsed.flatMap(({ path, skipped }) => (skipped === undefined ? [] : [{ path, lines: skipped }]));
  const byLooks = files.flatMap(({ path, context, language, isText }) => {
    const pattern = context === 'test' && isText ? PATTERNS[language] : undefined;
    const lines = pattern === undefined ? [] : skippedLines(path, reader.text(path) ?? '', pattern);
    return lines.length === 0 ? [] : [{ path, lines }];
  });
  const runsIgnored = files.some(
    ({ path, isText, bytes }) =>
      isText && bytes < MAX_TEXT && RUNS.test(path) && RUNS_IGNORED.test(reader.text(path) ?? ''),
  );
  return [...byParser, ...byLooks]
    .filter(({ path }) => !runsIgnored || !path.endsWith('.rs'))
    .filter(({ path }) => !ABOUT_SKIPPING.test(path) && !BY_HAND.test(path.split('/').at(-1) ?? ''))
    .toSorted((a, b) => b.lines.length - a.lines.length);
}

const MAX_TEXT = 512 * 1024;
/** Where people write how tests are started, and Rust, whose tests start each other. */
const RUNS = /\.(?:rs|ya?ml|toml|sh|json|mk|just|bat|ps1)$|(?:^|\/)(?:Makefile|justfile)$/i;
const RUNS_IGNORED = /--(?:include-)?ignored\b|\brun_ignored\b|--run-ignored\b/;

/** A commit that says why it switched something off. */
export function tellsWhyOff(subject: string): boolean {
  return OFF.test(subject) && WHY.test(subject);
}

const OFF =
  /\b(?:skip\w*|disabl\w*|mut(?:e|ed|ing)|xfail|ignor\w*|switch\w* off|turn\w* off|comment\w* out|quarantin\w*|pending)\b/i;
const WHY =
  /\b(?:flak\w*|fail\w*|broken|break\w*|because|until|since|due to|for now|temporar\w*|hang\w*|slow|timeouts?|unstable|on (?:windows|ci|mac\w*|linux|node)|not (?:yet )?(?:supported|work\w*|implemented))\b/i;

/**
 * One finding for all tests that are switched off; it stands in the file with most of them, whole groups before single
 * ones. `all`: those of which only some are told.
 */
export function skippedTests(
  found: readonly LinesOf[],
  reader: TextReader,
  all: readonly LinesOf[] = found,
): readonly Detected[] {
  const sorted = found
    .map((one) => ({ one, weight: weightOf(one, reader) }))
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ one }) => one);
  if (sorted.length === 0) return [];
  const told = finding(sorted, reader);
  const left = countIn(all) - countIn(found);
  const text = `Not counted: ${countOf(left, 'other')} of lines younger than a year, with a reason in their commit, or in files that were not looked at.`;
  return [left > 0 ? { ...told, evidence: [...told.evidence, { source: 'tests-map', text }] } : told];
}

/** Tests in a group that is switched off as a whole, by guess. */
const IN_GROUP = 3;
const GROUP = /\b(?:x?describe|x?context|suite|class|pytestmark)\b/;

function weightOf({ path, lines }: LinesOf, reader: TextReader): number {
  const texts = (reader.text(path) ?? '').split('\n');
  return lines.reduce((sum, line) => sum + (GROUP.test(texts[line - 1] ?? '') ? IN_GROUP : 1), 0);
}

function countIn(all: readonly LinesOf[]): number {
  return all.reduce((sum, { lines }) => sum + lines.length, 0);
}

function skippedLines(path: string, text: string, pattern: RegExp): readonly number[] {
  const lines = text.split('\n').map((line) => line.trim());
  if (!lines.some((line) => pattern.test(line))) return [];
  const code = codeOnly(path, text).split('\n');
  if (IN_CLASS.test(path) && !code.some((line) => TEST_MARK.test(line))) return [];
  const found = lines.flatMap((line, index) =>
    pattern.test(line) &&
    isAlways(code, index) &&
    !isExplained(lines, index) &&
    !IN_NAME.test(nameAt(lines, index + 1)) &&
    !BY_HAND.test(nameAt(lines, index + 1)) &&
    !isMaterial(code, index) &&
    !isWithoutTests(path, code, index)
      ? [index + 1]
      : [],
  );
  // What stands at the head of a file holds for all of them.
  const isToldForAll = lines.some((line) => COMMENT.test(line) && FOR_ALL.test(line)) || FAULTS.test(aboveClass(lines));
  return found.length > 0 && isToldForAll ? [] : found;
}

/** It stands in no text, and under no condition: that runs for some and not for others. */
function isAlways(code: readonly string[], index: number): boolean {
  const own = code[index] ?? '';
  if (own.trim() === '') return false;
  const around = code
    .slice(0, index)
    .findLast((line) => line.trim() !== '' && indentOf(line) < indentOf(own) && !/^\s*[{)]+\s*$/.test(line));
  return !CONDITION.test(around ?? '');
}

const NESTED = /^\s+(?:[\w@]+\s+)*(?:class|object)\s+(\w+)/;

/** In a class of its own inside, which the test hands to something: `run(Sample.class)`. */
function isMaterial(code: readonly string[], index: number): boolean {
  const own = indentOf(code[index] ?? '');
  const around = code.slice(0, index).findLast((line) => NESTED.test(line) && indentOf(line) < own);
  const name = NESTED.exec(around ?? '')?.[1];
  if (name === undefined) return false;
  return code.some((line) => new RegExp(`\\b${name}(?:\\.class\\b|::class\\b)|typeof\\(${name}\\)`).test(line));
}

const CLASS_HEAD = /^\s*(?:[a-z]+\s+)*(?:class|interface|object)\s+\w/;

/** On a class that holds no test of its own, as a base of others. */
function isWithoutTests(path: string, code: readonly string[], index: number): boolean {
  if (!IN_CLASS.test(path)) return false;
  const head = code.findIndex((line, at) => at > index && !/^\s*(?:[@[]|$)/.test(line));
  if (head < 0 || !CLASS_HEAD.test(code[head] ?? '')) return false;
  const own = indentOf(code[head] ?? '');
  const end = code.findIndex((line, at) => at > head && /^\s*\}/.test(line) && indentOf(line) <= own);
  return !code.slice(head, end < 0 ? undefined : end).some((line) => TEST_MARK.test(line));
}

const CONDITION = /^\s*(?:\}\s*)?(?:if|else|elif|elsif|unless|switch|case|catch|except|match|foreach|for|while)\b/;

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** The comment of the first class. */
function aboveClass(lines: readonly string[]): string {
  const head = lines.slice(
    0,
    Math.max(
      0,
      lines.findIndex((line) => CLASS.test(line)),
    ),
  );
  while (head.length > 0 && MARK.test(head.at(-1) ?? '')) head.pop();
  return head.slice(head.findLastIndex((line) => !isComment(line)) + 1).join('\n');
}

/** Marks of a test, and what stands between them and its comment. */
const MARK = /^(?:@|\[|#\[|$)/;
const FOR_ALL = /disabled|switched off|@Ignore|@Disabled|by hand|manual(?:ly)?\b|not run|are skipped|remove the/i;
const INSIDE = 4;
const CLASS = /^(?:(?:public|internal|final|abstract|sealed|open|static)\s+)*class\s+\w/;
const FAULTS =
  /\b(?:do|does|did) not (?:pass|work|run)\b|\bfail(?:s|ing)?\b|https?:|#\d+|\b(?!UTF|ISO|SHA|HTTP|RFC)[A-Z]{2,}-\d{2,}\b/;
/** `testLang1593`, `test_issue_12`: the name is the reason; `testSkipped`: it is about such tests. */
const IN_NAME =
  /(?:[Ii]ssue|[Bb]ug|GH|gh|[Tt]icket|[Jj]ira)_?\d+|(?<![A-Z])(?!Sha|Utf|Iso|Aes|Rsa|Http|Status|Int|Float|Year|Max|Page|Size|Port)[A-Z][A-Za-z]+_?\d{3,}$|\b[A-Z]{2,}-\d{2,}|#\d+|[Ss]kip|[Pp]ending/;

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

function finding(found: readonly LinesOf[], reader: TextReader): Detected {
  const places = found.flatMap(({ path, lines }) => lines.map((line) => ({ path, line })));
  const { path: file, line } = places[0] ?? { path: '', line: 0 };
  const textsOf = (path: string): readonly string[] => (reader.text(path) ?? '').split('\n');
  const rest = places.length - MAX_PLACES;
  const it = places.length === 1 ? 'it' : 'them';
  return {
    kind: 'skipped-tests',
    severity: 'low',
    confidence: 0.85,
    title: titleOf(nameAt(textsOf(file), line), places.length - 1, found.length),
    file,
    line,
    anchor: 'tests that are switched off',
    evidence: [
      ...places.slice(0, MAX_PLACES).map((place) => ({
        source: 'tests-map',
        text: (textsOf(place.path)[place.line - 1] ?? '').trim().slice(0, 160),
        ref: `${place.path}:${place.line}`,
      })),
      ...(rest > 0 ? [{ source: 'tests-map', text: `And at ${countOf(rest, 'further place')}.` }] : []),
    ],
    fix: `Mend ${it} and switch ${it} on again, remove ${it}, or write beside ${it === 'it' ? it : 'each'} why it waits.`,
  };
}

/** `"adds" and 2 more in 2 files are switched off, and no comment says why` */
function titleOf(name: string, more: number, files: number): string {
  const where = files > 1 ? ` in ${files} files` : '';
  const rest = `${more > 0 ? ` and ${more} more${where} are` : ' is'} switched off, and no comment says why`;
  const room = MAX_TITLE - rest.length;
  if (name.length <= room) return `${name}${rest}`;
  const isQuoted = name.startsWith('"');
  return `${name.slice(0, room - (isQuoted ? 2 : 1)).trim()}…${isQuoted ? '"' : ''}${rest}`;
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
