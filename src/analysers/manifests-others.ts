import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { contextOf, isProduction } from './classify.ts';
import type { Detected } from './detected.ts';
import { asRecord, asText, asTexts, parseJson, type JsonRecord } from './json-value.ts';
import { requirementsIn, type Requirement } from './manifests-python.ts';
import type { TextReader } from './read-text.ts';
import { tomlEntries, tomlField, tomlTexts, type TomlEntry } from './toml-lines.ts';

/** Manifests of other package managers that are read, not only listed. */
export const READ_MANIFESTS: readonly string[] = [
  'pyproject.toml',
  'setup.cfg',
  'requirements.txt',
  'Cargo.toml',
  'go.mod',
  'go.work',
  'Gemfile',
  'composer.json',
];
const MAX_BYTES = 512 * 1024;
const MAX_MANIFESTS = 200;
const MAX_FINDINGS = 40;

/** A manifest and what stands around it. */
type Manifest = Readonly<{
  path: string;
  text: string;
  /** Whether something is there, named from the manifest's folder. */
  has: (name: string) => boolean;
  /** Whether one of the files stands in its folder or in one above. */
  isBelow: (...names: readonly string[]) => boolean;
}>;

/** Something that a manifest says, and where. */
type Claim = Readonly<{ line: number; what: string; target: string }>;

/** Reads the manifests of Python, Rust, Go, Ruby and PHP: where they point at nothing, name something twice, or follow a branch. */
export function otherManifests(root: string, paths: readonly string[], reader: TextReader): readonly Detected[] {
  const own = paths.filter((path) => isRead(path)).slice(0, MAX_MANIFESTS);
  const known = new Set(paths);
  return own
    .flatMap((path) => {
      const file = reader.read(path, MAX_BYTES);
      if (file.kind !== 'text') return [];
      const has = (name: string): boolean => isThere(root, posix.join(posix.dirname(path), name), known);
      const folders = foldersUp(posix.dirname(path));
      const isBelow = (...names: readonly string[]): boolean =>
        folders.some((folder) => names.some((name) => known.has(posix.join(folder, name))));
      return check({ path, text: file.text, has, isBelow });
    })
    .slice(0, MAX_FINDINGS);
}

/** By its folder: `.txt` alone would make it a text for people. */
function isRead(path: string): boolean {
  const dir = posix.dirname(path);
  return READ_MANIFESTS.includes(posix.basename(path)) && isProduction(contextOf(posix.join(dir, 'main.c')));
}

function isThere(root: string, path: string, known: ReadonlySet<string>): boolean {
  if (path.startsWith('..')) return true; // outside: nobody can tell
  return known.has(path) || existsSync(join(root, path));
}

function foldersUp(dir: string): readonly string[] {
  const parts = dir === '.' ? [] : dir.split('/');
  return [...parts.map((_, index) => parts.slice(0, parts.length - index).join('/')), ''];
}

function check(manifest: Manifest): readonly Detected[] {
  const { path, text, has } = manifest;
  switch (posix.basename(path)) {
    case 'Cargo.toml':
      return checkCargo(manifest, tomlEntries(text));
    case 'go.mod':
    case 'go.work':
      return nowhere(
        manifest,
        localModules(text).filter(({ target }) => !has(target)),
      );
    case 'Gemfile':
      return checkGemfile(manifest);
    case 'composer.json':
      return checkComposer(manifest, asRecord(parseJson(text)));
    case 'pyproject.toml':
      return [
        ...nowhere(
          manifest,
          pyprojectClaims(tomlEntries(text)).filter((claim) => isMissing(claim, manifest)),
        ),
        ...checkRequirements(manifest),
      ];
    case 'setup.cfg':
      return nowhere(
        manifest,
        setupClaims(text).filter((claim) => isMissing(claim, manifest)),
      );
    default:
      return checkRequirements(manifest);
  }
}

function nowhere({ path, text }: Manifest, claims: readonly Claim[]): readonly Detected[] {
  return claims.slice(0, 8).map(({ line, what, target }) => ({
    kind: 'manifest-points-nowhere',
    severity: 'high',
    confidence: 0.8,
    title: `${what} names ${target}, which does not exist`,
    file: path,
    line,
    anchor: `${what} ${target}`,
    evidence: [
      { source: 'manifests', text: (text.split('\n')[line - 1] ?? '').trim().slice(0, 200), ref: `${path}:${line}` },
    ],
    fix: `Point it at what is meant, or take the line out of ${posix.basename(path)}.`,
  }));
}

/** Files of targets, parts of the workspace and packages in other folders. */
function checkCargo(manifest: Manifest, entries: readonly TomlEntry[]): readonly Detected[] {
  const { has } = manifest;
  const text = (value: string): string => tomlTexts(value)[0] ?? '';
  const named = entries.flatMap(({ table, key, value, line }): readonly Claim[] => {
    if (key === 'path' && /^(?:lib|bin|test|bench|example)$/.test(table))
      return [{ line, what: `[${table}]`, target: text(value) }];
    if (table === 'package' && key === 'readme' && value !== 'false' && value !== 'true')
      return [{ line, what: 'readme', target: text(value) }];
    if (table === 'workspace' && key === 'members')
      return tomlTexts(value)
        .filter((one) => !/[*?[]/.test(one))
        .map((one) => ({ line, what: 'workspace', target: posix.join(one, 'Cargo.toml') }));
    const path = /(?:^|\.)(?:dev-|build-)?dependencies$/.test(table) ? tomlField(value, 'path') : undefined;
    return path === undefined ? [] : [{ line, what: key, target: posix.join(path, 'Cargo.toml') }];
  });
  const git = entries.filter(
    ({ table, value }) => table.endsWith('dependencies') && tomlField(value, 'git') !== undefined,
  );
  const free = git.filter(
    ({ value }) => tomlField(value, 'rev') === undefined && tomlField(value, 'tag') === undefined,
  );
  return [
    ...nowhere(
      manifest,
      named.filter(({ target }) => target !== '' && !has(target)),
    ),
    ...(manifest.isBelow('Cargo.lock')
      ? []
      : free.flatMap(({ key, value, line }) =>
          followsBranch(manifest, { line, what: key, target: tomlField(value, 'git') ?? '' }),
        )),
  ];
}

/** `replace a => ../b` and `use ./b` */
function localModules(text: string): readonly Claim[] {
  return text.split('\n').flatMap((raw, index): readonly Claim[] => {
    const line = raw.replace(/\/\/.*$/, '');
    const replaced = /=>\s+(\.{1,2}\/[^\s]+)\s*$/.exec(line)?.[1];
    const used = /^(?:use\s+|\t)(\.\/[^\s]+)\s*$/.exec(line)?.[1];
    if (replaced !== undefined) return [{ line: index + 1, what: 'replace', target: replaced }];
    return used === undefined ? [] : [{ line: index + 1, what: 'use', target: used }];
  });
}

/** Calls of the form `gem 'name', path: '...'`; with a condition around them nothing is certain. */
function checkGemfile(manifest: Manifest): readonly Detected[] {
  const { text, has } = manifest;
  if (/^\s*(?:if|unless|case|eval_gemfile)\b|\b(?:if|unless)\s/m.test(text)) return [];
  const gems = text.split('\n').flatMap((line, index) => {
    const name = /^\s*gem\s*\(?\s*["']([\w.-]+)["']/.exec(line)?.[1];
    return name === undefined ? [] : [{ name, text: line, line: index + 1 }];
  });
  const local = gems.flatMap((gem) => {
    const target = /\bpath:\s*["']([^"'#]+)["']/.exec(gem.text)?.[1];
    return target === undefined || target.startsWith('/') ? [] : [{ line: gem.line, what: gem.name, target }];
  });
  const twice = repeated(gems.map(({ name, line, text: spec }) => ({ name, line, text: spec.trim() })));
  const git = gems.filter((gem) => /\b(?:git|github):/.test(gem.text) && !/\b(?:ref|tag):/.test(gem.text));
  return [
    ...nowhere(
      manifest,
      local.filter(({ target }) => !has(target)),
    ),
    ...twice.map((pair) => declaredTwice(manifest, pair)),
    ...(manifest.isBelow('Gemfile.lock')
      ? []
      : git.flatMap((gem) => followsBranch(manifest, { line: gem.line, what: gem.name, target: gem.text.trim() }))),
  ];
}

function checkComposer(manifest: Manifest, value: JsonRecord): readonly Detected[] {
  const { text, has } = manifest;
  const autoload = asRecord(value['autoload']);
  const folders = Object.values(asRecord(autoload['psr-4'])).flatMap((one) => asText(one) ?? asTexts(one));
  const files = [...asTexts(autoload['files']), ...asTexts(value['bin'])];
  const missing = [...folders, ...files].filter(
    (target) => target !== '' && !/[*]|^vendor\//.test(target) && !has(target),
  );
  const dev = new Set(Object.keys(asRecord(value['require-dev'])));
  const both = Object.keys(asRecord(value['require'])).filter((name) => dev.has(name));
  return [
    ...nowhere(
      manifest,
      missing.map((target) => ({
        line: lineOf(text, `"${target}"`),
        what: files.includes(target) ? 'composer.json' : 'autoload',
        target,
      })),
    ),
    ...both.map((name) =>
      declaredTwice(manifest, { name, line: lineOf(text, `"${name}"`), first: 'require', second: 'require-dev' }),
    ),
  ];
}

/** Files and modules that a Python project names. `module:` marks a module. */
function pyprojectClaims(entries: readonly TomlEntry[]): readonly Claim[] {
  return entries.flatMap(({ table, key, value, line }): readonly Claim[] => {
    if ((table === 'project' || table === 'tool.poetry') && key === 'readme') {
      const target = value.startsWith('{') ? tomlField(value, 'file') : tomlTexts(value)[0];
      return target === undefined ? [] : [{ line, what: 'readme', target }];
    }
    const isScript = /^(?:project\.(?:scripts|gui-scripts|entry-points\..*)|tool\.poetry\.scripts)$/.test(table);
    const target = isScript && !value.startsWith('{') ? tomlTexts(value)[0] : undefined;
    return target === undefined ? [] : [{ line, what: `${table}.${key}`, target: `module:${target}` }];
  });
}

/** `name = package.module:function` below `console_scripts`. */
function setupClaims(text: string): readonly Claim[] {
  let section = '';
  return text.split('\n').flatMap((line, index): readonly Claim[] => {
    section = /^\[([^\]]+)\]/.exec(line)?.[1] ?? section;
    const [, name, target] = /^\s+([\w.-]+)\s*=\s*([\w.]+:[\w.]+)\s*$/.exec(line) ?? [];
    if (section !== 'options.entry_points' || name === undefined || target === undefined) return [];
    return [{ line: index + 1, what: name, target: `module:${target}` }];
  });
}

const PACKAGE_FOLDERS = ['', 'src', 'lib', 'python'];

function isMissing({ target }: Claim, { has }: Manifest): boolean {
  if (!target.startsWith('module:')) return !has(target);
  const [top = '', ...rest] = (target.slice('module:'.length).split(/[:\s[]/)[0] ?? '').split('.');
  const homes = PACKAGE_FOLDERS.map((folder) => posix.join(folder, top)).filter((folder) =>
    has(posix.join(folder, '__init__.py')),
  );
  const [home] = homes;
  if (home === undefined || homes.length > 1 || rest.length === 0) return false;
  const module = posix.join(home, ...rest);
  return ![
    `${module}.py`,
    `${module}.pyx`,
    `${module}.pyi`,
    `${module}.so`,
    module,
    `${posix.join(home, ...rest.slice(0, -1))}.py`,
  ].some(has);
}

function checkRequirements(manifest: Manifest): readonly Detected[] {
  const isLocked =
    manifest.path.endsWith('.toml') && manifest.isBelow('poetry.lock', 'uv.lock', 'pdm.lock', 'Pipfile.lock');
  const asked = requirementsIn(manifest.path, manifest.text);
  const plain = asked.filter(({ hasCondition }) => !hasCondition);
  const groups = [...Map.groupBy(plain, ({ group }) => group).values()];
  const free = asked.filter(
    ({ git }) =>
      git !== undefined &&
      !/@[^/@]+$|@(?:refs\/tags\/)/.test(git.replace(/#.*$/, '').replace(/^git\+\w+:\/\/[^/@]*@/, '')),
  );
  return [
    ...groups.flatMap((group) => repeated(group)).map((pair) => declaredTwice(manifest, pair)),
    ...(isLocked ? [] : free).flatMap(({ name, git = '', line }) =>
      followsBranch(manifest, { line, what: name, target: git }),
    ),
  ];
}

type Pair = Readonly<{ name: string; line: number; first: string; second: string }>;

function repeated(list: readonly Pick<Requirement, 'name' | 'line' | 'text'>[]): readonly Pair[] {
  return [...Map.groupBy(list, ({ name }) => name).values()].flatMap(([first, second]) =>
    first === undefined || second === undefined
      ? []
      : [{ name: first.name, line: second.line, first: first.text, second: second.text }],
  );
}

export function declaredTwice({ path }: Pick<Manifest, 'path'>, { name, line, first, second }: Pair): Detected {
  const isSame = first === second;
  return {
    kind: 'dependency-twice',
    severity: isSame ? 'low' : 'medium',
    confidence: 0.85,
    title: `${name} is declared twice`,
    file: path,
    line,
    anchor: `${name} ${first} ${second}`,
    evidence: [
      {
        source: 'manifests',
        text: isSame ? `Twice: ${first}` : `Once as ${first}, once as ${second}.`,
        ref: `${path}:${line}`,
      },
    ],
    fix: `Keep one of them: which one counts depends on the tool that reads ${posix.basename(path)}.`,
  };
}

function followsBranch({ path }: Manifest, { line, what, target }: Claim): readonly Detected[] {
  if (target === '') return [];
  return [
    {
      kind: 'unpinned-git-source',
      severity: 'medium',
      confidence: 0.85,
      title: `${what} follows a branch of a git repository`,
      file: path,
      line,
      anchor: `${what} ${target}`,
      evidence: [
        {
          source: 'manifests',
          text: `${target.slice(0, 200)} names no commit and no tag, and no lock file does.`,
          ref: `${path}:${line}`,
        },
      ],
      fix: 'Name the commit or tag that was tried: tomorrow the branch holds other code.',
    },
  ];
}

function lineOf(text: string, part: string): number {
  const at = text.indexOf(part);
  return at < 0 ? 0 : text.slice(0, at).split('\n').length;
}
