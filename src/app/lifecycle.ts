import type { RunId } from '../core/ids.ts';
import type { Coordinator } from './coordinator.ts';

/** What a signal led to. The process then ends with 130. */
export type Interruption = Readonly<{
  /** `paused`: Ctrl-C, the runs wait for `runs resume`. `drained`: SIGTERM, they go on at the next start. */
  kind: 'paused' | 'drained';
  signal: NodeJS.Signals | 'launcher-gone';
  /** Runs of this process that were open. */
  runs: readonly RunId[];
}>;

export type LifecycleOptions = Readonly<{
  coordinator: Coordinator;
  /** Runs that this process waits for: the ones that Ctrl-C pauses. */
  ownRuns: () => readonly RunId[];
  /** Said at once: `Stopping. Press Ctrl-C again to end now.` */
  onStopping?: (kind: Interruption['kind']) => void;
  /** Aborts when the launcher that started this process is gone: as SIGTERM. */
  launcherGone?: AbortSignal;
}>;

/**
 * Watches SIGINT, SIGTERM and SIGHUP from its making to its disposal. The first one pauses (SIGINT) or drains; a
 * second one kills everything at once and ends the process with 130.
 */
export class Lifecycle implements Disposable {
  readonly #options: LifecycleOptions;
  readonly #done = Promise.withResolvers<Interruption>();
  readonly #onSignal = (signal: NodeJS.Signals): void => this.#interrupt(signal);
  readonly #onLauncherGone = (): void => this.#interrupt('launcher-gone');
  #isStopping = false;
  #first: Readonly<{ signal: Interruption['signal']; atMs: number }> | undefined;

  constructor(options: LifecycleOptions) {
    this.#options = options;
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
    options.launcherGone?.addEventListener('abort', this.#onLauncherGone, { once: true });
    if (options.launcherGone?.aborted === true) this.#onLauncherGone();
  }

  /** Resolves when a first signal has been carried out and all of this process's attempts are gone. */
  get interrupted(): Promise<Interruption> {
    return this.#done.promise;
  }

  [Symbol.dispose](): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
    this.#options.launcherGone?.removeEventListener('abort', this.#onLauncherGone);
  }

  #interrupt(signal: Interruption['signal']): void {
    if (this.#isEcho(signal)) return;
    if (this.#isStopping) return this.#force();
    this.#isStopping = true;
    this.#first = { signal, atMs: performance.now() };
    const kind = signal === 'SIGINT' ? 'paused' : 'drained';
    const runs = this.#options.ownRuns();
    this.#options.onStopping?.(kind);
    void this.#stop(kind, runs)
      .then(() => this.#done.resolve({ kind, signal, runs }))
      .catch((error: unknown) => this.#done.reject(error));
  }

  /** One Ctrl-C comes twice where npm or the launcher hands on what the terminal has sent to all of them. */
  #isEcho(signal: Interruption['signal']): boolean {
    return this.#first?.signal === signal && performance.now() - this.#first.atMs < ECHO_MS;
  }

  async #stop(kind: Interruption['kind'], runs: readonly RunId[]): Promise<void> {
    const { coordinator } = this.#options;
    if (kind === 'paused') {
      const pauses = runs.map((runId) => coordinator.command({ type: 'run.pause', runId, reason: 'interrupted' }));
      await Promise.all(pauses);
    }
    await coordinator.drain();
  }

  #force(): void {
    this.#options.coordinator.abandon();
    process.exit(INTERRUPTED);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const INTERRUPTED = 130;
/** Nobody presses a key twice as fast as this. */
const ECHO_MS = 200;
