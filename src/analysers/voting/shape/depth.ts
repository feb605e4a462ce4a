import { codeOnly } from '../../code-only.ts';

/** How deep lines stand below the function that they are in. */
export type Depths = Readonly<{
  /** Lines with code on them. */
  lines: number;
  /** Of those, the ones under so many branches that people lose the thread. */
  deep: number;
  deepest: number;
  /** False where nothing is indented. */
  isIndented: boolean;
}>;

/** Levels below the head of a function: its body is the first. */
const DEEP = 4;
const MODIFIERS =
  '(?:export|default|pub(?:\\([^)]*\\))?|public|private|protected|internal|open|override|static|final|abstract|async|const|unsafe|inline|suspend|local|readonly)\\s+';
const HEADS: readonly RegExp[] = [
  new RegExp(`^(?:${MODIFIERS})*(?:def|defp|fn|func|fun|function|sub)\\b`),
  /** A variable or a property that holds one. */
  new RegExp(
    `^(?:${MODIFIERS}|let\\s+|var\\s+)*[\\w$.#]+\\s*(?::[^=]*)?[=:]\\s*(?:async\\s+)?(?:function\\b|\\w+\\s*=>|\\([^=]*(?:=>|$))`,
  ),
  /** A method: a name, a bracket, and a brace or an open end. */
  /^(?!(?:if|else|for|foreach|while|switch|return|throw|catch|case|do|try|with|match|await|yield|new|synchronized|using|lock)\b)(?:@\w+(?:\([^)]*\))?\s+)*(?:[\w<>[\],.:?&*~#$]+\s+[*&]*)*[\w$#~:]+\s*(?:<[^>]*>)?\([^;]*(?:\{|[(,])\s*$/,
];
const CLASS = new RegExp(
  `^(?:${MODIFIERS})*(?:class|impl|trait|interface|object|module|namespace|enum|record)\\b|\\bnew\\s[\\w<>?., ]+\\(.*\\)\\s*\\{$`,
);

/** Comments and what stands in strings do not count; neither does how deep the function itself stands. */
export function depthsOf(path: string, text: string): Depths {
  const lines = codeOnly(path, text)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const indents = lines.map(indentOf);
  const step = stepOf(indents);
  const around: number[] = [];
  let [deep, deepest] = [0, 0];
  for (const [at, line] of lines.entries()) {
    const indent = indents[at] ?? 0;
    while (around.length > 0 && indent <= (around.at(-1) ?? 0) && !/^\s*[)\]{]/.test(line)) around.pop();
    const depth = step === 0 ? 0 : Math.round((indent - (around.at(-1) ?? 0)) / step);
    if (depth >= DEEP) deep += 1;
    deepest = Math.max(deepest, depth);
    if (isHead(line.trim(), depth)) around.push(indent);
  }
  return { lines: lines.length, deep, deepest, isIndented: step > 0 };
}

/** A call that goes on over lines looks like a method; in the body of a function it is none. */
function isHead(line: string, depth: number): boolean {
  const [word, variable, method] = HEADS;
  if (CLASS.test(line) || word?.test(line) === true) return true;
  if (variable?.test(line) === true) return /(?:\{|=>|[(,])\s*$/.test(line);
  return depth <= 2 && method?.test(line) === true;
}

/** What lines are indented by most often. */
function stepOf(indents: readonly number[]): number {
  const differences = indents
    .map((indent, at) => indent - (indents[at - 1] ?? indent))
    .filter((difference) => difference > 0 && difference <= 8);
  const counted = Map.groupBy(differences, (difference) => difference);
  const [step = 0] = [...counted].toSorted((a, b) => b[1].length - a[1].length || a[0] - b[0])[0] ?? [];
  return step;
}

function indentOf(line: string): number {
  let columns = 0;
  for (const sign of line) {
    if (sign !== ' ' && sign !== '\t') break;
    columns += sign === '\t' ? 4 : 1;
  }
  return columns;
}
