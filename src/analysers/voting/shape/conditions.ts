import { approve, type Opinion, reject } from '../opinion.ts';
import type { TokenList } from './tokens.ts';

/** A second look at one kind of finding, from its line on, by the words and signs that stand there. */
export type TokenLook = (tokens: TokenList, line: number) => Opinion;

/** Lines that an expression may go on for. */
const REACH = 25;
const NOT_THERE = 'Read word by word, the line does not say so.';

const EQUALS = new Set(['===', '!==', '==', '!=']);
const TYPES = new Set([
  'undefined',
  'object',
  'boolean',
  'number',
  'string',
  'function',
  'symbol',
  'bigint',
  'unknown',
]);
/** An operand may begin after these, and end before those. */
const BEFORE = new Set([
  '(',
  '[',
  '{',
  ',',
  ';',
  '=',
  '=>',
  '?',
  ':',
  '&&',
  '||',
  '??',
  'return',
  'if',
  'while',
  'in',
  '}',
]);
const AFTER = new Set([')', ']', '}', ',', ';', '?', ':', '&&', '||', '??', '']);

const near = (tokens: TokenList, line: number): readonly number[] => tokens.between(line, line + REACH);

export const comparesWithNan: TokenLook = (tokens, line) => {
  const at = near(tokens, line).find(
    (index) =>
      tokens.text(index) === 'NaN' && (EQUALS.has(tokens.text(index - 1)) || EQUALS.has(tokens.text(index + 1))),
  );
  if (at === undefined) return reject(NOT_THERE);
  const isOwn = tokens.all.some(
    ({ text }, index) => text === 'NaN' && /^(?:const|let|var)$/.test(tokens.text(index - 1)),
  );
  if (isOwn) return reject('The file has a variable of its own that is called NaN.');
  return approve(`"${tokens.show(at - 1, at + 2)}" stands in line ${tokens.line(at)}: it is never true.`);
};

export const unknownTypeof: TokenLook = (tokens, line) => {
  for (const index of near(tokens, line)) {
    if (tokens.text(index) !== 'typeof') continue;
    const equals = [2, 3, 4, 5, 6, 8].map((step) => index + step).find((at) => EQUALS.has(tokens.text(at)));
    const word = equals === undefined ? '' : tokens.text(equals + 1).slice(1, -1);
    if (equals === undefined || tokens.all[equals + 1]?.kind !== 'string' || TYPES.has(word)) continue;
    return approve(`typeof is compared with "${word}", which is none of the 8 words that it gives.`);
  }
  return reject(NOT_THERE);
};

/** `if (a = b)`. What is called and used in the branch is the usual way to keep an answer. */
export const assignsInCondition: TokenLook = (tokens, line) => {
  for (const index of near(tokens, line - 3)) {
    if (tokens.text(index) !== 'if' || tokens.text(index + 1) !== '(') continue;
    const end = tokens.end(index + 1);
    const equals = range(index + 2, end).find((at) => tokens.text(at) === '=' && tokens.around(at) === index + 1);
    if (equals === undefined || tokens.line(equals) < line) continue;
    const value = tokens.slice(equals + 1, end);
    const name = tokens.text(equals - 1);
    const isUsed = range(end, end + 120).some((at) => tokens.text(at) === name);
    if (/[([]/.test(value) && isUsed) {
      return reject(`It keeps what "${value.slice(0, 40)}" gives and uses it in the branch: assigning is meant.`);
    }
    return approve(`One "=" stands between "${name}" and "${value.slice(0, 40)}" in the brackets of the if.`);
  }
  return reject(NOT_THERE);
};

export const constantCondition: TokenLook = (tokens, line) => {
  const at = near(tokens, line - 2).find(
    (index) =>
      /^(?:if|while)$/.test(tokens.text(index)) && tokens.line(index + 2) >= line && isFixed(tokens, index + 2),
  );
  if (at === undefined) return reject(NOT_THERE);
  return approve(`Nothing but "${tokens.text(at + 2)}" stands in the brackets of the ${tokens.text(at)}.`);
};

/** What begins at `index`, right after the bracket, is the same every time. */
function isFixed(tokens: TokenList, index: number): boolean {
  const { text, kind } = tokens.all[index] ?? { text: '', kind: 'sign' };
  if (tokens.text(index - 1) !== '(') return false;
  if (text === '{' || text === '[' || tokens.slice(index, index + 3) === '( ) =>') return true;
  const isLiteral = /^(?:true|false|null)$/.test(text) || kind === 'number' || kind === 'string';
  return isLiteral && tokens.text(index + 1) === ')';
}

/** Conditions of one `if … else if` chain, upwards from the line. */
export const repeatedCondition: TokenLook = (tokens, line) => {
  for (const index of near(tokens, line - 2)) {
    if (tokens.text(index) !== 'if' || tokens.text(index + 1) !== '(' || tokens.line(tokens.end(index + 1)) < line)
      continue;
    const own = tokens.slice(index + 2, tokens.end(index + 1));
    const earlier = chainBefore(tokens, index).find((at) => tokens.slice(at + 2, tokens.end(at + 1)) === own);
    if (earlier !== undefined) {
      return approve(`Lines ${tokens.line(earlier)} and ${tokens.line(index)} of one chain ask "${own.slice(0, 60)}".`);
    }
  }
  return reject('No earlier branch of the chain asks the same, word by word.');
};

function chainBefore(tokens: TokenList, from: number): readonly number[] {
  const around = tokens.around(from);
  const found: number[] = [];
  for (let at = from - 1; at >= 0 && at !== around; at -= 1) {
    if (tokens.around(at) !== around) continue;
    const text = tokens.text(at);
    if (text === 'if' && tokens.text(at + 1) === '(') {
      found.push(at);
      if (tokens.text(at - 1) !== 'else') return found;
    }
  }
  return found;
}

export const sameBranches: TokenLook = (tokens, line) => {
  for (const index of near(tokens, line)) {
    if (tokens.text(index) !== '?') continue;
    const colon = otherSide(tokens, index);
    if (colon === undefined) continue;
    const [yes, no] = [tokens.slice(index + 1, colon), tokens.slice(colon + 1, colon + (colon - index))];
    if (yes === no && isEnd(tokens, colon + (colon - index))) {
      return approve(`Both sides of the "?" in line ${tokens.line(index)} are "${yes.slice(0, 60)}".`);
    }
  }
  return reject('Word by word, the two sides differ.');
};

/** The `:` that belongs to a `?`. */
function otherSide(tokens: TokenList, question: number): number | undefined {
  let open = 0;
  const around = tokens.around(question);
  for (let at = question + 1; at < Math.min(tokens.all.length, question + 400); at += 1) {
    if (tokens.around(at) !== around) continue;
    if (tokens.text(at) === '?') open += 1;
    if (tokens.text(at) !== ':') continue;
    if (open === 0) return at;
    open -= 1;
  }
  return undefined;
}

export const negatesLeftSide: TokenLook = (tokens, line) => {
  for (const index of near(tokens, line)) {
    if (tokens.text(index) !== '!' || tokens.text(index + 1) === '(' || tokens.text(index + 1) === '!') continue;
    const operator = [2, 4, 6].map((step) => index + step).find((at) => /^(?:in|instanceof)$/.test(tokens.text(at)));
    if (operator === undefined) continue;
    return approve(
      `"${tokens.show(index, operator + 2)}": the "!" stands at the left side alone, no bracket around both.`,
    );
  }
  return reject('A bracket holds both sides, or nothing is negated.');
};

/** `a.b < a.b`; `a.b !== a.b` is the old question for NaN. */
export const comparesWithItself: TokenLook = (tokens, line) => {
  const operators = new Set([...EQUALS, '<', '>', '<=', '>=']);
  const found = sameAround(tokens, line, operators);
  if (found === undefined) return reject('Word by word, the two sides differ.');
  if (/^!==?$/.test(tokens.text(found.at))) return reject('A value that differs from itself is NaN: this asks for it.');
  return approve(`"${found.side}" stands on both sides of "${tokens.text(found.at)}".`);
};

export const sameOperands: TokenLook = (tokens, line) => {
  const found = sameAround(tokens, line, new Set(['&&', '||', '??']));
  if (found === undefined) return reject('Word by word, the two sides differ.');
  return approve(`"${found.side}" stands on both sides of "${tokens.text(found.at)}".`);
};

function sameAround(
  tokens: TokenList,
  line: number,
  operators: ReadonlySet<string>,
): Readonly<{ at: number; side: string }> | undefined {
  for (const at of near(tokens, line).filter((index) => operators.has(tokens.text(index)))) {
    for (let size = 1; size <= 60 && size <= at; size += 1) {
      const [left, right] = [tokens.slice(at - size, at), tokens.slice(at + 1, at + 1 + size)];
      const isWhole = isStart(tokens, at - size) && isEnd(tokens, at + 1 + size);
      if (left === right && isWhole) return { at, side: left.slice(0, 60) };
    }
  }
  return undefined;
}

/** An operand begins at `index`: what stands before it belongs to something else. */
function isStart(tokens: TokenList, index: number): boolean {
  return index === 0 || BEFORE.has(tokens.text(index - 1)) || tokens.line(index - 1) < tokens.line(index);
}

function isEnd(tokens: TokenList, index: number): boolean {
  const next = tokens.text(index);
  return (
    AFTER.has(next) || (tokens.line(index) > tokens.line(index - 1) && !/^(?:[.?]|\?\.|[-+*/%<>=!&|^]=*)/.test(next))
  );
}

export function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}
