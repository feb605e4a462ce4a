import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import {
  Composer,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  Parser,
  type CST,
  type Document,
  type Node,
} from 'yaml';
import { whyUnreadable } from '../util/why-unreadable.ts';
import { UserError, UserErrors } from '../util/user-error.ts';
import { startOf, YAML_LIMITS, YamlReader } from './yaml-reader.ts';

/** Flow and block forms nest differently, so this is only a bound for the stack. */
const DEEPEST_TOKEN = 2 * YAML_LIMITS.depth + 8;

export type YamlPath = readonly (string | number)[];

/** Plain data of a YAML file, with the place of every key and value. */
export type YamlFile = Readonly<{
  /** As it was named, for messages. */
  file: string;
  /** Hex; of the bytes of the file. */
  sha256: string;
  /** Objects, lists, texts, finite numbers, true/false and null. No key is `__proto__`. */
  value: unknown;
  /**
   * `file:line:column` of the value at `path`, or of its key; the nearest one above when there is none.
   * `offset`: characters into a text that stands on one line.
   */
  at: (path: YamlPath, target?: 'key' | 'value', offset?: number) => string;
}>;

/** Reads and parses. Rejects with `UserErrors` that name every mistake, and never with anything else. */
export async function readYamlFile(path: string, file: string = path): Promise<YamlFile> {
  const bytes = await readLimited(path, file);
  return parseYaml(bytes, file);
}

/** Throws `UserErrors`. `bytes` must be UTF-8; the caller has checked the size. */
export function parseYaml(bytes: Uint8Array, file: string): YamlFile {
  const lines = new LineCounter();
  const [document, ...more] = compose(decode(bytes, file), file, lines);
  const reader = new YamlReader(file, lines);
  if (document === undefined) throw new UserErrors([empty(file)]);
  const value = reader.read(document);
  if (more.length > 0) {
    reader.refuse(
      more[0]?.range[0] ?? 0,
      'A second document starts here.',
      'Keep one document per file: remove "---".',
    );
  }
  if (reader.errors.length > 0) throw new UserErrors(reader.errors);
  if (value === null || value === undefined) throw new UserErrors([empty(file)]);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { file, sha256, value, at: (path, target, offset) => reader.place(offsetOf(document, path, target, offset)) };
}

function compose(text: string, file: string, lines: LineCounter): readonly Document.Parsed[] {
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const tooDeep = findDeepToken(tokens);
  if (tooDeep !== undefined) {
    const { line, col } = lines.linePos(tooDeep);
    const at = `${file}:${line}:${col}`;
    const message = `This is nested more than ${YAML_LIMITS.depth} deep.`;
    throw new UserErrors([new UserError({ code: 'YAML_LIMIT', at, message, fix: 'Make it flatter.' })]);
  }
  const composer = new Composer({
    lineCounter: lines,
    schema: 'core',
    version: '1.2',
    merge: false,
    uniqueKeys: false,
  });
  return [...composer.compose(tokens, false, text.length)];
}

/** The library composes by recursion: what is far too deep is found before, without any. */
function findDeepToken(tokens: readonly CST.Token[]): number | undefined {
  const pending = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { token, depth } = next;
    if (depth > DEEPEST_TOKEN) return token.offset;
    if (token.type === 'document' && token.value !== undefined) pending.push({ token: token.value, depth: depth + 1 });
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) {
      if (key != null) pending.push({ token: key, depth: depth + 1 });
      if (value !== undefined) pending.push({ token: value, depth: depth + 1 });
    }
  }
  return undefined;
}

async function readLimited(path: string, file: string): Promise<Uint8Array> {
  try {
    await using handle = await open(path, 'r');
    const stat = await handle.stat();
    if (!stat.isFile()) throw fileError(file, 'is not a file', 'Name a YAML file.');
    // One byte more than allowed, so that a file that grows meanwhile is noticed too.
    const buffer = Buffer.alloc(YAML_LIMITS.bytes + 1);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    if (bytesRead <= YAML_LIMITS.bytes) return buffer.subarray(0, bytesRead);
    throw fileError(file, `is larger than ${YAML_LIMITS.bytes / 1024} KiB`, 'Split it into several files.');
  } catch (error) {
    throw error instanceof UserErrors
      ? error
      : fileError(file, whyUnreadable(error), 'Check the path and its permissions.', error);
  }
}

function fileError(file: string, what: string, fix: string, cause?: unknown): UserErrors {
  return new UserErrors([new UserError({ code: 'FILE_UNREADABLE', message: `"${file}" ${what}.`, fix }, { cause })]);
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw fileError(file, 'is not valid UTF-8', 'Save it as UTF-8.', error);
  }
}

function empty(file: string): UserError {
  return new UserError({
    code: 'YAML_EMPTY',
    at: `${file}:1:1`,
    message: 'The file is empty.',
    fix: 'Write at least a name and a task.',
  });
}

/** Where a path leads in the text. A path that leads nowhere gives the place where it ends. */
function offsetOf(document: Document.Parsed, path: YamlPath, target: 'key' | 'value' = 'value', offset = 0): number {
  let node: Node | null = document.contents;
  let key: Node | null = null;
  for (const step of path) {
    const child = childOf(document, node, step);
    if (child === undefined) return startOf(key ?? node);
    [key, node] = [child.key, child.value];
  }
  if (key !== null && (target === 'key' || node === null)) return startOf(key);
  return startOf(node) + insideText(node, offset);
}

function childOf(
  document: Document.Parsed,
  parent: Node | null,
  step: string | number,
): { key: Node | null; value: Node | null } | undefined {
  const node = isAlias(parent) ? parent.resolve(document) : parent;
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && key.value === String(step));
    return pair === undefined ? undefined : { key: asNode(pair.key), value: asNode(pair.value) };
  }
  if (!isSeq(node) || typeof step !== 'number' || step >= node.items.length) return undefined;
  return { key: null, value: asNode(node.items[step]) };
}

function asNode(value: unknown): Node | null {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value) ? value : null;
}

/** Characters from the start of the node; 0 where the source of the text has other line breaks or escapes. */
function insideText(node: Node | null, offset: number): number {
  if (!isScalar(node) || offset === 0 || typeof node.value !== 'string') return 0;
  if (node.value.includes('\n')) return 0;
  if (node.type === 'PLAIN') return offset;
  return node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE' ? offset + 1 : 0;
}
