import type { AgentId, RunId } from '../ids.ts';

export type DriverKind = 'function' | 'command' | 'llm' | 'acp' | 'a2a' | 'remote';

/** An agent as it was registered. */
export type AgentSpec = Readonly<{
  id: AgentId;
  /** The group or card it belongs to: `builder`, `reviewer`, `local`. */
  role: string;
  driver: DriverKind;
  /** Everything tasks may require of it, the driver's own (`command`, `function:<name>`) included. */
  capabilities: readonly string[];
  /** Attempts it runs side by side; 1 to 1,000. */
  slots: number;
  /** The host whose capacity its reservations count against. */
  host: string;
  /** Whose service it leans on: agents of one provider share a breaker. */
  provider?: string;
  /** The account at its provider that it works on: where its quota is used up, all agents of the account wait. */
  account?: string;
  /**
   * Whether failures of its attempts are held against it. A command or function that fails is nearly always the
   * work's own doing. @default false for commands and functions, else true
   */
  supervised?: boolean;
  /** Set when the agent serves this run only. */
  runId?: RunId;
}>;

/** What a host offers in all. Reservations on it never exceed 80 % of each figure. */
export type HostSpec = Readonly<{
  host: string;
  /** Hosts that name the same one share what it has: what is reserved on one of them, the others have not. @default its own */
  machine?: string;
  cpu: number;
  memory: number;
  storage?: number;
  network?: number;
  /** Functions that its process has now: its agents do no others, whatever they were registered with. @default all */
  functions?: readonly string[];
}>;

/** The leading process itself, as a host. */
export const LOCAL_HOST = 'local';
