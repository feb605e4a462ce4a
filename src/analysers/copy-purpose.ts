import { posix } from 'node:path';

/** How bundlers begin what they make of other files. */
const BUNDLED =
  /\(function\(\)\{function [a-z]\([a-z],[a-z],[a-z]\)\{|\b__webpack_(?:require|modules|exports)__\b|\/\*{6}\/ |\bparcelRequire\b|\bfunction __commonJS\b|^var __(?:create|defProp|getOwnPropNames) = Object\.|\bSystem\.register\(|typeof exports === 'object' && typeof module !== 'undefined' \? (?:module\.exports = )?factory\(|^\(function \(?[a-z, ]*\)? ?\{\s*function [a-z]\([a-z], ?[a-z], ?[a-z]\)/im;
const HEAD_CHARS = 3_000;

/** Whether a program put it together of other files. */
export function isBundle(text: string): boolean {
  return BUNDLED.test(text.slice(0, HEAD_CHARS));
}

/** So many folders with a file of that name are one kind of thing each: dialects, drivers, adapters. */
const MANY_KINDS = 3;

/** Which files are variants of one thing, each in the folder of its kind: what they share they share on purpose. */
export class Variants {
  readonly #byShape: ReadonlyMap<string, number>;

  constructor(paths: readonly string[]) {
    const counts = new Map<string, number>();
    for (const shape of paths.flatMap(shapesOf)) counts.set(shape, (counts.get(shape) ?? 0) + 1);
    this.#byShape = counts;
  }

  has(one: string, other: string): boolean {
    if (posix.basename(one) !== posix.basename(other)) return false;
    const shapes = new Set(shapesOf(one));
    return shapesOf(other).some((shape) => shapes.has(shape) && (this.#byShape.get(shape) ?? 0) >= MANY_KINDS);
  }
}

/** The path with one folder left open, for each of its folders. */
function shapesOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(0, -1).map((_, at) => parts.map((part, index) => (index === at ? '*' : part)).join('/'));
}

const OPENS = /[([{]/g;
const CLOSES = /[)\]}]/g;
const TEXTS = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/(?![*/ ])(?:[^/\\\n]|\\.)+\/[gimsuy]*/g;

/** The most lines in a row that close every bracket that they open, and no other: what could be moved as it is. */
export function longestUnit(lines: readonly string[]): number {
  const changes = lines.map((line) => {
    const bare = line.replaceAll(TEXTS, '').replace(/\/\/.*$/, '');
    const count = (signs: RegExp): number => bare.match(signs)?.length ?? 0;
    const first = bare.search(/[([{]/);
    const closing = first < 0 ? count(CLOSES) : (bare.slice(0, first).match(CLOSES)?.length ?? 0);
    return { closing, net: count(OPENS) - count(CLOSES) };
  });
  let longest = 0;
  for (let from = 0; from + longest < lines.length; from += 1) {
    let depth = 0;
    for (let at = from; at < lines.length; at += 1) {
      const { closing, net } = changes[at] ?? { closing: 0, net: 0 };
      if (depth - closing < 0) break;
      depth += net;
      if (depth === 0) longest = Math.max(longest, at - from + 1);
    }
  }
  return longest;
}

const IMPL = /^\s+(?:unsafe )?impl\b.*\bfor\b/;

/** What a trait asks of a type that lives in one function: it names its fields, and nothing else can use it. */
export function isOfLocalType(lines: readonly string[], at: number): boolean {
  const trimmed = (line: string): number => line.length - line.trimStart().length;
  let indent = Number.POSITIVE_INFINITY;
  let isInImpl = false;
  for (let index = at; index >= 0 && indent > 0; index -= 1) {
    const line = lines[index] ?? '';
    if (/^\s*(?:$|\{|where\b|\)|\/\/)/.test(line) || trimmed(line) >= indent) continue;
    indent = trimmed(line);
    if (isInImpl && /\bfn \w+/.test(line)) return true;
    isInImpl ||= IMPL.test(line);
  }
  return false;
}
