export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Operational log, JSON lines. Never throws, and keeps no secret that can be told by its value or its form. */
export interface Logger {
  log(level: LogLevel, message: string, data?: Readonly<Record<string, unknown>>): void;
  /** Whether an entry would be kept: ask before making one that costs something. */
  wants(level: LogLevel): boolean;
}
