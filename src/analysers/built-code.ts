import { posix } from 'node:path';
import { asRecord, asText, parseJson } from './json-value.ts';
import type { TextReader } from './read-text.ts';
import { withoutComments } from './tsconfig.ts';

/** Modules in JavaScript: what a compiler or a bundler may leave. */
const SCRIPT = /\.(?:[cm]?js|jsx)$/;

/** What compilers and bundlers put before or around the code that they are given, however it is laid out. */
const MARKS: readonly RegExp[] = [
  /^[ \t]*(?:var|let|const) __\w+ = \(this && this\.__\w+\) \|\|/m,
  /^[ \t]*(?:export )?(?:async )?function _(?:interopRequire(?:Default|Wildcard)|classCallCheck|possibleConstructorReturn|asyncToGenerator|toConsumableArray|slicedToArray|objectWithoutProperties)\(/m,
  /^var __(?:commonJS(?:Min)?|toESM|toCommonJS|copyProps|defProp|getOwnPropNames|esm(?:Min)?) = /m,
  /^[ \t/*]*(?:function __webpack_require__\(|(?:var|const) __webpack_modules__ = )/m,
  /\w, (?:__unused_webpack_|__webpack_)?exports, __webpack_require__\)/,
  /^[ \t]*(?:var )?(?:__)?hasProp = \{\}\.hasOwnProperty[,;]/m,
  /^\/\/#region (?:\\0)?rolldown[:/]runtime/m,
  /^var Module = typeof Module !==? ["']undefined["']/m,
  /^parcelRequire = \(?function/m,
];
/** How modules of the standard begin once they are compiled for Node. */
const COMPILED_HEAD =
  /^(?:\s|#![^\n]*|\/\*(?:[^*]|\*(?!\/))*\*\/|\/\/[^\n]*)*["']use strict["'];(?:\s|\/\*(?:[^*]|\*(?!\/))*\*\/|\/\/[^\n]*)*(?:var _\w+ = (?:_interop\w+\()?require\([^\n]*\s*)*Object\.defineProperty\(exports, ["']__esModule["'], \{\s*value: (?:true|!0)/;
/** Without one of these a text holds none of the marks above: most files are looked through once. */
const HINTS =
  /this\.__|function _(?:i|c|p|a|t|s|o)|__commonJS|__toESM|__toCommonJS|__copyProps|__defProp|__getOwnPropNames|__esm|__webpack_|hasProp = |rolldown|typeof Module|parcelRequire/;

/** Functions with a name and parameters. */
const NAMED = /\bfunction ?([\w$]+) ?\(([\w$, ]+)\)/g;
const MIN_NAMED = 25;
/** Share of them of which every name has one or two letters: people give some of them real ones. */
const MIN_SHORT = 0.85;

/** Whether a compiler, a minifier or a bundler wrote the code, as its text shows, also where it was laid out anew. */
export function looksCompiled(path: string, text: string): boolean {
  if (!SCRIPT.test(path)) return false;
  if (HINTS.test(text) && MARKS.some((mark) => mark.test(text))) return true;
  return COMPILED_HEAD.test(text.slice(0, 3_000)) || hasShortNames(text);
}

function hasShortNames(text: string): boolean {
  let [all, short] = [0, 0];
  for (const [, name = '', parameters = ''] of text.matchAll(NAMED)) {
    all += 1;
    if ([name, ...parameters.split(',')].every((one) => one.trim().length <= 2)) short += 1;
  }
  return all >= MIN_NAMED && short >= all * MIN_SHORT;
}

/** What a source may be called that a module is made of, by the ending of the module. */
const SOURCES_OF: Readonly<Record<string, readonly string[]>> = {
  js: ['.ts', '.tsx', '.coffee', '.litcoffee', '.ls', '.civet', '.res', '.re', '.elm'],
  jsx: ['.tsx'],
  mjs: ['.mts'],
  cjs: ['.cts'],
};
const SOURCE = /(?<!\.d)\.(?:[cm]?tsx?|coffee|litcoffee|ls|civet|res|re|elm)$/;
/** The same in a folder apart, where a module in newer JavaScript is made into one in older. */
const NEWER = ['.js', '.mjs', '.jsx', '.es6'];
const BUILD_FOLDERS = ['lib', 'dist', 'build', 'out', 'output', 'compiled', 'js', 'es', 'esm', 'cjs', 'umd', 'amd'];
const SOURCE_FOLDERS = ['src', 'source', 'coffee', 'ts'];
/** `tsc --outDir lib`, `babel src -d lib`, `coffee -o lib`, `esbuild --outdir=dist`, `rollup -o out/a.js`. */
const SCRIPT_OUT =
  /(?<![\w-])(?:tsc|vue-tsc|swc|babel(?:-cli)?|coffee|lsc|esbuild|tsup|rollup|webpack(?:-cli)?|browserify|parcel|ncc|uglifyjs|terser|microbundle|bob|pkgroll|buble|sucrase|bsc)\b[^&|;\n"]*?(?:-d|-o|--outDir|--outdir|--out-dir|--out-file|--outfile|--output|--dist-dir|--out)[ =](?:\.\/)?([\w@./-]+)/gi;
const MANIFEST = /(?:^|\/)package\.json$/;
const TSCONFIG = /(?:^|\/)tsconfig[\w.-]*\.json$/;
const MAX_SETTINGS = 200;

/** Where builds of the project put what they make. */
export class BuildOutputs {
  readonly #known: ReadonlySet<string>;
  readonly #outputs: ReadonlySet<string>;

  constructor(paths: readonly string[], reader: TextReader) {
    this.#known = new Set(paths);
    const settings = paths.filter((path) => MANIFEST.test(path) || TSCONFIG.test(path)).slice(0, MAX_SETTINGS);
    const named = new Set(settings.flatMap((path) => outputsIn(path, reader.text(path) ?? '')));
    // What holds sources as well is built in place: each file of it is looked at by itself.
    for (const path of named.size === 0 ? [] : paths) {
      if (SOURCE.test(path)) for (const folder of foldersOf(path)) named.delete(folder);
    }
    this.#outputs = named;
  }

  /** Whether a module is made of a source that stands beside it or in a folder for sources, or is put where builds write. */
  has(path: string): boolean {
    if (!SCRIPT.test(path)) return false;
    return this.#outputs.has(path) || foldersOf(path).some((one) => this.#outputs.has(one)) || this.#hasSource(path);
  }

  #hasSource(path: string): boolean {
    const { 1: stem = '', 2: ending = '' } = /^(.*)\.(\w+)$/.exec(path) ?? [];
    const sources = SOURCES_OF[ending] ?? [];
    if (sources.some((source) => this.#known.has(stem + source))) return true;
    const parts = stem.split('/');
    return parts.slice(0, -1).some((part, at) => {
      if (!BUILD_FOLDERS.includes(part)) return false;
      // A folder deeper down may well hold other modules of the same names.
      const wanted = at === 0 ? [...sources, ...NEWER] : sources;
      return SOURCE_FOLDERS.some((folder) => {
        const source = parts.with(at, folder).join('/');
        return wanted.some((one) => this.#known.has(source + one));
      });
    });
  }
}

function foldersOf(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function outputsIn(path: string, text: string): readonly string[] {
  const folder = posix.dirname(path);
  const named = TSCONFIG.test(path) ? tsconfigOutputs(text) : scriptOutputs(text);
  return named
    .map((one) => posix.join(folder, one).replace(/\/$/, ''))
    .filter(
      (one) => one !== '.' && !one.startsWith('..') && one !== folder && !SOURCE_FOLDERS.includes(posix.basename(one)),
    );
}

function tsconfigOutputs(text: string): readonly string[] {
  const options = asRecord(asRecord(parseJson(withoutComments(text)))['compilerOptions']);
  if (options['emitDeclarationOnly'] === true || options['noEmit'] === true) return [];
  return [asText(options['outDir']) ?? '', asText(options['outFile']) ?? ''].filter((one) => one !== '');
}

function scriptOutputs(text: string): readonly string[] {
  const scripts = Object.values(asRecord(asRecord(parseJson(text))['scripts'])).map(asText);
  return scripts.flatMap((script) =>
    [...(script ?? '').matchAll(SCRIPT_OUT)].flatMap(([call, out = '']) => (call.includes('eclaration') ? [] : [out])),
  );
}
