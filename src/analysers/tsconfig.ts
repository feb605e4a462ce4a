import { posix } from 'node:path';
import { asRecord, asText, asTexts, parseJson } from './json-value.ts';
import type { TextReader } from './read-text.ts';

/** Names that a TypeScript configuration gives to folders: `@/*` → `src/*`. */
export type PathAlias = Readonly<{
  /** Files below this folder know the alias. */
  dir: string;
  /** Before and after the `*`; without a star, `after` is undefined and the whole name must fit. */
  before: string;
  after: string | undefined;
  /** Relative to the root, with `*` where the rest goes. */
  targets: readonly string[];
}>;

const MAX_FILES = 300;

/** The aliases of every `tsconfig*.json` and `jsconfig.json`; the nearest folder first. */
export function readAliases(paths: readonly string[], reader: TextReader): readonly PathAlias[] {
  return paths
    .filter((path) => /(?:^|\/)(?:tsconfig[\w.-]*|jsconfig)\.json$/.test(path))
    .slice(0, MAX_FILES)
    .flatMap((path) => aliasesIn(posix.dirname(path), reader.text(path) ?? ''))
    .toSorted((a, b) => b.dir.length - a.dir.length || b.before.length - a.before.length);
}

function aliasesIn(folder: string, text: string): readonly PathAlias[] {
  const options = asRecord(asRecord(parseJson(withoutComments(text)))['compilerOptions']);
  const dir = folder === '.' ? '' : folder;
  const baseUrl = asText(options['baseUrl']);
  const base = posix.join(dir, baseUrl ?? '.');
  const named = Object.entries(asRecord(options['paths'])).map(([pattern, targets]): PathAlias => {
    const [before = '', after] = pattern.split('*');
    return { dir, before, after, targets: asTexts(targets).map((target) => posix.join(base, target)) };
  });
  if (baseUrl === undefined) return named;
  return [...named, { dir, before: '', after: '', targets: [posix.join(base, '*')] }];
}

/** JSON as TypeScript reads it: comments and commas before a closing bracket are allowed. */
export function withoutComments(text: string): string {
  return text
    .replace(/("(?:[^"\\\n]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, quoted: string | undefined) => quoted ?? ' ')
    .replace(/("(?:[^"\\\n]|\\.)*")|,(?=\s*[}\]])/g, (_, quoted: string | undefined) => quoted ?? '');
}

/** Where the alias leads for this name; nothing when it does not fit. */
export function aliasTargets(alias: PathAlias, from: string, specifier: string): readonly string[] {
  if (alias.dir !== '' && !from.startsWith(`${alias.dir}/`)) return [];
  if (alias.after === undefined) return alias.before === specifier ? alias.targets : [];
  const { before, after } = alias;
  if (!specifier.startsWith(before) || !specifier.endsWith(after) || specifier.length < before.length + after.length)
    return [];
  const rest = specifier.slice(before.length, specifier.length - after.length);
  return alias.targets.map((target) => target.replace('*', () => rest));
}
