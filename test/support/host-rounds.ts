import { readdirSync, readFileSync } from 'node:fs';
import type { Submission } from '../../src/app/coordinator.ts';
import { openProject } from '../../src/app/open-project.ts';
import type { Coordinator } from '../../src/app/coordinator.ts';
import type { Project } from '../../src/app/project.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import { type RunId, runId, type TaskId } from '../../src/core/ids.ts';
import type { TaskSpec } from '../../src/core/tasks/task-spec.ts';
import { FencedSink } from './fenced-sink.ts';
import { NodeChild } from './kill.ts';
import { leftAfter } from './processes.ts';
import { ProjectFolder } from './projects.ts';

const CLI = new URL('../../src/cli/main.ts', import.meta.url);
const FUNCTIONS = new URL('round-functions.ts', import.meta.url).pathname;

export const LEASE_MS = 3_000;
const TASKS = 8;
const WORKERS = 8;

type Started = { readonly host: string; readonly attempt: number; readonly atMs: number };
/** What was under way on a worker when it was stopped or killed, and what became of it. */
export type Loss = Readonly<{ taskId: TaskId; attempt: number; againAfterMs: number | undefined; hasEnded: boolean }>;

/** `lost`: what was under way on the worker called `name`. */
type Round = Readonly<{ id: RunId; name: string; lost: readonly [TaskId, Started][]; finished: Promise<unknown> }>;

/** A leader in this process and workers in others, of which each round stops or kills one. */
export class HostRounds implements AsyncDisposable {
  readonly losses: Loss[] = [];
  /** Processes of given-up attempts that were there 5 s after their host was told. */
  left = 0;
  readonly #folder: ProjectFolder;
  readonly #project: Project;
  readonly #coordinator: Coordinator;
  readonly #workers = new Map<string, NodeChild>();
  readonly #running = new Map<TaskId, Started>();
  readonly #starts = new Map<TaskId, Started[]>();
  readonly #ended = new Map<TaskId, number>();
  readonly #joined = new Map<string, number>();
  /** Workers that a round stops or kills now. */
  readonly #chosen = new Set<string>();
  #waiting: (() => void)[] = [];
  #runs = 0;

  private constructor(folder: ProjectFolder, project: Project, coordinator: Coordinator) {
    this.#folder = folder;
    this.#project = project;
    this.#coordinator = coordinator;
  }

  static async begin(): Promise<HostRounds> {
    const folder = await ProjectFolder.make();
    const variables = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder.home, WAGGLE_HOME: folder.home };
    const overrides = {
      'faultTolerance.hostLeaseMs': LEASE_MS,
      'faultTolerance.hostHeartbeatMs': 1_000,
      // So that every worker has something in every round.
      'coordination.algorithm': 'round-robin',
    };
    const environment = readEnvironment(variables);
    const project = await openProject({ cwd: folder.path, isRoot: true, environment, overrides });
    const rounds = new HostRounds(folder, project, await project.connect());
    const names = Array.from({ length: WORKERS }, (_, index) => `w${index}`);
    await Promise.all(names.map((name) => rounds.#startWorker(name)));
    return rounds;
  }

  get sink(): FencedSink {
    return new FencedSink(this.#folder.path);
  }

  /** Stops a worker and all that it started for longer than two leases, while a run goes on. */
  async stopRound(): Promise<void> {
    const { id, name, lost, finished } = await this.#beginRound();
    const pids = familyOf(this.#worker(name).pid);
    const atMs = performance.now();
    for (const pid of pids) signal(pid, 'SIGSTOP');
    await new Promise((resolve) => void setTimeout(resolve, 2 * LEASE_MS + 200));
    await finished;
    const joins = this.#joined.get(name) ?? 0;
    for (const pid of pids.toReversed()) signal(pid, 'SIGCONT');
    await this.#until(() => (this.#joined.get(name) ?? 0) > joins);
    this.left += (await leftAfter(`mark-${id}`, 6_000)).length;
    this.#account(lost, atMs);
    this.#chosen.delete(name);
  }

  /** Kills a worker while a run goes on, and starts it again. */
  async killRound(): Promise<void> {
    const { id, name, lost, finished } = await this.#beginRound();
    const atMs = performance.now();
    const worker = this.#worker(name);
    worker.kill('SIGKILL');
    await worker.ended;
    await Promise.all([finished, this.#startWorker(name)]);
    this.left += (await leftAfter(`mark-${id}`, 6_000)).length;
    this.#account(lost, atMs);
    this.#chosen.delete(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const worker of this.#workers.values()) await worker[Symbol.asyncDispose]();
    await this.#project.close();
    await this.#folder[Symbol.asyncDispose]();
  }

  /** A run is under way, and the worker has something of it. No other round has it meanwhile. */
  async #beginRound(): Promise<Round> {
    for (;;) {
      const id = runId(`round-${this.#runs++}`);
      const answer = await this.#coordinator.submit({ ...roundOf(id, this.#folder.path), runId: id });
      if (!answer.ok) throw new Error(`refused: ${JSON.stringify(answer.refusal)}`);
      const stop = this.#coordinator.follow(id, (records) => this.#note(records));
      const finished = this.#coordinator.finished(id).then((record) => {
        stop();
        if (record.state !== 'succeeded') throw new Error(`${id}: ${JSON.stringify(record.outcome)}`);
      });
      finished.catch(() => {});
      await this.#until(() => this.#startedOf(id) === TASKS);
      // Some have begun by then, some not.
      await new Promise((resolve) => void setTimeout(resolve, (this.#runs * 137) % 500));
      const running = [...this.#running].filter(([taskId]) => taskId.startsWith(`${id}/`));
      const name = running.map(([, { host }]) => host).find((host) => !this.#chosen.has(host));
      if (name === undefined) {
        await finished;
        continue;
      }
      this.#chosen.add(name);
      return { id, name, lost: running.filter(([, { host }]) => host === name), finished };
    }
  }

  #note(records: Parameters<Parameters<Coordinator['follow']>[1]>[0]): void {
    for (const { event } of records) {
      if (event.type === 'attempt.assigned') {
        const host = event.agentId.slice(0, event.agentId.lastIndexOf('.'));
        const started = { host, attempt: event.attempt, atMs: performance.now() };
        this.#running.set(event.taskId, started);
        this.#starts.set(event.taskId, [...(this.#starts.get(event.taskId) ?? []), started]);
      } else if (event.type === 'attempt.failed') this.#running.delete(event.taskId);
      else if (event.type === 'task.succeeded') {
        this.#running.delete(event.taskId);
        this.#ended.set(event.taskId, event.attempt);
      }
    }
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #startedOf(id: RunId): number {
    return [...this.#starts.keys()].filter((taskId) => taskId.startsWith(`${id}/`)).length;
  }

  #account(lost: readonly [TaskId, Started][], atMs: number): void {
    for (const [taskId, { attempt }] of lost) {
      const again = this.#starts.get(taskId)?.find((started) => started.attempt === attempt + 1);
      const againAfterMs = again === undefined ? undefined : again.atMs - atMs;
      this.losses.push({ taskId, attempt, againAfterMs, hasEnded: this.#ended.get(taskId) === attempt });
    }
  }

  #worker(name: string): NodeChild {
    const worker = this.#workers.get(name);
    if (worker === undefined) throw new Error(`no worker ${name}`);
    return worker;
  }

  async #startWorker(name: string): Promise<void> {
    const { path, home } = this.#folder;
    const flags = ['--agents', '6', '--capabilities', 'round', '--functions', FUNCTIONS, '--name', name, '--json'];
    const env = { HOME: home, WAGGLE_HOME: home };
    const child = new NodeChild(CLI, ['worker', '--cwd', path, ...flags], { env });
    this.#workers.set(name, child);
    const first = Promise.withResolvers<void>();
    void this.#watch(name, child, first.resolve);
    await Promise.race([
      first.promise,
      child.ended.then(({ stderr }) => Promise.reject(new Error(`${name} ended: ${stderr}`))),
    ]);
  }

  async #watch(name: string, child: NodeChild, onJoin: () => void): Promise<void> {
    for (let line = await child.line(); line !== undefined; line = await child.line()) {
      if (!line.includes('"worker.joined"')) continue;
      this.#joined.set(name, (this.#joined.get(name) ?? 0) + 1);
      onJoin();
      for (const wake of this.#waiting.splice(0)) wake();
    }
  }

  async #until(holds: () => boolean): Promise<void> {
    const overMs = performance.now() + 60_000;
    while (!holds()) {
      if (performance.now() > overMs) throw new Error('what a round waits for does not come');
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      const timer = setTimeout(resolve, 1_000);
      await promise;
      clearTimeout(timer);
    }
  }
}

/** Functions that act on the sink, and commands whose processes can be counted. */
function roundOf(id: RunId, folder: string): Submission {
  const tasks = Array.from({ length: TASKS }, (_, index): TaskSpec => {
    const ms = 800 + ((index * 397) % 1_200);
    const common = { name: `t${index}`, type: 'round', needs: [], estimateMs: ms };
    if (index % 3 !== 2) {
      const work = { kind: 'function', function: 'act', input: ms } as const;
      return { ...common, work, requires: ['function:act', 'round'] };
    }
    const script = `sleep ${ms / 1_000}; echo "$WAGGLE_RUN/$WAGGLE_TASK $WAGGLE_ATTEMPT" >> commands.log`;
    const work = { kind: 'command', argv: ['sh', '-c', script, `mark-${id}`] } as const;
    return { ...common, work, requires: ['command', 'round'] };
  });
  return { run: { name: 'round', inputs: { folder }, budget: {}, source: 'test' }, tasks, agents: [] };
}

/** The process and all that descend from it, parents first. */
function familyOf(root: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    const parent = parentOf(name);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const family = [root];
  for (const pid of family) family.push(...(children.get(pid) ?? []));
  return family;
}

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}
