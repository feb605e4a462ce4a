import type { FileEntry, ParsedFile } from './data.ts';
import type { Detected } from './detected.ts';
import type { TextReader } from './read-text.ts';
import { countOf } from './words.ts';

const MAX_FINDINGS = 25;
const MAX_PLACES = 4;

/** Tests that are switched off without a word, in languages that are not parsed. Texts between quotes are reasons. */
const PATTERNS: Readonly<Record<string, RegExp>> = {
  Python:
    /^@(?:pytest\.mark\.skip|unittest\.skip|skip|mark\.skip)(?:\(\s*\))?$|^pytestmark\s*=\s*pytest\.mark\.skip(?:\(\s*\))?$/,
  Go: /^t\.Skip(?:Now)?\(\s*\)$/,
  Ruby: /^x(?:it|describe|context|specify|scenario)\b.*\bdo$/,
  Java: /^@(?:Disabled|Ignore)(?:\(\s*\))?$/,
  Kotlin: /^@(?:Disabled|Ignore)(?:\(\s*\))?$/,
  'C#': /^\[Ignore(?:\(\s*\))?\]$/,
  Rust: /^#\[ignore\]$/,
  PHP: /^\$this->markTestSkipped\(\s*\);$/,
};
const COMMENT = /^(?:#(?!\[)|\/\/|\/?\*|--)|(?:\s#|\/\/)\s/;

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
    .toSorted((a, b) => b.lines.length - a.lines.length)
    .slice(0, MAX_FINDINGS)
    .map(({ path, lines }) => finding(path, lines, reader));
}

function skippedLines(text: string, pattern: RegExp): readonly number[] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.flatMap((line, index) => {
    const isExplained = COMMENT.test(lines[index - 1] ?? '') || COMMENT.test(lines[index + 1] ?? '');
    return pattern.test(line) && !isExplained ? [index + 1] : [];
  });
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
    title: `${isOne ? 'A test or group of tests is' : `${lines.length} tests or groups of tests are`} switched off, and nothing says why`,
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
