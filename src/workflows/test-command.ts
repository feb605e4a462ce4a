/** What a plan needs to know of the packages of a repository. Paths are relative to it, with `/`. */
export type PackageFacts = Readonly<{
  packages: readonly Readonly<{
    /** Folder; `''` is the repository itself. */
    dir: string;
    /** Its script `test` does more than say that there are no tests. */
    hasTests: boolean;
  }>[];
  lockFiles: readonly string[];
  /** Manifests other than `package.json`. */
  others: readonly string[];
}>;

/** Languages whose tests a `package.json` starts. */
const OF_PACKAGE = /\.(?:[cm]?[jt]sx?|vue|svelte|astro|json|jsonc|css|scss|less|html)$/;

const TOOLS: readonly Readonly<{ source: RegExp; manifest: string; command: string }>[] = [
  { source: /(?:\.go|(?:^|\/)go\.mod)$/, manifest: 'go.mod', command: 'go test ./...' },
  { source: /(?:\.rs|(?:^|\/)Cargo\.toml)$/, manifest: 'Cargo.toml', command: 'cargo test' },
  { source: /(?:\.exs?)$/, manifest: 'mix.exs', command: 'mix test' },
];

const BY_LOCK: Readonly<Record<string, string>> = {
  'pnpm-lock.yaml': 'pnpm test',
  'yarn.lock': 'yarn test',
  'bun.lock': 'bun run test',
  'bun.lockb': 'bun run test',
  'package-lock.json': 'npm test',
  'npm-shrinkwrap.json': 'npm test',
};

/** The command that runs the tests of the package that holds `file`, from the repository's folder; undefined when it names none. */
export function testCommandFor(file: string, facts: PackageFacts): string | undefined {
  const tool = TOOLS.find(({ source }) => source.test(file));
  if (tool !== undefined) {
    const dir = foldersOf(file).find((folder) => facts.others.includes(join(folder, tool.manifest)));
    return dir === undefined ? undefined : inFolder(dir, tool.command);
  }
  if (!OF_PACKAGE.test(file)) return undefined;
  const withTests = new Set(facts.packages.filter(({ hasTests }) => hasTests).map(({ dir }) => dir));
  const dir = foldersOf(file).find((folder) => withTests.has(folder));
  return dir === undefined ? undefined : inFolder(dir, managerCommand(dir, facts.lockFiles));
}

/** The package manager is that of the nearest lock file upwards. */
function managerCommand(dir: string, lockFiles: readonly string[]): string {
  const locks = new Set(lockFiles);
  const names = [dir, ...foldersOf(dir)].flatMap((folder) =>
    Object.keys(BY_LOCK).filter((name) => locks.has(join(folder, name))),
  );
  return BY_LOCK[names[0] ?? ''] ?? 'npm test';
}

/** Folders around a path, the nearest first, `''` last. */
function foldersOf(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return [...parts.map((_, index) => parts.slice(0, parts.length - index).join('/')), ''];
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

function inFolder(dir: string, command: string): string {
  return dir === '' ? command : `cd ${quoted(dir)} && ${command}`;
}

/** As one word of a shell, whatever is in it. */
function quoted(dir: string): string {
  const path = dir.startsWith('-') ? `./${dir}` : dir;
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
