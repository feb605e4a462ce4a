import type { Notice } from '../core/health/notice.ts';

/** Tells whoever looks after a swarm. */
export interface Notifier {
  /** Returns at once, never throws; delivery is its own concern. The same key again is the same notice. */
  notify(notice: Notice): void;
}

/** What came of telling: `mayRetry` where the same again may get through. `problem`: in a few words. */
export type Told = Readonly<{ ok: true }> | Readonly<{ ok: false; problem: string; mayRetry: boolean }>;

/** One way to reach somebody. */
export interface NoticeTarget {
  /** Unique among the targets of a swarm, and the same after a restart. */
  readonly name: string;
  /** Quieter ones are not for it. @default info */
  readonly atLeast?: Notice['severity'];
  /** Ends soon after `signal` aborts. Told twice with the same key, a receiver can tell by the key. */
  tell(notice: Notice, signal: AbortSignal): Promise<Told>;
}
