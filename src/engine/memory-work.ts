import type { MemoryInput, SwarmInput } from '../core/inputs.ts';
import type { Notes } from '../memory/notes.ts';
import type { TieredMemory } from '../memory/tiered-memory.ts';
import type { RemovalAnswer } from '../ports/run-memory.ts';
import { Unavailable } from '../util/user-error.ts';
import type { Answer } from './answer.ts';
import type { LedTime } from './led-time.ts';
import { decidedRefusal, handled } from './trouble.ts';
import type { Waits } from './waits.ts';

/** Memory as the engine has it. */
export type MemoryPorts = Readonly<{ tiers: TieredMemory; notes: Notes }>;

export type MemorySurroundings = Readonly<{ waits: Waits; time: LedTime; feed: (input: SwarmInput) => void }>;

/** By people or by an attempt. */
export type RemovalInput = Exclude<MemoryInput, { type: 'memory.clear' }>;

/** How long a removal waits before it is tried again, and how often what has expired is swept out, ms. */
const RETRY_MS = 2_000;
const SWEEP_MS = 60_000;

/** Does in memory what the journal says, and keeps it tidy. */
export class MemoryWork {
  readonly #ports: MemoryPorts | undefined;
  readonly #surroundings: MemorySurroundings;
  readonly #waiting = new Map<string, PromiseWithResolvers<number>>();
  #epoch = 0;
  #isClosed = false;

  constructor(ports: MemoryPorts | undefined, surroundings: MemorySurroundings) {
    this.#ports = ports;
    this.#surroundings = surroundings;
  }

  /** Undefined: this coordinator remembers nothing. */
  get ports(): MemoryPorts | undefined {
    return this.#ports;
  }

  /** Of the lead; 0 before it begins. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Nothing that the last leader has left half done is read; sweeps from now on. */
  start(epoch: number): void {
    this.#epoch = epoch;
    if (this.#ports === undefined) return;
    this.#ports.tiers.distrustCopies();
    this.#sweepLater();
  }

  /** Through the journal. Resolves when what matches is gone from every tier, and that is durable. */
  async remove(input: RemovalInput, dispatch: (input: SwarmInput) => Promise<Answer>): Promise<RemovalAnswer> {
    const { id } = input;
    const waiting = Promise.withResolvers<number>();
    void handled(waiting.promise);
    this.#waiting.set(id, waiting);
    const answer = await dispatch(input);
    if (answer.ok) return { ok: true, removed: await waiting.promise };
    this.#waiting.delete(id);
    return { ok: false, refusal: decidedRefusal(answer.refusal) };
  }

  /** Takes what matches out of every tier. Where a tier does not answer it is tried again until it does. */
  invalidate(id: string, pattern: string): void {
    if (this.#ports === undefined) return this.#surroundings.feed({ type: 'memory.clear', id, removed: 0 });
    this.#ports.tiers.invalidate(pattern).then(
      (removed) => this.#surroundings.feed({ type: 'memory.clear', id, removed }),
      (error: unknown) => this.#tryAgain(id, pattern, error),
    );
  }

  /** It is in the journal that all is removed. */
  cleared(id: string, removed: number): void {
    this.#waiting.get(id)?.resolve(removed);
    this.#waiting.delete(id);
  }

  close(): void {
    this.#isClosed = true;
    const error = new Unavailable({ port: 'leader', message: 'The coordinator has stopped.' });
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  /** Whoever waits is told now; the removal stays owed. */
  #tryAgain(id: string, pattern: string, error: unknown): void {
    this.#waiting.get(id)?.reject(error);
    this.#waiting.delete(id);
    if (this.#isClosed) return;
    const { waits, time } = this.#surroundings;
    waits.add(time.nowMs() + RETRY_MS, () => this.invalidate(id, pattern), `invalidate:${id}`);
  }

  #sweepLater(): void {
    const { waits, time } = this.#surroundings;
    waits.add(time.nowMs() + SWEEP_MS, () => void this.#sweep(), 'sweep-memory');
  }

  async #sweep(): Promise<void> {
    // What cannot be swept now is swept the next time; nobody can read it any more.
    await this.#ports?.tiers.sweep().catch(() => {});
    await this.#ports?.notes.trim().catch(() => {});
    if (!this.#isClosed) this.#sweepLater();
  }
}
