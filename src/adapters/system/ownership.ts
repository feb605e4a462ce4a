import type { Ownership, ProcessSpec } from '../../ports/process-runner.ts';
import { findCgroupHome } from './cgroup.ts';
import { type Candidate, type Launcher, launcherCandidates, type LauncherName } from './launcher.ts';
import { OwnedProcess } from './owned-process.ts';
import { OutputPump, settlesWithin } from './output-pump.ts';
import { Unavailable } from '../../util/user-error.ts';

export type OwnershipOptions = Readonly<{
  /** Only these are tried; for tests and measurements. @default all, best first */
  launchers?: readonly LauncherName[];
}>;

/** How processes are owned here, for people. */
export type OwnershipReport = Readonly<{
  ownership: Ownership;
  launcher: LauncherName;
  /** Nothing that a program starts can outlive the coordinator. */
  guaranteed: boolean;
  /** Programs cannot read the coordinator's environment. */
  hidesCoordinator: boolean;
  /** Better ways that did not work, best first. */
  refused: readonly Readonly<{ launcher: LauncherName; reason: string }>[];
  /** What to do for a better way; absent when nothing is better. */
  fix?: string;
}>;

const TRY_MS = 3_000;
const NO_ROOM_FIX = 'Close other programs, or raise the limits: ulimit -n, ulimit -u.';

/**
 * Ends with 7 only if TERM for the whole group reaches the program and what stands between us and it survives:
 * else a program would get no time to end by itself.
 */
const TRIAL = `trap 'exit 7' TERM; kill -TERM 0; sleep 2; exit 1`;

/** What `waggle doctor` shows. Starts nothing that lasts. */
export async function probeOwnership(options: OwnershipOptions = {}): Promise<OwnershipReport> {
  return (await chooseLauncher(options)).report;
}

/** The first way that works. Rejects when `options` leaves none. */
export async function chooseLauncher(
  options: OwnershipOptions,
): Promise<Readonly<{ launcher: Launcher; report: OwnershipReport }>> {
  const refused: { launcher: LauncherName; reason: string }[] = [];
  const isRoot = process.getuid?.() === 0;
  for (const candidate of launcherCandidates(isRoot, findCgroupHome)) {
    const name = candidate.ok ? candidate.launcher.name : candidate.name;
    if (options.launchers !== undefined && !options.launchers.includes(name)) continue;
    const reason = await tryOut(candidate);
    if (candidate.ok && reason === undefined) {
      const { launcher } = candidate;
      return { launcher, report: describe(launcher, refused) };
    }
    refused.push({ launcher: name, reason: reason ?? 'unknown' });
  }
  throw new Error(
    `No way to own processes works: ${refused.map((one) => `${one.launcher}: ${one.reason}`).join('; ')}`,
  );
}

function describe(launcher: Launcher, refused: OwnershipReport['refused']): OwnershipReport {
  const { ownership, hidesCoordinator } = launcher;
  const fix = adviseOn(launcher);
  return {
    ownership,
    launcher: launcher.name,
    guaranteed: launcher.grip !== 'group',
    hidesCoordinator,
    refused,
    ...(fix !== undefined && { fix }),
  };
}

function adviseOn({ ownership, hidesCoordinator }: Launcher): string | undefined {
  if (ownership !== 'pid-namespace')
    return process.platform === 'linux'
      ? 'Install util-linux 2.36 or newer (setpriv, unshare) or bubblewrap, and allow user namespaces: sysctl user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns=0.'
      : 'Pid namespaces exist on Linux only. Here a program that leaves its process group can outlive Waggle.';
  return hidesCoordinator
    ? undefined
    : 'Allow programs to mount /proc in their namespace: in containers, --security-opt systempaths=unconfined.';
}

/** Why it does not work; undefined when it does. */
async function tryOut(candidate: Candidate): Promise<string | undefined> {
  if (!candidate.ok) return candidate.reason;
  const spec: ProcessSpec = { argv: ['/bin/sh', '-c', TRIAL], cwd: '/', env: { PATH: '/usr/bin:/bin' } };
  const owned = await OwnedProcess.start(candidate.launcher, spec, 0);
  if (!(owned instanceof OwnedProcess)) {
    // A weaker way would be taken for a reason that is gone in a moment.
    if (owned.isForNow) throw new Unavailable({ port: 'processes', message: owned.message, fix: NO_ROOM_FIX });
    return owned.message;
  }
  const pump = new OutputPump(owned, spec, () => {});
  if (!(await settlesWithin(owned.ended, TRY_MS))) owned.kill();
  const end = await owned.ended;
  await owned.sweep();
  await pump.finish(100);
  if (end.program?.exitCode === 7) return undefined;
  const [line = ''] = pump.head.split('\n');
  return line || `a trial ended with ${end.signal ?? `code ${end.program?.exitCode ?? end.exitCode}`}`;
}
