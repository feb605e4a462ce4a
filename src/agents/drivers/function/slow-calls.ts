import type { AttemptResult } from '../../../core/tasks/attempt.ts';
import type { TaskSpec } from '../../../core/tasks/task-spec.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { AttemptCall } from './attempt-call.ts';
import { stopFailure } from './stop-failure.ts';

/** A call that has not ended within this time starts to listen for a stop; it costs the short ones nothing, ms. */
const LOOK_EVERY_MS = 200;
/** A function gets this long to end by itself after a stop; then the attempt ends without it, ms. */
const GRACE_MS = 5_000;

type State = 'new' | 'seen' | 'listening' | 'ended';

/** One asynchronous call under way. */
export class OpenCall {
  readonly result: Promise<AttemptResult>;
  readonly #call: AttemptCall;
  readonly #spec: TaskSpec;
  #settle: (result: AttemptResult) => void = () => {};
  #state: State = 'new';
  #cancelGrace: (() => void) | undefined;

  constructor(call: AttemptCall, spec: TaskSpec) {
    this.#call = call;
    this.#spec = spec;
    this.result = new Promise((resolve) => (this.#settle = resolve));
  }

  get hasEnded(): boolean {
    return this.#state === 'ended';
  }

  /** Only the first end counts; what a function returns after its attempt was given up is dropped. */
  end(result: AttemptResult): void {
    if (this.#state === 'ended') return;
    const wasListening = this.#state === 'listening';
    this.#state = 'ended';
    this.#cancelGrace?.();
    this.#settle(wasListening && this.#call.isStopped ? stopFailure(this.#call.signal.reason, this.#spec) : result);
  }

  /** Called at every look: the second one makes it listen. */
  look(clock: Clock): void {
    if (this.#state === 'new') this.#state = 'seen';
    else if (this.#state === 'seen') this.#listen(clock);
  }

  #listen(clock: Clock): void {
    this.#state = 'listening';
    const { signal } = this.#call;
    const onStop = (): void => this.#giveGrace(clock);
    if (signal.aborted) return onStop();
    signal.addEventListener('abort', onStop, { once: true });
  }

  #giveGrace(clock: Clock): void {
    if (this.#state === 'ended') return;
    const reason: unknown = this.#call.signal.reason;
    const giveUp = (): void => this.end(stopFailure(reason, this.#spec));
    if (reason === 'lead-lost') return giveUp();
    this.#cancelGrace = clock.wakeAfter(GRACE_MS, giveUp);
  }
}

/** All asynchronous calls under way, looked at together from one timer that runs only while there are any. */
export class SlowCalls {
  readonly #open = new Set<OpenCall>();
  readonly #clock: Clock;
  #stopLooking: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(call: OpenCall): void {
    this.#open.add(call);
    if (this.#stopLooking === undefined) this.#lookLater();
  }

  delete(call: OpenCall): void {
    this.#open.delete(call);
  }

  /** Lets go of the timer, which keeps a process alive, unless calls are still under way. */
  close(): void {
    this.#dropEnded();
    if (this.#open.size > 0) return;
    this.#stopLooking?.();
    this.#stopLooking = undefined;
  }

  #lookLater(): void {
    this.#stopLooking = this.#clock.wakeAfter(LOOK_EVERY_MS, () => {
      this.#stopLooking = undefined;
      this.#dropEnded();
      if (this.#open.size === 0) return;
      for (const call of this.#open) call.look(this.#clock);
      this.#lookLater();
    });
  }

  /** A function that was given up may never come back. */
  #dropEnded(): void {
    for (const call of this.#open) if (call.hasEnded) this.#open.delete(call);
  }
}
