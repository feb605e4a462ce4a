import type { Ownership } from '../../ports/process-runner.ts';
import type { CgroupHome } from './cgroup.ts';
import { findSystemProgram } from './find-program.ts';
import type { Grip } from './start-script.ts';

export type LauncherName =
  | 'util-linux'
  | 'util-linux-user'
  | 'util-linux-shared-proc'
  | 'bubblewrap'
  | 'cgroup'
  | 'group';

/** One way to start programs so that they can be ended as a whole. */
export type Launcher = Readonly<{
  name: LauncherName;
  ownership: Ownership;
  grip: Grip;
  /** Program and arguments that come before the starting shell. */
  prefix: readonly string[];
  /** How many processes below the one that we start the starting shell stands. */
  shellDepth: number;
  /** Whose group gets TERM: that of the process we start, or that of the shell, where the former would not survive it. */
  termTarget: 'root' | 'shell';
  /** The program does not see the coordinator in `/proc`, and so cannot read its environment. */
  hidesCoordinator: boolean;
  /** Where cgroups are made. */
  cgroupHome?: string;
}>;

/** A launcher to try, or why there is none of this kind. */
export type Candidate =
  | Readonly<{ ok: true; launcher: Launcher }>
  | Readonly<{ ok: false; name: LauncherName; reason: string }>;

/**
 * All ways. `findCgroups` is asked only for the rung that needs it.
 * @yields the best first
 */
export function* launcherCandidates(isRoot: boolean, findCgroups: () => CgroupHome): Generator<Candidate> {
  yield* utilLinux(isRoot);
  const bubblewrap = findSystemProgram('bwrap');
  yield bubblewrap === undefined
    ? { ok: false, name: 'bubblewrap', reason: 'bwrap is not installed' }
    : { ok: true, launcher: bubblewrapLauncher(bubblewrap) };
  const home = findCgroups();
  yield home.ok
    ? { ok: true, launcher: { ...GROUP, name: 'cgroup', ownership: 'cgroup', grip: 'cgroup', cgroupHome: home.folder } }
    : { ok: false, name: 'cgroup', reason: home.reason };
  yield { ok: true, launcher: GROUP };
}

const NAMES = ['util-linux', 'util-linux-user', 'util-linux-shared-proc'] as const;

/**
 * Root needs no user namespace, and in one it could not give files to other users any more: `npm` and `tar` do.
 * A container may refuse to mount a second `/proc`; the namespace works without it, but hides less.
 * @yields the best first
 */
function* utilLinux(isRoot: boolean): Generator<Candidate> {
  const [setpriv, unshare] = [findSystemProgram('setpriv'), findSystemProgram('unshare')];
  for (const name of NAMES) {
    if (name === 'util-linux' && !isRoot) continue;
    if (setpriv === undefined || unshare === undefined) {
      yield { ok: false, name, reason: `${setpriv === undefined ? 'setpriv' : 'unshare'} is not installed` };
      continue;
    }
    const user = isRoot && name !== 'util-linux-user' ? [] : ['--user', '--map-current-user'];
    const ownProc = name !== 'util-linux-shared-proc';
    const namespaces = [...user, '--pid', '--fork', '--kill-child=KILL', ...(ownProc ? ['--mount-proc'] : [])];
    const prefix = [setpriv, '--pdeathsig', 'KILL', unshare, ...namespaces, '--'];
    yield { ok: true, launcher: { ...NAMESPACE, name, prefix, hidesCoordinator: ownProc } };
  }
}

const NAMESPACE = { ownership: 'pid-namespace', grip: 'namespace', shellDepth: 1, termTarget: 'root' } as const;

function bubblewrapLauncher(bubblewrap: string): Launcher {
  const binds = ['--bind', '/', '/', '--dev-bind', '/dev', '/dev', '--proc', '/proc'];
  const prefix = [bubblewrap, ...binds, '--unshare-pid', '--as-pid-1', '--die-with-parent', '--new-session', '--'];
  return { ...NAMESPACE, name: 'bubblewrap', prefix, termTarget: 'shell', hidesCoordinator: true };
}

const GROUP: Launcher = {
  name: 'group',
  ownership: 'process-group',
  grip: 'group',
  prefix: [],
  shellDepth: 0,
  termTarget: 'root',
  hidesCoordinator: false,
};
