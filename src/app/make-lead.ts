import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { availableParallelism, freemem, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { GitCaptures } from '../adapters/git/git-captures.ts';
import { ProvisionerByDriver } from '../adapters/in-memory/provisioner-by-driver.ts';
import { LocalProvisioner } from '../adapters/in-memory/local-provisioner.ts';
import { LruTier } from '../adapters/in-memory/lru-tier.ts';
import { Git } from '../adapters/git/git-command.ts';
import { CleanCopies } from '../adapters/plain-directory/clean-copies.ts';
import { DirectoryCaptures } from '../adapters/plain-directory/directory-captures.ts';
import { removeEntries } from '../adapters/plain-directory/remove-tree.ts';
import { FileLogger } from '../adapters/system/file-logger.ts';
import { machineId } from '../adapters/system/machine-id.ts';
import { SystemClock } from '../adapters/system/system-clock.ts';
import type { WorkerProcesses } from '../adapters/system/worker-processes.ts';
import { DriverSupervisor } from '../adapters/system/driver-supervisor.ts';
import { SystemRandom } from '../adapters/system/system-random.ts';
import { CoordinatorDuties } from '../adapters/votes/coordinator-duties.ts';
import { CheckingVerifier } from '../adapters/verifier/checking-verifier.ts';
import { foreignPath } from '../analysers/foreign-programs.ts';
import { checkFunctions } from '../analysers/registry.ts';
import { CommandDriver, type CommandDriverPorts } from '../agents/drivers/command/command-driver.ts';
import { FunctionDriver } from '../agents/drivers/function/function-driver.ts';
import type { FunctionRegistry } from '../agents/drivers/function/registered-function.ts';
import { SYSTEM_FUNCTIONS } from '../agents/drivers/function/system-functions.ts';
import { RemoteDriver } from '../agents/drivers/remote/remote-driver.ts';
import type { Environment } from '../config/environment.ts';
import type { NotifierSpec } from '../config/notifiers.ts';
import type { Options } from '../config/options.ts';
import { DEFAULT_SCALING } from '../core/scaling/scale-group.ts';
import type { Notice } from '../core/health/notice.ts';
import type { AlertRule } from '../core/alerts/alert-rule.ts';
import type { Samples } from '../core/metrics/core-metrics.ts';
import type { LiveOption, SettingValue } from '../core/settings/setting-events.ts';
import type { HostSpec } from '../core/agents/agent-spec.ts';
import { runId } from '../core/ids.ts';
import type { HostTimes } from '../core/hosts/frames.ts';
import type { SwarmRules } from '../core/swarm-state.ts';
import type { EnginePorts } from '../engine/engine-options.ts';
import type { MemoryPorts } from '../engine/memory-work.ts';
import { Notes } from '../memory/notes.ts';
import { RecentHits } from '../memory/recent-hits.ts';
import { TieredMemory } from '../memory/tiered-memory.ts';
import type { Captures } from '../ports/captures.ts';
import type { KeyValueTier } from '../ports/key-value-tier.ts';
import type { Logger, LogLevel } from '../ports/logger.ts';
import type { ProcessRunner } from '../ports/process-runner.ts';
import { AttemptDoorServer } from '../server/attempt-door.ts';
import { localSocketPath, removeOldSockets } from '../server/local-socket-path.ts';
import { type LeaderAnswers, LocalSocketServer } from '../server/local-socket-server.ts';
import { HARMLESS_NAMES, pickEnvironment } from '../util/environment.ts';
import { approvedFunctions } from './approved-functions.ts';
import type { DataFolder } from './data-folder.ts';
import { PROJECT_SWARM } from './file-store.ts';
import { deskFor } from './host-asks.ts';
import { type LeadParts } from './lead.ts';
import { limitsOf, machineWithin } from './machine.ts';
import { makeNotifier, secretVariables } from './make-notifier.ts';
import { noteSocket } from './leader-file.ts';
import { makeProgramsFolder } from './programs-folder.ts';
import { ReusingDriver } from './retry-run.ts';
import { REUSE } from './reused-tasks.ts';
import { LOCAL_HOST } from '../core/agents/agent-spec.ts';
import { redactorOf, secretIn } from './secret-in.ts';
import type { OpenStore, Store } from './store.ts';
import { workerProcesses } from './worker-provisioner.ts';

/** What a lead is made from. */
export type LeadSettings = Readonly<{
  /** Absolute path of the project. */
  root: string;
  store: Store;
  /** Absolute; for captures of the project. */
  workspaces: string;
  options: Options;
  /** Rules that are watched, unless alerting is off. */
  alerts: readonly AlertRule[];
  /** Who is told of notices, besides the log. */
  notifiers: readonly NotifierSpec[];
  /** Told of notices in this process. @default nobody */
  onNotice?: (notice: Notice) => void;
  /** Options that may be changed while it leads. */
  live: readonly LiveOption[];
  environment: Environment;
  /** Functions of this process besides the built-in ones. */
  functions: FunctionRegistry;
  /** Set when other processes may follow: their way to the leader is noted there. */
  shared: DataFolder | undefined;
  /** This process ends before tasks would: it begins none. @default false */
  isBrief?: boolean;
  /** Tasks for worker threads follow at once. @default false */
  usesThreads?: boolean;
}>;

type Parts = Omit<LeadParts, 'onTrouble' | 'past'>;
/** What starts processes, and whether the lock is still held. */
type Means = Readonly<{ processes: ProcessRunner; isHeld: () => boolean }>;

/** Chooses and opens the adapters of one lead, besides its store and what starts processes. */
export async function makeLead(settings: LeadSettings, open: OpenStore, { processes, isHeld }: Means): Promise<Parts> {
  const { options, environment } = settings;
  const { artifacts } = settings.store;
  const clock = new SystemClock();
  // Every process can run what a check is made of, whoever has submitted it.
  const functions: FunctionRegistry = { ...checkFunctions(open.memory), ...SYSTEM_FUNCTIONS, ...settings.functions };
  const workspaces = workspacesOf(settings);
  const clean = pickEnvironment(environment.variables, HARMLESS_NAMES);
  const functionDriver = new FunctionDriver({ functions, clock, artifacts, maxWorkers: availableParallelism() });
  const { tier1, ...memory } = memoryOf(open.memory, clock, options);
  const logger = loggerOf(settings, clock);
  const temporaryFolder = (await exchangeOf(settings, isHeld)) ?? tmpdir();
  const door = doorOf(settings);
  const machine = { processes, artifacts, clock, door, temporaryFolder };
  const approved = approvedFunctions(functionDriver, (name) => Object.hasOwn(functions, name));
  const project = settings.root;
  const duties = { project, workspaces, processes, environment: clean, folder: temporaryFolder, functions: approved };
  const remote = remoteOf(settings, clock);
  const notifier = makeNotifier(settings, { processes, logger, clock, clean });
  const workers = workersOf(settings, clock, remote);
  const local = { command: commandsOf(settings, machine), function: new ReusingDriver(functionDriver) };
  const ports = {
    drivers: { ...local, ...(remote === undefined ? {} : { remote }) },
    supervisor: new DriverSupervisor(local),
    provisioner: new ProvisionerByDriver(new LocalProvisioner(), workers),
    ...livePorts(options, memory.tiers, { tier1, logger, clock }),
    notifier,
    verifier: new CheckingVerifier({ workspaces, processes, artifacts, environment: clean }),
    journal: open.journal,
    memory,
    clock,
    random: new SystemRandom(),
    workspaces,
    proposals: new CoordinatorDuties(duties),
  };
  if (settings.usesThreads === true) functionDriver.warm();
  return {
    ports,
    memory: memory.tiers,
    options: { ...engineOptions(settings), isBrief: settings.isBrief === true },
    workspaces,
    host: thisMachine(options, remote === undefined ? undefined : [...Object.keys(functions), REUSE]),
    project,
    knowsFunction: (name) => name === REUSE || Object.hasOwn(functions, name),
    listen: listenAt(settings, remote),
    logger,
    whenDraining: remote?.whenDraining.bind(remote),
    endWorkers: async () => workers?.close(),
    close: () => closeAll([workers, door, functionDriver, notifier, logger]),
  };
}

/** One after the other, each whatever became of the others; then throws what went wrong. */
async function closeAll(
  parts: readonly (Readonly<{ close: () => Promise<void> | void }> | undefined)[],
): Promise<void> {
  const problems: unknown[] = [];
  for (const part of parts) {
    try {
      await part?.close();
    } catch (error) {
      problems.push(error);
    }
  }
  if (problems.length === 1) throw problems[0];
  if (problems.length > 1) throw new AggregateError(problems, 'Parts of the leader could not be closed.');
}

function commandsOf(
  { environment, options }: LeadSettings,
  machine: Omit<CommandDriverPorts, 'environment' | 'limits'>,
): CommandDriver {
  return new CommandDriver({ ...machine, environment: environment.variables, limits: limitsOf(options) });
}

type Changeable = Readonly<{ tier1: LruTier; logger: LeadLogger }>;

/** What changes while it leads: options that the core does not read, and figures that only this process can measure. */
function livePorts(
  { monitoring }: Options,
  memory: TieredMemory,
  { clock, ...changeable }: Changeable & Readonly<{ clock: SystemClock }>,
): Pick<EnginePorts, 'measure' | 'settings'> {
  const set = (name: string, value: SettingValue): void => change(changeable, name, value);
  return { settings: { set }, ...(monitoring.metricsEnabled === 'on' ? { measure: measurer(memory, clock) } : {}) };
}

function change({ tier1, logger }: Changeable, name: string, value: SettingValue): void {
  if (name === 'performance.cacheSize') tier1.configure({ maxEntries: Number(value) });
  if (name === 'performance.cacheTTL') tier1.configure({ ttlMs: Number(value) });
  if (name === 'monitoring.loggingLevel' && isLevel(value)) logger.setLevel(value);
}

function isLevel(value: SettingValue): value is LogLevel {
  return value === 'debug' || value === 'info' || value === 'warn' || value === 'error';
}

/** No tier 2: one process leads, and the others ask it. */
function memoryOf(
  persistent: KeyValueTier,
  clock: SystemClock,
  { memory: { maxNotes }, performance: { cacheSize, cacheTTL: cacheTtlMs } }: Options,
): MemoryPorts & Readonly<{ tier1: LruTier }> {
  const local = new LruTier(clock, { maxEntries: cacheSize, ttlMs: cacheTtlMs });
  const tiers = new TieredMemory({ local, persistent }, clock, {
    passingMs: Math.max(1, cacheTtlMs),
    whyNot: secretIn,
  });
  return { tier1: local, tiers, notes: new Notes(tiers, { maxNotes }) };
}

function measurer(memory: TieredMemory, clock: SystemClock): () => Samples {
  const recent = new RecentHits();
  return () => {
    const ratio = recent.ratio(memory.hitRates().local, clock.monotonicMs());
    return { memory_ratio: 1 - freemem() / totalmem(), ...(ratio === undefined ? {} : { cache_hit_ratio: ratio }) };
  };
}

/** Where commands get their inputs and put their results. What a killed lead has left there is nobody's any more. */
async function exchangeOf({ shared }: LeadSettings, isHeld: () => boolean): Promise<string | undefined> {
  if (shared === undefined) return undefined;
  const temporaryFolder = join(shared.path, 'exchange');
  await removeEntries(temporaryFolder, isHeld);
  await mkdir(temporaryFolder, { recursive: true, mode: 0o700 });
  return temporaryFolder;
}

/** The way from the programs of a task to this lead. Nothing is made before the first command starts. */
function doorOf({ shared, workspaces, environment }: LeadSettings): AttemptDoorServer {
  const own = shared?.path ?? workspaces;
  return new AttemptDoorServer({
    openPath: () => localSocketPath(shared?.store ?? `${own}-${process.pid}`, environment),
    programs: () => makeProgramsFolder(join(own, 'bin')),
  });
}

type LeadLogger = Logger & Readonly<{ close: () => void; setLevel: (level: LogLevel) => void }>;

/** A swarm in memory leaves nothing behind, no log either. */
function loggerOf({ shared, options, environment, notifiers }: LeadSettings, clock: SystemClock): LeadLogger {
  if (shared === undefined) return { log: () => {}, wants: () => false, close: () => {}, setLevel: () => {} };
  const names = [...options.security.passEnvironment, ...secretVariables(notifiers)];
  const redact = redactorOf(names.flatMap((name) => environment.variables[name] ?? []));
  const level = options.monitoring.loggingLevel;
  return new FileLogger({ path: join(shared.logs, 'waggle.log'), level, redact, now: () => clock.wallTimeMs() });
}

function workspacesOf({ root, workspaces, environment, options }: LeadSettings): CleanCopies {
  const git = new Git(foreignPath(root, environment.variables['PATH']));
  const { maxFiles, maxBytes } = options.workspaces;
  const limits = { files: maxFiles, bytes: maxBytes };
  const byGit = new GitCaptures(join(workspaces, 'git'), git);
  const byCopy = new DirectoryCaptures(join(workspaces, 'copies'), limits);
  const capturesFor = async (project: string): Promise<Captures> =>
    (await GitCaptures.fits(git, project, new AbortController().signal)) ? byGit : byCopy;
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  const copies = join(environment.home, 'workspaces', name);
  return new CleanCopies({ folder: workspaces, copies, capturesFor, limits });
}

function engineOptions({ options, alerts, live }: LeadSettings): LeadParts['options'] {
  const { coordination, faultTolerance, messaging, monitoring, performance } = options;
  const isCounted = monitoring.metricsEnabled === 'on';
  const watched = isCounted && monitoring.alertingEnabled === 'on' ? alerts : [];
  const retry = {
    maxAttempts: faultTolerance.maxAttempts,
    firstDelayMs: faultTolerance.retryFirstDelayMs,
    maxDelayMs: faultTolerance.retryMaxDelayMs,
    nonRetryable: [],
  };
  const { algorithm: strategy, ...limits } = coordination;
  const { maxWaitMs, maxTasksPerRun, maxOpenRuns, maxOpenProposals, vetoCheckMs } = limits;
  const { mailboxSize: maxMailboxMessages, maxHops: maxMessageHops, maxPerRun: maxMessagesPerRun } = messaging;
  const mail = { maxMailboxMessages, maxMessageHops, maxMessagesPerRun };
  const { maxDelegationDepth, maxFanOut, maxRevisions } = limits;
  const delegation = { maxDelegationDepth, maxFanOut, maxRevisions };
  const scaling = scalingRules(limits);
  const caps = { scaling, maxTasksPerRun, maxOpenRuns, maxOpenProposals, ...mail, ...delegation };
  const rules: SwarmRules = {
    retry,
    strategy,
    maxWaitMs,
    vetoCheckMs,
    ...caps,
    ...healthRules(faultTolerance),
    alerts: watched,
    approval: approvalRules(coordination),
    tuner: {
      isOn: isCounted && monitoring.tuning !== 'off',
      asks: monitoring.tuning === 'vote',
      windowMs: monitoring.tuningWindowMs,
    },
    live,
  };
  const { maxBacklog } = performance;
  const maxBatch = options.communication.batchSize;
  const { healthCheckInterval: intervalMs, maxFailureCount: maxMissed } = faultTolerance;
  const loadLookMs = Math.min(1_000, scaling.windowMs);
  return { swarmId: PROJECT_SWARM, rules, maxBatch, maxBacklog, healthWatch: { intervalMs, maxMissed }, loadLookMs };
}

function approvalRules(coordination: Options['coordination']): SwarmRules['approval'] {
  const { approvers, approvalTimeoutMs: timeoutMs, askAgainMs } = coordination;
  return { members: approvers.map((name) => `user:${name}`), timeoutMs, askAgainMs };
}

function scalingRules(coordination: Omit<Options['coordination'], 'algorithm'>): SwarmRules['scaling'] {
  const { loadThreshold, idleThreshold, coolDownMs, scaleWindowMs: windowMs, maxScaledAgents } = coordination;
  const permille = { upPermille: 10 * loadThreshold, downPermille: 10 * idleThreshold };
  return {
    ...DEFAULT_SCALING,
    ...permille,
    coolDownMs,
    windowMs,
    maxAgents: maxScaledAgents,
    rebalanceRunning: coordination.rebalanceRunning === 'on',
  };
}

function healthRules(tolerance: Options['faultTolerance']): Pick<SwarmRules, 'breaker' | 'health'> {
  const breaker = {
    threshold: tolerance.circuitBreakerThreshold,
    openMs: tolerance.recoveryTimeout,
    successes: tolerance.circuitBreakerSuccesses,
  };
  const health = {
    responseMs: tolerance.maxResponseMs,
    errorRate: tolerance.maxErrorPercent / 100,
    memoryRatio: tolerance.maxMemoryPercent / 100,
    maxRestarts: tolerance.maxRestarts,
    restartWindowMs: 60_000,
  };
  return { breaker, health };
}

/** Functions are said where others may have some that this process has not. */
function thisMachine({ performance }: Options, functions: readonly string[] | undefined): HostSpec {
  const host = { host: LOCAL_HOST, machine: machineId(), ...machineWithin(performance.resourceLimits) };
  return functions === undefined ? host : { ...host, functions };
}

/** Hosts come over the socket: where nobody can connect there are none. */
function remoteOf({ shared, options }: LeadSettings, clock: SystemClock): RemoteDriver | undefined {
  return shared === undefined ? undefined : new RemoteDriver({ clock, times: timesOf(options), deskFor });
}

function workersOf(
  { shared, root, environment, store }: LeadSettings,
  clock: SystemClock,
  remote: RemoteDriver | undefined,
): WorkerProcesses | undefined {
  if (shared === undefined || remote === undefined) return undefined;
  const isOpen = (id: string): boolean => {
    const run = store.archive()?.run(runId(id));
    return run !== undefined && run.outcome === undefined;
  };
  return workerProcesses({ root, dataDir: shared.path, environment, clock, remote, isOpen });
}

function timesOf({ faultTolerance }: Options): HostTimes {
  const { hostLeaseMs: leaseMs, hostHeartbeatMs: heartbeatMs, hostOrphanMs: orphanMs } = faultTolerance;
  return { leaseMs, heartbeatMs, orphanMs };
}

function listenAt({ shared, environment }: LeadSettings, remote: RemoteDriver | undefined): LeadParts['listen'] {
  if (shared === undefined) return undefined;
  return async (answers: LeaderAnswers, isHeld: () => boolean) => {
    const path = await localSocketPath(shared.store, environment);
    const server = await LocalSocketServer.listen(path, {
      ...answers,
      ...(remote === undefined ? {} : { acceptHost: remote.accept }),
    });
    try {
      await removeOldSockets(shared.store, path, isHeld);
      await noteSocket(shared.path, path, isHeld);
      return server;
    } catch (error) {
      await server.close();
      throw error;
    }
  };
}
