import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandTarget } from '../adapters/notices/command-target.ts';
import { LogNotifier } from '../adapters/notices/log-notifier.ts';
import { NoticeOutbox } from '../adapters/notices/notice-outbox.ts';
import type { WebhookSettings } from '../adapters/webhook/webhook-target.ts';
import type { Environment } from '../config/environment.ts';
import type { NotifierSpec, SecretSource } from '../config/notifiers.ts';
import type { Notice } from '../core/health/notice.ts';
import type { Options } from '../config/options.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Notifier, NoticeTarget } from '../ports/notifier.ts';
import type { ProcessRunner } from '../ports/process-runner.ts';
import type { DataFolder } from './data-folder.ts';

export type NotifierSettings = Readonly<{
  root: string;
  shared: DataFolder | undefined;
  options: Options;
  environment: Environment;
  notifiers: readonly NotifierSpec[];
  /** Told in this process. */
  onNotice?: (notice: Notice) => void;
}>;

type Parts = Readonly<{
  processes: ProcessRunner;
  logger: Logger;
  clock: Clock;
  /** What programs may see of the environment. */
  clean: Readonly<Record<string, string>>;
}>;

/** How long the end of a lead waits for notices that are under way, ms. */
const END_MS = 2_000;
const MOST_SECRET_BYTES = 4_096;

/** The log always has a notice; then those are told whom the user has named. */
export function makeNotifier(settings: NotifierSettings, parts: Parts): Notifier & { close: () => Promise<void> } {
  const { shared, options, onNotice } = settings;
  const { logger, clock } = parts;
  const log = new LogNotifier(logger);
  const outbox = new NoticeOutbox({
    path: shared === undefined ? undefined : join(shared.path, 'notices.jsonl'),
    targets: [...targetsOf(settings, parts), ...(onNotice === undefined ? [] : [inProcess(onNotice)])],
    timeoutMs: options.monitoring.notifyTimeoutMs,
    retries: options.communication.retryAttempts,
    clock,
    logger,
  });
  return {
    notify: (notice) => {
      if (outbox.isNew(notice)) log.notify(notice);
      outbox.notify(notice);
    },
    close: () => outbox.close(END_MS),
  };
}

/** Variables that hold secrets of webhooks. */
export function secretVariables(notifiers: readonly NotifierSpec[]): readonly string[] {
  return notifiers.flatMap((one) => (one.kind === 'webhook' && 'variable' in one.secret ? [one.secret.variable] : []));
}

function targetsOf(
  { root, options, environment, notifiers }: NotifierSettings,
  { processes, clock, clean }: Parts,
): readonly NoticeTarget[] {
  return notifiers.map((spec): NoticeTarget => {
    const { name, atLeast } = spec;
    if (spec.kind === 'command') {
      return new CommandTarget(processes, { name, atLeast, argv: spec.argv, cwd: root, environment: clean });
    }
    const secret = (): Promise<string> => secretOf(spec.secret, environment);
    return webhook({ name, atLeast, url: spec.url, secret, allowed: options.security.allowHosts, clock });
  });
}

/** HTTP is loaded with the first notice: most swarms never send one. */
function webhook(settings: WebhookSettings): NoticeTarget {
  return {
    name: settings.name,
    atLeast: settings.atLeast,
    tell: async (notice, signal) => {
      const { WebhookTarget } = await import('../adapters/webhook/webhook-target.ts');
      return new WebhookTarget(settings).tell(notice, signal);
    },
  };
}

/** Read anew each time, so that a file may be replaced. */
async function secretOf(source: SecretSource, { variables }: Environment): Promise<string> {
  const text = 'variable' in source ? (variables[source.variable] ?? '') : (await readFile(source.file, 'utf8')).trim();
  const where = 'variable' in source ? `the variable ${source.variable}` : source.file;
  if (text === '') throw new Error(`its secret is missing: ${where} is empty`);
  if (Buffer.byteLength(text) > MOST_SECRET_BYTES) throw new Error(`its secret is too long: ${where}`);
  return text;
}

/** What the program throws is its own trouble. */
function inProcess(onNotice: (notice: Notice) => void): NoticeTarget {
  return {
    name: 'program',
    tell: async (notice) => {
      onNotice(notice);
      return { ok: true };
    },
  };
}
