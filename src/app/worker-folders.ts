import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkerFolder } from '../adapters/system/worker-processes.ts';
import { HostHome } from '../worker/host-home.ts';

/** Names the run that a worker was started for. */
const MARK = 'started-for';
const MAX_WORDS = 500;

/** The folder of a worker that is started for a run, which nobody needs when it has ended. */
export function workerFolder(hosts: string, host: string, runId: string): WorkerFolder {
  const folder = join(hosts, host);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, MARK), `${runId}\n`, { mode: 0o600 });
  const log = join(folder, 'worker.log');
  return {
    log,
    lastWords: () => lastLine(log),
    // A result that no leader has stored stays for people until the next leader begins.
    remove: () => remove(hosts, host, { isKept: (results) => results.length > 0 }),
  };
}

/** Those of workers that were killed together with the leader before. One that still runs keeps its own. */
export function removeWorkerFolders(hosts: string): void {
  if (!existsSync(hosts)) return;
  for (const host of readdirSync(hosts)) {
    if (existsSync(join(hosts, host, MARK))) remove(hosts, host, { isKept: () => false });
  }
}

function remove(
  hosts: string,
  host: string,
  { isKept }: Readonly<{ isKept: (results: readonly string[]) => boolean }>,
): void {
  const folder = join(hosts, host);
  const results = join(folder, 'results');
  if (existsSync(results) && isKept(readdirSync(results))) return;
  if (!HostHome.isTaken(hosts, host)) rmSync(folder, { recursive: true, force: true });
}

function lastLine(path: string): string | undefined {
  const text = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  const line = text.slice(text.lastIndexOf('\n') + 1);
  return line === '' ? undefined : line.slice(0, MAX_WORDS);
}
