import { posix } from 'node:path';
import type { FileEntry } from './data.ts';
import type { TextReader } from './read-text.ts';
import { asPattern } from './words.ts';

/** Names that say nothing of what a folder of tests is about. */
const COMMON = new Set(['index', 'main', 'mod', 'lib', 'src', 'unit', 'util', 'utils', 'core', 'types', 'common']);
/** Code that tests start under a name of its own, and how they do: a command, a page. */
const STARTED: readonly (readonly [code: RegExp, way: RegExp])[] = [
  [
    /(?:^|\/)(?:cli|bin|commands?)(?:\/|\.\w+$)/,
    /\bchild_process\b|\bexeca\b|\bcross-spawn\b|\bsubprocess\b|\bCliRunner\b/,
  ],
  [/(?:^|\/)(?:client|browser|web|ui|public)(?:\/|\.\w+$)/, /\bplaywright\b|\bpuppeteer\b|\bcypress\b|\bwebdriver/],
];
const MAX_BYTES = 512 * 1024;
/** Scripts that nobody runs to see whether it works. */
const BY_HAND = /^(?:start|dev|serve|watch|debug|release|publish)\b/;

/** Sources that tests use without importing them: programs they start, modules they load by a path, folders of tests. */
export class NamedInTests {
  readonly #files: readonly FileEntry[];
  readonly #reader: TextReader;
  #texts: readonly string[] | undefined;

  constructor(files: readonly FileEntry[], reader: TextReader) {
    this.#files = files;
    this.#reader = reader;
  }

  has(file: string): boolean {
    return (
      this.#hasFolder(file) ||
      this.#isNamed(file) ||
      STARTED.some(([code, way]) => code.test(file) && this.#anyTest(way))
    );
  }

  /** `test/cli/…` for `bin/cli.js`. */
  #hasFolder(file: string): boolean {
    const stem = stemOf(file);
    if (COMMON.has(stem)) return false;
    const folder = new RegExp(`(?:^|/)(?:tests?|specs?|__tests__)/(?:.+/)?${asPattern(stem)}/`);
    return this.#files.some(({ path, context }) => context === 'test' && folder.test(path));
  }

  /** With the folder that it stands in, or with its ending: a bare name may mean anything. */
  #isNamed(file: string): boolean {
    const stem = asPattern(stemOf(file));
    const folder = posix.basename(posix.dirname(file));
    const withFolder = folder === '' || folder === '.' ? [] : [`${asPattern(folder)}/${stem}(?:\\.\\w+)?`];
    const ways = [...withFolder, `\\.{1,2}/${asPattern(posix.basename(file))}`].join('|');
    const named = new RegExp(`(?:["'\`/\\s]|\\./)(?:${ways})(?=["'\`\\s])`);
    return this.#anyTest(named);
  }

  #anyTest(way: RegExp): boolean {
    this.#texts ??= this.#readTexts();
    return this.#texts.some((text) => way.test(text));
  }

  #readTexts(): readonly string[] {
    const isOwn = ({ context, isText, bytes }: FileEntry): boolean =>
      context === 'test' && isText && bytes <= MAX_BYTES;
    const tests = this.#files.filter(isOwn).map(({ path }) => withoutComments(this.#reader.text(path) ?? ''));
    const manifests = this.#files.filter(({ path }) => posix.basename(path) === 'package.json');
    return [...tests, ...manifests.map(({ path }) => scriptsOf(this.#reader.text(path) ?? ''))];
  }
}

function withoutComments(text: string): string {
  return text.replace(/^\s*(?:\/\/|\*|\/\*|#).*$/gm, '');
}

/** The commands of the scripts in a package.json, one a line. */
function scriptsOf(manifest: string): string {
  const scripts = /"scripts"\s*:\s*\{([^}]*)\}/.exec(manifest)?.[1] ?? '';
  return [...scripts.matchAll(/"([^"]+)"\s*:\s*"((?:[^"\\]|\\.)*)"/g)]
    .filter(([, name = '']) => !BY_HAND.test(name))
    .map(([, , command = '']) => ` ${command} `)
    .join('\n');
}

function stemOf(file: string): string {
  return posix.basename(file).replace(/\.\w+$/, '');
}
