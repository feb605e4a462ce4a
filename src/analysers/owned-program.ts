import { spawn, type ChildProcess } from 'node:child_process';
import { Readable } from 'node:stream';

/** A program that ends with whoever started it. */
export type OwnedProgram = Readonly<{ child: ChildProcess; stdout: Readable; stderr: Readable; end: () => void }>;

type Where = Readonly<{ cwd: string; env: Readonly<Record<string, string>> }>;

/**
 * The watcher waits for the lifeline. It closes when we close it, when the thread that holds it is terminated, and when
 * the process dies; then everything in the group ends, the watcher too. `$$` is the program itself and its group.
 */
const SCRIPT = '( exec <&3 >/dev/null 2>&1; read x; kill -9 -$$ ) & exec "$@" 3<&-';

/** Starts a program, by its absolute path, without input, in a process group of its own that never outlives us. */
export function spawnOwned(program: string, args: readonly string[], { cwd, env }: Where): OwnedProgram {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'waggle', program, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const lifeline = child.stdio[3];
  // The other end may be gone first.
  lifeline?.on('error', () => undefined);
  const end = (): void => void lifeline?.destroy();
  child.once('exit', end);
  // Without streams it was never started: `error` says why.
  return { child, stdout: child.stdout ?? Readable.from([]), stderr: child.stderr ?? Readable.from([]), end };
}
