import type { Output } from './output.ts';

/** What every command gets. */
export type Cli = Readonly<{
  out: Output;
  /** Absolute path: `--cwd`, else the current folder. */
  cwd: string;
  /** Absolute path: `--config`. */
  configFile?: string;
  version: string;
  /** Aborts when the launcher that started this process is gone. */
  launcherGone?: AbortSignal;
}>;
