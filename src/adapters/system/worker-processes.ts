import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { AgentId, RunId } from '../../core/ids.ts';
import type { Clock } from '../../ports/clock.ts';
import { DEPOSED, type Provisioned, type Provisioner, type ProvisionRequest } from '../../ports/provisioner.ts';

/** A worker that was asked to end has a grace, its commands 10 s more, and its last word 5 s; after this it is killed, ms. */
const KILL_AFTER_MS = 30_000;
/** After a worker that ended by itself: the first pause, doubled each time, and the longest, ms. */
const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;
/** One that lasted so long was no failed start: the next pause is a first one again, ms. */
const LASTING_MS = 60_000;
/** Processes of all groups together. */
const MAX_PROCESSES = 256;

/** Where one worker's own things are. */
export type WorkerFolder = Readonly<{
  /** Absolute path of the file that its stderr goes to; the folder is there. */
  log: string;
  /** The last line of that, or undefined. */
  lastWords: () => string | undefined;
  /** It has ended: what nobody needs is removed. */
  remove: () => void;
}>;

export type WorkerProcessesPorts = Readonly<{
  clock: Clock;
  /** Absolute path of the program that starts a worker, and its words; the worker's own flags follow. */
  program: string;
  words: readonly string[];
  /** Absolute path that it works in. */
  cwd: string;
  /** Its whole environment. No secrets: whoever may see processes may see it. */
  env: Readonly<Record<string, string>>;
  /** Resolves with true when the host has joined this leader, with false when `signal` aborts. */
  whenHere: (host: string, signal: AbortSignal) => Promise<boolean>;
  /** Made when it is not there. */
  folderOf: (host: string, runId: RunId) => WorkerFolder;
}>;

type Worker = Readonly<{
  id: AgentId;
  host: string;
  group: string;
  child: ChildProcess;
  folder: WorkerFolder;
  startedMs: number;
  /** Resolves when the process has ended. */
  ended: Promise<void>;
}>;

/** Why no worker of a group is started for a while. */
type Trouble = Readonly<{ count: number; untilMs: number; why: string }>;

/**
 * Agents in processes of their own on this machine: one worker for each. It ends with whoever started it, however that
 * ended: a pipe between the two tells it.
 */
export class WorkerProcesses implements Provisioner {
  readonly #ports: WorkerProcessesPorts;
  readonly #workers = new Map<AgentId, Worker>();
  /** Asked to end, and still there. */
  readonly #leaving = new Set<Worker>();
  readonly #troubles = new Map<string, Trouble>();
  /** Of the newest leader that has asked. */
  #epoch = 0;
  #isClosed = false;

  constructor(ports: WorkerProcessesPorts) {
    this.#ports = ports;
  }

  /** Processes that are there, those that are coming to their end included. */
  get count(): number {
    return this.#workers.size + this.#leaving.size;
  }

  async scale(request: ProvisionRequest, signal: AbortSignal): Promise<Provisioned> {
    if (request.epoch < this.#epoch) return { ok: false, detail: DEPOSED };
    this.#epoch = request.epoch;
    return this.#scale(request, signal);
  }

  async #scale(request: ProvisionRequest, signal: AbortSignal): Promise<Provisioned> {
    const group = groupOf(request.runId, request.role);
    const wanted = new Set(request.agentIds);
    for (const worker of this.#workers.values())
      if (worker.group === group && !wanted.has(worker.id)) this.#end(worker);
    const missing = [...wanted].filter((id) => !this.#workers.has(id));
    const why = missing.length === 0 ? undefined : this.#whyNot(group, missing.length);
    if (why !== undefined) return { ok: false, detail: why };
    for (const id of missing) this.#start(id, request);
    const here = await Promise.all([...wanted].map(async (id) => ({ id, isHere: await this.#isHere(id, signal) })));
    const late = here.filter(({ isHere }) => !isHere).flatMap(({ id }) => this.#workers.get(id) ?? []);
    for (const worker of late) this.#end(worker);
    const made = here.filter(({ isHere }) => isHere).map(({ id }) => ({ ...request.shape, id, runId: request.runId }));
    if (made.length > 0 || request.agentIds.length === 0) return { ok: true, agents: made };
    return { ok: false, detail: this.#troubles.get(group)?.why ?? 'its worker did not join in time' };
  }

  forget(runId: RunId): void {
    for (const worker of this.#workers.values()) if (worker.group.startsWith(groupOf(runId, ''))) this.#end(worker);
    for (const group of this.#troubles.keys()) if (group.startsWith(groupOf(runId, ''))) this.#troubles.delete(group);
  }

  /** Asks all of them to end; resolves when they have. Nothing is started any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const worker of this.#workers.values()) this.#end(worker);
    await Promise.all([...this.#leaving].map(({ ended }) => ended));
  }

  #whyNot(group: string, count: number): string | undefined {
    if (this.#isClosed) return 'the leader ends';
    if (this.count + count > MAX_PROCESSES) return `there are ${this.count} worker processes, at most ${MAX_PROCESSES}`;
    const trouble = this.#troubles.get(group);
    const restMs = (trouble?.untilMs ?? 0) - this.#ports.clock.monotonicMs();
    return trouble === undefined || restMs <= 0
      ? undefined
      : `${trouble.why}; tried again in ${Math.ceil(restMs / 1_000)} s`;
  }

  #start(id: AgentId, { runId, role, shape }: ProvisionRequest): void {
    const { program, words, cwd, env, clock, folderOf } = this.#ports;
    const host = id.slice(0, id.lastIndexOf('.'));
    const folder = folderOf(host, runId);
    const capabilities = shape.capabilities.join(',');
    const own = ['--for-run', runId, '--name', host, '--role', role, '--slots', String(shape.slots)];
    const log = openSync(folder.log, 'a', 0o600);
    const child = startLaunched(program, [...words, ...own, '--capabilities', capabilities], { cwd, env, log });
    child.unref();
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const worker: Worker = {
      id,
      host,
      group: groupOf(runId, role),
      child,
      folder,
      startedMs: clock.monotonicMs(),
      ended,
    };
    this.#workers.set(id, worker);
    const over = (how: string): void => {
      this.#ended(worker, how);
      resolve();
    };
    child.once('error', (error) => over(error.message));
    child.once('exit', (code, signal) =>
      over(code === null ? `killed by ${signal ?? 'a signal'}` : `exit code ${code}`),
    );
  }

  #ended(worker: Worker, how: string): void {
    const { id, folder, group, startedMs } = worker;
    if (!this.#leaving.delete(worker) && this.#workers.get(id) === worker) {
      this.#workers.delete(id);
      const nowMs = this.#ports.clock.monotonicMs();
      const before = nowMs - startedMs >= LASTING_MS ? 0 : (this.#troubles.get(group)?.count ?? 0);
      const pauseMs = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** before);
      const said = attempted(folder.lastWords);
      const why = `its worker has ended (${how})${said === undefined ? '' : `: ${said}`}`;
      this.#troubles.set(group, { count: before + 1, untilMs: nowMs + pauseMs, why });
    }
    // What cannot be removed now is removed by the next leader.
    attempted(folder.remove);
  }

  /** Calling it twice does no harm. */
  #end(worker: Worker): void {
    if (this.#workers.get(worker.id) !== worker) return;
    this.#workers.delete(worker.id);
    this.#leaving.add(worker);
    worker.child.kill('SIGTERM');
    const cancel = this.#ports.clock.wakeAfter(KILL_AFTER_MS, () => worker.child.kill('SIGKILL'));
    void worker.ended.then(cancel);
  }

  async #isHere(id: AgentId, signal: AbortSignal): Promise<boolean> {
    const worker = this.#workers.get(id);
    if (worker === undefined) return false;
    const over = new AbortController();
    const stop = AbortSignal.any([signal, over.signal]);
    void worker.ended.then(() => over.abort());
    return this.#ports.whenHere(worker.host, stop);
  }
}

/** In a session of its own: Ctrl-C at the terminal is for the leader alone. Fd 3 tells it when the leader is gone. */
function startLaunched(
  program: string,
  words: readonly string[],
  { cwd, env, log }: Pick<WorkerProcessesPorts, 'cwd' | 'env'> & Readonly<{ log: number }>,
): ChildProcess {
  try {
    return spawn(program, words, {
      cwd,
      env,
      argv0: LAUNCHED,
      detached: true,
      stdio: ['ignore', 'ignore', log, 'pipe'],
    });
  } finally {
    closeSync(log);
  }
}

/** What `waggle` takes as a sign that fd 3 is the pipe to whoever started it. */
const LAUNCHED = 'waggle:launched';

/** Nothing when it failed: what becomes of a folder must not end the leader. */
function attempted<Value>(act: () => Value): Value | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

function groupOf(runId: RunId, role: string): string {
  return `${runId}/${role}`;
}
