import {
  type AttemptKey,
  type CoordinatorFrame,
  type HostAgent,
  type HostCapacity,
  type HostFrame,
  keyOf,
  type Offer,
} from '../core/hosts/frames.ts';
import { type HostAct, HostSession } from '../core/hosts/host-session.ts';
import type { RunId } from '../core/ids.ts';
import type { AttemptResult } from '../core/tasks/attempt.ts';
import type { AgentDriver, RunContext, StopReason } from '../ports/agent-driver.ts';
import type { Clock } from '../ports/clock.ts';
import type { LinkUser, WorkerLink } from '../ports/worker-link.ts';
import { type AttemptAsks, HostedAttempt, type QuestionPost } from './hosted-attempt.ts';
import type { HostHome } from './host-home.ts';

const TICK_MS = 200;
const RECONNECT_MS = 200;
/** How long a host that leaves waits for its last results to be stored, and for its last word to arrive, ms. */
const FAREWELL_MS = 5_000;

export type HostRunnerPorts = Readonly<{
  home: Pick<HostHome, 'name' | 'instance' | 'epoch' | 'kept' | 'noteEpoch' | 'keep' | 'forget'>;
  agents: readonly HostAgent[];
  capacity: HostCapacity;
  pid: number;
  /** Set when it was started for a group of this run: whoever does not want it then never will. */
  runId?: RunId;
  /** By kind of work. */
  drivers: Readonly<Record<'command' | 'function', AgentDriver>>;
  clock: Clock;
  /** Finds the leader, whoever it is now; undefined when there is none. */
  connect: (user: LinkUser<CoordinatorFrame>) => Promise<WorkerLink<HostFrame> | undefined>;
  /** Abilities of attempts, whose questions go through `ask`. */
  asksFor: (post: QuestionPost, key: AttemptKey) => AttemptAsks;
  /** The coordinator wants it to drain, or will never admit it. */
  onOrder?: (order: 'drain' | Error) => void;
  /** A leader does not admit it, which it will ask for again. */
  onRefused?: (message: string) => void;
  /** For people: joined, waiting for a leader, what it runs. */
  onChange?: () => void;
}>;

/** A host: finds its leader again and again, and runs what it is given. What to say is decided by its session. */
export class HostRunner {
  readonly #ports: HostRunnerPorts;
  readonly #session: HostSession;
  readonly #attempts = new Map<string, HostedAttempt>();
  readonly #left = Promise.withResolvers<void>();
  #link: WorkerLink<HostFrame> | undefined;
  #joined = Promise.withResolvers<void>();
  #wasJoined = false;
  #isConnecting = false;
  #isStopped = false;
  #cancelTick: (() => void) | undefined;
  #nextConnectMs = 0;
  #changed = Promise.withResolvers<void>();

  constructor(ports: HostRunnerPorts) {
    this.#ports = ports;
    const { home, agents, capacity, pid, runId } = ports;
    const own = { host: home.name, instance: home.instance, pid, agents, capacity };
    const description = runId === undefined ? own : { ...own, runId };
    this.#session = new HostSession({ description, epoch: home.epoch, kept: home.kept }, this.#nowMs());
  }

  get name(): string {
    return this.#ports.home.name;
  }

  get isJoined(): boolean {
    return this.#session.phase === 'joined';
  }

  get running(): number {
    return this.#session.busy;
  }

  /** Resolves when it has joined a leader; after that, at once. */
  get joined(): Promise<void> {
    return this.#joined.promise;
  }

  start(): void {
    if (this.#isStopped) return;
    this.#tick();
  }

  /**
   * Takes nothing new, lets what runs come to its end for `graceMs`, hands back the rest, and leaves. Resolves when
   * all processes of its attempts are gone. What could not be told is kept on disk.
   */
  async drain(graceMs: number): Promise<void> {
    this.#do(this.#session.drain(this.#nowMs()));
    await this.#until(() => this.#attempts.size === 0, graceMs);
    for (const attempt of this.#attempts.values()) attempt.stop('draining');
    // A driver has 10 s to end an attempt.
    await this.#until(() => this.#attempts.size === 0, 12_000);
    await this.#until(() => this.#session.held === 0, this.isJoined ? FAREWELL_MS : 0);
    this.#do(this.#session.leave(this.#nowMs()));
    if (this.isJoined) await this.#within(FAREWELL_MS, this.#left.promise);
    this.stop();
  }

  /** At once: every attempt is killed, nothing is said. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#cancelTick?.();
    this.#link?.close();
    for (const attempt of this.#attempts.values()) attempt.stop('lead-lost');
    this.#note();
  }

  #tick(): void {
    this.#cancelTick = this.#ports.clock.wakeAfter(TICK_MS, () => {
      if (this.#isStopped) return;
      this.#do(this.#session.tick(this.#nowMs()));
      this.#tick();
    });
    if (this.#link === undefined) void this.#connect();
  }

  async #connect(): Promise<void> {
    if (this.#isConnecting || this.#nowMs() < this.#nextConnectMs) return;
    this.#isConnecting = true;
    this.#nextConnectMs = this.#nowMs() + RECONNECT_MS;
    let isOver = false;
    let link: WorkerLink<HostFrame> | undefined;
    const user: LinkUser<CoordinatorFrame> = {
      take: (frame) => {
        if (!isOver) this.#do(this.#session.take(frame, this.#nowMs()));
      },
      closed: () => {
        isOver = true;
        if (link === undefined || this.#link !== link) return;
        this.#link = undefined;
        this.#session.unlinked();
        this.#note();
      },
    };
    link = await this.#ports.connect(user).catch(() => undefined);
    this.#isConnecting = false;
    if (link === undefined) return;
    // It may have ended before this process had it.
    if (this.#isStopped || isOver) return link.close();
    this.#link = link;
    this.#do(this.#session.linked(this.#nowMs()));
  }

  #do(acts: readonly HostAct[]): void {
    for (const act of acts) this.#perform(act);
    if (this.isJoined && !this.#wasJoined) this.#joined.resolve();
    if (this.isJoined !== this.#wasJoined) this.#note();
    this.#wasJoined = this.isJoined;
  }

  #perform(act: HostAct): void {
    switch (act.do) {
      case 'send':
        return this.#link?.send(act.frame);
      case 'run':
        return this.#begin(act.offer);
      case 'stop':
        return this.#attempts.get(keyOf(act))?.stop(reasonOf(act.why));
      case 'forget':
        this.#ports.home.forget(act, act.isEvidence);
        return this.#note();
      case 'answer':
        return this.#attempts.get(keyOf(act))?.answer(act.id, act.answer);
      case 'note-epoch':
        return this.#ports.home.noteEpoch(act.epoch);
      case 'relink':
        this.#link?.close();
        this.#link = undefined;
        return this.#note();
      case 'drain':
        return this.#ports.onOrder?.('drain');
      case 'left':
        return this.#left.resolve();
      case 'refused':
        if (act.isFinal || this.#ports.runId !== undefined) this.#ports.onOrder?.(new Error(act.message));
        else this.#ports.onRefused?.(act.message);
        return;
    }
  }

  #begin(offer: Offer): void {
    const { taskId, attempt } = offer;
    const key = { taskId, attempt };
    const { asksFor, drivers } = this.#ports;
    const post: QuestionPost = {
      put: (id, question) => this.#do(this.#session.ask(key, id, question, this.#nowMs())),
      giveUp: (id) => this.#do(this.#session.giveUp(key, id, this.#nowMs())),
    };
    const hosted = new HostedAttempt({
      asks: asksFor(post, key),
      report: (report) => this.#do(this.#session.report(key, report, this.#nowMs())),
      measured: (usage) => this.#session.measured(key, usage),
    });
    this.#attempts.set(keyOf(key), hosted);
    this.#note();
    void resultOf(drivers[offer.work.kind], offer, hosted.context).then((result) => this.#end(key, result));
  }

  /** A result is on disk before it is told, where there is room: its process may end before it is taken. */
  #end(key: AttemptKey, result: AttemptResult): void {
    this.#attempts.get(keyOf(key))?.end();
    this.#attempts.delete(keyOf(key));
    if (!this.#isStopped) {
      this.#keep(key, result);
      this.#do(this.#session.end(key, result, this.#nowMs()));
    }
    this.#note();
  }

  /** A full disk keeps no result: then it is lost if this process ends before it is taken. */
  #keep(key: AttemptKey, result: AttemptResult): void {
    try {
      this.#ports.home.keep(key, result);
    } catch {
      // Ending the process for it would lose this one and all that run beside it.
    }
  }

  async #until(holds: () => boolean, withinMs: number): Promise<void> {
    const overMs = this.#nowMs() + withinMs;
    while (!holds() && this.#nowMs() < overMs) {
      await this.#within(Math.max(1, overMs - this.#nowMs()), this.#changed.promise);
    }
  }

  /** Waits for it, but not longer; nothing that would keep a process alive is left of the wait. */
  async #within(ms: number, promise: Promise<void>): Promise<void> {
    const late = Promise.withResolvers<void>();
    const cancel = this.#ports.clock.wakeAfter(ms, late.resolve);
    await Promise.race([promise, late.promise]);
    cancel();
  }

  #note(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
    this.#ports.onChange?.();
  }

  #nowMs(): number {
    return this.#ports.clock.monotonicMs();
  }
}

/** Without a leader, or under another token, nobody waits for what it says: it ends at once. */
function reasonOf(why: Extract<HostAct, { do: 'stop' }>['why']): StopReason {
  return why === 'stale' || why === 'orphaned' ? 'lead-lost' : why;
}

async function resultOf(driver: AgentDriver, offer: Offer, context: RunContext): Promise<AttemptResult> {
  try {
    return await driver.run(offer, context);
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { ok: false, failure: { reason: 'internal-error', message: message.slice(0, 8_000) } };
  }
}
