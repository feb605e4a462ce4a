import type { Usage } from '../core/tasks/attempt.ts';

/** How a started process is owned: what makes sure that nothing of it survives its coordinator. */
export type Ownership =
  /** Every descendant dies with the coordinator, `setsid` or not. */
  | 'pid-namespace'
  | 'cgroup'
  /** A `setsid` child can escape: shown as "cannot guarantee". */
  | 'process-group';

export type ProcessLimits = Readonly<{
  /** bytes of address space or cgroup memory */
  memory?: number;
  /** seconds of processor time */
  cpuSeconds?: number;
  processes?: number;
  /** bytes of stdout and stderr together; more ends the process. @default 52_428_800 */
  outputBytes?: number;
}>;

/** What a process tree uses while it runs. */
export type LiveUsage = Readonly<{
  /** Processor time so far, ms. */
  cpuMs: number;
  /** Resident memory now. */
  memoryBytes: number;
}>;

export type ProcessSpec = Readonly<{
  argv: readonly string[];
  /** Absolute path; must exist. */
  cwd: string;
  /** The whole environment of the child; nothing is inherited. */
  env: Readonly<Record<string, string>>;
  /** Given on stdin, which is then closed. Absent: stdin is empty. */
  stdin?: string;
  limits?: ProcessLimits;
  /** ms between TERM and KILL. @default 5_000 */
  graceMs?: number;
  /** Called from time to time where the system can measure it: often at first, twice a second later. It throws nothing. */
  onUsage?: (usage: LiveUsage) => void;
  /** Called for each piece of output, in order, at most 64 KiB each. May return a promise to slow the reader down. */
  onOutput?: (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void | Promise<void>;
}>;

/** How a process ended. Nothing it started is left when this is known. */
export type ProcessEnd =
  | Readonly<{ kind: 'exited'; exitCode: number; usage: Usage; wallMs: number }>
  | Readonly<{ kind: 'signalled'; signal: string; usage: Usage; wallMs: number }>
  /** `limit` ended it. */
  | Readonly<{ kind: 'limit'; limit: 'memory' | 'cpu' | 'output' | 'processes'; usage: Usage; wallMs: number }>
  /** Ended because `signal` aborted. */
  | Readonly<{ kind: 'stopped'; usage: Usage; wallMs: number }>
  /** Never ran: no such program, no such folder, not executable. */
  | Readonly<{ kind: 'not-started'; message: string }>;

/** Starts programs as argument lists, owns their whole tree, measures it. */
export interface ProcessRunner {
  readonly ownership: Ownership;
  /** Never rejects for anything the program does. After `signal` aborts: TERM, grace, KILL; gone within 10 s. */
  run(spec: ProcessSpec, signal: AbortSignal): Promise<ProcessEnd>;
}
