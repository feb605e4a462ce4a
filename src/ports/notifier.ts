import type { Notice } from '../core/health/notice.ts';

/** Tells whoever looks after a swarm. */
export interface Notifier {
  /** Returns at once, never throws; delivery is its own concern. The same key again is the same notice. */
  notify(notice: Notice): void;
}
