import { nextAlertMs } from '../core/alerts/next-alert.ts';
import type { Swarm } from '../core/swarm-state.ts';
import type { Waits } from './waits.ts';

/** What alerts look at moves on with time alone. An empty window asks for no further look, so nothing polls for ever. */
export class AlertWait {
  readonly #swarm: Swarm;
  readonly #waits: Waits;
  readonly #look: () => void;
  #dueMs: number | undefined;

  constructor(swarm: Swarm, waits: Waits, look: () => void) {
    this.#swarm = swarm;
    this.#waits = waits;
    this.#look = look;
  }

  /** After a turn: the next look is when time alone may have changed something. */
  set(): void {
    const dueMs = nextAlertMs(this.#swarm);
    if (dueMs === this.#dueMs) return;
    this.#dueMs = dueMs;
    if (dueMs === undefined) return this.#waits.forget('alerts');
    const wake = (): void => {
      this.#dueMs = undefined;
      this.#look();
    };
    this.#waits.add(dueMs, wake, 'alerts');
  }
}
