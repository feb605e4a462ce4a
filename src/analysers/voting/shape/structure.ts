import { countOf } from '../../words.ts';
import { abstain, approve, type Opinion, reject } from '../opinion.ts';
import { range, type TokenLook } from './conditions.ts';
import type { TokenList } from './tokens.ts';

/** Brackets around a line that are looked through; nobody writes more. */
const MAX_OUTER = 20;

/** Braces that hold the line, or open in it or soon after. */
function bracesAt(tokens: TokenList, line: number): readonly number[] {
  const [first = 0, ...rest] = tokens.between(line, line + 1);
  const outer: number[] = [];
  for (let at = tokens.around(first); at !== undefined && outer.length < MAX_OUTER; at = tokens.around(at))
    outer.push(at);
  return [...outer, first, ...rest].filter((index) => tokens.text(index) === '{');
}

export const duplicateKey: TokenLook = (tokens, line) => {
  for (const open of bracesAt(tokens, line)) {
    const keys = keysOf(tokens, open);
    const seen = new Map<string, number>();
    for (const { name, at } of keys) {
      const earlier = seen.get(name);
      seen.set(name, at);
      if (earlier === undefined || tokens.line(at) !== line) continue;
      const hasSpread = range(earlier, at).some(
        (index) => tokens.text(index) === '...' && tokens.around(index) === open,
      );
      if (hasSpread) return reject(`Between the two "${name}" another object is spread, which may set it too.`);
      return approve(`Key "${name}" stands in lines ${tokens.line(earlier)} and ${tokens.line(at)} of one object.`);
    }
  }
  return reject('Word by word, no key of the object stands twice.');
};

function keysOf(tokens: TokenList, open: number): readonly Readonly<{ name: string; at: number }>[] {
  return range(open + 1, tokens.end(open)).flatMap((at) => {
    const before = tokens.text(at - 1);
    const isFirst = tokens.around(at) === open && (before === ',' || at === open + 1);
    const after = tokens.text(at + 1);
    if (!isFirst || !(after === ':' || after === '(' || after === ',' || after === '}')) return [];
    const { text, kind } = tokens.all[at] ?? { text: '', kind: 'sign' };
    if (kind === 'sign') return [];
    return [{ name: kind === 'string' ? text.slice(1, -1) : text, at }];
  });
}

export const duplicateCase: TokenLook = (tokens, line) => {
  for (const open of bracesAt(tokens, line)) {
    const seen = new Map<string, number>();
    for (const at of range(open + 1, tokens.end(open))) {
      if (tokens.text(at) !== 'case' || tokens.around(at) !== open) continue;
      const colon = range(at + 1, at + 80).find((index) => tokens.text(index) === ':' && tokens.around(index) === open);
      const test = tokens.slice(at + 1, colon ?? at + 1);
      const earlier = seen.get(test);
      if (earlier !== undefined && tokens.line(at) >= line - 1) {
        return approve(`"case ${test}" stands in lines ${tokens.line(earlier)} and ${tokens.line(at)} of one switch.`);
      }
      seen.set(test, at);
    }
  }
  return reject('Word by word, no case of the switch stands twice.');
};

const ENDS = /^(?:return|throw|break|continue)$/;

export const unreachableCode: TokenLook = (tokens, line) => {
  for (const at of tokens.between(line, line)) {
    const end = endBefore(tokens, at);
    if (end === undefined) continue;
    const dead = tokens.text(at);
    if (/^(?:return|break|continue)$/.test(dead) && tokens.text(end) === 'throw') {
      return reject(`Only "${dead}" stands after the throw: taking it out changes nothing.`);
    }
    const text = tokens.show(at, at + 6);
    return approve(`"${tokens.text(end)}" in line ${tokens.line(end)} ends the block, and "${text}" comes after it.`);
  }
  return reject('Word by word, no return, throw, break or continue stands right before it.');
};

/** The statement right before `at`, when it is one that ends its block. */
function endBefore(tokens: TokenList, at: number): number | undefined {
  const around = tokens.around(at);
  let previous = at - 1;
  const hasEnd = tokens.text(previous) === ';' || tokens.line(previous) < tokens.line(at);
  if (!hasEnd || previous === around) return undefined;
  if (tokens.text(previous) === ';') previous -= 1;
  for (let index = previous; index >= 0 && index !== around && index > at - 2_000; index -= 1) {
    if (tokens.around(index) !== around) continue;
    if (ENDS.test(tokens.text(index))) return isUnconditional(tokens, index) ? index : undefined;
    if (tokens.text(index) === ';') return undefined;
  }
  return undefined;
}

function isUnconditional(tokens: TokenList, index: number): boolean {
  const before = tokens.text(index - 1);
  if (before === 'else' || before === 'do' || before === '=>') return false;
  if (before !== ')') return true;
  const open = range(0, index).findLast((at) => tokens.text(at) === '(' && tokens.end(at) === index - 1) ?? 0;
  return !/^(?:if|for|while|with|await)$/.test(tokens.text(open - 1));
}

/** Cleaning up and asking whether something is there: a failure is an answer, not an error. */
const MAY_FAIL =
  /^(?:unlink|unlinkSync|rm|rmSync|rmdir|rmdirSync|close|closeSync|destroy|kill|abort|cancel|disconnect|unsubscribe|removeItem|setItem|getItem|revokeObjectURL|releasePointerCapture|releaseLock|focus|require|resolve|access|accessSync|stat|statSync|lstatSync|mkdir|mkdirSync|import|readFile|readFileSync|readlink|readlinkSync|realpath|realpathSync|URL|decodeURI|decodeURIComponent)$/;
/** What such a try does besides is lost all the same. */
const MATTERS = /^(?:parse|send\w*|save\w*|write\w*|commit|insert|update|publish|post|put|apply)$/;

export const emptyCatch: TokenLook = (tokens, line) => {
  const at = tokens.between(line, line + 2).find((index) => tokens.text(index) === 'catch');
  if (at === undefined) return reject('Word by word, no catch stands there.');
  const open = range(at, at + 8).find((index) => tokens.text(index) === '{');
  if (open === undefined || tokens.end(open) !== open + 1) return reject('Something stands in the block of the catch.');
  const body = tryBefore(tokens, at);
  if (body === undefined) return abstain('The try that belongs to it could not be found.');
  return judgeTry(tokens, body, open + 2);
};

/** The throw, the try around it and the catch after that, by their brackets. */
export const throwSwallowed: TokenLook = (tokens, line) => {
  const at = tokens.between(line, line).find((index) => tokens.text(index) === 'throw');
  if (at === undefined) return reject('Word by word, nothing is thrown there.');
  const open = tryAround(tokens, at);
  if (open === undefined) return reject('No try stands right around the throw.');
  const first = tokens.end(open) + 1;
  const body = range(first, first + 7).find((index) => tokens.text(index) === '{');
  const isEmpty = body !== undefined && tokens.text(first) === 'catch' && tokens.end(body) === body + 1;
  if (!isEmpty) return reject('The catch after it does something.');
  return approve(`The catch in line ${tokens.line(body)} is empty: what is thrown in line ${line} ends there.`);
};

/** The bracket of the nearest try, without a function between. */
function tryAround(tokens: TokenList, at: number): number | undefined {
  for (let open = tokens.around(at); open !== undefined; open = tokens.around(open)) {
    const before = tokens.text(open - 1);
    if (tokens.text(open) === '{' && before === 'try') return open;
    if (/^(?:=>|finally)$/.test(before) || (before === ')' && isFunctionHead(tokens, open - 1))) return undefined;
  }
  return undefined;
}

/** Whether the bracket that closes there holds the parameters of a function, not a condition. */
function isFunctionHead(tokens: TokenList, close: number): boolean {
  const open = range(Math.max(0, close - 400), close).findLast(
    (at) => tokens.text(at) === '(' && tokens.end(at) === close,
  );
  return open === undefined || !/^(?:if|for|while|switch|with|catch)$/.test(tokens.text(open - 1));
}

function tryBefore(tokens: TokenList, at: number): Readonly<{ from: number; to: number }> | undefined {
  const open = range(Math.max(0, at - 4_000), at).findLast(
    (index) => tokens.text(index) === '{' && tokens.end(index) === at - 1 && tokens.text(index - 1) === 'try',
  );
  return open === undefined ? undefined : { from: open + 1, to: at - 1 };
}

/** Words before a bracket that are not called. */
const NO_CALL = /^(?:if|for|while|switch|catch|function|await|return|typeof|new|async|super)$/;
const MAX_NAMED = 3;

function judgeTry(tokens: TokenList, { from, to }: Readonly<{ from: number; to: number }>, next: number): Opinion {
  const inside = range(from, to);
  const calls = inside.filter((index) => tokens.text(index + 1) === '(' && tokens.all[index]?.kind === 'word');
  const harmless = calls.find((index) => MAY_FAIL.test(tokens.text(index)));
  const isProbe = calls.length <= 3 && !calls.some((index) => MATTERS.test(tokens.text(index)));
  if (harmless !== undefined && isProbe) {
    const others = calls.filter((index) => !MAY_FAIL.test(tokens.text(index)) && !NO_CALL.test(tokens.text(index)));
    const [other] = others;
    if (other === undefined)
      return reject(`It tries "${tokens.text(harmless)}", which may fail: nothing is lost when it does.`);
    return abstain(`"${tokens.text(harmless)}" may fail; whether "${tokens.text(other)}" may too, nothing says.`);
  }
  const gives = inside.find((index) => tokens.text(index) === 'return');
  const follows = /^(?:return|throw)$/.test(tokens.text(next));
  if (gives !== undefined && follows) return reject('What the try cannot give is given right after it.');
  const names = [...new Set(calls.map((index) => tokens.text(index)))].filter((name) => !NO_CALL.test(name));
  const called = names.slice(0, MAX_NAMED).map((name) => `"${name}()"`);
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  const tried = called.length === 0 ? 'The try calls nothing by name' : `The try calls ${called.join(', ')}${more}`;
  return approve(`${tried}, and every error in it is dropped.`);
}

export const asyncExecutor: TokenLook = (tokens, line) => {
  const at = tokens.between(line, line + 2).find((index) => tokens.slice(index, index + 4) === 'new Promise ( async');
  const generic = tokens
    .between(line, line + 2)
    .find((index) => tokens.text(index) === 'async' && tokens.text(index - 1) === '(');
  const start = at ?? generic;
  if (start === undefined) return reject('Word by word, no async function is given to a new Promise there.');
  const open = tokens.text(start) === 'new' ? start + 2 : start - 1;
  const waits = range(open, tokens.end(open)).filter((index) => tokens.text(index) === 'await');
  if (waits.length === 0) return reject('Nothing waits in the async function: what it throws is thrown at once.');
  const bare = waits.filter((index) => !isInTry(tokens, index, open));
  if (bare.length === 0) return reject(`All ${waits.length} of its waits stand in a try: what fails there is caught.`);
  return approve(
    `${bare.length} of ${waits.length} waits stand outside any try: what fails there leaves the promise open.`,
  );
};

function isInTry(tokens: TokenList, index: number, limit: number): boolean {
  for (let at = tokens.around(index); at !== undefined && at > limit; at = tokens.around(at)) {
    if (tokens.text(at) === '{' && tokens.text(at - 1) === 'try') return true;
  }
  return false;
}

export const asyncForeach: TokenLook = (tokens, line) => {
  const at = tokens
    .between(line, line + 30)
    .find((index) => tokens.text(index) === 'forEach' && tokens.slice(index + 1, index + 3) === '( async');
  if (at === undefined) return reject('Word by word, forEach gets no async function there.');
  const first = startOfStatement(tokens, at);
  if (range(first, at).some((index) => tokens.text(index) === 'await' && tokens.around(index) === tokens.around(at))) {
    return reject('What this forEach gives is awaited: it is one that waits.');
  }
  const waits = range(at + 1, tokens.end(at + 1)).filter((index) => tokens.text(index) === 'await').length;
  if (waits === 0) return reject('Nothing waits in the async function.');
  return approve(`The callback waits ${waits === 1 ? 'once' : `${waits} times`}, and forEach goes on without it.`);
};

function startOfStatement(tokens: TokenList, at: number): number {
  const around = tokens.around(at);
  for (let index = at - 1; index >= 0; index -= 1) {
    if (index === around || (tokens.around(index) === around && /^[;{}]$/.test(tokens.text(index)))) return index + 1;
  }
  return 0;
}

export const focusedTest: TokenLook = (tokens, line) => {
  const at = tokens.between(line, line + 1).find((index) => {
    const text = tokens.slice(index, index + 4);
    return (
      /^(?:describe|it|test|context|suite|specify) \. only \($/.test(text) ||
      /^(?:fdescribe|fit|fcontext) \(/.test(text)
    );
  });
  if (at === undefined) return reject('Word by word, no test is singled out there.');
  const tests = tokens.all.filter(
    ({ text, kind }, index) =>
      kind === 'word' && /^(?:it|test|fit)$/.test(text) && /^[(.]$/.test(tokens.text(index + 1)),
  );
  return approve(
    `"${tokens.show(at, at + 3)}" singles it out; the file has ${countOf(tests.length, 'call')} of it and test.`,
  );
};
