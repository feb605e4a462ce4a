import type { Clock } from '../../ports/clock.ts';

/** The longest wait that a timer of Node takes; longer ones are cut into pieces. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's own time. */
export class SystemClock implements Clock {
  monotonicMs(): number {
    return performance.now();
  }

  wallTimeMs(): number {
    return Date.now();
  }

  wakeAfter(delayMs: number, wake: () => void): () => void {
    const dueMs = performance.now() + delayMs;
    let timer: NodeJS.Timeout | undefined;
    // Timers may fire up to a millisecond early, and take no more than 25 days: look again each time.
    const arm = (): void => {
      const leftMs = Math.ceil(dueMs - performance.now());
      timer = setTimeout(fire, Math.min(Math.max(0, leftMs), LONGEST_TIMER_MS));
    };
    const fire = (): void => (performance.now() < dueMs ? arm() : wake());
    arm();
    return () => clearTimeout(timer);
  }
}
