/** Remembers what a project's files were, and puts them back elsewhere. Behind `Workspaces`; one per kind of project. */
export interface Captures {
  /**
   * Remembers the files as they are now, under `key`, without changing anything in the project. Doing it again
   * with the same key changes nothing. Rejects with a plain message when the project is too large or unreadable.
   */
  capture(key: string, project: string, signal: AbortSignal): Promise<void>;
  /**
   * Writes the captured files below `into`, an empty folder, and says from what: `git tree 3f2c…`. Rejects when
   * there is no such capture.
   */
  restore(key: string, into: string, signal: AbortSignal): Promise<string>;
  /** Forgets the capture. Unknown keys are fine. */
  forget(key: string): Promise<void>;
}
