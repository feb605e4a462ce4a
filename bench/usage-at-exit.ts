/** Loaded before a program that is measured: says on fd 3 what the process used, when it exits. */
import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const US_PER_MS = 1_000;

if (isMainThread) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    writeSync(3, JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / US_PER_MS, peakKb: maxRSS }));
  });
}
