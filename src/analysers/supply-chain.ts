import { posix } from 'node:path';
import type { AnalyserCall, AnalyserResult } from './analyser.ts';
import { contextOf } from './classify.ts';
import type { FindingsData } from './data.ts';
import { needData, readData, writeData } from './data-files.ts';
import { commandsOf, installs } from './lock-installs.ts';
import type { Detected } from './detected.ts';
import { asRecord, asText, isRecord, parseJson, type JsonRecord } from './json-value.ts';
import { TextReader } from './read-text.ts';
import { readBunLock, readNpmLock } from './supply-chain-npm.ts';
import type { Asked, LockFile } from './supply-chain-lock.ts';
import { readOtherLock } from './supply-chain-others.ts';
import { readPnpmLock } from './supply-chain-pnpm.ts';
import {
  insecureSources,
  installScripts,
  licenceConflicts,
  missingIntegrity,
  outOfStep,
  type LockView,
} from './supply-chain-rules.ts';
import { managerOf } from './lock-managers.ts';
import { readYarnLock } from './supply-chain-yarn.ts';
import { countOf } from './words.ts';
import { isMemberOf, isUnderPnpmLock, PNPM_WORKSPACE, workspaceRoots, type WorkspaceRoot } from './workspaces.ts';

const MAX_LOCK_BYTES = 16 * 1024 * 1024;
const MAX_LOCKS = 200;
const MAX_FINDINGS = 100;

type Read = (text: string, overridden: ReadonlySet<string>) => LockFile | undefined;

const READERS: Readonly<Record<string, Read>> = {
  'package-lock.json': readNpmLock,
  'npm-shrinkwrap.json': readNpmLock,
  'yarn.lock': readYarnLock,
  'pnpm-lock.yaml': readPnpmLock,
  'bun.lock': readBunLock,
};

type Looked = Readonly<{ packages: number; findings: readonly Detected[] }>;

/** Compares lock files with their manifests, and looks at where packages come from and what they are allowed. */
export function supplyChain({ input, signal }: AnalyserCall): AnalyserResult {
  const { files } = needData(input.data, 'inventory');
  const reader = new TextReader(input.root);
  const all = files.filter(({ path, context }) => context === 'lock' && isOwn(path)).map(({ path }) => path);
  const pnpmFolders = files
    .filter(({ path }) => posix.basename(path) === PNPM_WORKSPACE)
    .map(({ path }) => folderOf(path));
  const roots = workspaceRoots(readData(input.data, 'manifests')?.packages ?? [], pnpmFolders, reader);
  const passedBy = unreadLocks(all, roots);
  const locks = all.filter((path) => !passedBy.has(path));
  const commands = locks.length === 0 ? '' : commandsOf(files, reader);
  const rivals = new Set(locks.filter((path) => hasRival(path, locks, reader)));
  const unread: string[] = [];
  const looked: Looked[] = [];
  for (const path of locks.slice(0, MAX_LOCKS)) {
    signal.throwIfAborted();
    const one = lookAt(path, { reader, rivals, commands });
    if (one === undefined) unread.push(path);
    else looked.push(one);
  }
  const data: FindingsData = {
    findings: looked.flatMap(({ findings }) => findings).slice(0, MAX_FINDINGS),
    looked: looked.reduce((sum, { packages }) => sum + packages, 0),
    leftOut: [
      ...(unread.length === 0 ? [] : [`${locksNamed(unread)} that cannot be read here.`]),
      ...(passedBy.size === 0
        ? []
        : [`${locksNamed([...passedBy])} below the root of a workspace, whose lock file counts.`]),
    ],
  };
  return {
    file: writeData(input.data, 'supply-chain', data),
    summary: { locks: looked.length, packages: data.looked, found: data.findings.length },
  };
}

function locksNamed(paths: readonly string[]): string {
  const rest = paths.length - 3;
  return `${countOf(paths.length, 'lock file')} (${paths.slice(0, 3).join(', ')}${rest > 0 ? ` and ${rest} more` : ''})`;
}

/** Lock files below the root of a workspace: an install there takes that of the root. */
function unreadLocks(locks: readonly string[], roots: readonly WorkspaceRoot[]): ReadonlySet<string> {
  const isUnread = (path: string, root: WorkspaceRoot): boolean => {
    const dir = folderOf(path);
    const isPnpm = managerOf(path) === 'pnpm';
    if (isPnpm && isUnderPnpmLock(dir, root)) return true;
    return managerOf(path) !== undefined && isMemberOf(dir, root) && !(isPnpm && root.isPnpm && !root.sharesPnpmLock);
  };
  return new Set(locks.filter((path) => roots.some((root) => isUnread(path, root))));
}

/** `''` for the top. */
function folderOf(path: string): string {
  const dir = posix.dirname(path);
  return dir === '.' ? '' : dir;
}

/** Beside the lock file of another package manager, or where the manifest names another: nobody may read this one. */
function hasRival(path: string, locks: readonly string[], reader: TextReader): boolean {
  const dir = posix.dirname(path);
  const manager = managerOf(path);
  if (manager === undefined) return false;
  const asked = asText(manifestIn(dir, reader)?.['packageManager'])?.split('@')[0];
  if (asked !== undefined && asked !== manager) return true;
  return locks.some((one) => posix.dirname(one) === dir && (managerOf(one) ?? manager) !== manager);
}

/** Not one of an example, a test or a benchmark. */
function isOwn(path: string): boolean {
  return contextOf(posix.join(posix.dirname(path), 'main.c')) === 'production';
}

type Around = Readonly<{ reader: TextReader; rivals: ReadonlySet<string>; commands: string }>;

function lookAt(path: string, { reader, rivals, commands }: Around): Looked | undefined {
  const file = reader.read(path, MAX_LOCK_BYTES);
  if (file.kind !== 'text') return undefined;
  const read = READERS[posix.basename(path)];
  return read === undefined
    ? lookAtOther(path, file.text, { reader, commands })
    : lookAtNpm(path, file.text, { reader, read, commands, isUnused: rivals.has(path) });
}

function lookAtOther(
  path: string,
  text: string,
  { reader, commands }: Pick<Around, 'reader' | 'commands'>,
): Looked | undefined {
  const lock = readOtherLock(path, text, (name) => reader.text(name));
  if (lock === undefined) return undefined;
  const drifts = lock.drifts.map((drift) => ({ ...drift, manifest: lock.manifest }));
  return {
    packages: lock.packages,
    findings: outOfStep({ path, refresh: lock.refresh, isInstalled: installs(commands, path) }, drifts),
  };
}

type Tools = Readonly<{ reader: TextReader; read: Read; commands: string; isUnused: boolean }>;

function lookAtNpm(path: string, text: string, { reader, read, commands, isUnused }: Tools): Looked | undefined {
  const dir = posix.dirname(path);
  const manifest = manifestIn(dir, reader);
  const lock = manifest === undefined ? undefined : read(text, overriddenIn(manifest));
  if (lock === undefined || manifest === undefined) return undefined;
  // What lies above it has a lock file of its own.
  const known = lock.folders
    .filter((folder) => !folder.startsWith('..'))
    .flatMap((folder) => {
      const value = manifestIn(posix.join(dir, folder), reader);
      return value === undefined
        ? []
        : [{ folder, asked: askedIn(value), manifest: posix.join(dir, folder, 'package.json') }];
    });
  const drifts = known.flatMap((one) =>
    lock.drift(one.folder, one.asked).map((drift) => ({ ...drift, manifest: one.manifest })),
  );
  const view: LockView = {
    path,
    text,
    refresh: lock.refresh,
    isInstalled: installs(commands, path),
    packages: lock.packages,
    direct: new Set(known.flatMap(({ asked }) => asked.map(({ name }) => name))),
    licence: manifest['private'] === true ? undefined : asText(manifest['license']),
  };
  const runsScripts = !/^\s*ignore-scripts\s*=\s*true/m.test(reader.text(posix.join(dir, '.npmrc')) ?? '');
  return {
    packages: lock.packages.length,
    findings: [
      ...(isUnused ? [] : outOfStep(view, drifts)),
      ...insecureSources(view),
      ...missingIntegrity(view),
      ...licenceConflicts(view),
      ...(runsScripts ? installScripts(view) : []),
    ],
  };
}

function manifestIn(dir: string, reader: TextReader): JsonRecord | undefined {
  const value = parseJson(reader.text(posix.join(dir, 'package.json')) ?? '');
  return isRecord(value) ? value : undefined;
}

/** What a clean install must find in the lock file. */
function askedIn(manifest: JsonRecord): readonly Asked[] {
  const optional = new Set(Object.keys(asRecord(manifest['optionalDependencies'])));
  return ['dependencies', 'devDependencies'].flatMap((key) =>
    Object.entries(asRecord(manifest[key])).flatMap(([name, range]) =>
      typeof range === 'string' && !optional.has(name) ? [{ name, range }] : [],
    ),
  );
}

/** Names that the manifest gives another version by force. */
function overriddenIn(manifest: JsonRecord): ReadonlySet<string> {
  const tables = [manifest['overrides'], manifest['resolutions'], asRecord(manifest['pnpm'])['overrides']];
  const keys = tables.flatMap((table) => Object.keys(asRecord(table)));
  return new Set(
    keys.map((key) =>
      key
        .replace(/^.*[>]/, '')
        .replace(/^(?:\*\*\/|[^@/]+\/(?!.*\/))/, '')
        .replace(/(.)@.*$/, '$1'),
    ),
  );
}
