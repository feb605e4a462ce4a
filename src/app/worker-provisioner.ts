import { join } from 'node:path';
import type { SystemClock } from '../adapters/system/system-clock.ts';
import { WorkerProcesses } from '../adapters/system/worker-processes.ts';
import type { RemoteDriver } from '../agents/drivers/remote/remote-driver.ts';
import type { Environment } from '../config/environment.ts';
import { HARMLESS_NAMES, pickEnvironment } from '../util/environment.ts';
import { CLIENT } from './programs-folder.ts';
import { removeWorkerFolders, workerFolder } from './worker-folders.ts';

/** How long what runs on a worker may take when the worker has to go. */
const GRACE = '5s';
/** What a worker must see to find the leader's socket and its own state. None of it is a secret. */
const OWN_NAMES = ['WAGGLE_HOME', 'XDG_RUNTIME_DIR', 'XDG_STATE_HOME'];

type Surroundings = Readonly<{
  root: string;
  /** The project's data. */
  dataDir: string;
  environment: Environment;
  clock: SystemClock;
  remote: RemoteDriver;
  /** Whether the run has not ended. */
  isOpen: (runId: string) => boolean;
}>;

/** Starts `waggle worker` for groups whose agents are in processes of their own. */
export function workerProcesses({ root, dataDir, environment, clock, remote, isOpen }: Surroundings): WorkerProcesses {
  const hosts = join(dataDir, 'hosts');
  removeWorkerFolders(hosts, isOpen);
  return new WorkerProcesses({
    clock,
    program: process.execPath,
    words: [CLIENT, 'worker', '--quiet', '--agents', '1', '--grace', GRACE],
    cwd: root,
    env: pickEnvironment(environment.variables, [...HARMLESS_NAMES, ...OWN_NAMES]),
    whenHere: (host, signal) => remote.whenHere(host, signal),
    folderOf: (host, runId) => workerFolder(hosts, host, runId),
  });
}
