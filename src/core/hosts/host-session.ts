import { unreachable } from '../../util/assert.ts';
import type { AgentReport, AttemptResult } from '../tasks/attempt.ts';
import { Channel } from './channel.ts';
import {
  type AttemptKey,
  type CoordinatorBody,
  type CoordinatorFrame,
  type DeclineReason,
  type HostBody,
  type HostDescription,
  type HostFrame,
  type HostStop,
  type HostUse,
  type Offer,
  type Question,
  type QuestionAnswer,
  WORKER_PROTOCOL,
} from './frames.ts';
import { Heart } from './heart.ts';
import { HostAttempts, type KeptResult } from './host-attempts.ts';
import { DEFAULT_HOST_TIMES, MAX_WAITING_REPORTS, REPEAT_MS } from './host-limits.ts';

/** What the process of a host must do. */
export type HostAct =
  | Readonly<{ do: 'send'; frame: HostFrame }>
  | Readonly<{ do: 'run'; offer: Offer }>
  /** `orphaned` and `stale`: at once, without grace. */
  | (AttemptKey & Readonly<{ do: 'stop'; why: HostStop | 'orphaned' }>)
  /** Its result is stored by the coordinator, or nobody wants it: then it is kept as evidence and nothing else. */
  | (AttemptKey & Readonly<{ do: 'forget'; isEvidence: boolean }>)
  | (AttemptKey & Readonly<{ do: 'answer'; id: number; answer: QuestionAnswer }>)
  /** Kept for the next process of this host: it takes no order of a lower epoch either. */
  | Readonly<{ do: 'note-epoch'; epoch: number }>
  /** The link is of no use: close it and make another. */
  | Readonly<{ do: 'relink' }>
  /** The coordinator wants it to drain. */
  | Readonly<{ do: 'drain' }>
  /** It has left; nothing follows. */
  | Readonly<{ do: 'left' }>
  /** Not admitted. `isFinal`: it never will be. */
  | Readonly<{ do: 'refused'; message: string; isFinal: boolean }>;

export type HostSettings = Readonly<{
  description: HostDescription;
  /** The highest that any process of this host has seen. @default 0 */
  epoch?: number;
  kept?: readonly KeptResult[];
}>;

type Phase = 'unlinked' | 'greeting' | 'joined' | 'left';

/**
 * A host's end of the worker protocol. It knows no clock and no link: it is told what comes and how late it is, and
 * says what to do.
 *
 *     unlinked ──link──▶ greeting ──welcome──▶ joined ──leaving is acknowledged──▶ left
 *        ▲                  │  ▲                 │ │
 *        └──no answer───────┘  └──session-unknown┘ └──no answer──▶ unlinked
 */
export class HostSession {
  readonly #description: HostDescription;
  readonly #attempts: HostAttempts;
  readonly #heart = new Heart();
  #acts: HostAct[] = [];
  #phase: Phase = 'unlinked';
  #epoch: number;
  #orphanMs = DEFAULT_HOST_TIMES.orphanMs;
  #session: string | undefined;
  #channel = new Channel<HostBody, CoordinatorBody>();
  #greeting = 0;
  #greetedMs = 0;
  #linkedMs = 0;
  #contactMs: number;
  #isDraining = false;
  #isLeaving = false;

  constructor({ description, epoch = 0, kept = [] }: HostSettings, nowMs: number) {
    this.#description = description;
    this.#epoch = epoch;
    this.#contactMs = nowMs;
    this.#attempts = new HostAttempts(description.agents, kept);
  }

  get phase(): Phase {
    return this.#phase;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** Attempts that run, wait to begin, or have a result that is not known to be taken. */
  get held(): number {
    return this.#attempts.size;
  }

  /** Attempts without an end. */
  get busy(): number {
    return this.#attempts.busy;
  }

  /** There is a link: it greets. */
  linked(nowMs: number): readonly HostAct[] {
    if (this.#phase === 'left') return [];
    this.#phase = 'greeting';
    this.#linkedMs = nowMs;
    this.#heart.skip();
    this.#greet(nowMs);
    return this.#flush(nowMs);
  }

  unlinked(): void {
    if (this.#phase !== 'left') this.#phase = 'unlinked';
  }

  take(frame: CoordinatorFrame, nowMs: number): readonly HostAct[] {
    // Orders of a leader that was replaced, however late they come.
    if (frame.epoch < this.#epoch || this.#phase === 'left') return [];
    if (frame.type === 'welcome') this.#join(frame, nowMs);
    else if (frame.type === 'bye') this.#turnAway(frame, nowMs);
    else if (this.#phase === 'joined' && frame.session === this.#session) {
      this.#contactMs = nowMs;
      if (frame.type === 'heartbeat') this.#heart.answered(frame.beat);
      else {
        this.#channel.acknowledge(frame.ack);
        for (const body of this.#channel.take(frame.packets)) this.#obey(body, nowMs);
      }
      this.#beginWaiting(nowMs);
    }
    return this.#flush(nowMs);
  }

  /** To be called a few times per second. */
  tick(nowMs: number): readonly HostAct[] {
    if (this.#phase === 'left') return [];
    if (nowMs - this.#contactMs >= this.#orphanMs) this.#endOrphans();
    if (this.#phase === 'greeting') {
      if (nowMs - this.#linkedMs >= this.#heart.patienceMs) this.#giveUpLink();
      else if (nowMs - this.#greetedMs >= REPEAT_MS) this.#sayHello(nowMs);
    } else if (this.#phase === 'joined') this.#keepBeating(nowMs);
    return this.#flush(nowMs);
  }

  /** Reports may be lost: what cannot be sent now is dropped. */
  report(key: AttemptKey, report: AgentReport, nowMs: number): readonly HostAct[] {
    const isHeard = this.#phase === 'joined' && this.#channel.waiting < MAX_WAITING_REPORTS;
    if (isHeard && this.#attempts.isLive(key)) this.#say({ type: 'report', ...key, report });
    return this.#flush(nowMs);
  }

  /** What its processes use; the next heartbeat says it. */
  measured({ taskId, attempt }: AttemptKey, { cpuMs, memoryBytes }: Omit<HostUse, keyof AttemptKey>): void {
    this.#attempts.measured({ taskId, attempt, cpuMs: Math.round(cpuMs), memoryBytes: Math.round(memoryBytes) });
  }

  /** The attempt has ended, and `result` is on disk. Only the first end counts. */
  end({ taskId, attempt }: AttemptKey, result: AttemptResult, nowMs: number): readonly HostAct[] {
    const key = { taskId, attempt };
    const held = this.#attempts.get(key);
    if (held?.state !== 'running') return [];
    if (held.isStale) this.#forget(key, true);
    else {
      this.#attempts.put({ state: 'ended', key, result });
      this.#say({ type: 'result', ...key, result });
    }
    return this.#flush(nowMs);
  }

  /** A question of a running attempt; its answer comes as an act, or never when the attempt ends before. */
  ask({ taskId, attempt }: AttemptKey, id: number, question: Question, nowMs: number): readonly HostAct[] {
    const body = { type: 'ask', taskId, attempt, id, question } as const;
    if (!this.#attempts.isLive(body)) return [];
    this.#attempts.ask(body);
    this.#say(body);
    return this.#flush(nowMs);
  }

  /** Its question is answered with what there is. */
  giveUp({ taskId, attempt }: AttemptKey, id: number, nowMs: number): readonly HostAct[] {
    if (this.#attempts.waitsFor({ taskId, attempt, id })) this.#say({ type: 'give-up', taskId, attempt, id });
    return this.#flush(nowMs);
  }

  /** It takes nothing new from now on. */
  drain(nowMs: number): readonly HostAct[] {
    if (this.#isDraining) return [];
    this.#isDraining = true;
    this.#say({ type: 'draining' });
    for (const held of this.#attempts.all) if (held.state === 'waiting') this.#neverBegan(held.key);
    return this.#flush(nowMs);
  }

  /** It goes. Whatever it still holds is lost to the coordinator. */
  leave(nowMs: number): readonly HostAct[] {
    if (this.#isLeaving) return [];
    this.#isLeaving = true;
    this.#say({ type: 'leaving' });
    return this.#flush(nowMs);
  }

  #greet(nowMs: number): void {
    this.#greeting += 1;
    this.#sayHello(nowMs);
  }

  #sayHello(nowMs: number): void {
    this.#greetedMs = nowMs;
    const frame: HostFrame = {
      type: 'hello',
      version: WORKER_PROTOCOL,
      ...this.#description,
      greeting: this.#greeting,
      ...(this.#session === undefined ? {} : { session: this.#session }),
      received: this.#channel.received,
      holds: this.#attempts.holds,
      isDraining: this.#isDraining,
    };
    this.#acts.push({ do: 'send', frame });
  }

  #join(frame: Extract<CoordinatorFrame, { type: 'welcome' }>, nowMs: number): void {
    if (this.#phase !== 'greeting' || frame.greeting !== this.#greeting) return;
    if (frame.epoch > this.#epoch) this.#acts.push({ do: 'note-epoch', epoch: frame.epoch });
    this.#epoch = frame.epoch;
    this.#phase = 'joined';
    this.#orphanMs = frame.times.orphanMs;
    this.#contactMs = nowMs;
    this.#heart.begin(frame.times, nowMs);
    if (frame.session === this.#session) {
      this.#channel.acknowledge(frame.resumeFrom);
      this.#channel.sendAllAgain();
      return;
    }
    this.#session = frame.session;
    this.#channel = new Channel();
    this.#tellAgain();
  }

  /** A new session begins with what the one before may not have carried over. */
  #tellAgain(): void {
    for (const held of this.#attempts.all) {
      if (held.state === 'ended') this.#say({ type: 'result', ...held.key, result: held.result });
    }
    for (const question of this.#attempts.questions) this.#say(question);
    if (this.#isDraining) this.#say({ type: 'draining' });
    if (this.#isLeaving) this.#say({ type: 'leaving' });
  }

  #turnAway({ reason, session, message }: Extract<CoordinatorFrame, { type: 'bye' }>, nowMs: number): void {
    if (reason === 'session-unknown') {
      if (this.#phase !== 'joined' || session !== this.#session) return;
      this.#session = undefined;
      this.#phase = 'greeting';
      this.#linkedMs = nowMs;
      this.#heart.skip();
      this.#greet(nowMs);
    } else if (this.#phase === 'greeting') {
      this.#acts.push({ do: 'refused', message, isFinal: reason === 'version' });
    }
  }

  #obey(body: CoordinatorBody, nowMs: number): void {
    switch (body.type) {
      case 'offer':
        return this.#consider(body.offer, nowMs);
      case 'cancel':
        return this.#cancel(body);
      case 'withdraw':
        return this.#giveBack(body);
      case 'taken':
        return this.#forget(body, false);
      case 'stale':
        return this.#endStale(body);
      case 'answer': {
        const { taskId, attempt, id, answer } = body;
        if (this.#attempts.answered({ taskId, attempt, id }))
          this.#acts.push({ do: 'answer', taskId, attempt, id, answer });
        return;
      }
      case 'drain':
        this.#acts.push({ do: 'drain' });
        return;
      default:
        unreachable(body);
    }
  }

  /** The same token is never begun twice. */
  #consider(offer: Offer, nowMs: number): void {
    const key = { taskId: offer.taskId, attempt: offer.attempt };
    if (this.#attempts.get(key) !== undefined) return;
    if (this.#isDraining) return this.#decline(key, 'draining');
    if (!this.#attempts.hasRoom(offer.agentId)) return this.#decline(key, 'no-slot');
    if (offer.spec.effect !== 'D' || this.#heart.isCertain(nowMs)) return this.#begin(offer);
    this.#attempts.put({ state: 'waiting', key, offer });
    // Its answer says that this is still wanted.
    this.#heart.hurry(nowMs);
    this.#keepBeating(nowMs);
  }

  #begin(offer: Offer): void {
    const { taskId, attempt, agentId } = offer;
    const key = { taskId, attempt };
    this.#attempts.put({ state: 'running', key, agentId, isStale: false, isOrphaned: false });
    this.#say({ type: 'accept', ...key });
    this.#acts.push({ do: 'run', offer });
  }

  #beginWaiting(nowMs: number): void {
    if (!this.#heart.isCertain(nowMs)) return;
    for (const held of this.#attempts.all) if (held.state === 'waiting') this.#begin(held.offer);
  }

  #decline({ taskId, attempt }: AttemptKey, reason: DeclineReason): void {
    this.#say({ type: 'decline', taskId, attempt, reason });
  }

  /** Told as a result, because a greeting may have named it already. */
  #neverBegan(key: AttemptKey): void {
    const result: AttemptResult = { ok: false, failure: { reason: 'agent-lost', begun: false } };
    this.#attempts.put({ state: 'ended', key, result });
    this.#say({ type: 'result', ...key, result });
  }

  #giveBack(key: AttemptKey): void {
    const held = this.#attempts.get(key);
    if (held?.state === 'waiting') this.#neverBegan(held.key);
  }

  #cancel({ taskId, attempt, why }: Extract<CoordinatorBody, { type: 'cancel' }>): void {
    const held = this.#attempts.get({ taskId, attempt });
    if (held?.state === 'waiting') this.#neverBegan(held.key);
    if (held?.state === 'running') this.#acts.push({ do: 'stop', taskId, attempt, why });
  }

  #endStale({ taskId, attempt }: AttemptKey): void {
    const held = this.#attempts.get({ taskId, attempt });
    if (held === undefined) return;
    if (held.state === 'waiting') this.#attempts.delete(held.key);
    else if (held.state === 'ended') this.#forget(held.key, true);
    else {
      this.#attempts.put({ ...held, isStale: true });
      this.#acts.push({ do: 'stop', taskId, attempt, why: 'stale' });
    }
  }

  #endOrphans(): void {
    for (const held of this.#attempts.all) {
      if (held.state === 'waiting') this.#neverBegan(held.key);
      if (held.state !== 'running' || held.isOrphaned) continue;
      this.#attempts.put({ ...held, isOrphaned: true });
      this.#acts.push({ do: 'stop', ...held.key, why: 'orphaned' });
    }
  }

  #forget({ taskId, attempt }: AttemptKey, isEvidence: boolean): void {
    if (this.#attempts.get({ taskId, attempt }) === undefined) return;
    this.#attempts.delete({ taskId, attempt });
    this.#acts.push({ do: 'forget', taskId, attempt, isEvidence });
  }

  #keepBeating(nowMs: number): void {
    const beat = this.#heart.due(nowMs);
    if (beat === 'silent') return this.#giveUpLink();
    if (beat === undefined || this.#session === undefined) return;
    const { uses } = this.#attempts;
    this.#acts.push({ do: 'send', frame: { type: 'heartbeat', session: this.#session, beat, uses } });
  }

  #giveUpLink(): void {
    this.#phase = 'unlinked';
    this.#acts.push({ do: 'relink' });
  }

  #say(body: HostBody): void {
    this.#channel.send(body);
  }

  /** What there is to do now, with all that is to be sent. */
  #flush(nowMs: number): readonly HostAct[] {
    const session = this.#phase === 'joined' ? this.#session : undefined;
    if (session !== undefined) {
      for (const data of this.#channel.due(nowMs))
        this.#acts.push({ do: 'send', frame: { type: 'data', session, ...data } });
    }
    if (this.#phase === 'joined' && this.#isLeaving && this.#channel.waiting === 0) {
      this.#phase = 'left';
      this.#acts.push({ do: 'left' });
    }
    const acts = this.#acts;
    this.#acts = [];
    return acts;
  }
}
