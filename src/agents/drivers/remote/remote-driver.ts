import { type CoordinatorAct, CoordinatorSession } from '../../../core/hosts/coordinator-session.ts';
import {
  type AttemptKey,
  type CoordinatorFrame,
  type HostFrame,
  type HostTimes,
  keyOf,
  type Offer,
  type QuestionAnswer,
} from '../../../core/hosts/frames.ts';
import { MAX_BODY_BYTES, MAX_HOSTS } from '../../../core/hosts/host-limits.ts';
import type { AgentId } from '../../../core/ids.ts';
import type { AttemptResult } from '../../../core/tasks/attempt.ts';
import type { Assignment, Probe, RunContext } from '../../../ports/agent-driver.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { HostDesk, HostDriver, LinkUser, WorkerLink } from '../../../ports/worker-link.ts';
import type { AttemptDesk } from './attempt-desk.ts';
import { OpenAttempt } from './open-attempt.ts';

/** How often leases are looked at, ms. */
const TICK_MS = 200;
const MAX_LINKS = 2 * MAX_HOSTS;
/** A host that is gone is remembered for so long: it may bring results that were stored before. */
const FORGET_MS = 600_000;
/** Why a host takes nothing new that has said so itself. */
const DRAINS = 'its process was asked to end';

export type RemoteDriverPorts = Readonly<{
  clock: Clock;
  times: HostTimes;
  /** Answers what attempts ask of their run. Without it they cannot ask anything. */
  deskFor?: (context: RunContext, tell: (id: number, answer: QuestionAnswer) => void) => AttemptDesk;
}>;

type Known = {
  readonly name: string;
  readonly session: CoordinatorSession;
  link: WorkerLink<CoordinatorFrame> | undefined;
  goneSinceMs: number | undefined;
};

/**
 * Runs attempts on hosts: processes that have joined over a link. What to say and what to conclude from silence is
 * decided by the session of each host; here are its clock, its links, and the attempts that wait for it.
 */
export class RemoteDriver implements HostDriver {
  readonly kind = 'remote';
  readonly #clock: Clock;
  readonly #times: HostTimes;
  readonly #deskFor: RemoteDriverPorts['deskFor'];
  readonly #hosts = new Map<string, Known>();
  readonly #attempts = new Map<string, OpenAttempt>();
  readonly #links = new Set<WorkerLink<CoordinatorFrame>>();
  /** Who waits for what of a host. */
  readonly #awaited = new Map<string, Set<(isHere: boolean) => void>>();
  #desk: HostDesk | undefined;
  #isOpen = false;
  #sessions = 0;
  #cancelTick: (() => void) | undefined;

  constructor({ clock, times, deskFor }: RemoteDriverPorts) {
    this.#deskFor = deskFor;
    this.#clock = clock;
    this.#times = times;
  }

  async probe(): Promise<Probe> {
    const here = [...this.#hosts.values()].filter(({ session }) => session.phase === 'here');
    return { ok: true, detail: `${here.length} hosts are there` };
  }

  lead(desk: HostDesk): void {
    this.#desk = desk;
    this.#tickLater();
  }

  expect(host: string): void {
    this.#known(host);
  }

  open(): void {
    this.#isOpen = true;
  }

  /** Resolves with true when the host can be given work, with false when `signal` aborts before. */
  whenHere(host: string, signal: AbortSignal): Promise<boolean> {
    const isHere = this.#hosts.get(host)?.session.phase === 'here';
    return isHere ? Promise.resolve(true) : this.#when('here', host, signal);
  }

  /** Resolves with true when the host says from now on that it takes nothing new, with false when `signal` aborts before. */
  whenDraining(host: string, signal: AbortSignal): Promise<boolean> {
    return this.#when('draining', host, signal);
  }

  /** For transports: somebody has connected. Undefined when there are too many. */
  readonly accept = (link: WorkerLink<CoordinatorFrame>): LinkUser<HostFrame> | undefined => {
    if (this.#desk === undefined || this.#links.size >= MAX_LINKS) return undefined;
    this.#links.add(link);
    return { take: (frame) => this.#take(link, frame), closed: (isGone) => this.#closed(link, isGone) };
  };

  run(assignment: Assignment, context: RunContext): Promise<AttemptResult> {
    const offer = offerOf(assignment);
    const bytes = Buffer.byteLength(JSON.stringify(offer));
    if (bytes > MAX_BODY_BYTES) return Promise.resolve(tooLarge(bytes));
    const open = this.#openAttempt(assignment, context);
    const known = this.#known(hostOf(assignment));
    this.#perform(known, known.session.offer(offer, this.#nowMs()));
    return open.result;
  }

  adopt(assignment: Assignment, context: RunContext): Promise<AttemptResult> {
    const open = this.#openAttempt(assignment, context);
    this.#known(hostOf(assignment)).session.adopt(assignment);
    return open.result;
  }

  settle({ taskId, attempt }: AttemptKey): void {
    const key = { taskId, attempt };
    const open = this.#attempts.get(keyOf(key));
    this.#attempts.delete(keyOf(key));
    const known = open === undefined ? undefined : this.#hosts.get(open.host);
    // What the host itself has ended; the rest it is told of as stale when it comes back.
    if (open?.hasHostEnded === true && known !== undefined) {
      this.#perform(known, known.session.settle(key, this.#nowMs()));
    }
  }

  withdraw(agentId: AgentId): void {
    const known = this.#hosts.get(hostOf({ agentId }));
    if (known !== undefined) this.#perform(known, known.session.withdraw(agentId, this.#nowMs()));
  }

  drain(host: string): void {
    const known = this.#known(host);
    this.#perform(known, known.session.drain(this.#nowMs()));
  }

  end(): void {
    this.#desk = undefined;
    this.#cancelTick?.();
    for (const link of this.#links) link.close();
    this.#links.clear();
    this.#hosts.clear();
    this.#attempts.clear();
  }

  #when(what: 'here' | 'draining', host: string, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    const key = `${what} ${host}`;
    return new Promise((resolve) => {
      const told = (isSo: boolean): void => {
        this.#awaited.get(key)?.delete(told);
        if (this.#awaited.get(key)?.size === 0) this.#awaited.delete(key);
        resolve(isSo);
      };
      this.#awaited.set(key, (this.#awaited.get(key) ?? new Set()).add(told));
      signal.addEventListener('abort', () => told(false), { once: true });
    });
  }

  #tell(what: 'here' | 'draining', host: string): void {
    for (const tell of this.#awaited.get(`${what} ${host}`) ?? []) tell(true);
  }

  #openAttempt(assignment: Assignment, context: RunContext): OpenAttempt {
    const { taskId, attempt } = assignment;
    const open = new OpenAttempt(assignment, context, hostOf(assignment));
    this.#attempts.set(keyOf({ taskId, attempt }), open);
    open.onStop((why) => {
      const known = this.#known(open.host);
      this.#perform(known, known.session.cancel({ taskId, attempt }, why, this.#nowMs()));
    });
    return open;
  }

  #known(name: string): Known {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    const settings = { host: name, epoch: this.#desk?.epoch ?? 0, times: this.#times };
    const session = new CoordinatorSession(settings, this.#nowMs());
    const made: Known = { name, session, link: undefined, goneSinceMs: undefined };
    this.#hosts.set(name, made);
    return made;
  }

  /** A greeting says whose link it is. A host greets again while it is not heard. */
  #take(link: WorkerLink<CoordinatorFrame>, frame: HostFrame): void {
    if (!this.#isOpen || !this.#links.has(link)) return;
    if (frame.type === 'hello') {
      if (!this.#hosts.has(frame.host) && this.#hosts.size >= MAX_LINKS) return link.close();
      const known = this.#known(frame.host);
      if (known.link !== link) known.link?.close();
      known.link = link;
    }
    const known = this.#hostAt(link);
    if (known === undefined) return link.close();
    this.#perform(known, known.session.take(frame, this.#nowMs()));
  }

  #closed(link: WorkerLink<CoordinatorFrame>, isGone: boolean): void {
    if (!this.#links.delete(link)) return;
    const known = this.#hostAt(link);
    if (known === undefined) return;
    known.link = undefined;
    this.#perform(known, known.session.unlinked(isGone, this.#nowMs()));
  }

  #hostAt(link: WorkerLink<CoordinatorFrame>): Known | undefined {
    return [...this.#hosts.values()].find((one) => one.link === link);
  }

  #tickLater(): void {
    this.#cancelTick = this.#clock.wakeAfter(TICK_MS, () => {
      for (const known of this.#hosts.values()) this.#look(known);
      if (this.#desk !== undefined) this.#tickLater();
    });
  }

  #look(known: Known): void {
    const nowMs = this.#nowMs();
    this.#perform(known, known.session.tick(nowMs));
    if (known.session.phase !== 'gone') known.goneSinceMs = undefined;
    else if (nowMs - (known.goneSinceMs ??= nowMs) > FORGET_MS) this.#hosts.delete(known.name);
  }

  #perform(known: Known, acts: readonly CoordinatorAct[]): void {
    for (const act of acts) {
      if (act.do === 'send') known.link?.send(act.frame);
      else if ('taskId' in act) this.#performOnAttempt(known, act);
      else this.#performOnHost(known, act);
    }
  }

  #performOnHost(known: Known, act: Exclude<CoordinatorAct, AttemptKey | { do: 'send' }>): void {
    const { name } = known;
    switch (act.do) {
      case 'join':
        void this.#join(known, act.hello);
        return;
      case 'draining':
        this.#desk?.drain(name, DRAINS);
        return this.#tell('draining', name);
      case 'here':
        this.#desk?.reach(name, true);
        return this.#tell('here', name);
      case 'away':
        return this.#desk?.reach(name, false);
      case 'left':
        this.#desk?.leave(name);
        return this.#giveUp(act.attempts);
      case 'lost':
        // First the host, so that its attempts do not go to it again.
        this.#desk?.lose(name, act.why);
        return this.#giveUp(act.attempts);
    }
  }

  #performOnAttempt(known: Known, act: Extract<CoordinatorAct, AttemptKey>): void {
    const open = this.#attempts.get(keyOf(act));
    // Nobody waits for it any more: whatever its end was, it is no news.
    if (open === undefined) {
      if (act.do === 'end') this.#perform(known, known.session.settle(act, this.#nowMs()));
      return;
    }
    switch (act.do) {
      case 'end':
        return open.endOnHost(act.result);
      case 'declined':
        this.#desk?.rest(act);
        if (act.isDraining) this.#desk?.drain(known.name, DRAINS);
        return open.end({ ok: false, failure: { reason: 'agent-lost', begun: false } });
      case 'gone':
        return open.end({ ok: false, failure: { reason: 'agent-lost' } });
      case 'report':
        return open.context.report(act.report);
      case 'measured':
        return open.context.measured?.({ cpuMs: act.cpuMs, memoryBytes: act.memoryBytes });
      case 'ask':
        return this.#deskOf(known, open)?.ask(act.id, act.question);
      case 'give-up':
        return open.desk?.giveUp(act.id);
    }
  }

  async #join(known: Known, { ...hello }: Extract<HostFrame, { type: 'hello' }>): Promise<void> {
    const { host, instance, pid, agents, capacity, isDraining, runId } = hello;
    const more = { ...(pid === undefined ? {} : { pid }), ...(runId === undefined ? {} : { runId }) };
    const description = { host, instance, agents, capacity, ...more };
    const problem = await this.#desk?.join(description);
    if (this.#desk === undefined) return;
    const nowMs = this.#nowMs();
    if (problem !== undefined) return this.#perform(known, known.session.turnAway(problem, nowMs));
    if (isDraining) {
      this.#desk.drain(host, DRAINS);
      this.#tell('draining', host);
    }
    this.#perform(known, known.session.admit(++this.#sessions, nowMs, this.#desk.isDraining(host)));
  }

  /** Made when the attempt first asks for something. */
  #deskOf(known: Known, open: OpenAttempt): AttemptDesk | undefined {
    if (open.desk !== undefined) return open.desk;
    const { taskId, attempt } = open.assignment;
    open.desk = this.#deskFor?.(open.context, (id, answer) => {
      const isLive = this.#desk !== undefined && this.#attempts.get(keyOf({ taskId, attempt })) === open;
      if (isLive) this.#perform(known, known.session.answer({ taskId, attempt }, id, answer, this.#nowMs()));
    });
    return open.desk;
  }

  #giveUp(attempts: readonly AttemptKey[]): void {
    for (const key of attempts) {
      this.#attempts.get(keyOf(key))?.end({ ok: false, failure: { reason: 'agent-lost' } });
    }
  }

  #nowMs(): number {
    return this.#clock.monotonicMs();
  }
}

/** `<host>.<name>`: agents of hosts are registered under such ids only. */
function hostOf({ agentId }: Pick<Assignment, 'agentId'>): string {
  return agentId.slice(0, agentId.lastIndexOf('.'));
}

function offerOf(assignment: Assignment): Offer {
  const { taskId, runId, agentId, attempt, spec, work, project, needs, inputs } = assignment;
  return { taskId, runId, agentId, attempt, spec, work, project, needs, inputs };
}

function tooLarge(bytes: number): AttemptResult {
  const message = `What the task needs takes ${bytes} bytes, but a host takes at most ${MAX_BODY_BYTES}.`;
  return { ok: false, failure: { reason: 'start-failed', message } };
}
