import { asPattern } from './words.ts';

const BOUND = /(?:\sv-html="|\{@html\s+|\sset:html=\{)([^"}]+)/g;
const CLEANS = /^(?:await\s+)?[\w$.]*(?:saniti[sz]e|purify|(?<!un)escape|highlight)[\w$.]*\(/i;
const TEXT = /^(?:"[^"]*"|'[^']*'|`[^`$]*`|null|undefined|\d+)?$/;
const GOES_ON = /^\s*[.?:+&|]/;
/** Longer ones are not read. */
const MAX_EXPRESSION = 2_000;

/** Whether the script of the same file cleans all that an element of the statement takes as HTML. */
export function isCleanedInScript(statement: string, text: string): boolean {
  const bound = [...statement.matchAll(BOUND)].map(([, value = '']) => value.trim());
  return bound.length > 0 && bound.every((value) => isCleaned(value, text));
}

/** `name`, `name.value` or `name(...)`. */
function isCleaned(value: string, text: string): boolean {
  const name = /^(?:this\.)?([\w$]+)(?:\.value)?(?:\(.*\))?$/.exec(value)?.[1];
  if (name === undefined) return false;
  const answers = [...bodies(name, text), ...values(name, text)];
  return answers.length > 0 && answers.every(isSafe);
}

/** What the functions of that name give: `name() {`, `name: function () {`. */
function bodies(name: string, text: string): readonly string[] {
  const head = new RegExp(
    `^[ \\t]*(?:export )?(?:async )?(?:function )?${asPattern(name)}(?:: (?:async )?function\\b)? ?\\([^)\\n]*\\)[^{};=\\n]*\\{`,
    'gm',
  );
  return [...text.matchAll(head)].flatMap((match) => returned(expressionAt(text, match.index + match[0].length - 1)));
}

/** What the name is set to: a value, or a function that computes it. */
function values(name: string, text: string): readonly string[] {
  const set = new RegExp(`(?<![\\w$.])(?:this\\.)?${asPattern(name)}(?:\\.value)?(?:: [\\w<>]+)? =(?![=>])\\s*`, 'g');
  return [...text.matchAll(set)].flatMap((match) => {
    const given = expressionAt(text, match.index + match[0].length);
    const arrow = /^(?:computed(?:<\w+>)?\()?\s*(?:async )?(?:\([^()]*\)|\w+)(?:: \w+)? =>\s*/.exec(given);
    if (arrow === null) return [given];
    const body = given.slice(arrow[0].length);
    return body.startsWith('{') ? returned(body) : [expressionAt(body, 0)];
  });
}

/** No answer at all is none that could be judged. */
function returned(body: string): readonly string[] {
  const answers = [...body.matchAll(/\breturn\b[ \t]*/g)];
  return answers.length === 0 ? ['?'] : answers.map((one) => expressionAt(body, one.index + one[0].length));
}

function isSafe(answer: string): boolean {
  const whole = answer.trim();
  if (TEXT.test(whole) || (CLEANS.test(whole) && isOneCall(whole))) return true;
  const choice = / \? (.+) : (.+)$/s.exec(whole) ?? /^(.+) (?:\|\||\?\?) (.+)$/s.exec(whole);
  return choice !== null && choice.slice(1).every(isSafe);
}

/** Its first bracket ends with it. */
function isOneCall(code: string): boolean {
  const open = code.indexOf('(');
  return expressionAt(code, open + 1).length === code.length - open - 2;
}

/** Code up to the end of the statement, or to the bracket that closes what it stands in. */
function expressionAt(text: string, from: number): string {
  let depth = 0;
  for (let at = from; at < Math.min(text.length, from + MAX_EXPRESSION); at += 1) {
    const sign = text[at] ?? '';
    if (/["'`]/.test(sign)) at = Math.max(at, text.indexOf(sign, at + 1));
    else if (/[([{]/.test(sign)) depth += 1;
    else if (/[)\]}]/.test(sign)) depth -= 1;
    const isEnd = depth === 0 && (sign === ';' || (sign === '\n' && !GOES_ON.test(text.slice(at + 1, at + 80))));
    if (depth < 0 || isEnd) return text.slice(from, at);
  }
  return text.slice(from, from + MAX_EXPRESSION);
}
