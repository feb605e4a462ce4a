import { setFlagsFromString } from 'node:v8';

/** Until then the program is being loaded, which fills more of it: measured, 8 % more processor time for a trivial run. */
const LOADED_AFTER_MS = 1_000;

/**
 * Soon the young generation of every heap of this process stays as large as it then is: by itself it grows to 64 MiB,
 * and as much again, for garbage alone. Measured with the flag set from the start: about a quarter less memory after
 * 100,000 tasks (bench/memory.ts), for 1.4 % more processor time in durable runs and 4-5 % in memory. Code compiled
 * under other flags is not taken from the cache, and takes its place there: so only where a graph of any size may run.
 * For our own program only: another one decides for itself.
 */
export function keepYoungGenerationSmall(): void {
  setTimeout(() => setFlagsFromString('--semi-space-growth-factor=1'), LOADED_AFTER_MS).unref();
}
