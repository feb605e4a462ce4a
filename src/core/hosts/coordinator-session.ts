import { unreachable } from '../../util/assert.ts';
import { TokenBucket } from '../../util/token-bucket.ts';
import type { AgentId } from '../ids.ts';
import type { AgentReport, AttemptResult } from '../tasks/attempt.ts';
import { Channel } from './channel.ts';
import {
  type AttemptKey,
  type CoordinatorBody,
  type CoordinatorFrame,
  type HostBody,
  type HostFrame,
  type HostTimes,
  type HostUse,
  type Offer,
  type Question,
  type QuestionAnswer,
  WORKER_PROTOCOL,
} from './frames.ts';
import { GivenAttempts, type Stop } from './given-attempts.ts';
import { FRAMES_AT_ONCE, FRAMES_PER_S } from './host-limits.ts';

type Hello = Extract<HostFrame, { type: 'hello' }>;

/** What the coordinator must do about one host. */
export type CoordinatorAct =
  | Readonly<{ do: 'send'; frame: CoordinatorFrame }>
  /** Store that it is there, then `admit` it, or `turnAway`. */
  | Readonly<{ do: 'join'; hello: Hello }>
  | (AttemptKey & Readonly<{ do: 'end'; result: AttemptResult }>)
  /** It never began there. `isDraining`: and nothing else will. */
  | (AttemptKey & Readonly<{ do: 'declined'; isDraining: boolean }>)
  /** The host is there and does not have it any more. */
  | (AttemptKey & Readonly<{ do: 'gone' }>)
  | (AttemptKey & Readonly<{ do: 'report'; report: AgentReport }>)
  | (HostUse & Readonly<{ do: 'measured' }>)
  | (AttemptKey & Readonly<{ do: 'ask'; id: number; question: Question }>)
  | (AttemptKey & Readonly<{ do: 'give-up'; id: number }>)
  | Readonly<{ do: 'draining' }>
  /** It said that it goes; what it had is nobody's any more. */
  | Readonly<{ do: 'left'; attempts: readonly AttemptKey[] }>
  /** It can be reached, or cannot: nothing new should be given to it meanwhile. */
  | Readonly<{ do: 'here' }>
  | Readonly<{ do: 'away' }>
  /** Whatever it still does is fenced off. */
  | Readonly<{ do: 'lost'; why: HostLoss; attempts: readonly AttemptKey[] }>;

/** `lease`: nothing was heard of it for a lease. `exited`: its process is known to be gone. */
export type HostLoss = 'lease' | 'exited';

export type CoordinatorSettings = Readonly<{ host: string; epoch: number; times: HostTimes }>;

/** `expected`: it was there under an earlier leader. */
type Phase = 'expected' | 'joining' | 'here' | 'away' | 'gone';

/** A gap between two looks that says something about the one who looks, ms. */
const STALL_MS = 1_000;

/**
 * A coordinator's end of the worker protocol, for one host. It knows no clock and no link: it is told what comes and
 * how late it is, and says what to do.
 *
 *     expected, gone ──hello──▶ joining ──admitted──▶ here ◀──▶ away
 *           ▲                                          │          │
 *           └────────── no message for a lease, exit ──┴──────────┘
 */
export class CoordinatorSession {
  readonly #settings: CoordinatorSettings;
  readonly #attempts = new GivenAttempts();
  readonly #bucket: TokenBucket;
  #acts: CoordinatorAct[] = [];
  #phase: Phase = 'expected';
  #before: Phase = 'expected';
  #instance = 0;
  #greeting = 0;
  #session: string | undefined;
  #channel = new Channel<CoordinatorBody, HostBody>();
  #hello: Hello | undefined;
  #isDraining = false;
  #heardMs: number;
  /** When its newest greeting was heard last. */
  #greetedMs: number;
  #lookedMs: number;

  constructor(settings: CoordinatorSettings, nowMs: number) {
    this.#settings = settings;
    this.#heardMs = nowMs;
    this.#greetedMs = nowMs;
    this.#lookedMs = nowMs;
    this.#bucket = new TokenBucket(FRAMES_PER_S, FRAMES_AT_ONCE, nowMs);
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Attempts that the host should have. */
  get count(): number {
    return this.#attempts.count;
  }

  /** An attempt that an earlier leader gave to this host: it has a fresh lease, and the host says whether it runs. */
  adopt({ taskId, attempt }: AttemptKey): void {
    this.#attempts.add({ key: { taskId, attempt }, phase: 'held', offer: undefined, stop: undefined });
  }

  /** Gives an attempt to the host; it waits while the host is away. */
  offer(offer: Offer, nowMs: number): readonly CoordinatorAct[] {
    const key = { taskId: offer.taskId, attempt: offer.attempt };
    if (this.#phase === 'gone') return [{ do: 'gone', ...key }];
    const isSaid = this.#session !== undefined && this.#phase !== 'joining';
    this.#attempts.add({ key, phase: isSaid ? 'given' : 'queued', offer, stop: undefined });
    if (isSaid) this.#say({ type: 'offer', offer });
    return this.#flush(nowMs);
  }

  /** Asks the host to end an attempt; its result says that it has. */
  cancel({ taskId, attempt }: AttemptKey, stop: Stop, nowMs: number): readonly CoordinatorAct[] {
    const known = this.#attempts.get({ taskId, attempt });
    if (known === undefined || known.phase === 'ended' || known.stop !== undefined) return [];
    if (known.phase === 'queued') return [this.#takeBack(known.key)];
    known.stop = stop;
    this.#say({ type: 'cancel', ...known.key, ...stop });
    return this.#flush(nowMs);
  }

  /** Takes back what has not begun of an agent's: at once what the host never heard of, the rest when it says so. */
  withdraw(agentId: AgentId, nowMs: number): readonly CoordinatorAct[] {
    for (const { key, phase } of this.#attempts.notBegun(agentId)) {
      if (phase === 'queued') this.#acts.push(this.#takeBack(key));
      else this.#say({ type: 'withdraw', ...key });
    }
    return this.#flush(nowMs);
  }

  /** The result of the attempt is stored. */
  settle({ taskId, attempt }: AttemptKey, nowMs: number): readonly CoordinatorAct[] {
    this.#attempts.settle({ taskId, attempt });
    this.#say({ type: 'taken', taskId, attempt });
    return this.#flush(nowMs);
  }

  answer(
    { taskId, attempt }: AttemptKey,
    id: number,
    answer: QuestionAnswer,
    nowMs: number,
  ): readonly CoordinatorAct[] {
    this.#say({ type: 'answer', taskId, attempt, id, answer });
    return this.#flush(nowMs);
  }

  drain(nowMs: number): readonly CoordinatorAct[] {
    this.#isDraining = true;
    this.#say({ type: 'drain' });
    return this.#flush(nowMs);
  }

  take(frame: HostFrame, nowMs: number): readonly CoordinatorAct[] {
    // It is heard all the same: only its words are dropped, and come again.
    if (this.#session !== undefined && frame.session === this.#session) this.#heardMs = nowMs;
    if (!this.#bucket.take(nowMs)) return [];
    if (frame.type === 'hello') this.#greeted(frame, nowMs);
    else if (frame.session !== this.#session) this.#bye('session-unknown', 'There is no such session.', frame.session);
    else {
      this.#isReachable();
      if (frame.type === 'heartbeat') {
        this.#answerBeat(frame);
      } else {
        this.#channel.acknowledge(frame.ack);
        for (const body of this.#channel.take(frame.packets)) this.#hear(body);
      }
    }
    return this.#flush(nowMs);
  }

  /** That it is there is stored: its session begins. `number`: unique among the sessions of this epoch. */
  admit(number: number, nowMs: number, isDraining: boolean = this.#isDraining): readonly CoordinatorAct[] {
    const hello = this.#hello;
    if (this.#phase !== 'joining' || hello === undefined) return [];
    const isSameProcess = hello.instance === this.#instance;
    this.#instance = hello.instance;
    this.#session = `${this.#settings.epoch}.${number}`;
    this.#channel = new Channel();
    this.#phase = 'here';
    // It may have died while its joining was being stored.
    this.#heardMs = Math.max(this.#heardMs, this.#greetedMs);
    this.#welcome(0);
    this.#acts.push({ do: 'here' });
    const { say, gone } = this.#attempts.reconcile(hello.holds, isSameProcess);
    for (const body of say) this.#say(body);
    for (const key of gone) this.#acts.push({ do: 'gone', ...key });
    // What was said to the process before may not hold for this one.
    this.#isDraining = isDraining;
    if (isDraining) this.#say({ type: 'drain' });
    return this.#flush(nowMs);
  }

  /** It may not join, or not now. */
  turnAway(message: string, nowMs: number): readonly CoordinatorAct[] {
    if (this.#phase === 'joining') {
      this.#phase = this.#before;
      this.#hello = undefined;
      this.#greeting = 0;
      this.#bye('refused', message);
    }
    return this.#flush(nowMs);
  }

  /** The link has closed. `isGone`: and its process is known to have ended. */
  unlinked(isGone: boolean, nowMs: number): readonly CoordinatorAct[] {
    if (isGone && this.#phase !== 'gone') this.#lose('exited');
    else if (this.#phase === 'here') this.#leaveReach();
    return this.#flush(nowMs);
  }

  /** To be called a few times per second: only who looks can say that nothing came. */
  tick(nowMs: number): readonly CoordinatorAct[] {
    const gapMs = nowMs - this.#lookedMs;
    this.#lookedMs = nowMs;
    // What was heard since it woke up is as old as it is.
    if (gapMs > STALL_MS) {
      this.#heardMs = Math.min(nowMs, this.#heardMs + gapMs);
      this.#greetedMs = Math.min(nowMs, this.#greetedMs + gapMs);
    }
    if (this.#phase !== 'gone' && nowMs - this.#heardMs > this.#settings.times.leaseMs) this.#lose('lease');
    return this.#flush(nowMs);
  }

  #answerBeat({ session, beat, uses }: Extract<HostFrame, { type: 'heartbeat' }>): void {
    this.#send({ type: 'heartbeat', session, beat });
    for (const use of uses) if (this.#attempts.get(use)?.phase === 'held') this.#acts.push({ do: 'measured', ...use });
  }

  #greeted(hello: Hello, nowMs: number): void {
    if (hello.version !== WORKER_PROTOCOL) {
      return this.#bye('version', `This coordinator speaks version ${WORKER_PROTOCOL} of the worker protocol.`);
    }
    if (hello.instance < this.#instance) return this.#bye('refused', 'A newer process has this name.');
    const isSame = hello.instance === this.#instance;
    if (!isSame || hello.greeting >= this.#greeting) this.#greetedMs = nowMs;
    const goesOn = isSame && this.#session !== undefined && hello.session === this.#session;
    if (isSame && hello.greeting <= this.#greeting) return this.#greetedBefore(hello, goesOn);
    this.#greet(hello, goesOn);
  }

  /** An older greeting that comes late says nothing any more; a repeated one has not seen its welcome. */
  #greetedBefore(hello: Hello, goesOn: boolean): void {
    if (hello.greeting < this.#greeting || this.#phase === 'joining') return;
    if (goesOn || this.#phase === 'gone') this.#greet(hello, goesOn);
    else this.#welcome(this.#channel.received);
  }

  #greet(hello: Hello, goesOn: boolean): void {
    this.#greeting = hello.greeting;
    this.#hello = hello;
    if (goesOn) return this.#goOn(hello);
    if (this.#phase !== 'joining') this.#before = this.#phase;
    this.#phase = 'joining';
    this.#acts.push({ do: 'join', hello });
  }

  #goOn(hello: Hello): void {
    this.#channel.acknowledge(hello.received);
    this.#channel.sendAllAgain();
    this.#welcome(this.#channel.received);
    this.#isReachable();
  }

  #isReachable(): void {
    if (this.#phase !== 'away') return;
    this.#phase = 'here';
    this.#acts.push({ do: 'here' });
  }

  #leaveReach(): void {
    this.#phase = 'away';
    this.#acts.push({ do: 'away' });
  }

  /** Nothing of it was said to the host. */
  #takeBack(key: AttemptKey): CoordinatorAct {
    this.#attempts.delete(key);
    return { do: 'declined', ...key, isDraining: false };
  }

  #hear(body: HostBody): void {
    switch (body.type) {
      case 'draining':
        this.#acts.push({ do: 'draining' });
        return;
      case 'leaving':
        this.#phase = 'gone';
        this.#acts.push({ do: 'left', attempts: this.#attempts.takeOpen() });
        return;
      case 'accept':
      case 'decline':
      case 'report':
      case 'ask':
      case 'give-up':
      case 'result':
        return this.#hearOf(body);
      default:
        unreachable(body);
    }
  }

  #hearOf(body: Extract<HostBody, AttemptKey>): void {
    const { taskId, attempt } = body;
    const key = { taskId, attempt };
    const known = this.#attempts.get(key);
    if (known === undefined || known.phase === 'ended') return this.#hearOfOther(body);
    switch (body.type) {
      case 'accept':
        known.phase = 'held';
        return;
      case 'decline':
        this.#attempts.delete(key);
        this.#acts.push({ do: 'declined', ...key, isDraining: body.reason === 'draining' });
        return;
      case 'report':
        this.#acts.push({ do: 'report', ...key, report: body.report });
        return;
      case 'ask':
        this.#acts.push({ do: 'ask', ...key, id: body.id, question: body.question });
        return;
      case 'give-up':
        this.#acts.push({ do: 'give-up', ...key, id: body.id });
        return;
      case 'result':
        known.phase = 'ended';
        this.#acts.push({ do: 'end', ...key, result: body.result });
        return;
      default:
        unreachable(body);
    }
  }

  /** Not one of its attempts, or its end is known already. */
  #hearOfOther({ type, taskId, attempt }: Extract<HostBody, AttemptKey>): void {
    const key = { taskId, attempt };
    // Its end is being stored: `taken` follows.
    if (type === 'decline' || this.#attempts.get(key) !== undefined) return;
    const isSettled = this.#attempts.isSettled(key);
    if (isSettled && type !== 'result') return;
    this.#say({ type: isSettled ? 'taken' : 'stale', ...key });
  }

  #lose(why: HostLoss): void {
    const attempts = this.#attempts.takeOpen();
    this.#phase = 'gone';
    this.#session = undefined;
    this.#hello = undefined;
    this.#isDraining = false;
    this.#acts.push({ do: 'lost', why, attempts });
  }

  #welcome(resumeFrom: number): void {
    if (this.#session === undefined || this.#hello === undefined) return;
    const { greeting } = this.#hello;
    const { times } = this.#settings;
    this.#send({ type: 'welcome', greeting, session: this.#session, resumeFrom, times });
  }

  #bye(reason: 'session-unknown' | 'version' | 'refused', message: string, session?: string): void {
    this.#send({ type: 'bye', reason, message, ...(session === undefined ? {} : { session }) });
  }

  #say(body: CoordinatorBody): void {
    if (this.#session !== undefined) this.#channel.send(body);
  }

  #send(frame: Unstamped): void {
    this.#acts.push({ do: 'send', frame: { ...frame, epoch: this.#settings.epoch } });
  }

  #flush(nowMs: number): readonly CoordinatorAct[] {
    const session = this.#phase === 'joining' ? undefined : this.#session;
    if (session !== undefined)
      for (const data of this.#channel.due(nowMs)) this.#send({ type: 'data', session, ...data });
    const acts = this.#acts;
    this.#acts = [];
    return acts;
  }
}

type Unstamped = CoordinatorFrame extends infer Frame ? (Frame extends unknown ? Omit<Frame, 'epoch'> : never) : never;
