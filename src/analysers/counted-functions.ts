import { codeOnly } from './code-only.ts';
import { countBranches, languageOf } from './languages.ts';

/** A function in a language that is not parsed, as its head and its indentation show it. */
export type CountedFunction = Readonly<{ name: string; line: number; lines: number; branches: number }>;

const MODIFIERS =
  'pub(?:\\([^)]*\\))?|public|private|protected|internal|open|override|static|final|abstract|async|const|unsafe|inline|suspend|local|mutating|extern ""|default';
const BY_KEYWORD = new RegExp(
  `^[ \\t]*(?:(?:${MODIFIERS})[ \\t]+)*(?:def|defp|fn|func|fun|function|sub)[ \\t]+(?:\\([^)]*\\)[ \\t]*|<[^>]*>[ \\t]*)?&?([\\w.:?!]+)`,
);
/** A type, a name, a bracket: how the languages with types in front begin a function. */
const BY_TYPE =
  /^[ \t]*(?!(?:if|else|for|while|switch|return|new|throw|catch|case|do|try|typedef|using|goto|delete|await|yield|assert)\b)(?:@\w+(?:\([^)]*\))?[ \t]+)*(?:[\w<>[\],.:?&*~]+[ \t]+[*&]*)*(~?[\w:]+)[ \t]*\([^;]*$/;
const TYPED = new Set(['C', 'C++', 'CUDA', 'Java', 'C#', 'Dart', 'Groovy', 'Objective-C']);
const CLASS = /^[ \t]*(?:[a-z]+[ \t]+)*(?:class|object|trait|interface|enum|record)[ \t]+(\w+)/;
/** Goes on with a head of several lines, or is no line of its own: a label, a line for the preprocessor. */
const GOES_ON = /^[ \t]*(?:[{)\]:]|->|where\b|throws\b|#|\w+:\s*$)/;

/** Its functions, hardest first. Those inside others count for these too. */
export function countedFunctions(path: string, text: string): readonly CountedFunction[] {
  const language = languageOf(path);
  const lines = codeOnly(path, text).split('\n');
  const head = TYPED.has(language?.name ?? '') ? BY_TYPE : BY_KEYWORD;
  const found = lines.flatMap((line, start): readonly CountedFunction[] => {
    const name = head.exec(line)?.[1];
    if (name === undefined) return [];
    const end = endOf(lines, start);
    const branches = countBranches(lines.slice(start, end).join('\n'), language);
    return [{ name: ownerOf(lines, start) + name, line: start + 1, lines: end - start, branches }];
  });
  return found.toSorted((a, b) => b.branches - a.branches);
}

/** After the last line that is indented more than the head, and the one that closes it. */
function endOf(lines: readonly string[], start: number): number {
  const base = indentOf(lines[start] ?? '');
  let last = start;
  for (let at = start + 1; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line.trim() === '') continue;
    if (indentOf(line) <= base && !GOES_ON.test(line)) return /^[ \t]*(?:\}|end\b)/.test(line) ? at + 1 : last + 1;
    last = at;
  }
  return last + 1;
}

/** `Command.`: the class around it. */
function ownerOf(lines: readonly string[], start: number): string {
  let base = indentOf(lines[start] ?? '');
  for (let at = start - 1; at >= 0 && base > 0; at -= 1) {
    const line = lines[at] ?? '';
    if (/^\s*(?:\{|$)/.test(line) || indentOf(line) >= base) continue;
    const owner = CLASS.exec(line)?.[1];
    if (owner !== undefined) return `${owner}.`;
    base = indentOf(line);
  }
  return '';
}

/** In columns; a tab counts four. */
function indentOf(line: string): number {
  let columns = 0;
  for (const sign of line) {
    if (sign !== ' ' && sign !== '\t') break;
    columns += sign === '\t' ? 4 : 1;
  }
  return columns;
}
