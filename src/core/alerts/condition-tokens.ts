export type Sign = '>' | '>=' | '<' | '<=' | '==' | '!=' | '&&' | '||' | '!' | '(' | ')' | ',' | '+' | '-' | '*' | '/';

/** `at`: characters from the start of the text. */
export type Token =
  | Readonly<{ kind: 'sign'; sign: Sign; at: number; end: number }>
  | Readonly<{ kind: 'number'; value: number; at: number; end: number }>
  | Readonly<{ kind: 'name'; name: string; at: number; end: number }>
  /** In quotes: only a length of time may be. */
  | Readonly<{ kind: 'text'; text: string; at: number; end: number }>
  | Readonly<{ kind: 'end'; at: number; end: number }>
  | Readonly<{ kind: 'invalid'; message: string; at: number; end: number }>;

const SIGNS: ReadonlyMap<string, Sign> = new Map(
  (['==', '!=', '>=', '<=', '&&', '||', '>', '<', '!', '(', ')', ',', '+', '-', '*', '/'] as const).map((sign) => [
    sign,
    sign,
  ]),
);
const SPACE = /[ \t\r\n]*/y;
const SIGN = /==|!=|>=|<=|&&|\|\||[<>!(),+*/-]/y;
const NUMBER = /\d{1,15}(?:\.\d{1,15})?/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const TEXT = /"[^"\r\n]{0,64}"/y;
/** A word that goes on right after a token shows that something else was meant: `3a`, `x.y`. */
const GLUED = /[A-Za-z0-9_.[{"'\\]/y;

/** The token that starts at or after `from`, spaces left out. */
export function nextToken(text: string, from: number): Token {
  const at = from + match(SPACE, text, from).length;
  if (at >= text.length) return { kind: 'end', at, end: at };
  const sign = SIGNS.get(match(SIGN, text, at));
  if (sign !== undefined) return { kind: 'sign', sign, at, end: at + sign.length };
  const word = readWord(text, at);
  const isGlued = word.kind !== 'invalid' && match(GLUED, text, word.end) !== '';
  return isGlued
    ? { kind: 'invalid', message: `${quoted(text, word.end)} is not expected here.`, at: word.end, end: word.end }
    : word;
}

function readWord(text: string, at: number): Token {
  const figure = match(NUMBER, text, at);
  if (figure !== '') return { kind: 'number', value: Number(figure), at, end: at + figure.length };
  const name = match(NAME, text, at);
  if (name !== '') return { kind: 'name', name, at, end: at + name.length };
  const inQuotes = match(TEXT, text, at);
  if (inQuotes !== '') return { kind: 'text', text: inQuotes.slice(1, -1), at, end: at + inQuotes.length };
  return { kind: 'invalid', message: explain(text, at), at, end: at };
}

function explain(text: string, at: number): string {
  const sign = text.charAt(at);
  if (sign === '=') return 'a single "=" is not known: write "==" to compare.';
  if (sign === '&' || sign === '|') return `a single "${sign}" is not known: write "${sign}${sign}".`;
  if (sign === '"' || sign === "'") return 'texts are not known; a length of time stands in double quotes: "5m".';
  return `${quoted(text, at)} is not part of the language.`;
}

function quoted(text: string, at: number): string {
  return JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0xfffd));
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
