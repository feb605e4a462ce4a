import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Gives the lines that a process prints on stdout, one per call, as they come; `undefined` after the last. */
export function lineFrom(child: ChildProcess): () => Promise<string | undefined> {
  if (child.stdout === null) throw new Error('stdout is not a pipe');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async () => {
    const { done, value } = await lines.next();
    return done === true ? undefined : value;
  };
}
