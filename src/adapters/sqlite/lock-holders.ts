import { existsSync, readFileSync, statSync } from 'node:fs';

/**
 * Processes that hold a lock on the store and are stopped (SIGSTOP, Ctrl-Z): whoever is stopped in the middle of a
 * commit keeps everybody else from writing. Linux only; elsewhere nobody is found.
 */
export function stoppedHolders(storePath: string): readonly number[] {
  const shared = statSync(`${storePath}-shm`, { throwIfNoEntry: false });
  if (shared === undefined || !existsSync('/proc/locks')) return [];
  const pids = readFileSync('/proc/locks', 'utf8')
    .split('\n')
    .map((line) => /POSIX\s+\S+\s+\S+\s+(\d+)\s+\S+:\S+:(\d+)\s/.exec(line))
    .filter((match) => match !== null)
    .filter(([, , inode]) => Number(inode) === shared.ino)
    .map(([, pid]) => Number(pid));
  return [...new Set(pids)].filter(isStopped);
}

function isStopped(pid: number): boolean {
  try {
    // `pid (name) state ...`: the name may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return /^ [Tt] /.test(stat.slice(stat.lastIndexOf(')') + 1));
  } catch {
    return false;
  }
}

/**
 * Does `act`; when a stopped process is in the way, lets that process run until `act` is done, and stops it again. It
 * ends the commit or repair it was in, which is sound: what it commits is made under an epoch that ends with the next claim.
 */
export function pastStoppedHolders<T>(storePath: string, isLocked: (error: unknown) => boolean, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const stopped = isLocked(error) ? stoppedHolders(storePath) : [];
    if (stopped.length === 0) throw error;
    for (const pid of stopped) process.kill(pid, 'SIGCONT');
    try {
      return act();
    } finally {
      for (const pid of stopped) stopAgain(pid);
    }
  }
}

function stopAgain(pid: number): void {
  try {
    process.kill(pid, 'SIGSTOP');
  } catch {
    // It has ended meanwhile.
  }
}
