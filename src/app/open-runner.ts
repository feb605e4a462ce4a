import { SystemProcessRunner } from '../adapters/system/system-process-runner.ts';
import type { ProcessRunner } from '../ports/process-runner.ts';

/** Opened once: choosing a way to own processes takes some milliseconds. */
let runner: Promise<ProcessRunner> | undefined;

export function openRunner(): Promise<ProcessRunner> {
  runner ??= SystemProcessRunner.open();
  // What did not work now may work for the next lead.
  return runner.catch((error: unknown) => {
    runner = undefined;
    throw error;
  });
}
