import { posix } from 'node:path';
import type { FileEntry } from './data.ts';
import { languageOf } from './languages.ts';
import type { TextReader } from './read-text.ts';

const MANIFEST =
  /(?:^|\/)(?:package\.json|composer\.json|Cargo\.toml|pyproject\.toml|setup\.py|go\.mod|pom\.xml|build\.gradle(?:\.kts)?)$/;
/** What a package says of itself when nobody is to use it any more. */
const GIVEN_UP =
  /"(?:abandoned|deprecated)"\s*:\s*(?!false|null|"")|"?description"?\s*[:=]\s*["'][^"'\n]*\b(?:deprecated|abandoned|unmaintained)\b/i;
/** The comment of a whole module or class, not that of one of its methods. */
const HEAD_CHARS = 4_000;
const OF_TYPE =
  /\/\*\*(?:(?!\*\/)[^])*@deprecated\b(?:(?!\*\/)[^])*\*\/\s*(?:(?:#\[|@)[^\n]*\s+)*(?:(?:export|default|declare|abstract|final|public|internal|readonly|open)\s+)*(?:class|interface|trait|module|package|namespace)\b/i;
const OF_MODULE =
  /^\s*(?:(?:#!|<\?php)[^\n]*\s*)?(?:\/\*(?:(?!\*\/)[^])*(?:@deprecated|\bis deprecated\b)|(?:(?:\/\/|#)[^\n]*\n\s*)*(?:\/\/|#)[^\n]*(?:@deprecated|\bis deprecated\b))/i;
const VERSION = /[-_.]?v?\d+(?:[._]\d+)*$/i;

/** Which package a file belongs to, and what is kept only for those who have not moved on. */
export class Apart {
  readonly #reader: TextReader;
  /** Folder of each package → its manifest. */
  readonly #manifests: ReadonlyMap<string, string>;

  constructor(files: readonly FileEntry[], reader: TextReader) {
    this.#reader = reader;
    const found = files.filter(({ path, isText }) => isText && MANIFEST.test(path));
    this.#manifests = new Map(found.map(({ path }) => [posix.dirname(path), path]));
  }

  /** Whether its package, or what it holds, is given up: nobody makes one module of that and what follows it. */
  isGivenUp(path: string): boolean {
    const manifest = this.#manifests.get(this.packageOf(path));
    if (manifest !== undefined && GIVEN_UP.test(this.#reader.text(manifest) ?? '')) return true;
    const head = (this.#reader.text(path) ?? '').slice(0, HEAD_CHARS);
    return OF_MODULE.test(head) || OF_TYPE.test(head);
  }

  /** Folder of the innermost package that holds the file. */
  packageOf(path: string): string {
    let folder = posix.dirname(path);
    while (folder !== '.' && folder !== '/' && !this.#manifests.has(folder)) folder = posix.dirname(folder);
    return folder;
  }

  /** What to do about one text in these files. */
  fixFor(files: readonly string[]): string {
    const language = languageOf(files[0] ?? '')?.name ?? '';
    if (files.length === 1) {
      const what = CLASSES.has(language) ? 'method' : 'function';
      return `Make it one ${what} and call it from each place.`;
    }
    const languages = new Set(files.map((path) => familyOf(path)));
    if (languages.size > 1)
      return 'Make one of them from the other when the project is built, or say in each where its copy is.';
    const packages = new Set(files.map((path) => this.packageOf(path)));
    if (packages.size > 1)
      return 'Keep it in one of these packages, or in one that all of them use, so that a correction reaches every place.';
    const folders = new Set(files.map((path) => posix.dirname(path)));
    const [folder = ''] = folders;
    return `Move it into ${sharedPlace(language, folders.size === 1 ? folder : undefined)}, so that a correction reaches every place.`;
  }
}

/** Where all code stands in classes. */
const CLASSES: ReadonlySet<string> = new Set(['Java', 'C#', 'Kotlin', 'Scala', 'Groovy']);

/** Where the language lets several files share code. `folder`: the one of all of them. */
function sharedPlace(language: string, folder: string | undefined): string {
  if (CLASSES.has(language)) return 'a superclass of both, or into a helper class';
  if (language === 'PHP') return 'a trait, a superclass or a helper class';
  if (language === 'Go')
    return folder === undefined ? 'a package that each of them can import' : 'one function of the package';
  if (/^(?:C|C\+\+|Objective-C)$/.test(language)) return 'one function that a header declares for each of these files';
  if (language === 'Swift') return 'one function or type of the module';
  const isNamed = folder !== undefined && folder !== '.';
  return `one module ${isNamed ? `in ${folder}` : 'that each of these files can import'}`;
}

function familyOf(path: string): string {
  return /\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/.test(path) ? 'JavaScript' : (languageOf(path)?.name ?? '');
}

/** `V2/Client.php` beside `V3/Client.php`: one for each version of something, kept side by side on purpose. */
export function areVersions(one: string, other: string): boolean {
  const [here, there] = [posix.dirname(one).split('/'), posix.dirname(other).split('/')];
  if (here.length !== there.length) return false;
  const differing = here.flatMap((part, at) => (part === there[at] ? [] : [[part, there[at] ?? ''] as const]));
  return (
    differing.length > 0 &&
    differing.every(([a, b]) => VERSION.test(a) && VERSION.test(b) && a.replace(VERSION, '') === b.replace(VERSION, ''))
  );
}

/** Whether the line stands in a macro: what is expanded at each place cannot always be a function. */
export function isInMacro(path: string, lines: readonly string[], from: number, to: number): boolean {
  if (/\.(?:c|h|cc|cpp|cxx|hpp|hh|m|mm)$/.test(path)) {
    const own = lines.slice(from - 1, to);
    return own.filter((line) => /\\\s*$/.test(line)).length > own.length / 2;
  }
  if (!path.endsWith('.rs')) return false;
  const at = lines
    .slice(0, from)
    .findLastIndex((line) => /^\s*(?:pub(?:\([^)]*\))? )?(?:macro_rules!|macro \w)/.test(line));
  if (at < 0) return false;
  const indent = /^\s*/.exec(lines[at] ?? '')?.[0] ?? '';
  return !lines
    .slice(at + 1, from)
    .some((line) => /^[})\]]/.test(line.slice(indent.length)) && line.startsWith(indent));
}
