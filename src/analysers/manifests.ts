import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { AnalyserCall, AnalyserResult } from './analyser.ts';
import { contextOf, isProduction } from './classify.ts';
import type { ManifestsData, PackageEntry } from './data.ts';
import { needData, writeData } from './data-files.ts';
import type { Detected } from './detected.ts';
import { matchesGlob, parseGlob } from './glob.ts';
import { asRecord, asText, asTexts, isRecord, parseJson, type JsonRecord } from './json-value.ts';
import {
  BUILT,
  checkEntries,
  entriesOf,
  hasSource,
  lineOf,
  type Manifest,
  type Repository,
} from './manifest-entries.ts';
import type { Asking } from './line-origin.ts';
import { strayLocks } from './lock-managers.ts';
import { lostFiles } from './lost-files.ts';
import { checkNames } from './manifest-names.ts';
import { declaredTwice, otherManifests } from './manifests-others.ts';
import { TextReader } from './read-text.ts';

const MAX_MANIFEST_BYTES = 1024 * 1024;
const OTHERS =
  /(?:^|\/)(?:Cargo\.toml|go\.mod|pyproject\.toml|setup\.py|requirements\.txt|Gemfile|composer\.json|pom\.xml|build\.gradle(?:\.kts)?|CMakeLists\.txt|Makefile|meson\.build|configure\.ac|Package\.swift|mix\.exs|pubspec\.yaml)$/;
const LOCK_FILES = ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb'];
/** A package in one of these is a result itself. */
const MADE = /(?:^|\/)(?:dist|build|built|out|output)\//;

/** Reads every manifest: what it needs, offers and starts, and where it points at nothing. */
export async function manifests({ input, signal }: AnalyserCall): Promise<AnalyserResult> {
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
  const repository = { root: input.root, paths: new Set(paths), reader };
  const findings = [
    ...known.flatMap(({ path, text, value }) => checkPackage({ path, text, value: asRecord(value) }, repository)),
    ...checkLockFiles(lockFiles, (folder) => managerIn(known, folder)),
    ...checkNames(
      known.map(({ value }, index) => [packages[index], asRecord(value)]),
      reader,
    ),
    ...withoutLock(packages, lockFiles),
    ...otherManifests(input.root, paths, reader),
  ];
  const others = paths.filter((path) => OTHERS.test(path) && contextOf(path) !== 'vendored').slice(0, 200);
  const asking = { root: input.root, searchPath: input.searchPath, signal };
  const data: ManifestsData = { packages, others, lockFiles, findings: await withLost(findings, asking) };
  return {
    file: writeData(input.data, 'manifests', data),
    summary: { packages: packages.length, lockFiles: lockFiles.length, otherManifests: others.length },
  };
}

/** A script is known to be wrong where git shows that somebody removed its file; else something may make it. */
async function withLost(findings: readonly Detected[], asking: Asking): Promise<readonly Detected[]> {
  const scripts = findings.filter(({ kind }) => kind === 'script-points-nowhere');
  const lost = await lostFiles(asking.root, scripts.map(startedBy), asking);
  return findings.map((one) => {
    if (!scripts.includes(one)) return one;
    const found = lost.find(({ path }) => path === startedBy(one));
    if (found === undefined) return { ...one, doubt: 'git has never known the file: something may make it.' };
    const moved = found.to === undefined ? 'was removed' : `became ${found.to}`;
    const text = `${found.path} ${moved} on ${found.day} (${found.commit}).`;
    return { ...one, evidence: [...one.evidence, { source: 'manifests', text, ref: one.file }] };
  });
}

function startedBy({ file, anchor }: Detected): string {
  return posix.join(posix.dirname(file), anchor.slice(anchor.indexOf(' ') + 1));
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

function managerIn(known: readonly Readonly<{ path: string; value: unknown }>[], folder: string): string | undefined {
  const own = known.find(({ path }) => posix.dirname(path) === folder);
  return asText(asRecord(own?.value)['packageManager']);
}

/** Two lock files in one folder: two package managers that may install different versions. */
function checkLockFiles(
  lockFiles: readonly string[],
  managerOf: (folder: string) => string | undefined,
): readonly Detected[] {
  const byFolder = Map.groupBy(lockFiles, (path) => posix.dirname(path));
  return [...byFolder].flatMap(([folder, found]) => {
    const names = found.map((path) => posix.basename(path)).filter((name) => !name.startsWith('npm-shrinkwrap'));
    const manager = managerOf(folder);
    const stray = strayLocks(found, manager);
    const first = stray[0] ?? found[0];
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
        fix:
          stray.length === 0
            ? 'Keep the lock file of the package manager that CI uses, and remove the other.'
            : `Remove ${stray.map((path) => posix.basename(path)).join(' and ')}: "packageManager" names ${manager?.split('@')[0] ?? ''}.`,
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
    const twice = declaredTwice(
      { path },
      { name, line, first: `${name} ${String(range)}`, second: `${name} ${other}` },
    );
    const said = `In dependencies as ${String(range)}, in devDependencies as ${other}.`;
    const fix = 'Delete the one in devDependencies: what is in dependencies is there to develop as well.';
    return [{ ...twice, evidence: twice.evidence.map((one) => ({ ...one, text: said })), fix }];
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
