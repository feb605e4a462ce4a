import { SystemClock } from '../adapters/system/system-clock.ts';
import type { FunctionRegistry } from '../agents/drivers/function/registered-function.ts';
import { type Environment, readEnvironment } from '../config/environment.ts';
import { liveOptions } from '../config/live-options.ts';
import { type Config, loadConfig } from '../config/load-config.ts';
import type { RunId, TaskId } from '../core/ids.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { RunArchive } from '../ports/run-archive.ts';
import type { CheckParts } from './check-project.ts';
import type { CheckOptions, CheckRun } from './check-run.ts';
import type { CompiledWorkflow, ConnectOptions, Coordinator } from './coordinator.ts';
import { type DataFolder, dataFolderFor, makeDataFolder, refuseForeign, refuseTracked } from './data-folder.ts';
import { FileStore } from './file-store.ts';
import { findRoot, folderAt } from './find-root.ts';
import type { WriteSuggestion } from '../memory/type-record.ts';
import type { DoctorCheck, Project, ProjectOptions, PruneOptions, PruneResult, TaskLog } from './project.ts';
import { taskLogs } from './task-logs.ts';
import type { Worker, WorkerOptions } from './worker.ts';

/** Reads the configuration, and nothing else. Rejects with `UserErrors` that name every mistake in it. */
export async function openProject(options: ProjectOptions): Promise<Project> {
  const environment = options.environment ?? readEnvironment();
  const cwd = await folderAt(options.cwd);
  const root = options.isRoot === true ? cwd : await findRoot(cwd, environment.home);
  const flags = Object.entries(options.overrides ?? {}).map(([name, value]) => [name, { value, flag: name }] as const);
  const file = options.configFile === undefined ? {} : { file: options.configFile };
  const config = await loadConfig({ root, environment, flags: Object.fromEntries(flags), ...file });
  const folder = await dataFolderFor(root, environment.home);
  await refuseForeign(folder.path);
  // Told by what reads or uses it; `doctor` works nevertheless.
  const tracked = await refuseTracked(root, folder, environment).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
  return new FileProject({ root, folder, config, environment, tracked, functions: options.functions ?? {} });
}

type Parts = Readonly<{
  root: string;
  folder: DataFolder;
  config: Config;
  environment: Environment;
  functions: FunctionRegistry;
  /** Why the data must not be believed; undefined when nothing speaks against it. */
  tracked: Error | undefined;
}>;

class FileProject implements Project {
  readonly root: string;
  readonly dataDir: string;
  readonly config: Config;
  readonly #parts: Parts;
  readonly #store: FileStore;
  #coordinator: Promise<Coordinator> | undefined;

  constructor(parts: Parts) {
    this.root = parts.root;
    this.dataDir = parts.folder.path;
    this.config = parts.config;
    this.#parts = parts;
    this.#store = new FileStore(parts.folder, new SystemClock(), parts.config.options.memory);
  }

  archive(): RunArchive | undefined {
    if (this.#parts.tracked !== undefined) throw this.#parts.tracked;
    return this.#store.archive();
  }

  artifacts(): ArtifactStore {
    return this.#store.artifacts;
  }

  connect(options: ConnectOptions = {}): Promise<Coordinator> {
    return (this.#coordinator ??= this.#connect(options));
  }

  async estimate(compiled: CompiledWorkflow): Promise<CompiledWorkflow> {
    if (this.archive() === undefined) return compiled;
    const { estimateFrom } = await import('./estimates.ts');
    return { ...compiled, tasks: await estimateFrom(this.#store, compiled.tasks) };
  }

  async writeSuggestions(): Promise<readonly WriteSuggestion[]> {
    if (this.archive() === undefined) return [];
    const { writeSuggestions } = await import('./estimates.ts');
    return writeSuggestions(this.#store);
  }

  async check(coordinator: Coordinator, options: CheckOptions): Promise<CheckRun> {
    const { checkProject } = await import('./check-project.ts');
    return checkProject(this.#checkParts(coordinator), options);
  }

  async resumeCheck(coordinator: Coordinator, runId: RunId): Promise<CheckRun> {
    const { resumeCheck } = await import('./check-project.ts');
    return resumeCheck(this.#checkParts(coordinator), runId);
  }

  #checkParts(coordinator: Coordinator): CheckParts {
    const { root, dataDir } = this;
    return { root, dataDir, searchPath: this.#parts.environment.variables['PATH'], store: this.#store, coordinator };
  }

  async work(options: WorkerOptions): Promise<Worker> {
    if (this.#parts.tracked !== undefined) throw this.#parts.tracked;
    const { startWorker } = await import('./worker.ts');
    const { folder, environment, config } = this.#parts;
    await makeDataFolder(folder);
    const { artifacts } = this.#store;
    return startWorker({ folder, artifacts, environment, options: config.options }, options);
  }

  logs(taskId: TaskId): readonly TaskLog[] {
    const archive = this.archive();
    return archive === undefined ? [] : taskLogs(archive, this.artifacts(), taskId);
  }

  async prune(options: PruneOptions): Promise<PruneResult> {
    const archive = this.archive();
    if (archive === undefined) return { runs: [], freedBytes: 0 };
    const { pruneRuns } = await import('./prune-runs.ts');
    const parts = { archive, artifacts: this.artifacts(), dataDir: this.dataDir, nowMs: Date.now() };
    return pruneRuns(parts, options);
  }

  async isLed(): Promise<boolean> {
    if (this.#coordinator !== undefined) return true;
    const { findLeader } = await import('./find-leader.ts');
    return (await findLeader(this.dataDir)) !== 'nobody';
  }

  async doctor(signal: AbortSignal): Promise<readonly DoctorCheck[]> {
    const { doctor } = await import('./doctor.ts');
    const { environment } = this.#parts;
    const { root, dataDir, config } = this;
    return doctor({ root, dataDir, config, environment, archive: () => this.archive() }, signal);
  }

  async close(): Promise<void> {
    const coordinator = await this.#coordinator?.catch(() => undefined);
    await coordinator?.drain();
    await this.#store.close();
  }

  async #connect({ onTrouble, isBrief = false, usesThreads = false }: ConnectOptions): Promise<Coordinator> {
    const { root, folder, config, environment, functions, tracked } = this.#parts;
    if (tracked !== undefined) throw tracked;
    const { connectStore } = await import('./connect-store.ts');
    return connectStore({
      root,
      store: this.#store,
      workspaces: folder.workspaces,
      options: config.options,
      alerts: config.alerts,
      notifiers: config.notifiers,
      live: liveOptions(config.explained),
      environment,
      functions,
      shared: folder,
      isBrief,
      usesThreads,
      ...(onTrouble === undefined ? {} : { onTrouble }),
    });
  }
}
