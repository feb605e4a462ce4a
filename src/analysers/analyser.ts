import type { JsonObject } from '../core/json.ts';
import type { RunMessages } from '../ports/run-messages.ts';
import type { RunProposals } from '../ports/run-proposals.ts';

/** What every analyser of a check is told. Plain JSON, so that it can stand in a journal and cross to a worker thread. */
export type CheckInput = Readonly<{
  /** Absolute path of the folder to check; links in it are resolved. */
  root: string;
  /** Absolute path of the folder where analysers leave their data for one another. */
  data: string;
  /** Where programs are looked for, as in PATH. */
  searchPath?: string;
  /** Absolute path of oxlint; absent when there is none. */
  linter?: string;
  /** Which part of the files is its own, from 0; for analysers that are split. */
  shard?: number;
  /** How many parts there are in all. */
  shards?: number;
}>;

/** How an analyser is called: by the function driver, by a test, or by anybody else. */
export type AnalyserCall = Readonly<{
  input: CheckInput;
  /** Aborts when nobody waits for the result any more. */
  signal: AbortSignal;
  /** To the other analysers; absent where it is called by itself. */
  messages?: RunMessages;
}>;

/** How a task is called that opens proposals, votes on them or waits for them. */
export type VotingCall = AnalyserCall & Readonly<{ proposals: RunProposals }>;

/** What an analyser gives back. The findings themselves stand in `file`, which may be large. */
export type AnalyserResult = Readonly<{
  /** Name of the file in the data folder. */
  file: string;
  /** A few figures for people. */
  summary: JsonObject;
}>;

/** Looks at a repository and leaves what it found in the data folder. Changes nothing else. */
export type Analyser = (call: AnalyserCall) => Promise<AnalyserResult> | AnalyserResult;
