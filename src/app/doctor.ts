import { execFile } from 'node:child_process';
import { access, constants, lstat, statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { Git } from '../adapters/git/git-command.ts';
import { probeOwnership } from '../adapters/system/ownership.ts';
import { foreignPath, foreignProgram } from '../analysers/foreign-programs.ts';
import type { Environment } from '../config/environment.ts';
import type { Config } from '../config/load-config.ts';
import type { RunArchive } from '../ports/run-archive.ts';
import { refuseForeign } from './data-folder.ts';
import { findLeader } from './find-leader.ts';
import type { DoctorCheck } from './project.ts';

export type DoctorParts = Readonly<{
  root: string;
  dataDir: string;
  config: Config;
  environment: Environment;
  archive: () => RunArchive | undefined;
}>;

type Finding = Omit<DoctorCheck, 'name'>;
type Look = (parts: DoctorParts, signal: AbortSignal) => Promise<Finding>;

const MIN_NODE = 24;
const MIN_GIT = [2, 31] as const;
const USUAL_PATH = '/usr/local/bin:/usr/bin:/bin';
const GIB = 2 ** 30;
const MIB = 2 ** 20;

const LOOKS: Readonly<Record<string, Look>> = {
  'Node.js': async () => {
    const isNewEnough = Number.parseInt(process.versions.node, 10) >= MIN_NODE;
    const detail = `${process.versions.node}, ${process.platform} ${process.arch}`;
    return isNewEnough ? ok(detail) : failed(detail, `Install Node.js ${MIN_NODE} or newer.`);
  },
  machine: async () => {
    const detail = `${availableParallelism()} cores, ${(totalmem() / GIB).toFixed(1)} GiB of memory`;
    return ok(`${detail}; tasks reserve at most 80 % of them`);
  },
  git: lookAtGit,
  processes: async () => {
    const report = await probeOwnership();
    const worse = report.refused.map(({ launcher, reason }) => `${launcher}: ${reason}`).join('; ');
    const detail = `owned by ${report.ownership} (${report.launcher})`;
    if (report.guaranteed) return { ...ok(detail), ...(report.fix === undefined ? {} : { fix: report.fix }) };
    const risk = `${detail}; a program that leaves its group can outlive Waggle`;
    return warning(worse === '' ? risk : `${risk}. Tried: ${worse}`, report.fix ?? 'Install util-linux or bubblewrap.');
  },
  project: async ({ root }) => {
    return (await isWritable(root))
      ? ok(root)
      : warning(
          `"${root}" cannot be written`,
          'Data is kept in your own state folder; tasks that write files will fail.',
        );
  },
  data: lookAtData,
  store: async ({ archive }) => {
    const found = archive();
    if (found === undefined) return ok('none yet; it is made by the first run');
    const runs = found.runs();
    const open = runs.filter(({ outcome }) => outcome === undefined).length;
    return ok(
      `${found.headSeq()} events, ${runs.length === 1 ? '1 run' : `${runs.length} runs`}, ${open} of them open`,
    );
  },
  disk: async ({ root }) => {
    const { bavail, bsize } = await statfs(root);
    const free = bavail * bsize;
    const detail = `${(free / GIB).toFixed(1)} GiB free`;
    if (free < 64 * MIB) return failed(detail, 'Make room: nothing can be stored.');
    return free < GIB ? warning(detail, 'Make room, or remove old runs with waggle runs prune.') : ok(detail);
  },
  configuration: async ({ config }) => {
    if (config.file === undefined) return ok('no waggle.yaml: defaults');
    if (config.withheld.length === 0) return ok(config.file.path);
    const names = config.withheld.map(({ name }) => name).join(', ');
    return warning(
      `${config.file.path}: not in effect without your grant: ${names}`,
      'Look at the file, then run waggle trust.',
    );
  },
  home: lookAtHome,
  leader: lookForLeader,
};

/** Looks at everything in order. A look that breaks is a finding, not an end. */
export async function doctor(parts: DoctorParts, signal: AbortSignal): Promise<readonly DoctorCheck[]> {
  const checks: DoctorCheck[] = [];
  for (const [name, look] of Object.entries(LOOKS)) {
    const finding = await look(parts, signal).catch((error: unknown) =>
      failed(error instanceof Error ? error.message : String(error), fixOf(error)),
    );
    checks.push({ name, ...finding });
  }
  return checks;
}

async function lookAtGit(parts: DoctorParts): Promise<Finding> {
  const without = 'without it, projects are copied whole for checks, and waggle check knows no history';
  const found = await askGit(parts);
  if (found === undefined) return warning(`not found; ${without}`, 'Install git 2.31 or newer.');
  const version = /(\d+)\.(\d+)[.\d]*/.exec(found);
  const [major, minor] = [Number(version?.[1] ?? 0), Number(version?.[2] ?? 0)];
  const isNewEnough = major > MIN_GIT[0] || (major === MIN_GIT[0] && minor >= MIN_GIT[1]);
  const detail = version?.[0] ?? found.trim();
  return isNewEnough ? ok(detail) : warning(`${detail} is too old; ${without}`, 'Install git 2.31 or newer.');
}

/** The version as git tells it. A program of that name that came with the project is not started. */
async function askGit({ root, environment }: DoctorParts): Promise<string | undefined> {
  const searchPath = environment.variables['PATH'] ?? USUAL_PATH;
  const git = foreignProgram('git', root, searchPath);
  if (git === undefined) return undefined;
  const env = { PATH: foreignPath(root, searchPath) };
  return promisify(execFile)(git, ['--version'], { env }).then(
    ({ stdout }) => stdout,
    () => undefined,
  );
}

async function lookAtData({ root, dataDir, environment }: DoctorParts, signal: AbortSignal): Promise<Finding> {
  const found = await lstat(dataDir).catch(() => undefined);
  if (found === undefined) return ok('no .waggle folder yet');
  await refuseForeign(dataDir);
  const git = new Git(foreignPath(root, environment.variables['PATH']));
  const tracked = await git.run(['ls-files', '--', dataDir], { cwd: root, signal }).catch(() => undefined);
  if (tracked?.exitCode !== 0 || tracked.stdout === '') return ok(dataDir);
  return warning(`git tracks files in "${dataDir}"`, 'Take them out: git rm -r --cached .waggle');
}

async function lookForLeader({ dataDir }: DoctorParts): Promise<Finding> {
  const leader = await findLeader(dataDir);
  if (leader === 'answers') return ok('a process leads this project and answers');
  if (leader === 'nobody') return ok('nobody leads this project now');
  return warning(`process ${leader.pid} leads with another version`, 'Use the same version, or wait until it is done.');
}

async function lookAtHome({ environment: { home } }: DoctorParts): Promise<Finding> {
  const found = await lstat(home).catch(() => undefined);
  if (found === undefined) return ok(`${home}, made when it is needed`);
  const isUsable = found.isDirectory() && (await isWritable(home));
  return isUsable ? ok(home) : failed(`"${home}" cannot be written`, 'Set WAGGLE_HOME to a folder of yours.');
}

async function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}

const ok = (detail: string): Finding => ({ state: 'ok', detail });
const warning = (detail: string, fix: string): Finding => ({ state: 'warning', detail, fix });
const failed = (detail: string, fix: string): Finding => ({ state: 'failed', detail, fix });

function fixOf(error: unknown): string {
  if (error instanceof Error && 'fix' in error && typeof error.fix === 'string') return error.fix;
  return 'Run it again; if it stays, report it.';
}
