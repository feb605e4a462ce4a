/** Which languages we can name, and how their branching words look. */
export type Language = Readonly<{
  name: string;
  /** `code` counts as code; `data` and `prose` do not branch. */
  kind: 'code' | 'markup' | 'data' | 'prose';
  /** Whether we parse it. */
  isParsed?: true;
  branches?: RegExp;
  /** Starts a comment that goes to the end of the line. */
  comment?: readonly string[];
}>;

/** A choice between many counts once, however many cases it has: a flat list is easy to read. */
const C_LIKE = /\b(?:if|elseif|for|foreach|while|switch|catch)\b|&&|\|\|/g;
const SLASHES = ['//', '*', '/*'];

const code = (name: string, branches: RegExp = C_LIKE, comment: readonly string[] = SLASHES): Language => ({
  name,
  kind: 'code',
  branches,
  comment,
});
const parsed = (name: string): Language => ({ ...code(name), isParsed: true });
const data = (name: string): Language => ({ name, kind: 'data' });
const markup = (name: string): Language => ({ name, kind: 'markup' });
const prose = (name: string): Language => ({ name, kind: 'prose' });

const JS = parsed('JavaScript');
const TS = parsed('TypeScript');
const C = code('C');
const CPP = code('C++');
const PYTHON = code('Python', /\b(?:if|elif|for|while|except|and|or)\b/g, ['#']);
const RUBY = code('Ruby', /\b(?:if|elsif|unless|while|until|rescue|case|and|or)\b|&&|\|\|/g, ['#']);
const SHELL = code('Shell', /\b(?:if|elif|for|while|until|case)\b|&&|\|\|/g, ['#']);
const LISP = code('Lisp', /\((?:if|cond|when|unless|case|and|or|loop|dolist)\b/g, [';']);
const HASKELL = code('Haskell', /\b(?:if|case)\b|&&|\|\|/g, ['--']);
const LUA = code('Lua', /\b(?:if|elseif|for|while|repeat|and|or)\b/g, ['--']);
const KOTLIN = code('Kotlin', /\b(?:if|for|while|when|catch)\b|&&|\|\|/g);
const YAML = data('YAML');
const MARKDOWN = prose('Markdown');

const BY_EXTENSION: Readonly<Record<string, Language>> = {
  js: JS,
  mjs: JS,
  cjs: JS,
  jsx: JS,
  ts: TS,
  mts: TS,
  cts: TS,
  tsx: TS,
  vue: markup('Vue'),
  svelte: markup('Svelte'),
  astro: markup('Astro'),
  c: C,
  h: C,
  cc: CPP,
  cpp: CPP,
  cxx: CPP,
  hpp: CPP,
  hh: CPP,
  hxx: CPP,
  ino: CPP,
  m: code('Objective-C'),
  mm: code('Objective-C'),
  swift: code('Swift', /\b(?:if|guard|for|while|switch|catch)\b|&&|\|\|/g),
  cu: code('CUDA'),
  cs: code('C#'),
  java: code('Java'),
  kt: KOTLIN,
  kts: KOTLIN,
  scala: code('Scala'),
  groovy: code('Groovy'),
  gradle: code('Gradle'),
  dart: code('Dart'),
  php: code('PHP'),
  zig: code('Zig'),
  v: code('Verilog'),
  d: code('D'),
  go: code('Go', /\b(?:if|for|switch|select)\b|&&|\|\|/g),
  rs: code('Rust', /\b(?:if|for|while|loop|match)\b|&&|\|\|/g),
  py: PYTHON,
  pyi: PYTHON,
  pyx: PYTHON,
  rb: RUBY,
  rake: RUBY,
  cr: RUBY,
  sh: SHELL,
  bash: SHELL,
  zsh: SHELL,
  ps1: code('PowerShell', C_LIKE, ['#']),
  bat: code('Batch', /\b(?:if|for|goto)\b/gi, ['rem', '::']),
  pl: code('Perl', /\b(?:if|elsif|unless|for|foreach|while)\b|&&|\|\|/g, ['#']),
  pm: code('Perl', C_LIKE, ['#']),
  lua: LUA,
  ex: code('Elixir', /\b(?:if|case|cond|unless|with|and|or)\b|&&|\|\|/g, ['#']),
  exs: code('Elixir', /\b(?:if|case|cond|unless|with|and|or)\b|&&|\|\|/g, ['#']),
  erl: code('Erlang', /\b(?:if|case|receive|andalso|orelse)\b/g, ['%']),
  hs: HASKELL,
  ml: code('OCaml', /\b(?:if|match)\b|&&|\|\|/g, ['(*']),
  fs: code('F#', /\b(?:if|match|for|while)\b|&&|\|\|/g, ['//']),
  clj: LISP,
  cljs: LISP,
  lisp: LISP,
  el: LISP,
  scm: LISP,
  r: code('R', C_LIKE, ['#']),
  jl: code('Julia', /\b(?:if|elseif|for|while|catch)\b|&&|\|\|/g, ['#']),
  nim: code('Nim', C_LIKE, ['#']),
  f90: code('Fortran', /\b(?:if|do|case)\b/gi, ['!']),
  f: code('Fortran', /\b(?:if|do|case)\b/gi, ['!', 'c ']),
  asm: code('Assembly', /\bj[a-z]{1,3}\b/gi, [';', '#']),
  s: code('Assembly', /\bj[a-z]{1,3}\b/gi, [';', '#']),
  sql: code('SQL', /\b(?:case|when|if)\b/gi, ['--']),
  proto: data('Protocol Buffers'),
  graphql: data('GraphQL'),
  gql: data('GraphQL'),
  html: markup('HTML'),
  htm: markup('HTML'),
  xhtml: markup('HTML'),
  css: markup('CSS'),
  scss: markup('SCSS'),
  sass: markup('SCSS'),
  less: markup('Less'),
  styl: markup('Stylus'),
  svg: data('SVG'),
  xml: data('XML'),
  xsd: data('XML'),
  xsl: data('XML'),
  ejs: markup('Template'),
  hbs: markup('Template'),
  pug: markup('Template'),
  erb: markup('Template'),
  j2: markup('Template'),
  json: data('JSON'),
  json5: data('JSON'),
  jsonc: data('JSON'),
  jsonl: data('JSON'),
  yml: YAML,
  yaml: YAML,
  toml: data('TOML'),
  ini: data('Settings'),
  cfg: data('Settings'),
  conf: data('Settings'),
  properties: data('Settings'),
  env: data('Settings'),
  csv: data('CSV'),
  tsv: data('CSV'),
  ipynb: data('Notebook'),
  tf: code('Terraform', /\?/g, ['#']),
  hcl: data('HCL'),
  nix: data('Nix'),
  cmake: code('CMake', /\b(?:if|elseif|foreach|while)\b/gi, ['#']),
  mk: code('Make', /\b(?:ifeq|ifneq|ifdef|ifndef)\b/g, ['#']),
  md: MARKDOWN,
  mdx: MARKDOWN,
  markdown: MARKDOWN,
  rst: prose('reStructuredText'),
  adoc: prose('AsciiDoc'),
  txt: prose('Text'),
  tex: prose('TeX'),
};

const BY_NAME: Readonly<Record<string, Language>> = {
  makefile: code('Make', /\b(?:ifeq|ifneq|ifdef|ifndef)\b/g, ['#']),
  gnumakefile: code('Make', /\b(?:ifeq|ifneq|ifdef|ifndef)\b/g, ['#']),
  dockerfile: code('Dockerfile', /&&|\|\|/g, ['#']),
  'cmakelists.txt': code('CMake', /\b(?:if|elseif|foreach|while)\b/gi, ['#']),
  rakefile: RUBY,
  gemfile: RUBY,
  jenkinsfile: code('Groovy'),
};

/** The language of a file, from its name alone. */
export function languageOf(path: string): Language | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const known = BY_NAME[name];
  if (known !== undefined) return known;
  const dot = name.lastIndexOf('.');
  const extension = name.slice(dot + 1);
  return dot >= 0 && Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension] : undefined;
}

/** Whether our parser reads it. */
export function isParsedLanguage(path: string): boolean {
  return languageOf(path)?.isParsed === true;
}

/** Branching words: a rough stand-in for complexity where nothing parses the language. `bare`: see `codeOnly`. */
export function countBranches(bare: string, language: Language | undefined): number {
  return language?.branches === undefined ? 0 : (bare.match(language.branches)?.length ?? 0);
}
