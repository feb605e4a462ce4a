import type { RunId } from '../core/ids.ts';
import type { Refusal } from '../core/ruling.ts';
import type { Answer } from '../engine/answer.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { LeaderElection, LeaderLease } from '../ports/leader-lease.ts';
import type { RunArchive, RunRecord } from '../ports/run-archive.ts';
import type { LocalCommand } from '../server/local-socket-commands.ts';
import type { Connected, LocalSocketClient } from '../server/local-socket-client.ts';
import type { MemoryAsk, MemoryReply, MemoryTold } from '../server/memory-asks.ts';
import { Unavailable, userError } from '../util/user-error.ts';
import type {
  CommandAnswer,
  CommandRefusal,
  Coordinator,
  CoordinatorEnd,
  SubmitAnswer,
  Submission,
} from './coordinator.ts';
import type { HostRole } from './host-role.ts';
import type { Lead } from './lead.ts';
import { closed, noLeader, otherVersion, storeTrouble } from './leader-errors.ts';
import { RecordFeed } from './record-feed.ts';

/** What the coordinator needs of the composition root. */
export type CoordinatorParts = Readonly<{
  election: LeaderElection;
  archive: () => RunArchive | undefined;
  /** Begins a lead with the lock that was taken; gives the lock back when it rejects. */
  lead: (lease: LeaderLease, feed: RecordFeed) => Promise<Lead>;
  /** Undefined when no other process can lead. */
  reachLeader: ((onHint: () => void) => Promise<Connected>) | undefined;
  /** The complete input for a submission: id, agents, estimates. */
  complete: (submission: Submission) => Promise<Extract<LocalCommand, { type: 'run.submit' }>>;
  /** The old run again, without what has succeeded. */
  again: (runId: RunId, memory: Pick<Coordinator, 'memory'>) => Promise<Submission | CommandRefusal>;
  /** Functions of this process: a leader runs them itself, a follower is a host for them. */
  host?: Pick<HostRole, 'follow' | 'lead' | 'close'>;
  onTrouble?: (message: string) => void;
}>;

type Role =
  | Readonly<{ kind: 'seeking' }>
  | Readonly<{ kind: 'leading'; lead: Lead }>
  | Readonly<{ kind: 'following'; client: LocalSocketClient }>
  | Readonly<{ kind: 'failed'; error: Error }>
  | Readonly<{ kind: 'closed' }>;

/** A leader that is stopped, not dead, loses its lock after 15 s. */
const SEEK_FOR_MS = 25_000;
const MAX_PAUSE_MS = 200;
/** How often a follower looks by itself, in case a hint was lost. */
const LOOK_MS = 250;
/** How often a leader without work of its own looks whether somebody waits. */
const HAND_OVER_MS = 500;
/** How often a follower tries whether the lead is free although its leader has not said so. */
const RELIEVE_MS = 2_000;
/** After handing over: the one that waits goes first. */
const STAND_BACK_MS = 500;
/** Beyond it, records of the oldest runs are looked for from the start of the store. */
const MAX_BEGINNINGS = 10_000;

/** Leads or follows, and changes between the two without its callers noticing. */
export class ProjectCoordinator implements Coordinator {
  readonly #parts: CoordinatorParts;
  readonly #feed: RecordFeed;
  /** Where the records of runs begin that were submitted here. */
  readonly #beginnings = new Map<RunId, number>();
  #role: Role = { kind: 'seeking' };
  #change = Promise.withResolvers<void>();
  readonly #over = Promise.withResolvers<CoordinatorEnd>();
  /** The newest one, also while it is being drained. */
  #lead: Lead | undefined;
  #resumed: readonly RunId[] = [];
  /** The newest try to lead or to follow. */
  #seeking: Promise<void> = Promise.resolve();
  /** Everybody who waits for the end of a run, by what tells them that there will be none. */
  readonly #waits = new Set<(error: Error) => void>();
  #followers = 0;

  private constructor(parts: CoordinatorParts) {
    this.#parts = parts;
    this.#feed = new RecordFeed(parts.archive, (error) => this.#fail(error));
  }

  /** Resolves once it leads or follows. Rejects when it can do neither. */
  static async connect(parts: CoordinatorParts): Promise<ProjectCoordinator> {
    const coordinator = new ProjectCoordinator(parts);
    coordinator.#seeking = coordinator.#seek();
    await coordinator.#seeking;
    const role = coordinator.#role;
    if (role.kind === 'failed') throw role.error;
    return coordinator;
  }

  get role(): 'leading' | 'following' {
    return this.#role.kind === 'leading' ? 'leading' : 'following';
  }

  get over(): Promise<CoordinatorEnd> {
    return this.#over.promise;
  }

  get resumed(): readonly RunId[] {
    return this.#resumed;
  }

  async submit(submission: Submission): Promise<SubmitAnswer> {
    const input = await this.#parts.complete(submission);
    const isNew = this.#parts.archive()?.run(input.runId) === undefined;
    const beginning = this.#feed.headSeq;
    const answer = await this.command(input);
    if (!answer.ok) return answer;
    if (isNew) this.#remember(input.runId, beginning);
    return { ok: true, runId: input.runId };
  }

  async retry(runId: RunId): Promise<SubmitAnswer> {
    const again = await this.#parts.again(runId, this);
    return 'reason' in again ? { ok: false, refusal: again } : this.submit(again);
  }

  /** Repeated to the next leader while no answer comes: every command means the same when it is given twice. */
  async command(input: LocalCommand): Promise<CommandAnswer> {
    for (;;) {
      const role = this.#role;
      if (role.kind === 'failed') throw role.error;
      if (role.kind === 'closed') return { ok: false, refusal: { reason: 'closed' } };
      const answer = role.kind === 'seeking' ? undefined : await this.#ask(role, input);
      if (answer !== undefined) return answer;
      if (this.#role === role) await this.#change.promise;
    }
  }

  /** Repeated like a command. */
  async memory<Op extends MemoryAsk['op']>(ask: Extract<MemoryAsk, { op: Op }>): Promise<MemoryTold[Op]> {
    for (;;) {
      this.#throwIfOver();
      const role = this.#role;
      if (role.kind === 'leading') return role.lead.memory.ask(ask);
      const reply = role.kind === 'following' ? await role.client.remember(ask) : undefined;
      if (reply !== undefined) return toldIn<Op>(reply);
      if (this.#role === role) await this.#change.promise;
    }
  }

  async finished(runId: RunId): Promise<RunRecord> {
    this.#throwIfOver();
    const end = Promise.withResolvers<RunRecord | undefined>();
    const look = (): void => {
      const record = this.#parts.archive()?.run(runId);
      if (record === undefined || record.outcome !== undefined) end.resolve(record);
    };
    const stop = this.#feed.follow(
      runId,
      (records) => {
        if (records.some(({ event }) => event.type === 'run.finished')) look();
      },
      this.#feed.headSeq,
    );
    this.#waits.add(end.reject);
    this.#tellWaits();
    try {
      look();
      const record = await end.promise;
      if (record !== undefined) return record;
      throw userError({ code: 'RUN_UNKNOWN', message: `There is no run "${runId}".`, fix: 'See waggle runs list.' });
    } finally {
      stop();
      this.#waits.delete(end.reject);
      this.#tellWaits();
    }
  }

  follow(runId: RunId, onRecords: (records: readonly JournalRecord[]) => void, afterSeq = 0): () => void {
    const beginning = Math.max(afterSeq, this.#beginnings.get(runId) ?? 0);
    const stop = this.#feed.follow(runId, onRecords, beginning);
    let isFollowing = true;
    this.#count(1);
    return () => {
      stop();
      if (isFollowing) this.#count(-1);
      isFollowing = false;
    };
  }

  async drain(): Promise<void> {
    const role = this.#role;
    this.#become({ kind: 'closed' });
    await this.#parts.host?.close().catch(() => {});
    if (role.kind === 'following') role.client.close();
    // After a failure its end is under way already.
    if (role.kind === 'leading' || role.kind === 'failed') await this.#lead?.drain();
    // A lead that is being taken just now is given back.
    await this.#seeking;
  }

  abandon(): void {
    this.#become({ kind: 'closed' });
    this.#lead?.abandon();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain();
  }

  /** Undefined when nobody knows whether the command is stored. */
  async #ask(
    role: Extract<Role, { kind: 'leading' | 'following' }>,
    input: LocalCommand,
  ): Promise<CommandAnswer | undefined> {
    if (role.kind === 'leading') return definite(await role.lead.dispatch(input));
    // A run of its own needs its own functions.
    if (input.type === 'run.submit') await this.#parts.host?.follow();
    const reply = await role.client.send(input);
    if (reply.kind === 'gone') return undefined;
    if (reply.kind === 'answer') return definite(reply.answer);
    if (reply.kind === 'malformed') return { ok: false, refusal: { reason: 'malformed', problems: reply.problems } };
    return { ok: false, refusal: { reason: 'too-large', most: reply.most } };
  }

  /** Tries to lead, then to follow, again and again: a leader may just be going or coming. */
  async #seek(): Promise<void> {
    const untilMs = performance.now() + SEEK_FOR_MS;
    try {
      for (let pauseMs = 5; this.#role.kind === 'seeking'; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
        if (await this.#tryBoth()) return;
        if (performance.now() > untilMs) throw noLeader();
        await new Promise((resolve) => void setTimeout(resolve, pauseMs));
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  async #tryBoth(): Promise<boolean> {
    const { election, reachLeader } = this.#parts;
    const lease = await election.tryAcquire();
    if (lease !== undefined) return this.#begin(lease);
    const connected = await reachLeader?.(() => this.#feed.wake());
    if (connected === undefined) return false;
    if (connected.ok) this.#join(connected.client);
    else if (connected.reason === 'other-version') throw otherVersion(connected.pid);
    return connected.ok;
  }

  /** False when the lead was lost before it was made, because this process was stopped. Gives it back when it was closed. */
  async #begin(lease: LeaderLease): Promise<boolean> {
    let isLost = false;
    void lease.lost.then(() => (isLost = true));
    try {
      if (this.#isClosed()) await lease.release();
      else await this.#makeLead(lease);
      return true;
    } catch (error) {
      if (!isLost) throw error;
      return false;
    }
  }

  async #makeLead(lease: LeaderLease): Promise<void> {
    const lead = await this.#parts.lead(lease, this.#feed);
    // While it was being made.
    if (this.#isClosed()) await lead.drain();
    else this.#take(lead);
  }

  #isClosed(): boolean {
    return this.#role.kind === 'closed';
  }

  #take(lead: Lead): void {
    this.#lead = lead;
    this.#resumed = lead.resumed;
    this.#become({ kind: 'leading', lead });
    this.#parts.host?.lead();
    void lead.ended.then((reason) => this.#lose(lead, reason));
    this.#feed.wake();
    const watch = setInterval(() => this.#handOver(lead), HAND_OVER_MS).unref();
    void lead.ended.then(() => clearInterval(watch));
  }

  #join(client: LocalSocketClient): void {
    if (this.#role.kind !== 'seeking') return client.close();
    this.#become({ kind: 'following', client });
    client.waitFor(this.#interests);
    this.#parts.host?.follow().catch((error: unknown) => this.#fail(error));
    this.#feed.wake();
    const look = setInterval(() => this.#feed.wake(), LOOK_MS).unref();
    const watch = setInterval(() => void (this.#seeking = this.#relieve(client)), RELIEVE_MS).unref();
    void client.gone.then(() => {
      clearInterval(look);
      clearInterval(watch);
      this.#feed.wake();
      if (this.#role.kind === 'following' && this.#role.client === client) this.#seekAgain(0);
    });
  }

  /** A leader that is stopped answers nothing and closes nothing, but its lock can be taken after a while. */
  async #relieve(client: LocalSocketClient): Promise<void> {
    try {
      const lease = await this.#parts.election.tryAcquire();
      if (lease === undefined) return;
      if (this.#role.kind !== 'following' || this.#role.client !== client) return await lease.release();
      this.#become({ kind: 'seeking' });
      client.close();
      if (!(await this.#begin(lease))) await this.#seek();
    } catch (error) {
      this.#fail(error);
    }
  }

  #lose(lead: Lead, reason: string): void {
    if (this.#role.kind !== 'leading' || this.#role.lead !== lead) return;
    if (reason.startsWith('internal-error')) return this.#fail(new Error(reason));
    if (reason.startsWith('store-trouble')) return this.#fail(storeTrouble(reason));
    if (reason === 'drained') return this.#seekAgain(STAND_BACK_MS);
    this.#parts.onTrouble?.(`The lead was lost (${reason}). Going on.`);
    this.#seekAgain(0);
  }

  /** Nothing of its own to wait for, but somebody else has: the lead goes to where it is wanted. */
  #handOver(lead: Lead): void {
    const isIdle = this.#interests === 0;
    if (isIdle && this.#role.kind === 'leading' && lead.hasWaitingFollower) void lead.drain();
  }

  #seekAgain(delayMs: number): void {
    this.#become({ kind: 'seeking' });
    setTimeout(() => void (this.#seeking = this.#seek()), delayMs);
  }

  #fail(error: unknown): void {
    if (this.#role.kind === 'closed') return;
    const role = this.#role;
    if (role.kind === 'leading') void role.lead.drain();
    if (role.kind === 'following') role.client.close();
    this.#become({ kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) });
  }

  #become(role: Role): void {
    this.#role = role;
    this.#change.resolve();
    this.#change = Promise.withResolvers();
    if (role.kind !== 'failed' && role.kind !== 'closed') return;
    const error = role.kind === 'failed' ? role.error : closed();
    for (const reject of this.#waits) reject(error);
    this.#over.resolve({ kind: role.kind, error });
  }

  #remember(runId: RunId, beginning: number): void {
    this.#beginnings.set(runId, beginning);
    const [oldest] = this.#beginnings.size > MAX_BEGINNINGS ? this.#beginnings.keys() : [];
    if (oldest !== undefined) this.#beginnings.delete(oldest);
  }

  #count(by: number): void {
    this.#followers += by;
    this.#tellWaits();
  }

  /** Who watches a run needs somebody to lead as much as who waits for its end. */
  get #interests(): number {
    return this.#waits.size + this.#followers;
  }

  #tellWaits(): void {
    if (this.#role.kind === 'following') this.#role.client.waitFor(this.#interests);
  }

  #throwIfOver(): void {
    if (this.#role.kind === 'failed') throw this.#role.error;
    if (this.#role.kind === 'closed') throw closed();
  }
}

function toldIn<Op extends MemoryAsk['op']>(reply: MemoryReply): MemoryTold[Op] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the leader is of our own version
  if (reply.ok) return reply.told as unknown as MemoryTold[Op];
  const { trouble } = reply;
  throw trouble.kind === 'user' ? userError(trouble) : new Unavailable(trouble);
}

function definite(answer: Answer): CommandAnswer | undefined {
  if (answer.ok) return answer;
  const { refusal } = answer;
  if (isOfCore(refusal)) return { ok: false, refusal };
  return refusal.reason === 'not-leading' ? undefined : { ok: false, refusal: { reason: refusal.reason } };
}

function isOfCore(refusal: Extract<Answer, { ok: false }>['refusal']): refusal is Refusal {
  return !['not-leading', 'overloaded', 'store-full'].includes(refusal.reason);
}
