import { codeLines, type CodeLine } from './code-lines.ts';
import type { Detected } from './detected.ts';
import { RISK_PATTERNS, type RiskPattern } from './risky-patterns.ts';

/** Languages that are searched line by line. */
export const RISKY_LANGUAGES: ReadonlySet<string> = new Set(Object.keys(RISK_PATTERNS));

/** A call may go on over so many lines. */
const MAX_CONTINUED = 8;
const MAX_STATEMENT = 700;
/** In one file: more of them are made, not written. */
const MAX_RISKS = 60;
/** Somebody has told a checker of the language to say nothing here: they know. */
const SILENCED = /#\s*nosec\b|#\s*noqa:[^\n]*\bS\d|\/\/\s*(?:nolint|#nosec|nosemgrep)|#\s*nosemgrep|rubocop:disable/i;

/** Dangerous statements of a language that is not parsed, by their looks; comments are left out. */
export function riskyLines(path: string, language: string, text: string): readonly Detected[] {
  const patterns = (RISK_PATTERNS[language] ?? []).filter(({ hint }) => text.includes(hint));
  if (patterns.length === 0) return [];
  const lines = codeLines(path, text);
  const risks: Detected[] = [];
  for (const [index, line] of lines.entries()) {
    const statement = statementAt(lines, index);
    const likely = patterns.filter(({ hint }) => statement.includes(hint));
    if (likely.length === 0 || SILENCED.test(statement)) continue;
    const found = likely.find((one) => fits(one, statement, line.text));
    if (found !== undefined) risks.push(detected(path, line, found, statement));
    if (risks.length >= MAX_RISKS) break;
  }
  return risks;
}

function fits({ pattern, not }: RiskPattern, statement: string, line: string): boolean {
  const match = pattern.exec(statement);
  // What begins on a later line is found there.
  return match !== null && match.index <= line.length && not?.test(statement) !== true;
}

/** The line with those after it that its open brackets reach to. */
function statementAt(lines: readonly CodeLine[], index: number): string {
  let statement = '';
  for (const { text } of lines.slice(index, index + MAX_CONTINUED)) {
    statement = statement === '' ? text : `${statement} ${text}`;
    if (statement.length > MAX_STATEMENT || openBrackets(statement) <= 0) break;
  }
  return statement.slice(0, MAX_STATEMENT);
}

function openBrackets(text: string): number {
  let open = 0;
  for (const sign of text) {
    if (sign === '(' || sign === '[') open += 1;
    else if (sign === ')' || sign === ']') open -= 1;
  }
  return open;
}

function detected(file: string, line: CodeLine, risk: RiskPattern, statement: string): Detected {
  const { kind, severity, confidence } = risk;
  const short = statement.length > 60 ? `${statement.slice(0, 57)}...` : statement;
  return {
    kind,
    severity,
    confidence,
    title: short,
    file,
    line: line.line,
    anchor: statement.slice(0, 400),
    evidence: [{ source: 'risky-code', text: statement.slice(0, 160), ref: `${file}:${line.line}` }],
  };
}
