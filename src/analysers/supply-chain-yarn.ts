import {
  isPlainRange,
  originOf,
  withOwnRegistry,
  type Asked,
  type Drift,
  type LockedPackage,
  type LockFile,
} from './supply-chain-lock.ts';

/** An entry of `yarn.lock`: the ranges it answers, and its lines. */
type Entry = Readonly<{
  patterns: readonly string[];
  fields: ReadonlyMap<string, string>;
  /** Names and ranges below `dependencies:`. */
  dependencies: ReadonlyMap<string, string>;
}>;

/** `yarn.lock` of Yarn 1, or of Yarn 2 and newer. Undefined when it is none. */
export function readYarnLock(text: string, overridden: ReadonlySet<string>): LockFile | undefined {
  const entries = readEntries(text);
  if (entries.length === 0) return undefined;
  return /^__metadata:/m.test(text) ? berry(entries, overridden) : classic(entries, overridden);
}

type OpenEntry = Readonly<{ patterns: string[]; fields: Map<string, string>; dependencies: Map<string, string> }>;

function readEntries(text: string): readonly Entry[] {
  const entries: OpenEntry[] = [];
  let section = '';
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith(' ')) section = addField(line, entries.at(-1), section);
    else entries.push({ patterns: patternsOf(line), fields: new Map(), dependencies: new Map() });
  }
  return entries.filter(({ patterns }) => !patterns.includes('__metadata'));
}

/** Gives the section that the next line may stand in. */
function addField(line: string, entry: OpenEntry | undefined, section: string): string {
  const [, indent, quoted, bare, rest] = /^( +)(?:"([^"]+)"|([^\s":]+)):?(?: (.*))?$/.exec(line.trimEnd()) ?? [];
  const key = quoted ?? bare ?? '';
  const value = (rest ?? '').replaceAll(/^"|"$/g, '');
  if (indent?.length === 2) entry?.fields.set(key, value);
  else if (section === 'dependencies') entry?.dependencies.set(key, value);
  return indent?.length === 2 ? key : section;
}

/** `"a@^1", b@^2:` and `"a@npm:^1, a@npm:^2":` */
function patternsOf(line: string): string[] {
  return line.trimEnd().replace(/:$/, '').replaceAll('"', '').split(/,\s*/);
}

function nameOf(pattern: string): string {
  return pattern.slice(0, Math.max(1, pattern.indexOf('@', 1)));
}

function classic(entries: readonly Entry[], overridden: ReadonlySet<string>): LockFile {
  const known = new Set(entries.flatMap(({ patterns }) => patterns));
  const versions = new Map(entries.map(({ patterns: [first = ''], fields }) => [nameOf(first), fields.get('version')]));
  return {
    tool: 'yarn.lock',
    refresh: 'yarn install',
    packages: withOwnRegistry(entries.map(classicPackage)),
    folders: [''],
    drift: (folder, asked) =>
      asked.flatMap(({ name, range }): readonly Drift[] => {
        if (folder !== '' || overridden.has(name) || !isPlainRange(range) || known.has(`${name}@${range}`)) return [];
        return [{ name, asked: range, locked: versions.get(name) }];
      }),
  };
}

function classicPackage({ patterns: [first = ''], fields }: Entry): LockedPackage {
  const range = first.slice(first.indexOf('@', 1) + 1);
  const url = fields.get('resolved') ?? (isPlainRange(range) ? '' : range);
  const isHashed = fields.has('integrity') || /#[0-9a-f]{40}$/.test(url);
  const version = fields.get('version') ?? '';
  return {
    name: nameOf(first),
    version,
    origin: originOf(url),
    url,
    hasIntegrity: isHashed,
    isDev: false,
    isOptional: false,
  };
}

const WORKSPACE = '@workspace:';

function berry(entries: readonly Entry[], overridden: ReadonlySet<string>): LockFile {
  const workspaces = new Map(
    entries.flatMap((entry) =>
      entry.patterns.flatMap((pattern) => {
        const at = pattern.indexOf(WORKSPACE);
        const folder = pattern.slice(at + WORKSPACE.length);
        return at < 0 || /^[\^~*]/.test(folder) ? [] : [[folder === '.' ? '' : folder, entry] as const];
      }),
    ),
  );
  return {
    tool: 'yarn.lock',
    refresh: 'yarn install --mode=update-lockfile',
    packages: withOwnRegistry(entries.flatMap(berryPackage)),
    folders: [...workspaces.keys()],
    drift: (folder, asked) => asked.flatMap((one) => driftInBerry(one, workspaces.get(folder), overridden)),
  };
}

function berryPackage({ patterns: [first = ''], fields }: Entry): readonly LockedPackage[] {
  const resolution = fields.get('resolution') ?? '';
  if (/@(?:workspace|link|portal|file|patch):/.test(resolution)) return [];
  const name = nameOf(first);
  const isRegistry = resolution.startsWith(`${name}@npm:`) || resolution.includes('@npm:');
  const url = isRegistry ? '' : resolution.slice(resolution.indexOf('@', 1) + 1);
  const version = fields.get('version') ?? '';
  // Packages for one platform have no hash where the lock file was made on another.
  const isHashed = fields.has('checksum') || fields.has('conditions');
  return [
    {
      name,
      version,
      origin: isRegistry ? 'registry' : originOf(url),
      url,
      hasIntegrity: isHashed,
      isDev: false,
      isOptional: false,
    },
  ];
}

function driftInBerry(
  { name, range }: Asked,
  entry: Entry | undefined,
  overridden: ReadonlySet<string>,
): readonly Drift[] {
  if (entry === undefined || overridden.has(name) || !isPlainRange(range)) return [];
  const locked = entry.dependencies.get(name)?.replace(/^npm:/, '');
  return locked === range ? [] : [{ name, asked: range, locked }];
}
