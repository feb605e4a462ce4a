import { asPattern } from '../../words.ts';

/** Where a value of somebody else comes in. `line` counts from 1. */
export type Origin = Readonly<{ text: string; line: number }>;

/** A statement goes on over so many lines. */
const REACH = 8;
const MAX_LINES = 150;
const MAX_STEPS = 4;
const MAX_NAMES = 20;
const MAX_STATEMENT = 700;

/** What a request, a page or a message brings, as each language writes it. */
const SCRIPT =
  /\b(?:req|request)\.(?:body|query|params|headers|cookies|signedCookies|rawBody|url|originalUrl|nextUrl|param\(|json\(|text\(|formData\(|header\()|\b(?:ctx|context)\.(?:query|querystring|params|cookies|headers|request\.|req\.)|\blocation\.(?:hash|search|href)\b|\bURLSearchParams\b|\bsearchParams\b|\bevent\.(?:body|queryStringParameters|pathParameters)\b|\b(?:e|ev|event|evt|msg|message)\.data\b|\bdocument\.(?:referrer|URL|documentURI)\b|\bwindow\.name\b|\$route\.(?:query|params|hash)|\b(?:route|router)\.query\b|\bfetch\(|\{[^}]*\b(?:body|query|params|headers|cookies)\b[^}]*\}\s*,\s*(?:res|reply|response)\b/;
const PYTHON =
  /\brequest\.(?:args|form|values|json|data|cookies|headers|files|GET|POST|body|query_params|query|params|match_info|get_json\(|META|COOKIES|view_args)\b|\bself\.get_(?:query_|body_)?arguments?\(/;
const RUBY =
  /(?<![\w.@|])params(?:\[|\.(?:fetch|require|permit|dig)\b)|(?<![\w.])cookies\[|\brequest\.(?:params|query_string|path|url|fullpath|body|headers|user_agent|referer|referrer)\b/;
const PHP =
  /\$_(?:GET|POST|REQUEST|COOKIE|FILES)\b|\$_SERVER\[['"](?:QUERY_STRING|REQUEST_URI|HTTP_\w+|PHP_SELF)|\$(?:this->)?request->(?:input|get|query|post|all|cookie|header|request|getQueryParams|getParsedBody|getParam)\b|\brequest\(\s*['"]|php:\/\/input/;
const GO =
  /\b(?:r|req|request)\.(?:URL\.(?:Query\(|Path\b|RawQuery\b)|FormValue\(|PostFormValue\(|Form\b|PostForm\b|Header\.Get\(|Body\b|PathValue\()|\bmux\.Vars\(|\bchi\.URLParam\(|\bc(?:tx)?\.(?:Param|Query|QueryParam|FormValue|PostForm|GetHeader|DefaultQuery)\(/;
const JVM =
  /\b(?:request|req|httpRequest|servletRequest)\.(?:getParameter|getHeader|getQueryString|getCookies|getPathInfo|getRequestURI|queryParams?|params)\b|\bctx\.(?:queryParam|pathParam|formParam|body)\(/;
const CSHARP = /\bRequest\.(?:Query|Form|Headers|Cookies|Params|QueryString)\b|\bRequest\[/;

const SOURCES: readonly (readonly [RegExp, RegExp])[] = [
  [/\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/, SCRIPT],
  [/\.py$/, PYTHON],
  [/\.(?:rb|erb|rake)$/, RUBY],
  [/\.(?:php|phtml)$/, PHP],
  [/\.go$/, GO],
  [/\.(?:java|kt|scala|groovy)$/, JVM],
  [/\.(?:cs|cshtml)$/, CSHARP],
];

/** A number, or made harmless: no text of somebody else is left. */
const CLEANED =
  /(?<![\w.])(?:int|float|Integer|Number|parseInt|parseFloat|intval|UUID|uuid\.UUID)\(|\(int\)|\.to_i\b|\bstrconv\.\w+\(|Integer\.(?:parseInt|valueOf)\(|(?<!un)escape|quote|saniti[sz]e|purify|htmlspecialchars|htmlentities|shlex|\breplace\(|\bre\.sub\(|preg_replace|\.gsub\b|encodeURI|whitelist|allow_?list/i;
const CHECKED =
  /\b(?:if|unless|elif|elsif|assert|case|switch|match|return|guard)\b[^\n]*(?:\bin\b|\bincludes\b|\bhas\(|\bmatch|\.test\(|preg_match|isdigit|isalnum|isidentifier|ctype_|in_array|contains|is_numeric|valid|allow|===?\s*['"])|\b(?:validate|assert|check|verify|ensure)\w*\(/i;
const HEAD =
  /^\s*(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:def|func|function|fn|fun|sub|public|private|protected|internal|static|override)\b|^\s*(?:async\s+)?[\w$]+\([^()]*\)\s*(?::\s*[\w<>[\]|. ]+)?\s*\{\s*$/;
const NO_HEAD = /^\s*(?:if|for|foreach|while|switch|catch|else|with|try|return|unless|until)\b/;
const ROUTE = /^\s*@[\w.]+\.(?:route|get|post|put|patch|delete|websocket)\(/;
/** Given by the framework from the request, by what stands before the parameter. */
const BOUND =
  /(?:@(?:RequestParam|PathVariable|RequestBody|RequestHeader|CookieValue|QueryParam|PathParam|FormParam|HeaderParam)\b(?:\([^)]*\))?|\[From(?:Query|Body|Form|Route|Header)[^\]]*\])\s*(?:final\s+)?(?:String|string|Object)\??\s+(\w+)/g;
const SETS =
  /^(?<left>[^=]*?)\s*(?:\+|\.|\|\||\?\?)?(?::=|=(?![=>~]))(?<right>.*)$|^(?<loop>.*?)\s(?:in|of)\s(?<all>.*)$/s;
const WORDS =
  /^(?:return|function|new|await|async|typeof|void|var|let|const|if|else|for|in|of|this|self|true|false|null|nil|undefined|None|True|False|def|end|do|echo|print|and|or|not|f|fmt|Sprintf|String|db|conn|cursor|res|response)$/;

/** Follows the names in the statement up to the head of the function, by the text of the lines alone. */
export function originIn(file: string, lines: readonly string[], at: number): Origin | undefined {
  const source = SOURCES.find(([name]) => name.test(file))?.[1];
  if (source === undefined) return undefined;
  // What a page takes as HTML is set in its script, which stands above or below.
  const isMarkup = /\.(?:vue|svelte|astro)$/.test(file);
  const top = isMarkup ? 0 : headAbove(lines, at);
  const range = isMarkup ? lines.map((_, index) => index) : indexesBetween(top, at);
  const statement = statementAt(lines, at);
  const direct = taken(source, statement);
  if (direct !== undefined) return { text: direct, line: at + 1 };
  let names = namesOf(isMarkup ? statement.replaceAll('"', ' ') : statement);
  const seen = new Set<string>();
  for (let step = 0; step < MAX_STEPS && names.length > 0; step += 1) {
    for (const name of names) seen.add(name);
    const found = follow({ names, lines, range, source });
    if ('text' in found) return found;
    const given = ofHead(names, lines, top);
    if (given !== undefined) return given;
    names = found.names.filter((name) => !seen.has(name)).slice(0, MAX_NAMES);
  }
  return undefined;
}

type Following = Readonly<{
  names: readonly string[];
  lines: readonly string[];
  range: readonly number[];
  source: RegExp;
}>;

function follow({ names, lines, range, source }: Following): Origin | Readonly<{ names: readonly string[] }> {
  const next: string[] = [];
  for (const name of names) {
    const word = new RegExp(`(?<![\\w$${name.startsWith('$') ? '' : '.'}])${asPattern(name)}(?![\\w$(])`);
    const about = range.filter((index) => word.test(lines[index] ?? ''));
    if (about.some((index) => CHECKED.test(lines[index] ?? ''))) continue;
    for (const index of about.toReversed()) {
      const { text, from, isLast } = settingOf(word, statementAt(lines, index), source);
      if (text !== undefined) return { text, line: index + 1 };
      next.push(...from);
      if (isLast) break;
    }
  }
  return { names: [...new Set(next)] };
}

type Setting = Readonly<{
  /** The words that take it from outside. */
  text: string | undefined;
  /** Names that go into it. */
  from: readonly string[];
  /** What it held before is gone. */
  isLast: boolean;
}>;

const NOT_SET: Setting = { text: undefined, from: [], isLast: false };

function settingOf(name: RegExp, statement: string, source: RegExp): Setting {
  const bound = /=>|\bfunction\b/.test(statement) ? source.exec(statement)?.[0] : undefined;
  if (bound !== undefined && name.test(bound)) return { text: bound, from: [], isLast: true };
  const right = rightOf(name, statement);
  if (right === undefined) return NOT_SET;
  if (CLEANED.test(right)) return { ...NOT_SET, isLast: true };
  const goesOn = name.test(right) || ADDS.test(statement);
  return { text: source.exec(right)?.[0], from: namesOf(right), isLast: !goesOn };
}

/** `foreach (rows as $row)` */
const EACH = /\bforeach\s*\((?<all>.*)\sas\s(?<loop>.*?)\)/s;

/** What the name is set to in the statement. */
function rightOf(name: RegExp, statement: string): string | undefined {
  const { left = '', right } = SETS.exec(statement)?.groups ?? {};
  if (right !== undefined && name.test(left.replace(/[[(].*$/s, ofPattern))) return right;
  const { loop = '', all } = (EACH.exec(statement) ?? SETS.exec(statement))?.groups ?? {};
  return name.test(loop) ? all : undefined;
}

/** `a += b` */
const ADDS = /^[^=]*(?:\+|\.|\|\||\?\?)=/;

/** `const [a, b] =` sets a and b; `rows[name] =` does not set name. */
function ofPattern(rest: string): string {
  return /^\[[\w\s,$]*\]\s*$/.test(rest) ? rest : '';
}

function taken(source: RegExp, statement: string): string | undefined {
  return CLEANED.test(statement) ? undefined : source.exec(statement)?.[0];
}

/** Parameters that the framework fills from the request. */
function ofHead(names: readonly string[], lines: readonly string[], top: number): Origin | undefined {
  const head = statementAt(lines, top);
  const bound = [...head.matchAll(BOUND)].map(([, name = '']) => name);
  const isRouted = lines.slice(Math.max(0, top - 4), top).some((line) => ROUTE.test(line));
  const given = isRouted
    ? [...head.matchAll(/[(,]\s*(\w+)\s*(?::\s*str\s*)?(?=[,)])/g)].map(([, name = '']) => name)
    : [];
  const name = names.find((one) => one !== 'self' && (bound.includes(one) || given.includes(one)));
  return name === undefined ? undefined : { text: `${name} of the request`, line: top + 1 };
}

function headAbove(lines: readonly string[], at: number): number {
  let depth = depthOf(lines[at] ?? '');
  for (let index = at - 1; index >= Math.max(0, at - MAX_LINES); index -= 1) {
    const line = lines[index] ?? '';
    if (line.trim() === '' || depthOf(line) >= depth) continue;
    depth = depthOf(line);
    if (HEAD.test(line) && !NO_HEAD.test(line)) return index;
  }
  return Math.max(0, at - MAX_LINES);
}

function indexesBetween(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

function statementAt(lines: readonly string[], at: number): string {
  let statement = '';
  for (const line of lines.slice(at, at + REACH)) {
    statement = statement === '' ? line.trim() : `${statement}\n${line.trim()}`;
    if (statement.length > MAX_STATEMENT || openBrackets(statement) <= 0) break;
  }
  return statement.slice(0, MAX_STATEMENT);
}

function openBrackets(text: string): number {
  return (text.match(/[([]/g) ?? []).length - (text.match(/[)\]]/g) ?? []).length;
}

/** Names of values, those in the holes of texts too. */
function namesOf(code: string): readonly string[] {
  const holes = [...code.matchAll(/[$#]?\{([^{}]*)\}|(\$\w+)/g)].flatMap(([, hole, name]) => hole ?? name ?? []);
  const bare = code.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`/g, ' ');
  const all = [bare, ...holes].flatMap((part) => part.match(/(?<![\w$.])[A-Za-z_@][\w$]*|\$\w+/g) ?? []);
  return [...new Set(all)].filter((name) => !WORDS.test(name) && name !== '$').slice(0, MAX_NAMES);
}

function depthOf(line: string): number {
  return line.length - line.trimStart().length;
}
