import { type ChildProcess, spawn } from 'node:child_process';
import { Duplex, type Readable, type Writable } from 'node:stream';
import type { ProcessSpec } from '../../ports/process-runner.ts';
import { Cgroup } from './cgroup.ts';
import type { Launcher } from './launcher.ts';
import { settlesWithin } from './output-pump.ts';
import {
  GO,
  LIFELINE_FD,
  parseStatus,
  READY,
  type ProgramEnd,
  STARTER,
  startScript,
  STATUS_FD,
} from './start-script.ts';
import { TreeWatch } from './tree-watch.ts';

/** Time for the end of a namespace by its lifeline, before its outer process is killed too. */
const LIFELINE_MS = 500;

/** The process that we started has ended: how, and what the starting shell said about the program. */
export type OwnedEnd = Readonly<{
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  program: ProgramEnd | undefined;
}>;

/** Why the system did not start it, in plain words. `isForNow`: it has no room, and may have some in a moment. */
export type Refused = Readonly<{ message: string; isForNow: boolean }>;

/** A started program with everything that it starts, and the means to end all of it. */
export class OwnedProcess {
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly watch: TreeWatch;
  readonly ended: Promise<OwnedEnd>;
  readonly #pid: number;
  readonly #launcher: Launcher;
  readonly #lifeline: Duplex;
  readonly #cgroup: Cgroup | undefined;
  #isOver = false;

  private constructor(child: Child, launcher: Launcher, spec: ProcessSpec, cgroup: Cgroup | undefined) {
    this.stdout = child.stdout;
    this.stderr = child.stderr;
    this.#pid = child.pid;
    this.#launcher = launcher;
    this.#lifeline = child.lifeline;
    this.#cgroup = cgroup;
    this.watch = new TreeWatch({ ...launcher, pid: child.pid, ...(cgroup && { cgroup }) }, spec.limits ?? {});
    this.ended = this.#waitForEnd(child);
  }

  /** Never rejects. `number` makes names unique in this process. */
  static async start(launcher: Launcher, spec: ProcessSpec, number: number): Promise<OwnedProcess | Refused> {
    let cgroup: Cgroup | undefined;
    try {
      cgroup = launcher.cgroupHome === undefined ? undefined : Cgroup.create(launcher.cgroupHome, String(number));
      const child = spawnShell(launcher, spec, cgroup);
      if (isRunning(child)) return new OwnedProcess(toChild(child, spec), launcher, spec, cgroup);
      const { promise, resolve } = Promise.withResolvers<Error>();
      child.once('error', resolve);
      const error = await promise;
      await cgroup?.close(0);
      return refusal(error);
    } catch (error) {
      await cgroup?.close(0);
      return refusal(error);
    }
  }

  /** Asks the program and its process group to end. */
  terminate(): void {
    const pid = this.#launcher.termTarget === 'root' ? this.#pid : this.watch.shell;
    if (pid !== undefined) this.#signalGroup(pid, 'SIGTERM');
  }

  /** Ends everything at once. */
  kill(): void {
    this.#lifeline.destroy();
    this.#cgroup?.kill();
    if (this.#launcher.grip !== 'namespace') return this.#signalGroup(this.#pid, 'SIGKILL');
    setTimeout(() => this.#signalGroup(this.#pid, 'SIGKILL'), LIFELINE_MS).unref();
  }

  /** Ends what the program has left behind. In a namespace there is nothing any more. */
  async sweep(): Promise<void> {
    if (this.#launcher.grip !== 'namespace') signalGroup(this.#pid, 'SIGKILL');
    this.#lifeline.destroy();
    await this.#cgroup?.close(2_000);
  }

  /** Processor time that the kernel counted for the whole tree; 0 where it does not count. */
  countedCpuMs(): number {
    return this.#cgroup?.cpuMs() ?? 0;
  }

  async #waitForEnd(child: Child): Promise<OwnedEnd> {
    let status = '';
    child.status.setEncoding('utf8').on('data', (text: string) => {
      if (status === '' && text.startsWith(READY)) this.#lifeline.write(GO);
      status = (status + text).slice(-4_096);
    });
    const told = new Promise((resolve) => child.status.once('close', resolve));
    const [exitCode, signal] = await child.exited;
    this.#isOver = true;
    await settlesWithin(told, LIFELINE_MS);
    child.status.destroy();
    return { exitCode, signal, program: parseStatus(status) };
  }

  #signalGroup(pid: number, signal: NodeJS.Signals): void {
    if (!this.#isOver) signalGroup(pid, signal);
  }
}

type Child = Readonly<{
  pid: number;
  stdout: Readable;
  stderr: Readable;
  lifeline: Duplex;
  status: Duplex;
  exited: Promise<[number | null, NodeJS.Signals | null]>;
}>;

function spawnShell(launcher: Launcher, spec: ProcessSpec, cgroup: Cgroup | undefined): ChildProcess {
  const script = startScript(launcher.grip, spec.limits);
  const shell = ['/bin/sh', '-c', script, STARTER, ...(cgroup === undefined ? [] : [cgroup.folder])];
  const [program = '', ...rest] = [...launcher.prefix, ...shell, ...spec.argv];
  return spawn(program, rest, {
    cwd: spec.cwd,
    env: { ...spec.env },
    // A group of its own, so that signals reach it and nothing else, and no terminal to ask for passwords on.
    detached: true,
    stdio: [spec.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
  });
}

type Running = ChildProcess & { readonly pid: number; readonly stdout: Readable; readonly stderr: Readable };

function isRunning(child: ChildProcess): child is Running {
  return child.pid !== undefined && child.stdout !== null && child.stderr !== null;
}

function toChild(child: Running, spec: ProcessSpec): Child {
  const { promise, resolve } = Promise.withResolvers<[number | null, NodeJS.Signals | null]>();
  child.once('exit', (exitCode, signal) => resolve([exitCode, signal]));
  child.on('error', () => {}); // A signal that could not be sent; the end is seen by `exit`.
  const lifeline = pipeOf(child, LIFELINE_FD);
  lifeline.on('error', () => lifeline.destroy());
  if (spec.stdin !== undefined && child.stdin !== null) feed(child.stdin, spec.stdin);
  const { pid, stdout, stderr } = child;
  return { pid, stdout, stderr, lifeline, status: pipeOf(child, STATUS_FD), exited: promise };
}

/** A program may end, or close its input, before it has read everything. That is its own affair. */
function feed(stdin: Writable, text: string): void {
  stdin.on('error', () => stdin.destroy());
  stdin.end(text);
}

function pipeOf(child: ChildProcess, fd: number): Duplex {
  const pipe = child.stdio[fd];
  if (pipe instanceof Duplex) return pipe;
  throw new Error(`Internal error: descriptor ${fd} is not a pipe`);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is empty: everything has ended.
  }
}

function refusal(error: unknown): Refused {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = refusalMessage(code, error);
  return { message, isForNow: FULL_FOR_NOW.has(code) };
}

const FULL_FOR_NOW: ReadonlySet<string> = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE']);

function refusalMessage(code: string, error: unknown): string {
  if (code === 'E2BIG') return 'The arguments and the environment together are too long for this system.';
  if (code === 'EAGAIN' || code === 'ENOMEM') return `The system has no room for another process (${code}).`;
  if (code === 'EMFILE' || code === 'ENFILE') return `Too many files are open for another process (${code}).`;
  return `The system refused to start it: ${error instanceof Error ? error.message : String(error)}`;
}
