import { lstat, mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { runId as toRunId, type RunId } from '../core/ids.ts';
import { userError } from '../util/user-error.ts';
import { isCheck } from './check-run.ts';
import { fullDisk } from './make-folder.ts';
import type { Coordinator } from './coordinator.ts';
import type { Store } from './store.ts';

/** In the data folder: which process will make the reports. */
const OWNER = 'owner';
/** Nobody looks into other machines: a check that is older is over. */
const OLDEST_ELSEWHERE_MS = 86_400_000;
/** For a cancelled run to end. */
const END_MS = 10_000;

/** Makes the data folder of a run where there is none, and marks it as in use by this process. */
export async function makeData(data: string): Promise<void> {
  try {
    await mkdir(data, { recursive: true, mode: 0o700 });
    await writeFile(join(data, OWNER), `${process.pid} ${hostname()}\n`, { mode: 0o600 });
  } catch (error) {
    const full = fullDisk(data, error);
    if (full !== undefined) throw full;
    const why = error instanceof Error ? error.message : String(error);
    const message = `"${data}" cannot be written: ${why}.`;
    const fix = 'A check keeps its data there: make the folder writable, and room on its disk.';
    throw userError({ code: 'DATA_NOT_WRITABLE', at: data, message, fix });
  }
}

/** Removes what the tasks of a run have left to each other, and its folder when there are no reports in it. */
export async function dropData(folder: string): Promise<void> {
  await rm(join(folder, 'data'), { recursive: true, force: true, maxRetries: 5 });
  await rmdir(folder).catch(() => undefined);
}

export type LeftOverParts = Readonly<{ dataDir: string; store: Store; coordinator: Coordinator }>;

/**
 * Ends checks that nobody waits for any more, and removes what they left: their process was killed or interrupted.
 * A check that was cut off is worth less than the one that starts now: it looks at the files as they were.
 */
export async function dropLeftOvers({ dataDir, store, coordinator }: LeftOverParts): Promise<void> {
  const checks = join(dataDir, 'check');
  // Links are none of ours, apart from `latest`: what they lead to is left alone.
  const entries = await readdir(checks, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  for (const name of names) {
    const data = join(checks, name, 'data');
    if (!(await isLeftOver(data))) continue;
    await endRun(toRunId(name), store, coordinator);
    await dropData(join(checks, name));
  }
  for (const resumed of coordinator.resumed) {
    if (!names.includes(resumed)) await endRun(resumed, store, coordinator);
  }
}

async function isLeftOver(data: string): Promise<boolean> {
  const found = await lstat(data).catch(() => undefined);
  if (found?.isDirectory() !== true) return false;
  const owner = await readFile(join(data, OWNER), 'utf8').catch(() => '');
  const [, pid, host] = /^(\d{1,10}) (.*)\n$/.exec(owner) ?? [];
  if (host !== undefined && host !== hostname()) return Date.now() - found.mtimeMs > OLDEST_ELSEWHERE_MS;
  return pid === undefined || !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function endRun(runId: RunId, store: Store, coordinator: Coordinator): Promise<void> {
  const record = store.archive()?.run(runId);
  if (record === undefined || record.outcome !== undefined || !isCheck(record)) return;
  await coordinator.command({ type: 'run.cancel', runId, reason: 'a new check has started' });
  const tooLong = Promise.withResolvers<void>();
  const timer = setTimeout(tooLong.resolve, END_MS);
  await Promise.race([coordinator.finished(runId), tooLong.promise]);
  clearTimeout(timer);
}
