import { type CoordinatorAct, CoordinatorSession } from '../../src/core/hosts/coordinator-session.ts';
import type { AttemptKey, CoordinatorFrame, HostDescription, HostFrame, Offer } from '../../src/core/hosts/frames.ts';
import type { KeptResult } from '../../src/core/hosts/host-attempts.ts';
import { type HostAct, HostSession } from '../../src/core/hosts/host-session.ts';
import { DEFAULT_HOST_TIMES } from '../../src/core/hosts/host-limits.ts';
import { agentId, runId, type TaskId, taskId } from '../../src/core/ids.ts';
import type { EffectClass } from '../../src/core/tasks/task-spec.ts';
import { taskOf } from './core-world-specs.ts';

const RUN = runId('r1');

export const aTask = (name: string): TaskId => taskId(RUN, name);

export function keyed(name: string, attempt = 1): AttemptKey {
  return { taskId: aTask(name), attempt };
}

export function offerFor(name: string, attempt = 1, effect: EffectClass = 'A'): Offer {
  const spec = taskOf(name, { effect });
  const parts = { taskId: aTask(name), runId: RUN, agentId: agentId('h.1'), attempt };
  return { ...parts, spec, work: spec.work, project: '/', needs: {}, inputs: {} };
}

export function describeHost(instance: number, slots = 2): HostDescription {
  const agents = [{ id: agentId('h.1'), role: 'worker', capabilities: ['work'], slots }];
  return { host: 'h', instance, agents, capacity: { cpu: 1_000, memory: 1_000 } };
}

/** Both ends of the protocol with two lists of frames between them, which the test delivers as it likes. */
export class HostPair {
  host: HostSession;
  leader: CoordinatorSession;
  nowMs = 0;
  /** False: the store takes its time with whoever joins. */
  isStoring = true;
  toHost: CoordinatorFrame[] = [];
  toLeader: HostFrame[] = [];
  /** Everything but sending, oldest first. */
  readonly hostActs: Exclude<HostAct, { do: 'send' }>[] = [];
  readonly leaderActs: Exclude<CoordinatorAct, { do: 'send' }>[] = [];
  #sessions = 0;

  constructor(epoch = 1, kept: readonly KeptResult[] = []) {
    this.host = new HostSession({ description: describeHost(1), kept }, 0);
    this.leader = this.#newLeader(epoch);
  }

  /** Greets and joins. */
  join(): this {
    this.byHost(this.host.linked(this.nowMs));
    return this.settle();
  }

  byHost(acts: readonly HostAct[]): this {
    for (const act of acts) {
      if (act.do === 'send') this.toLeader.push(act.frame);
      else this.hostActs.push(act);
    }
    return this;
  }

  byLeader(acts: readonly CoordinatorAct[]): this {
    for (const act of acts) {
      if (act.do === 'send') this.toHost.push(act.frame);
      else this.leaderActs.push(act);
      if (act.do === 'join' && this.isStoring) this.admit();
    }
    return this;
  }

  /** That the host joins is stored. */
  admit(): this {
    return this.byLeader(this.leader.admit(++this.#sessions, this.nowMs));
  }

  /** Delivers all frames, and those that follow from them. */
  settle(): this {
    while (this.toHost.length + this.toLeader.length > 0) {
      for (const frame of this.toLeader.splice(0)) this.byLeader(this.leader.take(frame, this.nowMs));
      for (const frame of this.toHost.splice(0)) this.byHost(this.host.take(frame, this.nowMs));
    }
    return this;
  }

  /** Nothing arrives: what is under way is lost. */
  lose(): this {
    this.toHost = [];
    this.toLeader = [];
    return this;
  }

  /** Moves on in steps of a tick; frames arrive unless `isCut`. `only`: the other one sleeps. */
  pass(ms: number, { isCut = false, only }: { isCut?: boolean; only?: 'host' | 'leader' } = {}): this {
    for (const untilMs = this.nowMs + ms; this.nowMs < untilMs;) {
      this.nowMs = Math.min(untilMs, this.nowMs + 200);
      if (only !== 'leader') this.byHost(this.host.tick(this.nowMs));
      if (only !== 'host') this.byLeader(this.leader.tick(this.nowMs));
      if (isCut) this.lose();
      else if (only === undefined) this.settle();
    }
    return this;
  }

  /** The next leader takes over with these attempts; the host has not heard of it yet. */
  replaceLeader(epoch: number, adopted: readonly AttemptKey[]): CoordinatorSession {
    const before = this.leader;
    this.leader = this.#newLeader(epoch);
    for (const key of adopted) this.leader.adopt(key);
    return before;
  }

  #newLeader(epoch: number): CoordinatorSession {
    return new CoordinatorSession({ host: 'h', epoch, times: DEFAULT_HOST_TIMES }, this.nowMs);
  }
}
