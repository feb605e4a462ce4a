import type { HostStop } from '../../../core/hosts/frames.ts';
import type { AttemptResult } from '../../../core/tasks/attempt.ts';
import type { Assignment, RunContext } from '../../../ports/agent-driver.ts';
import type { AttemptDesk } from './attempt-desk.ts';

/** What a host has for an ordinary stop: TERM, 5 s, KILL. */
const GRACE_MS = 5_000;
const ORDERLY: readonly HostStop[] = ['cancelled', 'paused', 'timed-out', 'draining'];

/** One attempt that a host has, or should have. Only its first end counts. */
export class OpenAttempt {
  readonly assignment: Assignment;
  readonly context: RunContext;
  readonly host: string;
  readonly result: Promise<AttemptResult>;
  /** Whether its end came from the host, which waits for it to be stored. */
  hasHostEnded = false;
  desk: AttemptDesk | undefined;
  readonly #end: (result: AttemptResult) => void;
  #unlisten: () => void = () => {};

  constructor(assignment: Assignment, context: RunContext, host: string) {
    this.assignment = assignment;
    this.context = context;
    this.host = host;
    const { promise, resolve } = Promise.withResolvers<AttemptResult>();
    this.result = promise;
    this.#end = resolve;
  }

  /** Calls `stop` when the coordinator wants it to end, now or later. */
  onStop(stop: (how: Readonly<{ why: HostStop; graceMs: number }>) => void): void {
    const { signal } = this.context;
    const tell = (): void => {
      const why = stopOf(signal.reason);
      stop({ why, graceMs: why === 'stale' ? 0 : GRACE_MS });
      // Nobody waits for what the host makes of it.
      const reason = signal.reason === 'agent-lost' ? 'agent-lost' : 'coordinator-lost';
      if (why === 'stale') this.end({ ok: false, failure: { reason } });
    };
    this.#unlisten = () => signal.removeEventListener('abort', tell);
    // What is to be stopped has not been offered yet.
    if (signal.aborted) queueMicrotask(tell);
    else signal.addEventListener('abort', tell, { once: true });
  }

  end(result: AttemptResult): void {
    this.#unlisten();
    this.#end(result);
  }

  endOnHost(result: AttemptResult): void {
    this.hasHostEnded = true;
    this.end(result);
  }
}

/** A host that has lost its agent, or this leader, is not asked nicely. */
function stopOf(reason: unknown): HostStop {
  return ORDERLY.find((one) => one === reason) ?? 'stale';
}
