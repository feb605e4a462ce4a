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
    // A result that no leader has stored is brought by the next worker of this name.
    remove: () => {
      if (!hasResults(folder)) remove(hosts, host);
    },
  };
}

/** Those that workers of earlier leaders have left, and that no open run needs. What cannot be removed is left. */
export function removeWorkerFolders(hosts: string, isOpen: (runId: string) => boolean): void {
  if (!existsSync(hosts)) return;
  for (const host of readdirSync(hosts)) {
    try {
      const mark = join(hosts, host, MARK);
      if (existsSync(mark) && !isOpen(readFileSync(mark, 'utf8').trim())) remove(hosts, host);
    } catch {
      // It is in nobody's way, and no reason not to lead.
    }
  }
}

function hasResults(folder: string): boolean {
  const results = join(folder, 'results');
  return existsSync(results) && readdirSync(results).length > 0;
}

/** One that still runs keeps its own. */
function remove(hosts: string, host: string): void {
  if (!HostHome.isTaken(hosts, host)) rmSync(join(hosts, host), { recursive: true, force: true });
}

function lastLine(path: string): string | undefined {
  const text = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  const line = text.slice(text.lastIndexOf('\n') + 1);
  return line === '' ? undefined : line.slice(0, MAX_WORDS);
}
