import { languageOf } from './languages.ts';

/** What is no code: comments and texts, the longer form first. `^` and `$` are those of a line. */
type Prose = readonly RegExp[];

const SLASHES = /\/\/[^\n]*/;
const BLOCK = /\/\*[^]*?(?:\*\/|$(?![^]))/;
const HASH = /#[^\n]*/;
/** After white space only: `$#` and `${a#b}` are none. */
const SHELL_HASH = /(?<![^\s;])#[^\n]*/;
const DASHES = /--[^\n]*/;
const SEMICOLON = /;[^\n]*/;
const PERCENT = /%[^\n]*/;
const DOUBLE = /"(?:[^"\\\n]|\\[^])*(?:"|$)/m;
const SINGLE = /'(?:[^'\\\n]|\\[^])*(?:'|$)/m;
/** With texts of its own in its gaps. */
const BACKTICK = /`(?:[^`\\$]|\\[^]|\$(?!\{)|\$\{(?:[^`{}]|\{[^{}]*\}|`[^`]*`)*\}|\$)*(?:`|$(?![^]))/;
const RAW_BACKTICK = /`[^`]*(?:`|$)/;
const TRIPLE_DOUBLE = /"""(?:[^\\]|\\[^])*?(?:"""|$(?![^]))/;
const TRIPLE_SINGLE = /'''(?:[^\\]|\\[^])*?(?:'''|$(?![^]))/;
/** One sign: `'"'`. A lone `'` before a name is none: a lifetime, a label. */
const CHARACTER = /'(?:\\(?:u\{\w+\}|x\w\w|u\w{4}|[^])|[^'\\\n])'/;
const LONG_DOUBLE = /"(?:[^"\\]|\\[^])*(?:"|$(?![^]))/;
const LONG_SINGLE = /'[^']*(?:'|$(?![^]))/;

const C_LIKE: Prose = [SLASHES, BLOCK, TRIPLE_DOUBLE, DOUBLE, SINGLE];
const PYTHON: Prose = [HASH, TRIPLE_DOUBLE, TRIPLE_SINGLE, DOUBLE, SINGLE];
const DASHED: Prose = [/--\[\[[^]*?(?:\]\]|$(?![^]))/, /\{-[^]*?(?:-\}|$(?![^]))/, DASHES, DOUBLE];

const OF: Readonly<Record<string, Prose>> = {
  Python: PYTHON,
  Elixir: PYTHON,
  Nim: PYTHON,
  Julia: [/#=[^]*?=#/, ...PYTHON],
  Ruby: [
    /^=begin\b[^]*?(?:^=end\b[^\n]*|$(?![^]))/m,
    /(?<==[ \t]*|[(,][ \t]*|\b(?:return|raise|puts|erb|eval)[ \t]+)<<[~-]?(?<quote>["']?)(?<end>[A-Z_]\w*)\k<quote>[^]*?(?:^[ \t]*\k<end>\b|$(?![^]))/m,
    /^__END__\n[^]*/m,
    SHELL_HASH,
    DOUBLE,
    SINGLE,
  ],
  Perl: [/^=[a-z]\w*[^]*?(?:^=cut\b[^\n]*|$(?![^]))/m, SHELL_HASH, DOUBLE, SINGLE],
  Shell: [
    /<<-?[ \t]*(?<quote>["']?)(?<end>[A-Za-z_]\w*)\k<quote>[^]*?(?:^[ \t]*\k<end>$|$(?![^]))/m,
    SHELL_HASH,
    LONG_DOUBLE,
    LONG_SINGLE,
  ],
  PowerShell: [/<#[^]*?#>/, SHELL_HASH, DOUBLE, SINGLE],
  Rust: [SLASHES, BLOCK, /\bb?r(?<end>#*)"[^]*?(?:"\k<end>|$(?![^]))/, CHARACTER, LONG_DOUBLE],
  Go: [SLASHES, BLOCK, RAW_BACKTICK, DOUBLE, CHARACTER],
  Java: [SLASHES, BLOCK, TRIPLE_DOUBLE, DOUBLE, CHARACTER],
  'C++': [SLASHES, BLOCK, /\bR"(?<end>\w*)\([^]*?(?:\)\k<end>"|$(?![^]))/, DOUBLE, CHARACTER],
  PHP: [
    SLASHES,
    BLOCK,
    /#(?!\[)[^\n]*/,
    /<<<[ \t]*(?<quote>["']?)(?<end>\w+)\k<quote>[^]*?(?:^[ \t]*\k<end>\b|$(?![^]))/m,
    LONG_DOUBLE,
    /'(?:[^'\\]|\\[^])*(?:'|$(?![^]))/,
  ],
  Dart: [SLASHES, BLOCK, TRIPLE_DOUBLE, TRIPLE_SINGLE, DOUBLE, SINGLE],
  JavaScript: [SLASHES, BLOCK, BACKTICK, DOUBLE, SINGLE],
  TypeScript: [SLASHES, BLOCK, BACKTICK, DOUBLE, SINGLE],
  R: [HASH, DOUBLE, SINGLE],
  Lua: [...DASHED, SINGLE],
  Haskell: DASHED,
  SQL: [DASHES, BLOCK, SINGLE],
  Lisp: [SEMICOLON, LONG_DOUBLE],
  Assembly: [SEMICOLON, HASH, SLASHES, BLOCK],
  Erlang: [PERCENT, DOUBLE],
  OCaml: [/\(\*[^]*?(?:\*\)|$(?![^]))/, DOUBLE],
  Terraform: [HASH, SLASHES, BLOCK, DOUBLE],
  Make: [HASH],
  CMake: [HASH, DOUBLE],
  Dockerfile: [/^[ \t]*#[^\n]*/m],
};

const PATTERNS = new Map<Prose, RegExp>();

function patternOf(prose: Prose): RegExp {
  const pattern = PATTERNS.get(prose) ?? new RegExp(prose.map(({ source }) => source).join('|'), 'gm');
  PATTERNS.set(prose, pattern);
  return pattern;
}

/** A module of tests at the end of the file. */
const RUST_TESTS = /^#\[cfg\(test\)\]\s*(?:#\[[^\n]*\]\s*)*mod \w+ \{[^]*/m;

/**
 * The text without comments and without what stands in its strings, line by line as it was: a string leaves `""`, one
 * that stands alone (a docstring) nothing. Told by signs alone, so a quote inside a regular expression may mislead it
 * to the end of its line.
 */
export function codeOnly(path: string, text: string): string {
  const language = languageOf(path)?.name ?? '';
  const bare = text.replace(patternOf(OF[language] ?? C_LIKE), (found: string, ...rest: unknown[]) =>
    blank(found, text, offsetOf(rest)),
  );
  return language === 'Rust' ? bare.replace(RUST_TESTS, '') : bare;
}

/** Among the groups of a match, and what follows them. */
function offsetOf(rest: readonly unknown[]): number {
  return rest.find((one) => typeof one === 'number') ?? 0;
}

const TEXT = /^(?:["'`]|b?r#*"|R"|<<)/;

/** Keeps the ends of lines. */
function blank(found: string, text: string, offset: number): string {
  const ends = found.includes('\n') ? found.replace(/[^\n]+/g, '') : '';
  if (!TEXT.test(found)) return ends;
  const isLong = /^("""|''')/.test(found);
  return isLong && standsAlone(text, offset) ? ends : `""${ends}`;
}

function standsAlone(text: string, offset: number): boolean {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*[rRuUbBfF]*$/.test(text.slice(start, offset));
}

/** Lines with something on them. */
export function countFilled(text: string): number {
  let count = 0;
  for (let from = 0; from < text.length;) {
    const newline = text.indexOf('\n', from);
    const end = newline < 0 ? text.length : newline;
    let at = from;
    while (at < end && text.charCodeAt(at) <= 32) at += 1;
    if (at < end) count += 1;
    from = end + 1;
  }
  return count;
}
