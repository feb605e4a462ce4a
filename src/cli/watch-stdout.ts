import { EXIT } from './exit-codes.ts';

/**
 * A reader that went away is no error: `onGone` is called and nothing is said. Results that could not be stored where
 * stdout leads, on a full disk, are lost: that is said, and the program does not end with 0.
 */
export function watchStdout(onGone: () => void = () => {}): void {
  let isTold = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    onGone();
    if (error.code === 'EPIPE' || isTold) return;
    isTold = true;
    process.stderr.write(`error  stdout: Results could not be written: ${error.message}.\n`);
    process.once('exit', (code) => {
      if (code === EXIT.ok) process.exitCode = EXIT.unavailable;
    });
  });
}
