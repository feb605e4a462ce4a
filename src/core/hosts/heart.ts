import type { HostTimes } from './frames.ts';
import { CERTAIN_MS, DEFAULT_HOST_TIMES, REPEAT_MS } from './host-limits.ts';

type Beat = { readonly number: number; readonly firstMs: number; lastMs: number };

/** When a host says that it is there, and how sure it may be that its coordinator still counts on it. */
export class Heart {
  #times: HostTimes = DEFAULT_HOST_TIMES;
  /** Sent, and not answered yet. */
  #beat: Beat | undefined;
  #count = 0;
  #nextMs = 0;
  /** When the newest heartbeat was sent that was answered. */
  #certainMs = Number.NEGATIVE_INFINITY;

  /** How long it waits for an answer, ms: another link must be there before the lease is over. */
  get patienceMs(): number {
    const { leaseMs, heartbeatMs } = this.#times;
    return Math.max(REPEAT_MS, (leaseMs - heartbeatMs) / 2);
  }

  /** It has joined, and is told what to keep to. */
  begin(times: HostTimes, nowMs: number): void {
    this.#times = times;
    this.#nextMs = nowMs;
  }

  /** What is under way has no answer any more. */
  skip(): void {
    this.#beat = undefined;
  }

  /** The next beat is due now: its answer is waited for. */
  hurry(nowMs: number): void {
    this.#nextMs = nowMs;
  }

  /** The number of the beat to be sent now, if one is due; `silent` when its coordinator has not answered for too long. */
  due(nowMs: number): number | 'silent' | undefined {
    const beat = this.#beat;
    if (beat === undefined) {
      if (nowMs < this.#nextMs) return undefined;
      this.#count += 1;
      this.#beat = { number: this.#count, firstMs: nowMs, lastMs: nowMs };
      return this.#count;
    }
    if (nowMs - beat.firstMs >= this.patienceMs) return 'silent';
    if (nowMs - beat.lastMs < REPEAT_MS) return undefined;
    beat.lastMs = nowMs;
    return beat.number;
  }

  /** It may answer an earlier copy, so only the first sending counts. */
  answered(number: number): void {
    if (this.#beat?.number !== number) return;
    this.#certainMs = this.#beat.firstMs;
    this.#nextMs = this.#beat.firstMs + this.#times.heartbeatMs;
    this.#beat = undefined;
  }

  /** Whether its attempts cannot have been given to others yet. */
  isCertain(nowMs: number): boolean {
    return nowMs - this.#certainMs <= Math.min(CERTAIN_MS, this.#times.leaseMs);
  }
}
