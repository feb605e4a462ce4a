import type { Notice } from '../../core/health/notice.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Notifier, NoticeTarget, Told } from '../../ports/notifier.ts';
import { KeptNotices, type OwedNotice } from './kept-notices.ts';

export type OutboxSettings = Readonly<{
  /** Absolute path of the file that keeps what is owed; without one nothing outlives the process. */
  path: string | undefined;
  targets: readonly NoticeTarget[];
  /** When one try is ended, ms. */
  timeoutMs: number;
  /** Tries after the first one. */
  retries: number;
  clock: Clock;
  logger: Logger;
}>;

/** Notices that wait for one target; beyond it the oldest go, and the log says so. */
const MOST_WAITING = 100;
/** Older ones help nobody any more, ms of wall time. */
const MOST_AGE_MS = 86_400_000;
const FIRST_DELAY_MS = 1_000;
const MOST_DELAY_MS = 300_000;
/** A target that does not end on its signal is given up so much later, ms. */
const GRACE_MS = 5_000;

const RANKS = { info: 0, warning: 1, critical: 2 } as const;

type Line = {
  readonly target: NoticeTarget;
  readonly waiting: OwedNotice[];
  /** `resting`: between two tries. */
  state: 'idle' | 'telling' | 'resting';
};

/**
 * Tells every target of every notice: once per key, over restarts too. Each target has a line of its own and is told one
 * notice at a time, so one that hangs delays nobody else. A crash between telling and noting it tells once more.
 */
export class NoticeOutbox implements Notifier {
  readonly #settings: OutboxSettings;
  readonly #kept: KeptNotices;
  readonly #lines: readonly Line[];
  readonly #stop = new AbortController();
  /** Those who wait until nothing is under way. */
  readonly #quiet = new Set<() => void>();

  constructor(settings: OutboxSettings) {
    this.#settings = settings;
    this.#kept = new KeptNotices(settings.path);
    this.#lines = settings.targets.map((target) => ({ target, waiting: [], state: 'idle' }));
    for (const owed of this.#kept.owed) this.#goOn(owed);
  }

  notify(notice: Notice): void {
    if (this.#stop.signal.aborted) return;
    const lines = this.#lines.filter(({ target }) => RANKS[notice.severity] >= RANKS[target.atLeast ?? 'info']);
    const givenAtMs = this.#settings.clock.wallTimeMs();
    const names = lines.map(({ target }) => target.name);
    if (!this.#kept.give(notice, names, givenAtMs)) return;
    for (const line of lines) this.#enqueue(line, { notice, target: line.target.name, givenAtMs });
  }

  /** Whether nobody was told of it before. */
  isNew({ key }: Notice): boolean {
    return !this.#kept.has(key);
  }

  /** Gives what is under way up to `graceMs` to end. What was not told then is told by the next process. */
  async close(graceMs: number): Promise<void> {
    const { clock } = this.#settings;
    if (this.#lines.some(({ state }) => state === 'telling')) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#quiet.add(resolve);
      const forget = clock.wakeAfter(graceMs, resolve);
      await promise;
      forget();
    }
    this.#stop.abort();
  }

  /** What another process could not tell. Of a target that is there no more, or after a day, it is given up. */
  #goOn(owed: OwedNotice): void {
    const line = this.#lines.find(({ target }) => target.name === owed.target);
    const isOld = this.#settings.clock.wallTimeMs() - owed.givenAtMs > MOST_AGE_MS;
    if (line === undefined || isOld) this.#kept.done(owed.notice.key, owed.target);
    else this.#enqueue(line, owed);
  }

  #enqueue(line: Line, owed: OwedNotice): void {
    line.waiting.push(owed);
    if (line.waiting.length > MOST_WAITING) this.#giveUp(line.waiting.shift(), 'too many notices wait for it');
    if (line.state === 'idle') void this.#work(line);
  }

  async #work(line: Line): Promise<void> {
    for (let owed = line.waiting.shift(); owed !== undefined; owed = line.waiting.shift()) {
      const problem = await this.#tell(line, owed.notice);
      if (problem === undefined) this.#kept.done(owed.notice.key, owed.target);
      // What was broken off stays owed.
      else if (this.#stop.signal.aborted) break;
      else this.#giveUp(owed, problem);
    }
    this.#enter(line, 'idle');
  }

  #enter(line: Line, state: Line['state']): void {
    line.state = state;
    if (this.#lines.some((one) => one.state === 'telling')) return;
    for (const resolve of this.#quiet) resolve();
  }

  /** Why it did not get through, after all tries. */
  async #tell(line: Line, notice: Notice): Promise<string | undefined> {
    const { retries } = this.#settings;
    for (let tried = 0; ; tried++) {
      line.state = 'telling';
      const told = await this.#try(line.target, notice);
      if (told.ok) return undefined;
      if (!told.mayRetry || tried >= retries || this.#stop.signal.aborted) return told.problem;
      this.#enter(line, 'resting');
      await this.#pause(Math.min(MOST_DELAY_MS, FIRST_DELAY_MS * 2 ** tried));
      if (this.#stop.signal.aborted) return told.problem;
    }
  }

  /** One try, with an end whatever the target does. */
  async #try(target: NoticeTarget, notice: Notice): Promise<Told> {
    const { clock, timeoutMs } = this.#settings;
    const late = new AbortController();
    const { promise, resolve } = Promise.withResolvers<Told>();
    const end = clock.wakeAfter(timeoutMs, () => late.abort());
    const giveUp = clock.wakeAfter(timeoutMs + GRACE_MS, () =>
      resolve({ ok: false, problem: 'it took too long', mayRetry: true }),
    );
    const stopped = (): void => resolve({ ok: false, problem: 'it was broken off', mayRetry: false });
    this.#stop.signal.addEventListener('abort', stopped, { once: true });
    try {
      const signal = AbortSignal.any([late.signal, this.#stop.signal]);
      return await Promise.race([target.tell(notice, signal), promise]);
    } catch (error) {
      return { ok: false, problem: error instanceof Error ? error.message : String(error), mayRetry: true };
    } finally {
      end();
      giveUp();
      this.#stop.signal.removeEventListener('abort', stopped);
    }
  }

  #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const forget = this.#settings.clock.wakeAfter(ms, resolve);
    const stopped = (): void => {
      forget();
      resolve();
    };
    this.#stop.signal.addEventListener('abort', stopped, { once: true });
    return promise.finally(() => this.#stop.signal.removeEventListener('abort', stopped));
  }

  #giveUp(owed: OwedNotice | undefined, problem: string): void {
    if (owed === undefined) return;
    const { target, notice } = owed;
    this.#kept.done(notice.key, target);
    this.#settings.logger.log('warn', 'a notice did not get through', { target, problem, notice: notice.key });
  }
}
