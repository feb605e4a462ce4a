import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { AnalyserCall, AnalyserResult } from './analyser.ts';
import { contextOf, isProduction } from './classify.ts';
import type { ManifestsData, PackageEntry } from './data.ts';
import { needData, writeData } from './data-files.ts';
import type { Detected } from './detected.ts';
import { matchesGlob, parseGlob } from './glob.ts';
import { asRecord, asText, asTexts, isRecord, parseJson, type JsonRecord } from './json-value.ts';
import { declaredTwice, otherManifests } from './manifests-others.ts';
import { TextReader } from './read-text.ts';

const MAX_MANIFEST_BYTES = 1024 * 1024;
const OTHERS =
  /(?:^|\/)(?:Cargo\.toml|go\.mod|pyproject\.toml|setup\.py|requirements\.txt|Gemfile|composer\.json|pom\.xml|build\.gradle(?:\.kts)?|CMakeLists\.txt|Makefile|meson\.build|configure\.ac|Package\.swift|mix\.exs|pubspec\.yaml)$/;
const LOCK_FILES = ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb'];
/** Folders that a build makes. */
const BUILT =
  /(?:^|\/)(?:dist|build|built|lib|out|output|esm|cjs|es|umd|types|bundles?|release|target|typings|pkg)(?:[-.\w]*)\//;

/** A package in one of these is a result itself. */
const MADE = /(?:^|\/)(?:dist|build|built|out|output)\//;

/** Reads every manifest: what it needs, offers and starts, and where it points at nothing. */
export function manifests({ input }: AnalyserCall): AnalyserResult {
  const { files } = needData(input.data, 'inventory');
  const reader = new TextReader(input.root);
  const paths = files.map(({ path }) => path);
  const read = paths
    .filter((path) => /(?:^|\/)package\.json$/.test(path) && contextOf(path) !== 'vendored')
    .map((path) => ({ path, text: reader.read(path, MAX_MANIFEST_BYTES) }))
    .flatMap(({ path, text }) =>
      text.kind === 'text' ? [{ path, text: text.text, value: parseJson(text.text) }] : [],
    );
  const known = read.filter((file) => isRecord(file.value));
  const packages = known.map(({ path, value }) => packageOf(path, asRecord(value)));
  const lockFiles = paths.filter((path) => LOCK_FILES.includes(posix.basename(path)));
  const repository = { root: input.root, paths: new Set(paths), lockFiles };
  const findings = [
    ...known.flatMap(({ path, text, value }) => checkPackage({ path, text, value: asRecord(value) }, repository)),
    ...checkLockFiles(lockFiles),
    ...checkNames(packages),
    ...withoutLock(packages, lockFiles),
    ...otherManifests(input.root, paths, reader),
  ];
  const others = paths.filter((path) => OTHERS.test(path) && contextOf(path) !== 'vendored').slice(0, 200);
  const data: ManifestsData = { packages, others, lockFiles, findings };
  return {
    file: writeData(input.data, 'manifests', data),
    summary: { packages: packages.length, lockFiles: lockFiles.length, otherManifests: others.length },
  };
}

function packageOf(path: string, value: JsonRecord): PackageEntry {
  const names = (key: string): readonly string[] => Object.keys(asRecord(value[key]));
  const workspaces = Array.isArray(value['workspaces'])
    ? asTexts(value['workspaces'])
    : asTexts(asRecord(value['workspaces'])['packages']);
  return {
    dir: posix.dirname(path) === '.' ? '' : posix.dirname(path),
    name: asText(value['name']) ?? '',
    isPrivate: value['private'] === true,
    context: contextOf(path),
    dependencies: names('dependencies'),
    devDependencies: names('devDependencies'),
    peerDependencies: names('peerDependencies'),
    optionalDependencies: names('optionalDependencies'),
    scripts: names('scripts'),
    hasTests: !/^\s*$|no test specified/.test(asText(asRecord(value['scripts'])['test']) ?? ''),
    workspaces,
    entries: entriesOf(value).map(({ target }) => target),
  };
}

type Entry = Readonly<{ field: string; target: string }>;

/** Files that the manifest names, relative to its folder. Patterns and packages are left out. */
function entriesOf(value: JsonRecord): readonly Entry[] {
  const plain = ['main', 'module', 'browser', 'types', 'typings', 'bin'].flatMap((field) =>
    textsIn(value[field]).map((target) => ({ field, target })),
  );
  const exported = textsIn(value['exports']).map((target) => ({ field: 'exports', target }));
  return [...plain, ...exported]
    .filter(({ target }) => !target.includes('*') && /^(?:\.\/|[\w@-]+[\w./@-]*\.\w+$)/.test(target))
    .map(({ field, target }) => ({ field, target: posix.normalize(target) }));
}

/** Every string in nested records and lists, a few levels deep. */
function textsIn(value: unknown, depth = 0): readonly string[] {
  if (typeof value === 'string') return [value];
  if (depth > 5) return [];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => textsIn(item, depth + 1));
  return isRecord(value) ? Object.values(value).flatMap((item) => textsIn(item, depth + 1)) : [];
}

type Manifest = Readonly<{ path: string; text: string; value: JsonRecord }>;
type Repository = Readonly<{ root: string; paths: ReadonlySet<string>; lockFiles: readonly string[] }>;

function checkPackage(manifest: Manifest, repository: Repository): readonly Detected[] {
  const context = contextOf(manifest.path);
  if (!isProduction(context) || MADE.test(manifest.path)) return [];
  return [
    ...checkEntries(manifest, repository),
    ...checkScripts(manifest, repository),
    ...checkWorkspaces(manifest, repository),
    ...checkTwice(manifest),
  ];
}

/** A way in that is not there, unless a build would make it. */
function checkEntries({ path, text, value }: Manifest, { root, paths }: Repository): readonly Detected[] {
  const dir = posix.dirname(path);
  return entriesOf(value)
    .filter(({ field, target }) => field !== 'types' && field !== 'typings' && !BUILT.test(target))
    .filter(({ target }) => /\.(?:[cm]?[jt]s|json|css)$/.test(target) && !/\.d\.[cm]?ts$/.test(target))
    .filter(({ target }) => {
      const full = posix.join(dir, target);
      const folder = posix.dirname(full);
      const isKnownFolder = folder === '.' || [...paths].some((known) => known.startsWith(`${folder}/`));
      return isKnownFolder && !existsSync(join(root, full)) && !hasSource(full, paths);
    })
    .map(({ field, target }) => ({
      kind: 'manifest-points-nowhere',
      severity: 'high' as const,
      confidence: 0.8,
      title: `"${field}" names ${target}, which does not exist`,
      file: path,
      line: lineOf(text, target),
      anchor: `${field} ${target}`,
      evidence: [{ source: 'manifests', text: `${posix.join(dir, target)} is not on disk.`, ref: path }],
      fix: `Point "${field}" at the file that is meant, or add it.`,
    }));
}

const SOURCE_ENDINGS = ['.ts', '.mts', '.cts', '.tsx', '.js', '.jsx', '.coffee', '.ls', '.re', '.res'];

/** `x.js` that is built next to its `x.ts`, or from `src/x.ts`. */
function hasSource(path: string, paths: ReadonlySet<string>): boolean {
  const stem = path.replace(/\.[cm]?js$/, '');
  const stems = [stem, posix.join(posix.dirname(stem), 'src', posix.basename(stem))];
  return SOURCE_ENDINGS.some((end) => stems.some((one) => paths.has(one + end)));
}

/** A script that starts a file that is not there: `node scripts/gone.js`. */
function checkScripts({ path, text, value }: Manifest, { root, paths }: Repository): readonly Detected[] {
  const dir = posix.dirname(path);
  return Object.entries(asRecord(value['scripts'])).flatMap(([name, command]) =>
    startedFiles(asText(command) ?? '')
      .filter(
        (file) => !BUILT.test(file) && !existsSync(join(root, dir, file)) && !hasSource(posix.join(dir, file), paths),
      )
      .map((file) => ({
        kind: 'script-points-nowhere',
        severity: 'medium' as const,
        confidence: 0.8,
        title: `Script "${name}" starts ${file}, which does not exist`,
        file: path,
        line: lineOf(text, `"${name}"`),
        anchor: `${name} ${file}`,
        evidence: [{ source: 'manifests', text: `${name}: ${String(command).slice(0, 200)}`, ref: path }],
        fix: `Correct the path in "${name}", or remove the script.`,
      })),
  );
}

function startedFiles(command: string): readonly string[] {
  if (/\bcd\s|\$|`/.test(command)) return []; // another folder, or a name made when it runs
  return [
    ...command.matchAll(/(?:^|&&|\|\||;)\s*(?:node|tsx|ts-node|bun)\s+((?:\.\/)?[\w@-][\w./@-]*\.[cm]?[jt]s)(?=\s|$)/g),
  ].flatMap(([, file]) => (file === undefined ? [] : [posix.normalize(file)]));
}

function checkWorkspaces({ path, text, value }: Manifest, { paths }: Repository): readonly Detected[] {
  const dir = posix.dirname(path) === '.' ? '' : posix.dirname(path);
  const below = [...paths]
    .filter((known) => known.endsWith('/package.json') && (dir === '' || known.startsWith(`${dir}/`)))
    .map((known) => posix.dirname(posix.relative(dir, known)).split('/'));
  return packageOf(path, value)
    .workspaces.filter((pattern) => !pattern.startsWith('!'))
    .filter((pattern) => !below.some((folder) => matchesGlob(parseGlob(pattern.replace(/^\.\//, '')), folder)))
    .map((pattern) => ({
      kind: 'workspace-empty',
      severity: 'low' as const,
      confidence: 0.9,
      title: `Workspace pattern "${pattern}" matches no package`,
      file: path,
      line: lineOf(text, `"${pattern}"`),
      anchor: pattern,
      evidence: [{ source: 'manifests', text: 'No package.json stands where the pattern points.', ref: path }],
      fix: `Remove "${pattern}" from the workspaces, or correct it.`,
    }));
}

/** Two lock files in one folder: two package managers that may install different versions. */
function checkLockFiles(lockFiles: readonly string[]): readonly Detected[] {
  const byFolder = Map.groupBy(lockFiles, (path) => posix.dirname(path));
  return [...byFolder].flatMap(([folder, found]) => {
    const names = found.map((path) => posix.basename(path)).filter((name) => !name.startsWith('npm-shrinkwrap'));
    const [first] = found;
    if (names.length < 2 || first === undefined || contextOf(posix.join(folder, 'package.json')) !== 'production')
      return [];
    return [
      {
        kind: 'lock-files-compete',
        severity: 'medium' as const,
        confidence: 0.85,
        title: `${names.join(' and ')} stand side by side`,
        file: first,
        line: 0,
        anchor: names.join(' '),
        evidence: [{ source: 'manifests', text: 'Each package manager reads its own, so versions can drift apart.' }],
        fix: 'Keep the lock file of the package manager that CI uses, and remove the other.',
      },
    ];
  });
}

/** What is needed to run and to develop alike: only the first counts, and people change the other. */
function checkTwice({ path, text, value }: Manifest): readonly Detected[] {
  const [first, second] = ['dependencies', 'devDependencies'].map((key) => asRecord(value[key]));
  return Object.entries(asRecord(first)).flatMap(([name, range]) => {
    const other = asText(asRecord(second)[name]);
    if (other === undefined) return [];
    const line = lineOf(text, `"${name}"`);
    return [declaredTwice({ path }, { name, line, first: `${name} ${String(range)}`, second: `${name} ${other}` })];
  });
}

/** An application without a lock file is installed in other versions every day. */
function withoutLock(packages: readonly PackageEntry[], lockFiles: readonly string[]): readonly Detected[] {
  const root = packages.find(({ dir }) => dir === '');
  const isLocked = lockFiles.length > 0;
  if (root === undefined || isLocked || !root.isPrivate || root.dependencies.length < 2) return [];
  return [
    {
      kind: 'no-lock-file',
      severity: 'medium',
      confidence: 0.8,
      title: `${root.dependencies.length} dependencies, and no lock file`,
      file: 'package.json',
      line: 0,
      anchor: 'no lock file',
      evidence: [
        {
          source: 'manifests',
          text: 'The package is private, so it is run and not published; each install takes the newest versions that fit.',
        },
      ],
      fix: 'Commit the lock file that your package manager writes: package-lock.json, pnpm-lock.yaml, yarn.lock or bun.lock.',
    },
  ];
}

/** Two packages of one repository under the same name. */
function checkNames(packages: readonly PackageEntry[]): readonly Detected[] {
  const own = packages.filter(
    ({ name, context, dir }) => name !== '' && isProduction(context) && !MADE.test(`${dir}/`),
  );
  return [...Map.groupBy(own, ({ name }) => name)].flatMap(([name, [first, second]]) => {
    if (first === undefined || second === undefined) return [];
    const file = posix.join(second.dir, 'package.json');
    return [
      {
        kind: 'package-name-twice',
        severity: 'medium' as const,
        confidence: 0.7,
        title: `Two packages are called ${name}`,
        file,
        line: 0,
        anchor: name,
        evidence: [{ source: 'manifests', text: `Also in ${posix.join(first.dir, 'package.json')}.`, ref: file }],
        fix: 'Give one of them another name: workspaces find packages by name.',
      },
    ];
  });
}

function lineOf(text: string, part: string): number {
  const at = text.indexOf(part);
  return at < 0 ? 0 : text.slice(0, at).split('\n').length;
}
