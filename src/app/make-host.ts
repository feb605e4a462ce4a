import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import { machineId } from '../adapters/system/machine-id.ts';
import { SystemClock } from '../adapters/system/system-clock.ts';
import { SystemProcessRunner } from '../adapters/system/system-process-runner.ts';
import { CommandDriver } from '../agents/drivers/command/command-driver.ts';
import { FunctionDriver } from '../agents/drivers/function/function-driver.ts';
import type { FunctionRegistry } from '../agents/drivers/function/registered-function.ts';
import type { Environment } from '../config/environment.ts';
import type { Options } from '../config/options.ts';
import type { CoordinatorFrame, HostAgent, HostCapacity, HostFrame } from '../core/hosts/frames.ts';
import { agentId, type RunId } from '../core/ids.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { LinkUser, WorkerLink } from '../ports/worker-link.ts';
import { AttemptDoorServer } from '../server/attempt-door.ts';
import { LocalSocketClient } from '../server/local-socket-client.ts';
import { localSocketPath, removeOldSockets } from '../server/local-socket-path.ts';
import { userError } from '../util/user-error.ts';
import { HostHome } from '../worker/host-home.ts';
import { HostRunner } from '../worker/host-runner.ts';
import type { DataFolder } from './data-folder.ts';
import { asksFor } from './host-asks.ts';
import { notedSocket } from './leader-file.ts';
import { limitsOf, machineWithin } from './machine.ts';
import { makeProgramsFolder } from './programs-folder.ts';

/** What a host is made from. */
export type HostSettings = Readonly<{
  folder: DataFolder;
  artifacts: ArtifactStore;
  environment: Environment;
  options: Options;
  functions: FunctionRegistry;
  /** `worker` gives `worker-1`, `worker-2`, …; `name` is taken as it is. */
  prefix: string;
  name?: string;
  role: string;
  agents: number;
  /** Of each agent. @default 1 */
  slots?: number;
  /** Set when it is started for a group of this run. */
  runId?: RunId;
  capabilities: readonly string[];
  onOrder?: (order: 'drain' | Error) => void;
  onRefused?: (message: string) => void;
  onChange?: () => void;
}>;

/** How long the name of an ended worker may still be taken, and how often to look, ms. */
const CLAIM_MS = 20_000;
const CLAIM_LOOK_MS = 200;

const SET_HERE = 'Set it where this worker is started.';
const START_YOURSELF =
  'Workers that Waggle starts for a group get no secrets: leave scale out of the group, and start waggle worker where it is set.';

/** A host of this process, and its end. */
export type MadeHost = Readonly<{ runner: HostRunner; close: () => Promise<void> }>;

/**
 * Takes a name and makes everything that a host of this project needs; it joins when it is started. When it rejects, the
 * name is free again.
 */
export async function makeHost(settings: HostSettings): Promise<MadeHost> {
  // Before the name is taken: it tries out programs, for which there may be no room.
  const processes = await SystemProcessRunner.open();
  const home = await claim(settings);
  if (home === undefined) throw nameTaken(settings.name ?? settings.prefix);
  try {
    return makeAt(home, settings, processes);
  } catch (error) {
    home[Symbol.dispose]();
    throw error;
  }
}

function makeAt(home: HostHome, settings: HostSettings, processes: SystemProcessRunner): MadeHost {
  const { folder, artifacts, environment, options, functions, runId } = settings;
  const clock = new SystemClock();
  const limits = limitsOf(options);
  const temporaryFolder = home.exchange;
  // As where commands run beside the leader: their questions go on from here.
  const door = new AttemptDoorServer({
    openPath: () => doorPath(temporaryFolder, environment),
    programs: () => makeProgramsFolder(join(folder.path, 'bin')),
  });
  const cureForUnset = runId === undefined ? SET_HERE : START_YOURSELF;
  const commands = {
    cureForUnset,
    processes,
    artifacts,
    clock,
    door,
    environment: environment.variables,
    limits,
    temporaryFolder,
  };
  const functionDriver = new FunctionDriver({ functions, clock, artifacts, maxWorkers: availableParallelism() });
  const runner = new HostRunner({
    home,
    agents: agentsOf(home.name, settings),
    capacity: capacityOf(options),
    pid: process.pid,
    ...(runId === undefined ? {} : { runId }),
    drivers: { command: new CommandDriver(commands), function: functionDriver },
    clock,
    connect: (user) => connect(folder.path, options.communication.timeout, user),
    asksFor,
    ...(settings.onOrder === undefined ? {} : { onOrder: settings.onOrder }),
    ...(settings.onRefused === undefined ? {} : { onRefused: settings.onRefused }),
    ...(settings.onChange === undefined ? {} : { onChange: settings.onChange }),
  });
  const close = async (): Promise<void> => {
    runner.stop();
    for (const one of [door, functionDriver]) await one.close();
    home[Symbol.dispose]();
  };
  return { runner, close };
}

/** A worker that was started in the place of one that has not quite ended waits for it. */
async function claim({ folder, prefix, name, runId }: HostSettings): Promise<HostHome | undefined> {
  const hosts = join(folder.path, 'hosts');
  for (let patienceMs = runId === undefined ? 0 : CLAIM_MS; ; patienceMs -= CLAIM_LOOK_MS) {
    const home = HostHome.claim(hosts, prefix, name);
    if (home !== undefined || patienceMs <= 0) return home;
    await new Promise((resolve) => void setTimeout(resolve, CLAIM_LOOK_MS));
  }
}

/** What a killed host of this name has left is nobody's any more. */
async function doorPath(home: string, environment: Environment): Promise<string> {
  const path = await localSocketPath(home, environment);
  // The name of this host is ours while it lives.
  await removeOldSockets(home, path, () => true);
  return path;
}

/** Hosts tell of processor and memory alone. */
function capacityOf({ performance }: Options): HostCapacity {
  const { cpu, memory } = machineWithin(performance.resourceLimits);
  return { cpu, memory, machine: machineId() };
}

function agentsOf(host: string, { agents, role, capabilities, slots = 1 }: HostSettings): readonly HostAgent[] {
  return Array.from({ length: agents }, (_, index) => ({
    id: agentId(`${host}.${index + 1}`),
    role,
    capabilities,
    slots,
  }));
}

/** Over the socket of whoever leads now. */
async function connect(
  dataDir: string,
  welcomeWithinMs: number,
  user: LinkUser<CoordinatorFrame>,
): Promise<WorkerLink<HostFrame> | undefined> {
  const path = await notedSocket(dataDir);
  if (path === undefined) return undefined;
  const onWork = (frame: CoordinatorFrame): void => user.take(frame);
  const connected = await LocalSocketClient.connect(path, () => {}, { onWork, welcomeWithinMs });
  if (!connected.ok) return undefined;
  const { client } = connected;
  void client.gone.then(() => user.closed(false));
  return { send: (frame) => client.work(frame), close: () => client.close() };
}

function nameTaken(name: string): Error {
  const message = `Another process is the host "${name}" of this project.`;
  return userError({ code: 'HOST_NAME', message, fix: 'End it, or use another name.' });
}
