/** Operational log, JSON lines. Never throws; secrets are redacted before they get here. */
export interface Logger {
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string, data?: Readonly<Record<string, unknown>>): void;
}
