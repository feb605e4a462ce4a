import { CoordinatorSession, type CoordinatorAct } from '../../src/core/hosts/coordinator-session.ts';
import {
  type AttemptKey,
  type CoordinatorFrame,
  type HostDescription,
  type HostFrame,
  type HostTimes,
  keyOf,
  type Offer,
} from '../../src/core/hosts/frames.ts';
import type { KeptResult } from '../../src/core/hosts/host-attempts.ts';
import { type HostAct, HostSession } from '../../src/core/hosts/host-session.ts';
import { type TaskId, taskId } from '../../src/core/ids.ts';
import type { AttemptResult } from '../../src/core/tasks/attempt.ts';
import { assert } from '../../src/util/assert.ts';
import { DONE } from './core-world-specs.ts';
import { HostLedger } from './host-ledger.ts';
import {
  agentOfHost,
  type HostDisk,
  type HostProcess,
  type HostWorldPlan,
  type Leader,
  offerOf,
  RUN,
  type WorldTask,
} from './host-world-parts.ts';
import { PlannedTime } from './planned-time.ts';
import { seededRandom } from './seeded-random.ts';

const TIMES: HostTimes = { leaseMs: 3_000, heartbeatMs: 1_000, orphanMs: 8_000 };
const TICK_MS = 200;

/**
 * Hosts and leaders that speak the worker protocol over links that lose, double and reorder, while processes die,
 * sleep and come back. Time is simulated; the same plan gives the same history.
 */
export class HostWorld {
  readonly ledger: HostLedger = new HostLedger();
  readonly tasks: WorldTask[];
  readonly processes: HostProcess[] = [];
  readonly plan: HostWorldPlan;
  readonly #random: () => number;
  readonly #disks = new Map<string, HostDisk>();
  readonly #seen = new Map<string, number>();
  readonly #time = new PlannedTime();
  #leader: Leader | undefined;
  readonly #leaders: Leader[] = [];
  #epoch = 0;
  #sessions = 0;

  constructor(plan: HostWorldPlan) {
    this.plan = plan;
    this.#random = seededRandom(plan.seed);
    this.tasks = Array.from({ length: plan.tasks }, (_, index) => ({
      id: taskId(RUN, `t${index}`),
      attempt: 0,
      host: undefined,
      isDone: false,
    }));
  }

  get nowMs(): number {
    return this.#time.nowMs;
  }

  /** Runs until everything is done, or long after the last fault. */
  run(): this {
    this.#newLeader();
    for (let index = 0; index < this.plan.hosts; index++) this.#startHost(`h${index}`);
    this.#planFaults();
    this.#time.every(TICK_MS, () => this.#tick());
    const untilMs = this.plan.healMs + 120_000;
    while (this.nowMs < untilMs && !this.#isQuiet()) {
      if (!this.#time.step()) break;
    }
    return this;
  }

  #isQuiet(): boolean {
    const isIdle = this.processes.every(({ isDead, session }) => isDead || session.held === 0);
    return this.nowMs > this.plan.healMs && isIdle && this.tasks.every(({ isDone }) => isDone);
  }

  #startHost(host: string): void {
    const disk = this.#disks.get(host) ?? { epoch: 0, instance: 0, kept: new Map<string, KeptResult>() };
    this.#disks.set(host, disk);
    disk.instance += 1;
    const description: HostDescription = {
      host,
      instance: disk.instance,
      agents: [{ id: agentOfHost(host), role: 'worker', capabilities: ['work'], slots: 2 }],
      capacity: { cpu: 1_000, memory: 1_000 },
    };
    const session = new HostSession({ description, epoch: disk.epoch, kept: [...disk.kept.values()] }, this.nowMs);
    const made = { host, session, instance: disk.instance, running: new Map(), leader: undefined };
    const process: HostProcess = { ...made, pausedUntilMs: 0, isolatedUntilMs: 0, isDead: false };
    this.processes.push(process);
  }

  #newLeader(): void {
    this.#epoch += 1;
    const sessions = new Map<string, CoordinatorSession>();
    const made = { epoch: this.#epoch, sessions, links: new Map(), here: new Set<string>() };
    const leader: Leader = { ...made, isEnded: false, pausedUntilMs: 0 };
    this.#leader = leader;
    this.#leaders.push(leader);
    for (const { id, attempt, host, isDone } of this.tasks) {
      if (host === undefined || isDone) continue;
      this.#sessionOf(leader, host).adopt({ taskId: id, attempt });
      this.ledger.adopted += 1;
    }
  }

  #sessionOf(leader: Leader, host: string): CoordinatorSession {
    const known = leader.sessions.get(host);
    if (known !== undefined) return known;
    const session = new CoordinatorSession({ host, epoch: leader.epoch, times: TIMES }, this.nowMs);
    leader.sessions.set(host, session);
    return session;
  }

  #tick(): void {
    for (const leader of this.#leaders) {
      if (leader.isEnded || leader.pausedUntilMs > this.nowMs) continue;
      // Its lease is over, and it sees that soon.
      if (leader !== this.#leader && this.#random() < 0.05) leader.isEnded = true;
      for (const [host, session] of leader.sessions) this.#lead(leader, host, session.tick(this.nowMs));
      if (leader === this.#leader) this.#assign(leader);
    }
    for (const process of this.processes) {
      if (process.isDead || process.pausedUntilMs > this.nowMs) continue;
      if (process.session.phase === 'unlinked') this.#link(process);
      this.#host(process, process.session.tick(this.nowMs), 0);
    }
  }

  #link(process: HostProcess): void {
    // Now and then it finds the socket of one that was replaced and does not know it yet.
    const old = this.#random() < 0.3 ? this.#leaders.find(({ isEnded }) => !isEnded) : undefined;
    const leader = old ?? this.#leader;
    if (leader === undefined || leader.isEnded || leader.pausedUntilMs > this.nowMs) return;
    if (process.isolatedUntilMs > this.nowMs) return;
    process.leader = leader;
    this.#host(process, process.session.linked(this.nowMs), 0);
  }

  #assign(leader: Leader): void {
    for (const task of this.tasks) {
      const [host] = [...leader.here].sort(() => this.#random() - 0.5);
      if (host === undefined || task.isDone || task.host !== undefined) continue;
      const busy = this.tasks.filter((one) => one.host === host && !one.isDone).length;
      if (busy >= 2) continue;
      task.attempt += 1;
      task.host = host;
      const offer = offerOf(task.id, task.attempt, host, this.#random() < 0.2 ? 'D' : 'A');
      // After the commit; the leader may be gone by then.
      this.#time.after(this.#random() * 30, () => {
        if (!leader.isEnded) this.#lead(leader, host, this.#sessionOf(leader, host).offer(offer, this.nowMs));
      });
    }
  }

  #lead(leader: Leader, host: string, acts: readonly CoordinatorAct[]): void {
    for (const act of acts) this.#leadOne(leader, host, act);
  }

  #leadOne(leader: Leader, host: string, act: CoordinatorAct): void {
    const session = this.#sessionOf(leader, host);
    switch (act.do) {
      case 'send':
        return this.#toHost(leader, host, act.frame);
      case 'join':
        this.#commit(leader, () => this.#lead(leader, host, session.admit(++this.#sessions, this.nowMs)));
        return;
      case 'end':
        return this.#commit(leader, () => this.#store(leader, host, act));
      case 'gone':
      case 'declined':
        return this.#commit(leader, () => this.#giveBack(act));
      case 'lost':
      case 'left':
        leader.here.delete(host);
        return this.#commit(leader, () => {
          for (const key of act.attempts) this.#giveBack(key);
        });
      case 'here':
        return void leader.here.add(host);
      case 'away':
        leader.here.delete(host);
        return;
      case 'measured':
      case 'report':
      case 'ask':
      case 'give-up':
      case 'draining':
        return;
    }
  }

  /** Takes a moment, and fails for a leader that was replaced: then it is over. */
  #commit(leader: Leader, then: () => void): void {
    this.#time.after(this.#random() * 20, () => {
      if (leader.isEnded) return;
      if (leader.epoch < this.#epoch) leader.isEnded = true;
      else then();
    });
  }

  #store(leader: Leader, host: string, { taskId: id, attempt, result }: AttemptKey & { result: AttemptResult }): void {
    const task = this.#taskOf(id);
    if (task.isDone || task.attempt !== attempt || task.host !== host) this.ledger.refusedResults += 1;
    else if (result.ok) {
      task.isDone = true;
      this.ledger.accept(id);
    } else task.host = undefined;
    this.#lead(leader, host, this.#sessionOf(leader, host).settle({ taskId: id, attempt }, this.nowMs));
  }

  #giveBack({ taskId: id, attempt }: AttemptKey): void {
    const task = this.#taskOf(id);
    if (!task.isDone && task.attempt === attempt) task.host = undefined;
  }

  #host(process: HostProcess, acts: readonly HostAct[], epoch: number): void {
    for (const act of acts) this.#hostOne(process, act, epoch);
  }

  #hostOne(process: HostProcess, act: HostAct, epoch: number): void {
    const disk = this.#disks.get(process.host);
    assert(disk !== undefined, 'no disk');
    switch (act.do) {
      case 'send':
        return this.#toLeader(process, act.frame);
      case 'run':
        this.ledger.begin(act.offer, epoch, this.#seen.get(process.host) ?? 0);
        return this.#begin(process, act.offer);
      case 'stop': {
        if (act.why === 'stale') this.ledger.staleEnds += 1;
        if (act.why === 'orphaned') this.ledger.orphaned += 1;
        return this.#finish(process, act, { ok: false, failure: { reason: 'agent-lost' } });
      }
      case 'forget':
        disk.kept.delete(keyOf(act));
        return;
      case 'note-epoch':
        disk.epoch = act.epoch;
        this.#seen.set(process.host, Math.max(act.epoch, this.#seen.get(process.host) ?? 0));
        return;
      case 'relink':
        process.leader = undefined;
        return;
      case 'answer':
      case 'drain':
      case 'left':
      case 'refused':
        return;
    }
  }

  #begin(process: HostProcess, { taskId: id, attempt }: Offer): void {
    const key = { taskId: id, attempt };
    const ms = this.#random() < 0.1 ? 15_000 : this.#random() * 2_000;
    const cancel = this.#time.after(ms, () => this.#finish(process, key, DONE));
    process.running.set(keyOf(key), { cancel, key, mayEndAtMs: this.nowMs + ms });
  }

  #finish(process: HostProcess, { taskId: id, attempt }: AttemptKey, result: AttemptResult): void {
    const key = { taskId: id, attempt };
    const running = process.running.get(keyOf(key));
    if (process.isDead || running === undefined) return;
    if (process.pausedUntilMs > this.nowMs) {
      this.#time.at(process.pausedUntilMs, () => this.#finish(process, key, result));
      return;
    }
    running.cancel();
    process.running.delete(keyOf(key));
    this.#disks.get(process.host)?.kept.set(keyOf(key), { key, result });
    this.#host(process, process.session.end(key, result, this.nowMs), 0);
  }

  #toHost(leader: Leader, host: string, frame: CoordinatorFrame): void {
    const process = leader.links.get(host);
    if (process === undefined) return;
    this.#deliver(() => {
      if (process.isDead || process.leader !== leader) return;
      const acts = process.session.take(frame, this.nowMs);
      this.#host(process, acts, frame.epoch);
    }, process);
  }

  #toLeader(process: HostProcess, frame: HostFrame): void {
    const { leader, host } = process;
    if (leader === undefined) return;
    this.#deliver(() => {
      if (leader.isEnded) return;
      if (frame.type === 'hello') leader.links.set(host, process);
      if (leader.links.get(host) !== process) return;
      this.#lead(leader, host, this.#sessionOf(leader, host).take(frame, this.nowMs));
    }, leader);
  }

  /** Lost, doubled and delayed; what arrives while the receiver sleeps is read when it wakes. */
  #deliver(arrive: () => void, receiver: { readonly pausedUntilMs: number }): void {
    const isFaulty = this.nowMs < this.plan.healMs;
    if (isFaulty && this.#random() < this.plan.loss) return;
    const copies = isFaulty && this.#random() < this.plan.doubling ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const delayMs = isFaulty ? -Math.log(1 - this.#random()) * this.plan.meanDelayMs : 1;
      const land = (): void => {
        if (receiver.pausedUntilMs > this.nowMs) this.#time.at(receiver.pausedUntilMs, land);
        else arrive();
      };
      this.#time.after(delayMs, land);
    }
  }

  #planFaults(): void {
    const { healMs, cuts, crashes, pauses, kills, zombies } = this.plan;
    const often = (count: number, fault: () => void): void => {
      for (let index = 0; index < count; index++) this.#time.at(this.#random() * healMs, fault);
    };
    often(cuts, () => this.#cut());
    often(crashes, () => this.#crash());
    often(pauses, () => this.#pause());
    often(kills, () => this.#kill());
    often(zombies, () => this.#zombie());
  }

  #anyProcess(): HostProcess | undefined {
    const alive = this.processes.filter(({ isDead }) => !isDead);
    return alive[Math.floor(this.#random() * alive.length)];
  }

  #cut(): void {
    const process = this.#anyProcess();
    if (process === undefined) return;
    const { leader, host } = process;
    process.leader = undefined;
    process.session.unlinked();
    if (this.#random() < 0.5) process.isolatedUntilMs = this.nowMs + this.#random() * 20_000;
    if (leader === undefined || leader.links.get(host) !== process) return;
    leader.links.delete(host);
    this.#lead(leader, host, this.#sessionOf(leader, host).unlinked(false, this.nowMs));
  }

  #crash(): void {
    const process = this.#anyProcess();
    if (process === undefined) return;
    process.isDead = true;
    for (const { cancel } of process.running.values()) cancel();
    const { leader, host } = process;
    if (leader !== undefined && leader.links.get(host) === process && this.#random() < 0.5) {
      leader.links.delete(host);
      this.#lead(leader, host, this.#sessionOf(leader, host).unlinked(true, this.nowMs));
    }
    this.#time.after(this.#random() * 5_000, () => this.#startHost(host));
  }

  #pause(): void {
    const process = this.#anyProcess();
    if (process !== undefined) process.pausedUntilMs = this.nowMs + this.#random() * 10_000;
  }

  #kill(): void {
    if (this.#leader === undefined || this.#leader.isEnded) return;
    this.#leader.isEnded = true;
    this.#time.after(this.#random() * 3_000, () => this.#newLeader());
  }

  #zombie(): void {
    if (this.#leader === undefined || this.#leader.isEnded) return;
    this.#leader.pausedUntilMs = this.nowMs + this.#random() * 10_000;
    this.#time.after(this.#random() * 5_000, () => this.#newLeader());
  }

  #taskOf(id: TaskId): WorldTask {
    const task = this.tasks.find((one) => one.id === id);
    assert(task !== undefined, `no task ${id}`);
    return task;
  }
}
