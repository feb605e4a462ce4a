import type { FileEntry, ImportEntry, ParsedFile } from './data.ts';
import type { TextReader } from './read-text.ts';

/** Files whose code stands between tags: they are not parsed, but what they load is in use. */
const COMPONENT = /\.(?:vue|svelte|astro)$/;
const SCRIPT = /<script\b[^>]*>([^]*?)<\/script>/gi;
/** What an Astro page runs stands between dashes at its head. */
const HEAD = /^\s*---\n([^]*?)\n---/;
const STATEMENT =
  /^[ \t]*(?:import|export)\b(?:(\s+type)\b(?=\s*[\w*{]))?[^'"`;()=]*?\bfrom\s*['"]([^'"\n]+)['"]|^[ \t]*import\s*['"]([^'"\n]+)['"]|\b(?:import|require)\(\s*['"]([^'"\n]+)['"]\s*\)/gm;
const SRC = /<(?:script|template|style)\b[^>]*?\ssrc=["']([^"'\n]+)["']/gi;

export function isComponent(path: string): boolean {
  return COMPONENT.test(path);
}

/** A file and what it loads. */
export type Module = Pick<ParsedFile, 'path' | 'imports' | 'hasOnlyTypes'>;

/** The components of a project with what they load. They take no part in cycles: tools put them together. */
export function componentImports(files: readonly FileEntry[], reader: TextReader): readonly Module[] {
  return files
    .filter(({ path, isText, context }) => isText && COMPONENT.test(path) && context !== 'generated')
    .map(({ path }) => ({ path, imports: importsIn(reader.text(path) ?? ''), hasOnlyTypes: true }));
}

function importsIn(text: string): readonly ImportEntry[] {
  const blocks = [...text.matchAll(SCRIPT)].map(({ 0: whole, 1: code = '', index }) => ({
    code,
    start: index + whole.indexOf(code),
  }));
  const head = HEAD.exec(text);
  if (head?.[1] !== undefined) blocks.push({ code: head[1], start: head[0].indexOf(head[1]) });
  const loaded = blocks.flatMap(({ code, start }) =>
    [...code.matchAll(STATEMENT)].map(({ 1: type, 2: from, 3: bare, 4: called, index }) =>
      entryOf(from ?? bare ?? called ?? '', kindOf(type, called), lineAt(text, start + index)),
    ),
  );
  const taken = [...text.matchAll(SRC)].map(({ 1: src = '', index }) => entryOf(src, 'value', lineAt(text, index)));
  return [...loaded, ...taken];
}

function kindOf(type: string | undefined, called: string | undefined): ImportEntry['kind'] {
  if (type !== undefined) return 'type';
  return called === undefined ? 'value' : 'lazy';
}

function entryOf(specifier: string, kind: ImportEntry['kind'], line: number): ImportEntry {
  return { specifier, kind, line, isEager: false };
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
