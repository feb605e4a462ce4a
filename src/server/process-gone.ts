import { readFile } from 'node:fs/promises';

/** A process that dies closes its sockets a moment before it is gone. */
const LOOKS = 10;
const LOOK_MS = 50;

/** Resolves within half a second: true when the process has ended, also when nobody has asked for its exit code yet. */
export async function isProcessGone(pid: number): Promise<boolean> {
  for (let look = 0; look < LOOKS; look++) {
    if (await hasEnded(pid)) return true;
    await new Promise((resolve) => void setTimeout(resolve, LOOK_MS));
  }
  return false;
}

async function hasEnded(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The state follows the name, which may hold anything: Z has ended, X is being removed.
  return /\) [ZX]/.test(stat.slice(stat.lastIndexOf(')')));
}
