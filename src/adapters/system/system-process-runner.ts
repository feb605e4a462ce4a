import { setTimeout as delay } from 'node:timers/promises';
import type { Usage } from '../../core/tasks/attempt.ts';
import type { Ownership, ProcessEnd, ProcessRunner, ProcessSpec } from '../../ports/process-runner.ts';
import { findStartProblem } from './find-program.ts';
import type { Launcher } from './launcher.ts';
import { OutputPump } from './output-pump.ts';
import { OwnedProcess, type OwnedEnd, type Refused } from './owned-process.ts';
import { chooseLauncher, type OwnershipOptions, type OwnershipReport } from './ownership.ts';
import { STARTER } from './start-script.ts';
import { TreeSampler } from './tree-sampler.ts';

/** ms that output streams stay open after the program has ended. */
const STREAM_PATIENCE_MS = 1_000;
/** ms to wait for room for another process. */
const ROOM_WITHIN_MS = 30_000;

const FAILED_START = new RegExp(`^${STARTER}: .*?exec: (.*)`);

type Stop = Readonly<{ kind: 'stopped' }> | Readonly<{ kind: 'limit'; limit: Limit }> | Readonly<{ kind: 'broken' }>;
type Limit = Extract<ProcessEnd, { kind: 'limit' }>['limit'];

/** Starts programs on this machine; the best way to own them is chosen once, when it is opened. */
export class SystemProcessRunner implements ProcessRunner {
  readonly ownership: Ownership;
  /** What was tried and why it was not taken. */
  readonly report: OwnershipReport;
  readonly #launcher: Launcher;
  readonly #sampler = new TreeSampler();
  #started = 0;

  private constructor(launcher: Launcher, report: OwnershipReport) {
    this.ownership = launcher.ownership;
    this.report = report;
    this.#launcher = launcher;
  }

  /** Tries the ways to own processes with a program that does nothing; some milliseconds. */
  static async open(options: OwnershipOptions = {}): Promise<SystemProcessRunner> {
    const { launcher, report } = await chooseLauncher(options);
    return new SystemProcessRunner(launcher, report);
  }

  /** The reason `lead-lost` skips the grace: nobody waits for a tidy end. */
  async run(spec: ProcessSpec, signal: AbortSignal): Promise<ProcessEnd> {
    if (signal.aborted) return { kind: 'stopped', usage: {}, wallMs: 0 };
    const problem = findStartProblem(spec);
    if (problem !== undefined) return { kind: 'not-started', message: problem };
    const startedMs = performance.now();
    const owned = await this.#start(spec, signal);
    if (!(owned instanceof OwnedProcess)) {
      if (signal.aborted) return { kind: 'stopped', usage: {}, wallMs: Math.round(performance.now() - startedMs) };
      return { kind: 'not-started', message: owned.message };
    }
    const stopper = new Stopper(owned, spec.graceMs ?? 5_000, signal);
    const pump = new OutputPump(owned, spec, (why) => stopper.kill(why === 'limit' ? limitOf('output') : BROKEN));
    const endWatch = this.#sampler.add(owned.watch, (limit) => stopper.kill(limitOf(limit)), spec.onUsage);
    const end = await owned.ended;
    const wallMs = Math.round(performance.now() - startedMs);
    endWatch();
    const usage = measure(owned, end, pump);
    await owned.sweep();
    await pump.finish(STREAM_PATIENCE_MS);
    stopper.close();
    if (pump.failure !== undefined) throw pump.failure.error;
    return describe(end, { usage, wallMs }, stopper.stop ?? brokenCpuLimit(spec, end, usage), pump.head);
  }

  /** A system that has no room for another process may have some when others have ended: that is not the task's fault. */
  async #start(spec: ProcessSpec, signal: AbortSignal): Promise<OwnedProcess | Refused> {
    const untilMs = performance.now() + ROOM_WITHIN_MS;
    for (let pauseMs = 20; ; pauseMs = Math.min(2 * pauseMs, 1_000)) {
      const owned = await OwnedProcess.start(this.#launcher, spec, ++this.#started);
      if (owned instanceof OwnedProcess || !owned.isForNow) return owned;
      if (signal.aborted || performance.now() > untilMs) return owned;
      await delay(pauseMs, undefined, { signal }).catch(() => {});
    }
  }
}

const BROKEN: Stop = { kind: 'broken' };

function limitOf(limit: Limit): Stop {
  return { kind: 'limit', limit };
}

/** Ends a process once, for the first reason that comes up. */
class Stopper {
  readonly #owned: OwnedProcess;
  readonly #graceMs: number;
  readonly #signal: AbortSignal;
  #stop: Stop | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(owned: OwnedProcess, graceMs: number, signal: AbortSignal) {
    this.#owned = owned;
    this.#graceMs = graceMs;
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
  }

  get stop(): Stop | undefined {
    return this.#stop;
  }

  kill(stop: Stop): void {
    this.#stop ??= stop;
    clearTimeout(this.#timer);
    this.#owned.kill();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = (): void => {
    if (this.#stop !== undefined) return;
    this.#stop = { kind: 'stopped' };
    if (this.#signal.reason === 'lead-lost' || this.#graceMs === 0) return this.#owned.kill();
    this.#owned.terminate();
    this.#timer = setTimeout(() => this.#owned.kill(), this.#graceMs);
  };
}

/**
 * Processor time: what the starting shell counted, in steps of 10 ms, or what was seen of processes that nobody
 * waited for, whichever is more. Memory: the most that was seen; absent when the program was too short for a look.
 */
function measure(owned: OwnedProcess, end: OwnedEnd, pump: OutputPump): Usage {
  const cpuMs = Math.max(owned.countedCpuMs(), end.program?.cpuMs ?? 0, owned.watch.cpuMs);
  const { peakBytes } = owned.watch;
  return { cpuMs, ...(peakBytes > 0 && { peakMemoryBytes: peakBytes }), outputBytes: pump.bytes };
}

/** The kernel may end a program at its limit before we have seen that it is there. */
function brokenCpuLimit({ limits }: ProcessSpec, { program }: OwnedEnd, { cpuMs = 0 }: Usage): Stop | undefined {
  const isOver = limits?.cpuSeconds !== undefined && cpuMs >= 1_000 * limits.cpuSeconds;
  const isKill = program?.signal === 'SIGKILL' || program?.signal === 'SIGXCPU';
  return isOver && isKill ? limitOf('cpu') : undefined;
}

type Measured = Readonly<{ usage: Usage; wallMs: number }>;

function describe(end: OwnedEnd, measured: Measured, stop: Stop | undefined, head: string): ProcessEnd {
  if (stop?.kind === 'stopped') return { kind: 'stopped', ...measured };
  if (stop?.kind === 'limit') return { kind: 'limit', limit: stop.limit, ...measured };
  const { program } = end;
  if (program === undefined) return describeLostShell(end, measured, head);
  if (program.signal !== undefined) return { kind: 'signalled', signal: program.signal, ...measured };
  const refused = program.exitCode === 126 || program.exitCode === 127 ? FAILED_START.exec(head)?.[1] : undefined;
  if (refused !== undefined) return { kind: 'not-started', message: `The program could not be started: ${refused}.` };
  return { kind: 'exited', exitCode: program.exitCode, ...measured };
}

/** The starting shell itself was killed, or never ran. */
function describeLostShell({ exitCode, signal }: OwnedEnd, measured: Measured, head: string): ProcessEnd {
  if (signal !== null) return { kind: 'signalled', signal, ...measured };
  const [line = ''] = head.split('\n');
  return { kind: 'not-started', message: `The program could not be started (${line || `code ${exitCode}`}).` };
}
