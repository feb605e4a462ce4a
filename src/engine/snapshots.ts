import { snapshotOf } from '../core/snapshot.ts';
import type { Swarm } from '../core/swarm-state.ts';
import type { SwarmId } from '../core/ids.ts';
import type { Journal } from '../ports/journal.ts';
import type { LedTime } from './led-time.ts';
import type { Waits } from './waits.ts';

/** Events after the newest snapshot that make a new one worth its time. */
const LEAST_TAIL = 20_000;
/** A snapshot stops the swarm for a moment: the next one waits this many times as long, so they take a tenth at most. */
const REST = 9;
const KEY = 'snapshot';

type Parts = Readonly<{ journal: Journal; swarm: Swarm; time: LedTime; waits: Waits }>;

/**
 * Puts the state down now and then, so that the next leader has little of the journal to play. How often follows from
 * what it costs: a small state every 20,000 events, a large one that takes 0.25 s every 2.5 s at most.
 */
export class Snapshots {
  readonly #swarmId: SwarmId;
  readonly #parts: Parts;
  /** Of the newest one. */
  #seq = 0;
  #restedMs = 0;

  constructor(swarmId: SwarmId, parts: Parts) {
    this.#swarmId = swarmId;
    this.#parts = parts;
  }

  /** One that the journal has already. */
  found(seq: number): void {
    this.#seq = seq;
  }

  /** Looks whether one is due after a commit whose last event is `seq`; `look` is called when it will be. */
  after(seq: number, look: () => void): void {
    if (seq - this.#seq <= LEAST_TAIL) return;
    const { time, waits } = this.#parts;
    if (time.nowMs() >= this.#restedMs) void this.save(seq).catch(() => {});
    else if (!waits.has(KEY)) waits.add(this.#restedMs, look, KEY);
  }

  /** The caller answers for it that the state is that after event `seq`, and stored. */
  async save(seq: number): Promise<void> {
    if (seq === this.#seq) return;
    const { journal, swarm, time } = this.#parts;
    this.#seq = seq;
    const startMs = time.nowMs();
    const state = snapshotOf(swarm, startMs);
    const endMs = time.nowMs();
    this.#restedMs = endMs + REST * (endMs - startMs);
    await journal.saveSnapshot(this.#swarmId, { seq, state });
  }
}
