import { posix } from 'node:path';
import type { TextReader } from './read-text.ts';
import type { PathAlias } from './tsconfig.ts';

/** Settings of bundlers, test tools and frameworks that give names to folders. */
const SETTINGS =
  /(?:^|\/)(?:(?:vite|vitest|webpack|nuxt|vue|svelte|astro|rollup|rspack|rsbuild|quasar|electron\.vite|farm)(?:[.-][\w.-]+)?\.[cm]?[jt]s|\.storybook\/main\.[cm]?[jt]s)$/;
const MAX_FILES = 100;
const MAX_BYTES = 64 * 1024;
/** `alias: { '@': path.resolve(__dirname, 'src') }`, from its bracket on. */
const LIST = /\balias(?:es)?\b\s*['"]?\s*[:=]\s*([[{])/g;
const CLOSING: Readonly<Record<string, string>> = { '{': '}', '[': ']' };
const NAMED = /(?:^|[{,\n])\s*(?:(['"`])([^'"`\n]+)\1|([\w$]+))\s*:\s*((?:[^\n,(]|\([^\n]*?\))*)/g;
const FOUND = /\bfind\s*:\s*(['"`])([^'"`\n]+)\1\s*,\s*replacement\s*:\s*((?:[^\n,(]|\([^\n]*?\))*)/g;
const TEXT = /(['"`])([^'"`\n]*)\1/g;
/** A package that stands for another leads to no folder of the project. */
const IS_PATH = /__dirname|import\.meta|\bURL\(|(?<!require\.)\b(?:resolve|join|path)\w*\(|^\s*['"`]\.{0,2}\//;

/** The names that settings of bundlers give to folders. */
export function bundlerAliases(paths: readonly string[], reader: TextReader): readonly PathAlias[] {
  return paths
    .filter((path) => SETTINGS.test(path))
    .slice(0, MAX_FILES)
    .flatMap((path) => {
      const text = reader.text(path) ?? '';
      return text.length > MAX_BYTES ? [] : aliasesIn(posix.dirname(path), text);
    });
}

function aliasesIn(folder: string, text: string): readonly PathAlias[] {
  const dir = folder === '.' ? '' : folder.replace(/(?:^|\/)\.storybook$/, '');
  return [...text.matchAll(LIST)].flatMap(({ index, 0: head, 1: open = '{' }) => {
    const list = blockAt(text, index + head.length, open);
    const named = [...list.matchAll(NAMED)].map(({ 2: quoted, 3: plain, 4: to = '' }) => [quoted ?? plain ?? '', to]);
    const found = [...list.matchAll(FOUND)].map(({ 2: name = '', 3: to = '' }) => [name, to]);
    return [...named, ...found].flatMap(([name = '', to = '']) => aliasOf(name, to, dir));
  });
}

/** What stands between a bracket and its partner. */
function blockAt(text: string, from: number, open: string): string {
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === open) depth += 1;
    else if (text[at] === CLOSING[open]) depth -= 1;
    if (depth === 0) return text.slice(from, at);
  }
  return '';
}

function aliasOf(name: string, to: string, dir: string): readonly PathAlias[] {
  const plain = name.replace(/[$/*]+$/, '');
  const steps = [...to.matchAll(TEXT)].map(([, , step = '']) => step);
  if (plain === '' || plain === 'find' || plain === 'replacement' || steps.length === 0 || !IS_PATH.test(to)) return [];
  const target = posix.join(dir, ...steps.map((step) => step.replace(/^\//, ''))).replace(/\/$/, '');
  if (target.startsWith('..')) return [];
  return [
    { dir, before: `${plain}/`, after: '', targets: [posix.join(target, '*')] },
    { dir, before: plain, after: undefined, targets: [target] },
  ];
}
