import { nextAlertMs } from '../core/alerts/next-alert.ts';
import { nextTuningMs } from '../core/tuning/next-tuning.ts';
import type { LedTime } from './led-time.ts';
import type { Samples } from '../core/metrics/core-metrics.ts';
import type { Swarm } from '../core/swarm-state.ts';
import { Sampler, type SamplerSurroundings } from './sampler.ts';
import type { Waits } from './waits.ts';

/** What alerts look at moves on with time alone. An empty window asks for no further look, so nothing polls for ever. */
export class AlertWait {
  readonly #swarm: Swarm;
  readonly #waits: Waits;
  readonly #time: LedTime;
  readonly #look: () => void;
  readonly #sampler: Sampler;
  #dueMs: number | undefined;

  constructor(surroundings: SamplerSurroundings, measure: (() => Samples) | undefined, look: () => void) {
    this.#swarm = surroundings.swarm;
    this.#waits = surroundings.waits;
    this.#time = surroundings.time;
    this.#sampler = new Sampler(measure, surroundings);
    this.#look = look;
  }

  #nextMs(): number | undefined {
    const [alertMs, tuningMs] = [nextAlertMs(this.#swarm), nextTuningMs(this.#swarm, this.#time.nowMs())];
    return alertMs === undefined || tuningMs === undefined ? (alertMs ?? tuningMs) : Math.min(alertMs, tuningMs);
  }

  /** After a turn: the next look is when time alone may have changed something. */
  set(): void {
    this.#sampler.set();
    const dueMs = this.#nextMs();
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
