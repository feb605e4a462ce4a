export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=' | '&&' | '||' | '!' | '(' | ')' | ',';

/** `at`: characters from the start of the text. */
export type Token =
  | Readonly<{ kind: 'operator'; operator: Operator; at: number; end: number }>
  | Readonly<{ kind: 'text'; value: string; at: number; end: number }>
  | Readonly<{ kind: 'number'; value: number; at: number; end: number }>
  /** A name with its dots: `inputs.version`, `true`, `contains`. */
  | Readonly<{ kind: 'name'; name: string; at: number; end: number }>
  | Readonly<{ kind: 'end'; at: number; end: number }>
  | Readonly<{ kind: 'invalid'; message: string; at: number; end: number }>;

const SPACE = /[ \t\r\n]*/y;
const OPERATOR = /==|!=|<=|>=|&&|\|\||[<>!(),]/y;
/** The quote is doubled inside: `'it''s'`. */
const TEXT = /'(?:[^'\r\n]|'')*'|"(?:[^"\r\n]|"")*"/y;
const NUMBER = /-?\d{1,15}(?:\.\d{1,15})?/y;
const NAME = /[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_][A-Za-z0-9_-]*)*/y;
/** A word that goes on after a token shows that the token was meant as something else: `3a`, `a.`, `'x'y`. */
const GLUED = /[A-Za-z0-9_.'"]/y;

const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  (['==', '!=', '<', '<=', '>', '>=', '&&', '||', '!', '(', ')', ','] as const).map((text) => [text, text]),
);

/** The token that starts at or after `from`, spaces left out. */
export function nextToken(text: string, from: number): Token {
  const at = from + match(SPACE, text, from).length;
  if (at >= text.length) return { kind: 'end', at, end: at };
  const operator = OPERATORS.get(match(OPERATOR, text, at));
  if (operator !== undefined) return { kind: 'operator', operator, at, end: at + operator.length };
  const word = readWord(text, at);
  if (word.kind !== 'invalid' && match(GLUED, text, word.end) !== '') {
    return { kind: 'invalid', message: `${quoted(text, word.end)} is not expected here.`, at: word.end, end: word.end };
  }
  return word;
}

function readWord(text: string, at: number): Token {
  const quotedText = match(TEXT, text, at);
  if (quotedText !== '') {
    const quote = quotedText.charAt(0);
    const value = quotedText.slice(1, -1).replaceAll(quote + quote, quote);
    return { kind: 'text', value, at, end: at + quotedText.length };
  }
  const figure = match(NUMBER, text, at);
  if (figure !== '') return { kind: 'number', value: Number(figure), at, end: at + figure.length };
  const name = match(NAME, text, at);
  if (name !== '') return { kind: 'name', name, at, end: at + name.length };
  return { kind: 'invalid', message: explain(text, at), at, end: at };
}

function explain(text: string, at: number): string {
  const sign = text.charAt(at);
  if (sign === "'" || sign === '"') return 'this text has no closing quote.';
  if (sign === '=') return 'a single "=" is not known: write "==" to compare.';
  if (sign === '&' || sign === '|') return `a single "${sign}" is not known: write "${sign}${sign}".`;
  return `${quoted(text, at)} is not part of the language.`;
}

function quoted(text: string, at: number): string {
  return JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0xfffd));
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
