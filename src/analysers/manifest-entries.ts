import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Detected } from './detected.ts';
import { IgnoreFile } from './ignore-file.ts';
import { asRecord, asText, isRecord, type JsonRecord } from './json-value.ts';
import type { TextReader } from './read-text.ts';
import { countOf } from './words.ts';

export type Manifest = Readonly<{ path: string; text: string; value: JsonRecord }>;
export type Repository = Readonly<{ root: string; paths: ReadonlySet<string>; reader: TextReader }>;

/** Folders that a build makes. */
export const BUILT: RegExp =
  /(?:^|\/)(?:dist|build|built|lib|out|output|esm|cjs|es|umd|types|bundles?|release|target|typings|pkg)(?:[-.\w]*)\//;
/** Scripts that may make what the package offers. */
const BUILDING = /^(?:pre|post)?(?:build|pack|publish|publishOnly|prepare|compile|bundle|dist|release)(?:$|[:_-])/i;

type Entry = Readonly<{ field: string; target: string }>;

/** Files that the manifest names, relative to its folder. Patterns and packages are left out. */
export function entriesOf(value: JsonRecord): readonly Entry[] {
  const plain = ['main', 'module', 'browser', 'types', 'typings', 'bin'].flatMap((field) =>
    textsIn(value[field]).map((target) => ({ field, target })),
  );
  const exported = textsIn(value['exports']).map((target) => ({ field: 'exports', target }));
  return [...plain, ...exported]
    .filter(({ target }) => !target.includes('*') && /^(?:\.\/|[\w@-]+[\w./@-]*\.\w+$)/.test(target))
    .map(({ field, target }) => ({ field, target: posix.normalize(target) }));
}

/** Every string in nested records and lists, a few levels deep. */
function textsIn(value: unknown, depth = 0): readonly string[] {
  if (typeof value === 'string') return [value];
  if (depth > 5) return [];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => textsIn(item, depth + 1));
  return isRecord(value) ? Object.values(value).flatMap((item) => textsIn(item, depth + 1)) : [];
}

/**
 * Ways in that are not there: one finding for each manifest. Nothing where a build makes them: several missing together,
 * a script that could do it, or a rule that keeps them out of git.
 */
export function checkEntries(manifest: Manifest, repository: Repository): readonly Detected[] {
  const { path, text, value } = manifest;
  const dir = posix.dirname(path);
  const all = entriesOf(value)
    .filter(({ field, target }) => field !== 'types' && field !== 'typings' && !BUILT.test(target))
    .filter(({ target }) => /\.(?:[cm]?[jt]s|json|css)$/.test(target) && !/\.d\.[cm]?ts$/.test(target));
  const missing = [...Map.groupBy(all, ({ target }) => target).values()]
    .flatMap(([first]) => first ?? [])
    .filter(({ target }) => isMissing(posix.join(dir, target), repository));
  const [first, ...more] = missing;
  if (first === undefined || isMade(manifest, missing, repository)) return [];
  return [
    {
      kind: 'manifest-points-nowhere',
      severity: 'high',
      confidence: 0.8,
      title: `"${first.field}" names ${first.target.slice(-40)}${more.length === 0 ? '' : ` and ${countOf(more.length, 'other file')}`}, which ${more.length === 0 ? 'is' : 'are'} not there`,
      file: path,
      line: lineOf(text, first.target),
      anchor: `${first.field} ${first.target}`,
      evidence: missing.map(({ field, target }) => ({
        source: 'manifests',
        text: `"${field}": ${posix.join(dir, target)} is not on disk.`,
        ref: `${path}:${lineOf(text, target)}`,
      })),
      fix: `Point "${first.field}" at the file that is meant, or add it.`,
    },
  ];
}

function isMissing(full: string, { root, paths }: Repository): boolean {
  const folder = posix.dirname(full);
  const isKnownFolder = folder === '.' || [...paths].some((known) => known.startsWith(`${folder}/`));
  return isKnownFolder && !existsSync(join(root, full)) && !hasSource(full, paths);
}

/** More than this are not forgotten one by one. */
const FORGOTTEN = 2;

function isMade({ path, value }: Manifest, missing: readonly Entry[], { reader }: Repository): boolean {
  const scripts = Object.entries(asRecord(value['scripts'])).map(([name, text]) => [name, asText(text) ?? ''] as const);
  const isBuilt = scripts.some(([name, text]) => BUILDING.test(name) || /package\.json/.test(text));
  const isElsewhere = asText(asRecord(value['publishConfig'])['directory']) !== undefined;
  if (missing.length > FORGOTTEN || isBuilt || isElsewhere) return true;
  const dir = posix.dirname(path);
  return missing.every(({ target }) => isIgnored(dir, target, reader));
}

/** By the rules beside the manifest, or at the top. */
function isIgnored(dir: string, target: string, reader: TextReader): boolean {
  return [...new Set([dir, '.'])].some((folder) => {
    const text = reader.text(posix.join(folder, '.gitignore'));
    const below = posix.relative(folder, posix.join(dir, target)).split('/');
    return text !== undefined && new IgnoreFile(text).verdict(below, false) === 'ignored';
  });
}

const SOURCE_ENDINGS = ['.ts', '.mts', '.cts', '.tsx', '.js', '.jsx', '.coffee', '.ls', '.re', '.res'];

/** `x.js` that is built next to its `x.ts`, or from `src/x.ts`. */
export function hasSource(path: string, paths: ReadonlySet<string>): boolean {
  const stem = path.replace(/\.[cm]?js$/, '');
  const stems = [stem, posix.join(posix.dirname(stem), 'src', posix.basename(stem))];
  return SOURCE_ENDINGS.some((end) => stems.some((one) => paths.has(one + end)));
}

export function lineOf(text: string, part: string): number {
  const at = text.indexOf(part);
  return at < 0 ? 0 : text.slice(0, at).split('\n').length;
}
