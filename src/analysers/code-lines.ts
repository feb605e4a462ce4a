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
/** Text of several lines in Python: one that a line begins with is taken for a comment. */
const DOC_STRING = /^[rRuUbB]{0,2}(?:"""|''')/;
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

/** The head of an overload, of a method of an interface, of a type of a function: it ends without a body. */
const SIGNATURE =
  /^[\w$<>[\],.?*& ]*\((?:[^={}]|=>)*\)(?:\s*(?::|->|const|throws)\s*[^={}()]*(?:\([^={}]*\) => [^={}]*)?)?;$/;
const STATEMENT =
  /^(?:return|await|yield|throw|new|delete|void \w+[;(]|else|super|case|print|echo|raise|if|for|while|switch|do|using)\b|^[\w$.?![\]]+\((?!.*\):)/;
const MAX_SIGNATURE = 300;

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
  readonly #isPython: boolean;
  /** What ends the text of several lines it is in; such lines count as code. */
  #text: string | undefined;
  /** What ends the comment it is in. */
  #end: string | undefined;
  #isImport = false;

  constructor(language: Language | undefined) {
    this.#blocks = BLOCKS[language?.name ?? ''] ?? C_BLOCKS;
    this.#isPython = language?.name === 'Python';
    this.#comments = (language?.comment ?? ['//']).filter((start) => start !== '*' && start !== '/*');
  }

  isCode(line: string): boolean {
    if (this.#isComment(line)) return false;
    const isImport = this.#isImport || IMPORT.test(line);
    if (isImport) this.#isImport = leavesOpen(line, this.#isImport);
    return !isImport && /\w/.test(line);
  }

  #isComment(line: string): boolean {
    if (this.#text !== undefined) {
      if (line.includes(this.#text)) this.#text = undefined;
      return false;
    }
    if (this.#end !== undefined) {
      if (line.includes(this.#end)) this.#end = undefined;
      return true;
    }
    const bare = this.#isPython && DOC_STRING.test(line) ? line.replace(/^[rRuUbB]+/, '') : line;
    const block = this.#blocks.find(([start]) => bare.startsWith(start));
    if (block === undefined) {
      if (this.#isPython) this.#text = leftOpen(line);
      return this.#comments.some((start) => line.startsWith(start));
    }
    const [start, end] = block;
    if (!bare.includes(end, start.length)) this.#end = end;
    return true;
  }
}

/** The sign of a text of several lines that begins in the line and does not end there. */
function leftOpen(line: string): string | undefined {
  return ['"""', "'''"].find((mark) => line.includes(mark) && line.split(mark).length % 2 === 0);
}

/** An import of several lines goes on to its closing bracket. */
function leavesOpen(line: string, isInside: boolean): boolean {
  if (/[)}]/.test(line)) return false;
  return isInside || /[({][^)}]*$/.test(line);
}

function squeezed(line: string): string {
  return /\s\s|\t/.test(line) ? line.replace(/\s+/g, ' ') : line;
}

function isSignature(line: string): boolean {
  return line.endsWith(';') && line.length < MAX_SIGNATURE && SIGNATURE.test(line) && !STATEMENT.test(line);
}

/** Whether it does something: not an entry of a table, a member of a type, a tag with fixed texts. */
function isLogic(line: string): boolean {
  if (TYPE.test(line) || isSignature(line)) return false;
  const bare = /["'`]/.test(line) ? line.replace(STRING, '""') : line;
  return !PLAIN.test(bare) || WORDS.test(bare);
}
