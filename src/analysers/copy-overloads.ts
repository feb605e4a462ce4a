import { languageOf } from './languages.ts';

/** Names of functions, and what stands before them, in languages that need one function for each primitive type. */
const TYPED =
  /^\s*(?!(?:if|else|for|foreach|while|switch|return|new|throw|catch|case|do|try|using|lock|yield|await|assert)\b)(?:[\w<>[\],.?]+\s+)+(\w+)\s*(?:<[^>]*>)?\(/;
const HEADS: ReadonlyMap<string, RegExp> = new Map([
  ['Java', TYPED],
  ['C#', TYPED],
  ['Go', /^func\s+(?:\([^)]*\)\s*)?(\w+)\s*\(/],
]);
const PRIMITIVES =
  /\b(?:boolean|bool|s?byte|char|rune|u?short|u?int(?:8|16|32|64)?|u?long|float(?:32|64)?|double|decimal|object|Object|string|String)\b/g;
/** `SumInt32`: without overloads the type is a part of the name. */
const IN_NAME = /(?:U?[Ii]nt|[Ff]loat)(?:8|16|32|64)?|[Bb]ool|[Bb]yte|[Rr]une|[Ss]tring/g;
/** A head goes over so many lines at most. */
const MAX_HEAD = 8;

/** What the function around a line is called and given. */
type Head = Readonly<{ written: string; withoutTypes: string }>;

/** The function that a line stands in; undefined in languages where one function serves all types. */
export function headAround(path: string, lines: readonly string[], line: number): Head | undefined {
  const language = languageOf(path)?.name ?? '';
  const pattern = HEADS.get(language);
  if (pattern === undefined) return undefined;
  for (let at = line - 1; at >= 0; at -= 1) {
    const found = pattern.exec(lines[at] ?? '');
    if (found === null || /;\s*$/.test(lines[at] ?? '')) continue;
    const whole = lines.slice(at, at + MAX_HEAD).join(' ');
    const given = whole.slice(whole.indexOf('(', found[0].length - 1)).replace(/\)?\s*\{.*$/, '');
    const name = found[1] ?? '';
    const squeezed = given.replaceAll(/\s+/g, ' ');
    return {
      written: `${name}${squeezed}`,
      withoutTypes: `${language === 'Go' ? name.replace(IN_NAME, '*') : name}${squeezed.replace(PRIMITIVES, '*')}`,
    };
  }
  return undefined;
}

/** Whether one is the other for another primitive type. */
export function isOverload(one: Head | undefined, other: Head | undefined): boolean {
  return one !== undefined && one.withoutTypes === other?.withoutTypes && one.written !== other.written;
}
