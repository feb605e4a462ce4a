import type { Clock } from '../ports/clock.ts';
import type { World } from './world.ts';

/** Wall time at the start of every world, ms since 1970. */
export const WALL_START_MS = 1_700_000_000_000;

/** One life of a process, from its start to its death. Nothing of it happens after that. */
export type Life = { readonly number: number; readonly bornUs: number; isAlive: boolean };

export type NodeChange =
  | Readonly<{ what: 'died'; life: Life }>
  | Readonly<{ what: 'paused'; untilUs: number }>
  | Readonly<{ what: 'woke' }>;

/**
 * A machine with one process: it dies and is started again, it stands still while everything for it queues up, and its
 * clocks run at a rate of their own.
 */
export class SimNode {
  readonly name: string;
  readonly world: World;
  readonly #rate: number;
  #wallOffsetMs = 0;
  #life: Life | undefined;
  #lives = 0;
  #pausedUntilUs = 0;
  #isAwake = true;
  #queued: { life: Life; run: () => void }[] = [];
  readonly #onChange: ((change: NodeChange) => void)[] = [];

  /** `rate`: how fast its clocks run, in thousandths of true time. */
  constructor(world: World, name: string, rate: number = 1_000) {
    this.world = world;
    this.name = name;
    this.#rate = rate;
  }

  get life(): Life | undefined {
    return this.#life;
  }

  /** Tells of its deaths and pauses. */
  watch(tell: (change: NodeChange) => void): void {
    this.#onChange.push(tell);
  }

  #tell(change: NodeChange): void {
    for (const tell of this.#onChange) tell(change);
  }

  get rate(): number {
    return this.#rate;
  }

  get isAwake(): boolean {
    return this.#isAwake;
  }

  boot(): Life {
    this.#life = { number: ++this.#lives, bornUs: this.world.nowUs, isAlive: true };
    this.world.note(this.name, `starts ${this.#lives}`);
    return this.#life;
  }

  /** Dead at once: what it was doing is not done to its end. */
  kill(why: string): void {
    if (this.#life === undefined) return;
    const life = this.#life;
    life.isAlive = false;
    this.#life = undefined;
    this.#queued = [];
    this.#isAwake = true;
    this.world.note(this.name, `dies: ${why}`);
    this.#tell({ what: 'died', life });
  }

  /** Stands still as if stopped by a signal: timers and arrivals wait, and run all at once when it wakes up. */
  pause(forUs: number): void {
    if (this.#life === undefined) return;
    this.world.note(this.name, `stands still for ${forUs}`);
    this.#isAwake = false;
    this.#pausedUntilUs = Math.max(this.#pausedUntilUs, this.world.nowUs + forUs);
    this.world.at(this.#pausedUntilUs, () => this.#wake());
    this.#tell({ what: 'paused', untilUs: this.#pausedUntilUs });
  }

  /** For the end of all faults. */
  wakeNow(): void {
    this.#pausedUntilUs = this.world.nowUs;
    this.#wake();
  }

  jumpWallClock(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  /** Something reaches the process: now, after it wakes up, or never when that life is over. */
  inside(life: Life, run: () => void): void {
    if (!life.isAlive) return;
    if (this.#isAwake) run();
    else this.#queued.push({ life, run });
  }

  /** A timer of the process, in its own time. */
  after(life: Life, delayUs: number, run: () => void): () => void {
    const trueUs = Math.ceil((delayUs * 1_000) / this.#rate);
    return this.world.at(this.world.nowUs + trueUs, () => this.inside(life, run));
  }

  clockOf(life: Life): Clock {
    return {
      monotonicMs: () => ((this.world.nowUs - life.bornUs) * this.#rate) / 1_000_000,
      wallTimeMs: () => WALL_START_MS + this.#wallOffsetMs + Math.floor(this.world.nowUs / 1_000),
      wakeAfter: (delayMs, wake) => this.after(life, delayMs * 1_000, wake),
    };
  }

  #wake(): void {
    if (this.#isAwake || this.world.nowUs < this.#pausedUntilUs) return;
    this.#isAwake = true;
    if (this.#life !== undefined) this.world.note(this.name, 'wakes up');
    this.#tell({ what: 'woke' });
    for (const { life, run } of this.#queued.splice(0)) this.world.at(this.world.nowUs, () => this.inside(life, run));
  }
}
