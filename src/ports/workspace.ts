/** A folder for one purpose, gone after `dispose`. */
export interface CleanWorkspace {
  /** Absolute path. */
  readonly path: string;
  /** From what it was made: `git tree 3f2c…` or `copy of 214 files`. */
  readonly madeFrom: string;
  dispose(): Promise<void>;
}

/** Makes clean copies of a project as it was when the run began, so that checks do not run in what an agent left behind. */
export interface Workspaces {
  /** Remembers the project's files as they are now, under `key`. Doing it again with the same key changes nothing. */
  capture(key: string, project: string, signal: AbortSignal): Promise<void>;
  /**
   * The captured files, plus what the project holds now under `overlay` (files, or folders ending in `/`), and
   * links to dependency folders that the project ignores (`node_modules`). Rejects with a plain message when
   * the project is too large or the capture is missing.
   */
  cleanCopy(key: string, overlay: readonly string[], signal: AbortSignal): Promise<CleanWorkspace>;
  /** Forgets the capture and removes every copy made from it. */
  forget(key: string): Promise<void>;
}
