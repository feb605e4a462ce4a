import type { Readable } from 'node:stream';
import type { ProcessSpec } from '../../ports/process-runner.ts';

type OnOutput = NonNullable<ProcessSpec['onOutput']>;

/** Start of stderr that is kept to tell a failed start from a program's own words. */
const HEAD_BYTES = 1_024;

/**
 * Hands output on piece by piece, one at a time over both streams, and reads no further while the taker is busy.
 * Counts bytes; beyond the limit the rest is dropped and `onOver` is called once.
 */
export class OutputPump {
  readonly #streams: readonly Readable[];
  readonly #closed: Promise<unknown>;
  readonly #onOutput: OnOutput | undefined;
  readonly #limitBytes: number;
  readonly #onOver: (why: 'limit' | 'taker-failed') => void;
  #busy: Promise<void> | undefined;
  #failure: { error: unknown } | undefined;
  #bytes = 0;
  #stopped = false;
  #head = '';

  constructor(
    streams: Readonly<{ stdout: Readable; stderr: Readable }>,
    spec: ProcessSpec,
    onOver: (why: 'limit' | 'taker-failed') => void,
  ) {
    this.#streams = [streams.stdout, streams.stderr];
    this.#onOutput = spec.onOutput;
    this.#limitBytes = spec.limits?.outputBytes ?? 52_428_800;
    this.#onOver = onOver;
    this.#closed = Promise.all([this.#attach('stdout', streams.stdout), this.#attach('stderr', streams.stderr)]);
  }

  /** Bytes that were handed on. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The first words on stderr. */
  get head(): string {
    return this.#head;
  }

  /** What the taker of the output rejected with. */
  get failure(): { error: unknown } | undefined {
    return this.#failure;
  }

  /**
   * Resolves when all output is handed on. Called when the program has ended: something that still holds a stream,
   * silent or not, gets `patienceMs`, then the streams are cut. A slow taker gets ten times as long.
   */
  async finish(patienceMs: number): Promise<void> {
    for (let round = 0; round < 10; round++) {
      if (await settlesWithin(this.#closed, patienceMs)) break;
      if (this.#busy === undefined) break;
      await this.#busy;
    }
    for (const stream of this.#streams) stream.destroy();
    await this.#busy;
  }

  #attach(name: 'stdout' | 'stderr', stream: Readable): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    stream.on('data', (chunk: Buffer) => this.#take(name, chunk));
    stream.on('error', () => stream.destroy());
    stream.on('close', resolve);
    return promise;
  }

  #take(name: 'stdout' | 'stderr', chunk: Buffer): void {
    if (this.#stopped) return;
    const room = this.#limitBytes - this.#bytes;
    const taken = chunk.length > room ? chunk.subarray(0, room) : chunk;
    this.#bytes += taken.length;
    if (name === 'stderr' && this.#head.length < HEAD_BYTES)
      this.#head += taken.toString('latin1', 0, HEAD_BYTES - this.#head.length);
    if (taken.length > 0) this.#handOn(name, taken);
    if (taken.length < chunk.length) this.#stop('limit');
  }

  /** Node resumes the streams of a child that has ended, paused or not: what comes then waits for its turn. */
  #handOn(name: 'stdout' | 'stderr', chunk: Buffer): void {
    if (this.#busy === undefined) this.#give(name, chunk);
    else this.#wait(this.#busy.then(() => this.#taking(name, chunk)));
  }

  #give(name: 'stdout' | 'stderr', chunk: Buffer): void {
    const taking = this.#taking(name, chunk);
    if (taking !== undefined) this.#wait(taking);
  }

  /** Nothing when it was taken at once. Never rejects. */
  #taking(name: 'stdout' | 'stderr', chunk: Buffer): Promise<void> | undefined {
    const fail = (error: unknown): void => {
      this.#failure ??= { error };
      this.#stop('taker-failed');
    };
    try {
      return this.#onOutput?.(name, chunk)?.catch(fail);
    } catch (error) {
      fail(error);
      return undefined;
    }
  }

  #wait(taking: Promise<void>): void {
    for (const stream of this.#streams) stream.pause();
    const busy = taking.then(() => {
      if (this.#busy !== busy) return;
      this.#busy = undefined;
      for (const stream of this.#streams) stream.resume();
    });
    this.#busy = busy;
  }

  #stop(why: 'limit' | 'taker-failed'): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#onOver(why);
  }
}

/** Whether `promise` settles in time. */
export async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, ms, false);
  const settled = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return settled;
}
