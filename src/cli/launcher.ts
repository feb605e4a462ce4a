import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';

/** Where `bin/waggle.js` puts the pipe that it never writes to. */
const PIPE_FD = 3;

/**
 * Aborts when the launcher is gone. A launcher that was ended by kill -9 forwards no signal, but the kernel closes
 * its end of the pipe. Undefined when the pipe is not there.
 */
export function launcherSignal(): AbortSignal | undefined {
  if (!isPipe(PIPE_FD)) return undefined;
  const gone = new AbortController();
  const pipe = new Socket({ fd: PIPE_FD, readable: true, writable: false });
  pipe.on('error', () => gone.abort());
  pipe.on('close', () => gone.abort());
  pipe.resume();
  pipe.unref();
  return gone.signal;
}

function isPipe(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    return false;
  }
}
