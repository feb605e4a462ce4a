import { languageOf } from './languages.ts';

/** A passage as it stands: lines from 1. */
export type CopyAt = Readonly<{ path: string; lines: readonly string[]; from: number; to: number }>;

const FOR_KEEPERS = /(?:^|\/)(?:debug|devtools?|tools?|scripts?|bench(?:es|marks?)?|hack|examples?)\//i;
const LOOP = /\b(?:for|foreach|while|loop|do)\b/;

/** Why the passage may be left as it is; undefined where nothing says so. */
export function doubtOfCopies(places: readonly CopyAt[]): string | undefined {
  const [first, ...others] = places;
  if (first === undefined) return undefined;
  if (FOR_KEEPERS.test(first.path)) return 'it is for those who keep the project.';
  if (leavesWhatIsAround(textOf(first))) return 'it leaves what stands around it, and cannot be moved as it is.';
  const said = places.flatMap((place) => speedAt(place) ?? [])[0];
  if (said !== undefined) return `a comment beside it speaks of speed: "${said}".`;
  return others.flatMap((other) => differingField(first, other) ?? [])[0];
}

function textOf({ lines, from, to }: CopyAt): string {
  return lines.slice(from - 1, to).join('\n');
}

/** What leaves the code around it cannot be moved into a function as it stands. */
function leavesWhatIsAround(text: string): boolean {
  return /\bgoto\s+\w/.test(text) || /\b(?:continue|break)\s*(?:\w+\s*)?;/.test(text.split(LOOP)[0] ?? '');
}

const SPEED =
  /\b(?:perf|performance|performant|JIT|hot[- ]?(?:path|loop|spot)s?|inlin(?:ed|ing)|overhead|for speed|(?:faster|slower) than|avoids? (?:an? )?(?:allocation|call|copy)\w*)\b/i;
const COMMENT = /^\s*(?:\/\/+|\/?\*+|#(?!\[|include|define|if|endif|region)|--)\s*(.*?)\s*(?:\*\/)?$/;
/** Lines above the passage: the comment of its function, and what stands between its head and the passage. */
const ABOVE = 16;
const INSIDE = 3;
const MAX_SAID = 90;

/** The words of a comment that give speed as a reason. */
function speedAt({ lines, from }: CopyAt): string | undefined {
  const own = indentOf(lines[from - 1] ?? '');
  const above = lines.slice(Math.max(0, from - 1 - ABOVE), from - 1);
  // What stands before the end of another function speaks of that.
  const end = above.findLastIndex((line) => /^\s*(?:\}|end\b)/.test(line) && indentOf(line) < Math.max(own, 1));
  const near = [...above.slice(end + 1), ...lines.slice(from - 1, from - 1 + INSIDE)];
  const said = near.flatMap((line) => COMMENT.exec(line)?.[1] ?? []).find((words) => SPEED.test(words));
  return said === undefined || said.length <= MAX_SAID ? said : `${said.slice(0, MAX_SAID - 1)}…`;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

const MODIFIERS = '(?:public|protected|private|internal|static|final|readonly|volatile|transient|declare|override)';
/** Type and name, in this order. */
const TYPE_FIRST = new RegExp(`^\\s+(?:${MODIFIERS}\\s+)+(\\w[\\w<>[\\],.?]*(?:\\s*\\[\\])*)\\s+(\\w+)\\s*(?:=[^=]|;)`);
/** Name and type. */
const NAME_FIRST = new RegExp(`^\\s+(?:${MODIFIERS}\\s+)+(#?\\w+)[?!]?\\s*:\\s*([^=;{(]+?)\\s*(?:=[^=>]|;|$)`);
const IN_STRUCT = /^\s+(\w+)\s+([*[\]\w.]+)\s*(?:`[^`]*`)?\s*(?:\/\/.*)?$/;

/** Types of the fields that a file declares, by name; of a name with several types nothing is known. */
function fieldsOf({ path, lines }: CopyAt): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, type] of declared(languageOf(path)?.name ?? '', lines)) {
    const known = found.get(name);
    found.set(name, known === undefined || known === type ? type : '');
  }
  return found;
}

function declared(language: string, lines: readonly string[]): readonly (readonly [string, string])[] {
  if (language === 'Java' || language === 'C#') return lines.flatMap((line) => pairOf(TYPE_FIRST.exec(line), true));
  if (language === 'TypeScript') return lines.flatMap((line) => pairOf(NAME_FIRST.exec(line), false));
  return language === 'Go' ? inStructs(lines) : [];
}

function pairOf(found: RegExpExecArray | null, isTypeFirst: boolean): readonly (readonly [string, string])[] {
  const [, one = '', two = ''] = found ?? [];
  if (found === null) return [];
  const squeezed = (type: string): string => type.replaceAll(/\s+/g, '');
  return [isTypeFirst ? [two, squeezed(one)] : [one, squeezed(two)]];
}

function inStructs(lines: readonly string[]): readonly (readonly [string, string])[] {
  let isInside = false;
  return lines.flatMap((line) => {
    if (/^type \w+(?:\[[^\]]*\])? struct \{\s*$/.test(line)) isInside = true;
    else if (line.startsWith('}')) isInside = false;
    return isInside ? pairOf(IN_STRUCT.exec(line), false) : [];
  });
}

/** A field that the passage uses, and that is of another type in the other file: no text serves both. */
function differingField(one: CopyAt, other: CopyAt): string | undefined {
  if (one.path === other.path) return undefined;
  const here = fieldsOf(one);
  if (here.size === 0) return undefined;
  const there = fieldsOf(other);
  const text = textOf(one);
  const nameOf = (path: string): string => path.split('/').at(-1) ?? path;
  for (const [, name = ''] of text.matchAll(/(?<![\w$"'`])(#?\w+)/g)) {
    const [mine, theirs] = [here.get(name) ?? '', there.get(name) ?? ''];
    if (mine === '' || theirs === '' || mine === theirs || isLocal(text, name)) continue;
    return `its field ${name} is ${mine} in ${nameOf(one.path)} and ${theirs} in ${nameOf(other.path)}.`;
  }
  return undefined;
}

/** `int at = 0`, `let at`, `at :=`: a variable of the passage. */
function isLocal(text: string, name: string): boolean {
  return new RegExp(`(?:[\\w>\\]]\\s+${name}\\s*(?:=[^=]|;|:)|\\b${name}\\s*:=)`).test(
    text.replaceAll(/\b(?:return|throw|else|new|await|yield|case|delete|typeof)\s+/g, '('),
  );
}
