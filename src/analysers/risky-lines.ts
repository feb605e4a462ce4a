import { codeLines, type CodeLine } from './code-lines.ts';
import type { Detected } from './detected.ts';
import { isSpokenOf, isUnderCondition } from './risky-around.ts';
import { isCleanedInScript } from './risky-bound.ts';
import { NEEDS_ORIGIN, UNSEEN_CONFIDENCE } from './risk-texts.ts';
import { RISK_PATTERNS, type RiskPattern } from './risky-patterns.ts';
import { asPattern } from './words.ts';

/** Languages that are searched line by line. */
export const RISKY_LANGUAGES: ReadonlySet<string> = new Set(Object.keys(RISK_PATTERNS));

/** A call may go on over so many lines. */
const MAX_CONTINUED = 8;
const MAX_STATEMENT = 700;
/** In one file: more of them are made, not written. */
const MAX_RISKS = 60;
/** Somebody has told a checker of the language to say nothing here: they know. */
const SILENCED =
  /#\s*nosec\b|#\s*noqa:[^\n]*\bS\d|\/\/\s*(?:nolint|#nosec|nosemgrep)|#\s*nosemgrep|rubocop:disable|pylint:\s*disable=(?:exec|eval)-used/i;

/** A condition may stand so many lines above. */
const MAX_CONDITION = 3;
const MAX_BRANCH = 40;
/** Statements that are compared with patterns in one file; more of them are made, not written. */
const MAX_COMPARED = 5_000;
/** What is put in cannot carry anything: numbers by their names. */
const NUMBER = /^(?:.*[._])?(?:pid|ppid|port|size|length|count|status|to_i|id)$|^\d+$|^Integer\(/;

/** Where the dangerous statements of a file are; `isCut` when there were too many to look at. */
export type RiskyLines = Readonly<{ risks: readonly Detected[]; isCut: boolean }>;

/** Dangerous statements of a language that is not parsed, by their looks; comments are left out. */
export function riskyLines(path: string, language: string, text: string): RiskyLines {
  const patterns = (RISK_PATTERNS[language] ?? []).filter(({ hint }) => text.includes(hint));
  if (patterns.length === 0) return { risks: [], isCut: false };
  const lines = codeLines(path, text);
  const isNear = nearHints(lines, patterns);
  const risks: Detected[] = [];
  let compared = 0;
  for (const [index, line] of lines.entries()) {
    if (isNear[index] !== 1) continue;
    const statement = statementAt(lines, index);
    const likely = patterns.filter(({ hint }) => statement.includes(hint));
    if (likely.length === 0 || SILENCED.test(statement)) continue;
    compared += 1;
    if (risks.length >= MAX_RISKS || compared > MAX_COMPARED) return { risks, isCut: true };
    const found = likely.find((one) => fits(one, statement, { line: line.text, text }));
    if (found === undefined || isMeant(found, lines, { index, text, statement })) continue;
    risks.push(detected(path, line, found, { statement, text }));
  }
  return { risks, isCut: false };
}

/** 1 for each line from which a statement may reach a line with a hint. */
function nearHints(lines: readonly CodeLine[], patterns: readonly RiskPattern[]): Uint8Array {
  const hints = [...new Set(patterns.map(({ hint }) => hint))];
  const isNear = new Uint8Array(lines.length);
  for (const [index, { text }] of lines.entries()) {
    // A hint may stand on two lines that are put together: its first part is enough.
    if (hints.some((hint) => text.includes(hint.split(' ')[0] ?? hint)))
      isNear.fill(1, Math.max(0, index - MAX_CONTINUED), index + 1);
  }
  return isNear;
}

type Stated = Readonly<{ text: string; statement: string }>;
type Found = Stated & Readonly<{ index: number }>;

/** What whoever calls it asks for, what the script cleans, and code that is there to run code. */
function isMeant({ kind }: RiskPattern, lines: readonly CodeLine[], { index, text, statement }: Found): boolean {
  const at = (lines[index]?.line ?? 1) - 1;
  if (kind === 'tls-check-off') return isAskedFor(lines, index) || isUnderCondition(text.split('\n'), at);
  if (kind === 'html-from-variable') return isCleanedInScript(statement, text);
  return kind === 'eval-of-variable' && isSpokenOf(/\beval(?:ed)?\b/i, text.split('\n'), at);
}

const ASKED =
  /\b(?:if|elif|elsif|unless|when)\b.*(?:verif|valid|insecure|self_?signed|trust|check)|\bdef \w*verif\w*\(/i;

/** `if not request.validate_cert:`, a few lines above, or long before an `else`: whoever calls it has chosen. */
function isAskedFor(lines: readonly CodeLine[], index: number): boolean {
  const near = lines.slice(Math.max(0, index - MAX_CONDITION), index + 1);
  const reach = near.some(({ text }) => /^(?:\} )?else\b/.test(text)) ? MAX_BRANCH : MAX_CONDITION;
  return lines.slice(Math.max(0, index - reach), index + 1).some(({ text }) => ASKED.test(text));
}

type Around = Readonly<{ line: string; text: string }>;

function fits(
  { pattern, not, kind, isNamed, isRunLater }: RiskPattern,
  statement: string,
  { line, text }: Around,
): boolean {
  const match = pattern.exec(statement);
  // What begins on a later line is found there.
  if (match === null || match.index > line.length || not?.test(statement) === true) return false;
  if (isRunLater === true) return isRun(match.groups?.['name'] ?? '', text);
  if (isNamed === true) return isPutTogether(match.groups?.['name'] ?? '', text);
  return kind !== 'shell-string' || !holdsNumbersOnly(statement.slice(match.index));
}

/** `name = "... #{x}"`, or a method that is nothing but such a text. */
function isPutTogether(name: string, text: string): boolean {
  return new RegExp(`(?:^[ \\t]*|\\s)(?:def ${name}(?:\\(\\))?\\n\\s*|${name} *(?:\\|\\|)?= *)"[^"\\n]*#\\{`, 'm').test(
    text,
  );
}

/** `execute(name)`, in a file where values of requests are near: else it would be one question more. */
function isRun(name: string, text: string): boolean {
  const run = new RegExp(
    `(?:query|execute|exec|raw|prepare)\\w*\\(\\s*(?:\\$\\w+\\s*,\\s*)?${asPattern(name)}(?!\\w)`,
    'i',
  );
  return ABOUT_REQUESTS.test(text) && run.test(text);
}

/** `kill #{pid}`: no text can come in. */
function holdsNumbersOnly(statement: string): boolean {
  const holes = [...statement.matchAll(/#\{([^}]*)\}/g)].map(([, value = '']) => value.trim());
  return holes.length > 0 && holes.every((value) => NUMBER.test(value));
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

/** Words of a request: in a file without one nobody else's values are seen. */
const ABOUT_REQUESTS =
  /\$_(?:GET|POST|REQUEST|COOKIE|SERVER)\b|\bparams\b|\brequest\b|\bRequest\b|\br\.(?:URL|Form|Header|Body)|\bc\.(?:Param|Query)|\broute\.(?:query|params)\b|\blocation\.|QueryParam|RequestParam|PathVariable|@\w+\.(?:route|get|post)\(/;

function detected(file: string, line: CodeLine, risk: RiskPattern, { statement, text }: Stated): Detected {
  const { kind } = risk;
  const isNear = !NEEDS_ORIGIN.has(kind) || ABOUT_REQUESTS.test(statement);
  const isLikely = isNear || ABOUT_REQUESTS.test(text);
  const confidence = isLikely ? risk.confidence : UNSEEN_CONFIDENCE;
  const lesser = isLikely ? 'medium' : 'low';
  const severity = isNear ? risk.severity : lesser;
  const ref = `${file}:${line.line}`;
  const short = statement.length > 60 ? `${statement.slice(0, 57)}...` : statement;
  return {
    kind,
    severity,
    confidence,
    title: short,
    file,
    line: line.line,
    anchor: statement.slice(0, 400),
    evidence: [{ source: 'risky-code', text: statement.slice(0, 160), ref }],
  };
}
