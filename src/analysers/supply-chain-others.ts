import { posix } from 'node:path';
import { asRecord, asText, isRecord, parseJson, type JsonRecord } from './json-value.ts';
import type { Drift } from './supply-chain-lock.ts';
import { tomlEntries, tomlField, tomlTexts, type TomlEntry } from './toml-lines.ts';

/** What is wrong between a lock file and the manifest beside it. */
export type OtherLock = Readonly<{
  /** Relative to the root. */
  manifest: string;
  tool: string;
  refresh: string;
  /** Packages that it names. */
  packages: number;
  drifts: readonly Drift[];
}>;

type Beside = (name: string) => string | undefined;

/**
 * Lock files of other package managers: what the manifest names and the lock file does not. Versions are not compared.
 * Undefined for files that are no such lock, or stand without a manifest.
 */
export function readOtherLock(
  path: string,
  text: string,
  read: (path: string) => string | undefined,
): OtherLock | undefined {
  const name = posix.basename(path);
  const kind = KINDS[name];
  const dir = posix.dirname(path);
  const at = (file: string): string => posix.join(dir, file);
  const manifest = kind === undefined ? undefined : read(at(kind.manifest));
  if (kind === undefined || manifest === undefined) return undefined;
  const locked = kind.locked(text);
  const asked = kind.asked(manifest, (file) => read(at(file)));
  if (locked.size === 0 || asked === undefined) return undefined;
  const missing = [...new Set(asked)].filter((one) => !locked.has(one));
  const drifts = missing.map((one) => ({ name: one, asked: '', locked: undefined }));
  return { manifest: at(kind.manifest), tool: name, refresh: kind.refresh, packages: locked.size, drifts };
}

type Kind = Readonly<{
  manifest: string;
  refresh: string;
  /** Names in the lock file, written as `asked` writes them. */
  locked: (text: string) => ReadonlySet<string>;
  /** Undefined when the manifest decides while it is read. */
  asked: (manifest: string, beside: Beside) => readonly string[] | undefined;
}>;

const KINDS: Readonly<Record<string, Kind>> = {
  'Cargo.lock': {
    manifest: 'Cargo.toml',
    refresh: 'cargo update --workspace',
    locked: lockedCrates,
    asked: askedCrates,
  },
  'go.sum': { manifest: 'go.mod', refresh: 'go mod tidy', locked: lockedModules, asked: askedModules },
  'poetry.lock': { manifest: 'pyproject.toml', refresh: 'poetry lock', locked: lockedPython, asked: askedByPoetry },
  'uv.lock': { manifest: 'pyproject.toml', refresh: 'uv lock', locked: lockedPython, asked: askedByUv },
  'Pipfile.lock': { manifest: 'Pipfile', refresh: 'pipenv lock', locked: lockedByPipenv, asked: askedByPipenv },
  'Gemfile.lock': { manifest: 'Gemfile', refresh: 'bundle lock', locked: lockedGems, asked: askedGems },
  'composer.lock': {
    manifest: 'composer.json',
    refresh: 'composer update --lock',
    locked: lockedByComposer,
    asked: askedByComposer,
  },
};

function namesOf(text: string, table: string): readonly string[] {
  return tomlEntries(text)
    .filter((entry) => entry.table === table && entry.key === 'name')
    .flatMap(({ value }) => tomlTexts(value));
}

const crate = (name: string): string => name.replaceAll('_', '-');

function lockedCrates(text: string): ReadonlySet<string> {
  return new Set(namesOf(text, 'package').map(crate));
}

const CRATES = /^(?:target\..*\.)?(?:dev-|build-)?dependencies$/;

function askedCrates(manifest: string): readonly string[] {
  const entries = tomlEntries(manifest);
  const plain = entries.filter(({ table }) => CRATES.test(table)).flatMap((entry) => crateOf(entry) ?? []);
  return plain.map(crate);
}

function crateOf({ key, value }: TomlEntry): string | undefined {
  if (key.includes('.') || /\bworkspace\s*=/.test(value)) return undefined;
  return tomlField(value, 'package') ?? key;
}

function lockedModules(text: string): ReadonlySet<string> {
  return new Set(
    [...text.matchAll(/^(\S+) (v[^\s/]+)(?:\/go\.mod)? h1:/gm)].map(
      ([, name = '', version = '']) => `${name}@${version}`,
    ),
  );
}

/** What is replaced stands under another name, or nowhere; a workspace has a sum of its own. */
function askedModules(manifest: string, beside: Beside): readonly string[] | undefined {
  if (beside('go.work.sum') !== undefined || beside('go.work') !== undefined) return undefined;
  const bare = manifest.replaceAll(/\/\/.*$/gm, '');
  const replaced = new Set(
    [...bare.matchAll(/^\s*(?:replace\s+)?(\S+)(?:\s+v\S+)?\s+=>/gm)].map(([, name = '']) => name),
  );
  const blocks = [...bare.matchAll(/^require\s*\(([^)]*)\)/gm)].map(([, block = '']) => block);
  const single = [...bare.matchAll(/^require\s+([^\s(]+\s+v\S+)/gm)].map(([, line = '']) => line);
  const lines = [...blocks.flatMap((block) => block.split('\n')), ...single];
  return lines.flatMap((line) => {
    const [, name = '', version = ''] = /^\s*(\S+)\s+(v\S+)/.exec(line) ?? [];
    return name === '' || replaced.has(name) ? [] : [`${name}@${version}`];
  });
}

const python = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

function lockedPython(text: string): ReadonlySet<string> {
  return new Set(namesOf(text, 'package').map(python));
}

/** `flask[async]>=3 ; python_version < "3.12"` → `flask` */
function requirement(text: string): string | undefined {
  const name = /^[A-Za-z0-9][\w.-]*/.exec(text.trim())?.[0];
  return name === undefined ? undefined : python(name);
}

function askedBy(manifest: string, isRequirements: (entry: TomlEntry) => boolean): readonly string[] {
  const entries = tomlEntries(manifest);
  const own = entries.find(({ table, key }) => /^(?:project|tool\.poetry)$/.test(table) && key === 'name')?.value;
  const self = python(tomlTexts(own ?? '')[0] ?? '');
  return entries
    .filter(isRequirements)
    .flatMap(({ value }) => tomlTexts(value.replaceAll(/\{[^}]*\}/g, '')))
    .flatMap((text) => requirement(text) ?? [])
    .filter((name) => name !== self);
}

function isProjectRequirement({ table, key }: TomlEntry): boolean {
  return (table === 'project' && key === 'dependencies') || table === 'project.optional-dependencies';
}

function askedByUv(manifest: string): readonly string[] | undefined {
  return askedBy(manifest, (entry) => isProjectRequirement(entry) || entry.table === 'dependency-groups');
}

function askedByPoetry(manifest: string): readonly string[] {
  const tables = tomlEntries(manifest).filter(({ table }) =>
    /^tool\.poetry\.(?:dev-|group\.[\w-]+\.)?dependencies$/.test(table),
  );
  const named = tables.map(({ key }) => python(key)).filter((name) => name !== 'python');
  return [...named, ...askedBy(manifest, isProjectRequirement)];
}

function lockedByPipenv(text: string): ReadonlySet<string> {
  const lock = asRecord(parseJson(text));
  return new Set(['default', 'develop'].flatMap((key) => Object.keys(asRecord(lock[key]))).map(python));
}

function askedByPipenv(manifest: string): readonly string[] {
  return tomlEntries(manifest)
    .filter(({ table }) => table === 'packages' || table === 'dev-packages')
    .map(({ key }) => python(key));
}

function lockedGems(text: string): ReadonlySet<string> {
  const section = /^DEPENDENCIES\n((?: {2}\S.*\n?)*)/m.exec(text.replaceAll('\r\n', '\n'))?.[1] ?? '';
  return new Set([...section.matchAll(/^ {2}([\w.-]+)/gm)].map(([, name = '']) => name));
}

/** A Gemfile is a program: with a condition in it nobody knows what it asks for. */
function askedGems(manifest: string): readonly string[] | undefined {
  const code = manifest.replaceAll(/^\s*#.*$/gm, '');
  if (/^\s*(?:if|unless|case|eval|eval_gemfile|def|=begin)\b|\b(?:if|unless)\b.*$/m.test(code)) return undefined;
  return [...code.matchAll(/^\s*gem\s*\(?\s*["']([\w.-]+)["']/gm)].map(([, name = '']) => name);
}

function lockedByComposer(text: string): ReadonlySet<string> {
  const lock = asRecord(parseJson(text));
  const packages = ['packages', 'packages-dev'].flatMap((key): readonly JsonRecord[] => {
    const list = lock[key];
    return Array.isArray(list) ? list.filter(isRecord) : [];
  });
  const names = packages.flatMap((one) => [
    asText(one['name']) ?? '',
    ...Object.keys(asRecord(one['replace'])),
    ...Object.keys(asRecord(one['provide'])),
  ]);
  return new Set(names.map((name) => name.toLowerCase()));
}

function askedByComposer(manifest: string): readonly string[] {
  const value = asRecord(parseJson(manifest));
  return ['require', 'require-dev']
    .flatMap((key) => Object.keys(asRecord(value[key])))
    .map((name) => name.toLowerCase())
    .filter((name) => name.includes('/'));
}
