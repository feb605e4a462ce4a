import type { Notice } from '../../core/health/notice.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Notifier } from '../../ports/notifier.ts';

const LEVELS = { info: 'info', warning: 'warn', critical: 'error' } as const;

/** Writes notices to the log: the place where somebody looks who wonders what happened. */
export class LogNotifier implements Notifier {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  notify({ key, severity, title, text }: Notice): void {
    this.#logger.log(LEVELS[severity], title, { key, text });
  }
}
