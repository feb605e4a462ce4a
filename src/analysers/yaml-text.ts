import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import type { CST, Document, LineCounter, ParsedNode } from 'yaml';

const load = createRequire(import.meta.url);
/** Loading the library takes longer than most analysers run: only a repository with YAML pays for it. */
// oxlint-disable-next-line typescript/no-unsafe-return -- what the library has, its own types say
const library = (): typeof Yaml => load('yaml');

/** Larger texts are not parsed: nobody writes them by hand. */
const MAX_BYTES = 256 * 1024;
const MAX_DEPTH = 60;
/** Flow and block forms nest differently, so this is only a bound for the stack. */
const DEEPEST_TOKEN = 2 * MAX_DEPTH + 8;

/** A value of a YAML text and where it stands. What an alias repeats is given once, where it is written. */
export type YamlNode =
  | Readonly<{ kind: 'map'; line: number; entries: readonly YamlEntry[] }>
  | Readonly<{ kind: 'list'; line: number; items: readonly YamlNode[] }>
  | Readonly<{ kind: 'text'; line: number; text: string }>
  | Readonly<{ kind: 'alias'; line: number }>;

export type YamlEntry = Readonly<{ key: string; line: number; value: YamlNode }>;

export type YamlText =
  | Readonly<{ kind: 'parsed'; documents: readonly YamlNode[] }>
  /** `twice`: it can be read, and a key stands twice in one map; the last one wins in most readers. */
  | Readonly<{ kind: 'broken'; message: string; line: number; twice?: Readonly<{ key: string; first: number }> }>
  | Readonly<{ kind: 'too-large' | 'too-deep' }>;

/** Every document of the text. Tags and anchors are read over, and no alias is followed: no text can blow up. */
export function readYaml(text: string): YamlText {
  if (text.length > MAX_BYTES) return { kind: 'too-large' };
  const { Composer, LineCounter, Parser } = library();
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  if (isTooDeep(tokens)) return { kind: 'too-deep' };
  const composer = new Composer({
    lineCounter: lines,
    version: '1.2',
    schema: 'failsafe',
    uniqueKeys: false, // the library compares each with each; below they are counted
  });
  const documents = [...composer.compose(tokens, false, text.length)];
  const problem = documents.flatMap(({ errors }) => errors).find(isRealProblem);
  if (problem !== undefined)
    return { kind: 'broken', message: problem.message, line: lines.linePos(problem.pos[0]).line };
  const read = documents.flatMap((document) => nodesOf(document, lines));
  const twice = read.map(repeatedKey).find((entry) => entry !== undefined);
  if (twice !== undefined)
    return {
      kind: 'broken',
      message: `"${twice.key}" stands twice in one map.`,
      line: twice.line,
      twice: { key: twice.key, first: twice.first },
    };
  return { kind: 'parsed', documents: read };
}

/** A tag that we do not know means something to the tool that reads the file. */
function isRealProblem({ code }: Document.Parsed['errors'][number]): boolean {
  return code !== 'TAG_RESOLVE_FAILED';
}

/** The library composes by recursion: what is far too deep is found before, without any. */
function isTooDeep(tokens: readonly CST.Token[]): boolean {
  const pending = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { token, depth } = next;
    if (depth > DEEPEST_TOKEN) return true;
    if (token.type === 'document' && token.value !== undefined) pending.push({ token: token.value, depth: depth + 1 });
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) {
      if (key != null) pending.push({ token: key, depth: depth + 1 });
      if (value !== undefined) pending.push({ token: value, depth: depth + 1 });
    }
  }
  return false;
}

function nodesOf({ contents }: Document.Parsed, lines: LineCounter): readonly YamlNode[] {
  return contents === null ? [] : [nodeOf(contents, lines)];
}

function nodeOf(node: ParsedNode | null, lines: LineCounter, fallback = 1): YamlNode {
  const { isAlias, isMap, isScalar, isSeq } = library();
  if (node === null) return { kind: 'text', line: fallback, text: '' };
  const line = lines.linePos(node.range[0]).line;
  if (isAlias(node)) return { kind: 'alias', line };
  if (isScalar(node)) return { kind: 'text', line, text: typeof node.value === 'string' ? node.value : '' };
  if (isSeq(node)) return { kind: 'list', line, items: node.items.map((item) => nodeOf(item, lines, line)) };
  if (!isMap(node)) return { kind: 'text', line, text: '' };
  const entries = node.items.map(({ key, value }): YamlEntry => {
    const at = lines.linePos(key.range[0]).line;
    return { key: isScalar(key) ? String(key.value) : '', line: at, value: nodeOf(value, lines, at) };
  });
  return { kind: 'map', line, entries };
}

function repeatedKey(node: YamlNode): Readonly<{ key: string; line: number; first: number }> | undefined {
  const below = node.kind === 'list' ? node.items : entriesAt(node).map(({ value }) => value);
  const seen = new Map<string, number>();
  for (const entry of entriesAt(node)) {
    const first = seen.get(entry.key);
    if (first !== undefined && entry.key !== '<<' && entry.key !== '')
      return { key: entry.key, line: entry.line, first };
    seen.set(entry.key, entry.line);
  }
  for (const one of below) {
    const found = repeatedKey(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The value under a key; undefined when there is none, or no map. */
export function valueAt(node: YamlNode | undefined, ...path: readonly string[]): YamlNode | undefined {
  let at = node;
  for (const key of path) at = entriesAt(at).find((entry) => entry.key === key)?.value;
  return at;
}

export function entriesAt(node: YamlNode | undefined): readonly YamlEntry[] {
  return node?.kind === 'map' ? node.entries : [];
}

export function itemsAt(node: YamlNode | undefined): readonly YamlNode[] {
  return node?.kind === 'list' ? node.items : [];
}

/** The text of a plain value; undefined for maps and lists. */
export function textAt(node: YamlNode | undefined): string | undefined {
  return node?.kind === 'text' ? node.text : undefined;
}

/** A text, or each text of a list: `needs: a` and `needs: [a, b]`. */
export function textsAt(node: YamlNode | undefined): readonly string[] {
  const one = textAt(node);
  return one === undefined ? itemsAt(node).flatMap((item) => textAt(item) ?? []) : [one];
}
