import { type AttemptKey, keyOf } from '../core/hosts/frames.ts';
import type { KeptResult } from '../core/hosts/host-attempts.ts';
import type { AttemptResult } from '../core/tasks/attempt.ts';
import type { AgentDriver, Assignment, Probe, RunContext } from '../ports/agent-driver.ts';
import { type AttemptFacts, type DriverParts, ScriptedDriver } from './agents.ts';
import type { Coordinator } from './coordinator.ts';
import type { Failpoints } from './failpoints.ts';
import type { HostDisk, HostEnd, HostKit } from './host-kit.ts';
import { Streams } from './links.ts';
import type { Network } from './network.ts';
import { type Life, SimNode } from './node.ts';
import type { HostFault, Plan, RemoteHost, RemotePlan, StreamProfile } from './plan.ts';
import type { Watcher } from './watcher.ts';
import type { Providers } from './providers.ts';
import type { World } from './world.ts';

/** How long a host that drains lets its attempts go on, ms. */
const GRACE_MS = 4_000;
/** An attempt that must end has so long, µs: at once when nobody waits for it, else as every driver promises. */
const KILLED_WITHIN_US = 1_000_000;
const ENDED_WITHIN_US = 10_000_000;
/** Of 1,000 hosts, so many stay dead when all faults end. */
const STAYS_DEAD_PERMILLE = 300;
const WHOLE: StreamProfile = { delayMs: 1, breakEveryMs: 0, halfOpenPermille: 0 };

export type FleetParts = Readonly<{
  world: World;
  network: Network;
  plan: Plan;
  kit: HostKit;
  watcher: Watcher;
  facts: AttemptFacts;
  providers: Providers;
  failpoints: () => Failpoints;
  coordinators: () => readonly Coordinator[];
}>;

/** All hosts of a world, and the streams between them and the coordinators. */
export class Fleet {
  readonly #parts: FleetParts;
  readonly #streams: Streams;
  readonly #hosts = new Map<string, SimHost>();
  #isHealed = false;

  constructor(remote: RemotePlan, parts: FleetParts) {
    this.#parts = parts;
    const { world, network } = parts;
    this.#streams = new Streams({ world, network, profile: () => (this.#isHealed ? WHOLE : remote.streams) });
    for (const host of remote.hosts) this.#hosts.set(host.name, new SimHost(host, parts, this.#streams));
  }

  start(): void {
    for (const coordinator of this.#parts.coordinators()) this.#watchLeader(coordinator);
    let index = 0;
    for (const host of this.#hosts.values()) this.#parts.world.at(++index * 40_000, () => host.start());
  }

  get(name: string): SimHost | undefined {
    return this.#hosts.get(name);
  }

  /** Attempts that run on hosts that live. */
  get running(): readonly string[] {
    return this.#parts.facts.running.flatMap(({ node, taskId, attempt }) =>
      this.#hosts.has(node) ? [`${taskId} attempt ${attempt} on ${node}`] : [],
    );
  }

  strike(fault: HostFault): void {
    const { network } = this.#parts;
    switch (fault.kind) {
      case 'host-crash':
        return this.#hosts.get(fault.host)?.kill(fault.downMs * 1_000, 'crash');
      case 'host-drain':
        return this.#hosts.get(fault.host)?.drain();
      case 'host-pause':
        return this.#hosts.get(fault.host)?.node.pause(fault.forMs * 1_000);
      case 'isolate':
        return network.isolate(fault.node, fault.forMs * 1_000);
      case 'stream-break':
        return this.#streams.breakAll(fault.host);
    }
  }

  /** Most are whole again; the others stay dead for good. */
  heal(): void {
    this.#isHealed = true;
    const { world } = this.#parts;
    for (const host of this.#hosts.values()) {
      if (world.draw.chance('host stays dead', host.node.name, STAYS_DEAD_PERMILLE)) host.bury();
      host.node.wakeNow();
      host.start();
    }
  }

  #watchLeader({ node }: Coordinator): void {
    node.watch((change) => {
      if (change.what === 'died') this.#streams.died(change.life);
    });
  }
}

/** The files of a host. What is written is there, whatever happens next. */
class SimDisk implements HostDisk {
  readonly name: string;
  readonly #onNoted: (epoch: number) => void;
  readonly #results = new Map<string, KeptResult>();
  instance = 0;
  epoch = 0;

  constructor(name: string, onNoted: (epoch: number) => void) {
    this.name = name;
    this.#onNoted = onNoted;
  }

  get kept(): readonly KeptResult[] {
    return [...this.#results.values()];
  }

  noteEpoch(epoch: number): void {
    this.epoch = epoch;
    this.#onNoted(epoch);
  }

  keep({ taskId, attempt }: AttemptKey, result: AttemptResult): void {
    const key = { taskId, attempt };
    this.#results.set(keyOf(key), { key, result });
  }

  forget(key: AttemptKey, _isEvidence: boolean): void {
    this.#results.delete(keyOf(key));
  }
}

/** One machine outside of the coordinators: its process dies, sleeps, drains and is started again. */
export class SimHost {
  readonly node: SimNode;
  readonly #host: RemoteHost;
  readonly #parts: FleetParts;
  readonly #streams: Streams;
  readonly #disk: SimDisk;
  #end: HostEnd | undefined;
  #tries = 0;
  #mayStart = true;

  constructor(host: RemoteHost, parts: FleetParts, streams: Streams) {
    const { world, watcher } = parts;
    this.#host = host;
    this.#parts = parts;
    this.#streams = streams;
    this.node = new SimNode(world, host.name, host.rate);
    this.#disk = new SimDisk(host.name, (epoch) => watcher.host({ kind: 'noted', host: host.name, epoch }));
    this.node.watch((change) => {
      if (change.what === 'died') {
        this.#streams.died(change.life);
        watcher.host({ kind: 'died', host: host.name });
      } else if (change.what === 'paused') watcher.host({ kind: 'paused', host: host.name });
      else watcher.host({ kind: 'woke', host: host.name });
    });
  }

  start(): void {
    if (this.node.life !== undefined || !this.#mayStart) return;
    const life = this.node.boot();
    const { world, plan, kit, watcher, facts, providers } = this.#parts;
    this.#disk.instance++;
    watcher.host({ kind: 'started', host: this.node.name });
    const { name, agents, capacity } = this.#host;
    const failpoints = this.#parts.failpoints();
    const parts = { node: this.node, life, plan, failpoints, facts, providers, watcher, echo: () => {} };
    const driver = new OwnedDriver(parts);
    this.#end = kit.hostEnd({
      home: this.#doorOf(life),
      agents,
      capacity,
      pid: 1,
      drivers: { command: driver, function: driver },
      clock: this.node.clockOf(life),
      connect: (user) => this.#connect(life, user),
      onOrder: (order) => {
        if (order === 'drain') this.drain();
        else world.fail('host-is-admitted', `${name}: ${order.message}`);
      },
    });
    this.#end.start();
  }

  /** Dead at once; started again after that time. */
  kill(downUs: number, why: string): void {
    const { world } = this.#parts;
    this.node.kill(why);
    this.#end = undefined;
    world.at(world.nowUs + downUs, () => this.start());
  }

  /** Never starts again. */
  bury(): void {
    this.#mayStart = false;
    this.node.kill('for good');
    this.#end = undefined;
  }

  /** Ends as on SIGTERM, and is started again later. */
  drain(): void {
    const { life } = this.node;
    const end = this.#end;
    if (life === undefined || end === undefined) return;
    this.node.inside(life, () => {
      this.node.world.note(this.node.name, 'drains');
      this.#parts.watcher.host({ kind: 'drains', host: this.node.name });
      void this.#drain(life, end);
    });
  }

  async #drain(life: Life, end: HostEnd): Promise<void> {
    await end.drain(GRACE_MS);
    const { draw } = this.node.world;
    const key = `${this.node.name} ${life.number}`;
    if (life.isAlive) this.kill(draw.whole('host is back', key, [1_000_000, 20_000_000]), 'drained');
  }

  /** What the process writes may be the last thing that it does. */
  #doorOf(life: Life): HostDisk {
    const disk = this.#disk;
    const failpoints = this.#parts.failpoints();
    const write = (act: () => void): void => {
      failpoints.hit(this.node, 'keep', 'before');
      if (!life.isAlive) return;
      act();
      failpoints.hit(this.node, 'keep', 'after');
    };
    const { name, instance, epoch, kept } = disk;
    return {
      name,
      instance,
      epoch,
      kept,
      noteEpoch: (newer) => write(() => disk.noteEpoch(newer)),
      keep: (key, result) => write(() => disk.keep(key, result)),
      forget: (key, isEvidence) => write(() => disk.forget(key, isEvidence)),
    };
  }

  /** One coordinator after the other is asked: a host does not know who leads. */
  #connect(life: Life, user: Parameters<Parameters<HostKit['hostEnd']>[0]['connect']>[0]) {
    const { watcher, coordinators } = this.#parts;
    const all = coordinators();
    const door = all[this.#tries++ % all.length];
    if (door === undefined) return Promise.resolve(undefined);
    const host = this.node.name;
    const heard: typeof user = {
      take: (frame) => {
        if (!life.isAlive) return;
        watcher.host({ kind: 'hears', host, frame });
        user.take(frame);
        watcher.host({ kind: 'heard', host });
      },
      closed: (isGone) => user.closed(isGone),
    };
    return this.#streams.connect({ node: this.node, life, user: heard }, door).then((link) =>
      link === undefined
        ? undefined
        : {
            send: (frame: Parameters<typeof link.send>[0]): void => {
              if (!life.isAlive) return;
              watcher.host({ kind: 'says', host, frame });
              link.send(frame);
            },
            close: () => link.close(),
          },
    );
  }
}

/** Agents of a host are processes that it owns: they die with it, and when they must end they are killed in time. */
class OwnedDriver implements AgentDriver {
  readonly kind = 'function';
  readonly #parts: DriverParts;

  constructor(parts: DriverParts) {
    this.#parts = parts;
  }

  async probe(): Promise<Probe> {
    return { ok: true, detail: 'simulated' };
  }

  async run(assignment: Assignment, context: RunContext): Promise<AttemptResult> {
    // The process has died while it did something else.
    if (!this.#parts.life.isAlive) return new Promise(() => undefined);
    const own = new OwnLife(this.#parts.life);
    const { node, watcher, facts } = this.#parts;
    const { taskId, attempt, agentId } = assignment;
    try {
      const driver = new ScriptedDriver({ ...this.#parts, life: own });
      return await Promise.race([driver.run(assignment, context), this.#killed(own, context, `${taskId} ${attempt}`)]);
    } finally {
      own.end();
      facts.end(own, { taskId, attempt, agentId, node: node.name });
      watcher.host({ kind: 'ends', host: node.name, taskId, attempt });
      watcher.left({ taskId, attempt, agentId, node: node.name });
    }
  }

  #killed(own: OwnLife, { signal }: RunContext, key: string): Promise<AttemptResult> {
    const { node } = this.#parts;
    const { promise, resolve } = Promise.withResolvers<AttemptResult>();
    const onAbort = (): void => {
      const within = signal.reason === 'lead-lost' ? KILLED_WITHIN_US : ENDED_WITHIN_US;
      const afterUs = node.world.draw.whole('killed', key, [within >> 1, within]);
      node.after(own, afterUs, () => resolve({ ok: false, failure: { reason: 'stopped', why: 'draining' } }));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    return promise;
  }
}

/** The life of one process tree: it ends with that of its host, or before. */
class OwnLife implements Life {
  readonly #of: Life;
  #hasEnded = false;

  constructor(of: Life) {
    this.#of = of;
  }

  get number(): number {
    return this.#of.number;
  }

  get bornUs(): number {
    return this.#of.bornUs;
  }

  get isAlive(): boolean {
    return this.#of.isAlive && !this.#hasEnded;
  }

  end(): void {
    this.#hasEnded = true;
  }
}
