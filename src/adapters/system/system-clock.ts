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
    const arm = (): void => {
      const leftMs = dueMs - performance.now();
      const delay = Math.max(0, Math.ceil(leftMs));
      timer = setTimeout(delay > LONGEST_TIMER_MS ? arm : wake, Math.min(delay, LONGEST_TIMER_MS));
    };
    arm();
    return () => clearTimeout(timer);
  }
}
