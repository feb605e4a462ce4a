import { languageOf, type Language } from './languages.ts';

/** A line of code as it is compared: white space squeezed; comments, brackets alone and imports are not among them. */
export type CodeLine = Readonly<{ text: string; line: number; isLogic: boolean }>;

/** Around a comment of several lines. */
const BLOCKS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  Python: [
    ['"""', '"""'],
    ["'''", "'''"],
  ],
  Ruby: [['=begin', '=end']],
  Haskell: [['{-', '-}']],
  Lua: [['--[[', ']]']],
  Vue: [
    ['<!--', '-->'],
    ['/*', '*/'],
  ],
  Svelte: [
    ['<!--', '-->'],
    ['/*', '*/'],
  ],
};
const C_BLOCKS: readonly (readonly [string, string])[] = [['/*', '*/']];

const IMPORT =
  /^(?:import\b|from\s+[\w.]+\s+import\b|export\s+(?:\*|\{[^}]*\})\s+from\b|#\s*(?:include|import)\b|using\s+[\w.:]+;|use\s+[\w:\\]+|package\s+[\w.]+;?$|require\b|require_relative\b|(?:const|let|var)\s[^=]*=\s*require\(|\}\s*from\s|extern crate\b|mod\s+\w+;|pub use\b)/;
/** One without an end goes on to the end of the line: so no text is looked at twice. */
const STRING = /"(?:[^"\\]|\\.)*(?:"|\\?$)|'(?:[^'\\]|\\.)*(?:'|\\?$)|`(?:[^`\\]|\\.)*(?:`|\\?$)/g;
/** What is left of a table of data, or of a list of names and types, once its texts are out. */
const PLAIN = /^[\w\s.,:;?[\]{}|&<>"#%$@!*/+-]*$/;
const WORDS =
  /\b(?:return|if|else|for|while|switch|throw|raise|await|yield|try|catch|except|do|defer|match|loop|assert|del|with|break|continue|goto)\b|=(?!>)|=>/;

/** A parameter of a generic type, the head of an overload or of a method without a body. */
const TYPE = /^\w+ extends .*[,>]$|^\w*(?:\(\w*)?\??: [^=]*,$|^\): [\w<>[\], |]+;?$|^[|&?:] [^()]*$/;

/** Lines of a file that say something, in their order. */
export function codeLines(path: string, text: string): readonly CodeLine[] {
  const reader = new LineReader(languageOf(path));
  return text.split('\n').flatMap((raw, index): readonly CodeLine[] => {
    const trimmed = raw.trim();
    if (!reader.isCode(trimmed)) return [];
    return [{ text: squeezed(trimmed), line: index + 1, isLogic: isLogic(trimmed) }];
  });
}

/** Knows from the lines before whether a line is code, or goes on with a comment or an import. */
class LineReader {
  readonly #blocks: readonly (readonly [string, string])[];
  readonly #comments: readonly string[];
  /** What ends the comment it is in. */
  #end: string | undefined;
  #isImport = false;

  constructor(language: Language | undefined) {
    this.#blocks = BLOCKS[language?.name ?? ''] ?? C_BLOCKS;
    this.#comments = (language?.comment ?? ['//']).filter((start) => start !== '*' && start !== '/*');
  }

  isCode(line: string): boolean {
    if (this.#isComment(line)) return false;
    const isImport = this.#isImport || IMPORT.test(line);
    if (isImport) this.#isImport = leavesOpen(line, this.#isImport);
    return !isImport && /\w/.test(line);
  }

  #isComment(line: string): boolean {
    if (this.#end !== undefined) {
      if (line.includes(this.#end)) this.#end = undefined;
      return true;
    }
    const block = this.#blocks.find(([start]) => line.startsWith(start));
    if (block === undefined) return this.#comments.some((start) => line.startsWith(start));
    const [start, end] = block;
    if (!line.includes(end, start.length)) this.#end = end;
    return true;
  }
}

/** An import of several lines goes on to its closing bracket. */
function leavesOpen(line: string, isInside: boolean): boolean {
  if (/[)}]/.test(line)) return false;
  return isInside || /[({][^)}]*$/.test(line);
}

function squeezed(line: string): string {
  return /\s\s|\t/.test(line) ? line.replace(/\s+/g, ' ') : line;
}

/** Whether it does something: not an entry of a table, a member of a type, a tag with fixed texts. */
function isLogic(line: string): boolean {
  if (TYPE.test(line)) return false;
  const bare = /["'`]/.test(line) ? line.replace(STRING, '""') : line;
  return !PLAIN.test(bare) || WORDS.test(bare);
}
