import type { Samples } from '../core/metrics/core-metrics.ts';
import type { SettingValue } from '../core/settings/setting-events.ts';
import type { SwarmInput } from '../core/inputs.ts';
import { swarmId } from '../core/ids.ts';
import type { Answer } from '../engine/answer.ts';
import { Engine } from '../engine/engine.ts';
import type { MemoryPorts } from '../engine/memory-work.ts';
import type { TieredMemory } from '../memory/tiered-memory.ts';
import type { EnginePorts } from '../engine/engine-options.ts';
import type { CoordinatorFrame, HostFrame } from '../core/hosts/frames.ts';
import type { Clock } from '../ports/clock.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { LinkUser, WorkerLink } from '../ports/worker-link.ts';
import { type AttemptFacts, ScriptedDriver } from './agents.ts';
import { ScriptedSupervisor } from './care.ts';
import { ScriptedDuties, TrueVerifier } from './duties.ts';
import type { Election, Lease } from './election.ts';
import type { Failpoints } from './failpoints.ts';
import type { HostKit, RemoteEnd } from './host-kit.ts';
import { JournalDoor } from './journal.ts';
import { type MemoryDisk, type MemoryMakers, memoryOf, StoreLine } from './memory-doors.ts';
import type { Life, SimNode } from './node.ts';
import type { Plan, Profile, ProvisionProfile } from './plan.ts';
import type { Providers } from './providers.ts';
import { type ProvisionDesk, ScriptedProvisioner } from './provisioner.ts';
import type { Store } from './store.ts';
import type { Watcher } from './watcher.ts';

const SWARM = swarmId('sim');
const CAMPAIGN_US = 1_000_000;
/** By then nothing is on its way to memory any more, where nothing is slow. */
const SETTLED_US = 5_000_000;
const NOT_LEADING: Answer = { ok: false, refusal: { reason: 'not-leading' } };

/** What all coordinators of a world share. */
export type Surroundings = Readonly<{
  plan: Plan;
  store: Store;
  election: Election;
  failpoints: Failpoints;
  /** Memory; absent where there is none. */
  disk: MemoryDisk | undefined;
  makers: MemoryMakers | undefined;
  facts: AttemptFacts;
  watcher: Watcher;
  providers: Providers;
  provisionDesk: ProvisionDesk;
  provisionProfile: () => ProvisionProfile;
  storeProfile: () => Profile['store'];
  echo: (input: SwarmInput, afterUs: number) => void;
  /** In worlds with hosts. */
  kit?: HostKit;
}>;

/** One process that leads or tries to: the engine as it ships, with simulated ports around it. */
export class Coordinator {
  readonly node: SimNode;
  readonly #shared: Surroundings;
  #engine: Engine | undefined;
  #hosts: RemoteEnd | undefined;
  #mayStart = true;
  /** What this life was told about options. */
  #settings: Record<string, SettingValue> = {};
  /** Memory of this life. */
  #tiers: TieredMemory | undefined;

  constructor(node: SimNode, shared: Surroundings) {
    this.node = node;
    this.#shared = shared;
    node.watch(({ what }) => {
      if (what === 'paused') return;
      shared.watcher.host({ kind: what === 'woke' ? 'leader-woke' : 'leader-died', node: node.name });
    });
  }

  get settings(): Readonly<Record<string, SettingValue>> {
    return this.#settings;
  }

  get isLeading(): boolean {
    return this.#engine !== undefined;
  }

  /** A host wants to speak with it. */
  accept(link: WorkerLink<CoordinatorFrame>): LinkUser<HostFrame> | undefined {
    const { epoch } = this.#engine ?? {};
    const user = epoch === undefined ? undefined : this.#hosts?.accept(link);
    if (user === undefined || epoch === undefined) return undefined;
    let host: string | undefined;
    return {
      take: (frame) => {
        if (frame.type === 'hello') ({ host } = frame);
        if (host !== undefined) this.#shared.watcher.host({ kind: 'arrives', host, epoch });
        user.take(frame);
      },
      closed: (isGone) => user.closed(isGone),
    };
  }

  start(): void {
    if (this.node.life !== undefined || !this.#mayStart) return;
    this.#campaign(this.node.boot());
  }

  /** Dead at once; started again after that time. */
  kill(downUs: number, why: string): void {
    if (this.node.life !== undefined) this.#shared.watcher.fell(this.node.name, why);
    this.node.kill(why);
    this.#engine = undefined;
    this.node.world.at(this.node.world.nowUs + downUs, () => this.start());
  }

  /** Keys that memory, as this process has it, gives other entries for than the store has. */
  async differing(): Promise<readonly string[]> {
    const { life } = this.node;
    if (this.#tiers === undefined || life === undefined) return [];
    if ((await this.#compared(this.#tiers)).length === 0) return [];
    // A write may have been on its way meanwhile.
    await new Promise<void>((resolve) => void this.node.after(life, SETTLED_US, resolve));
    return this.#compared(this.#tiers);
  }

  async #compared(tiers: TieredMemory): Promise<readonly string[]> {
    const differing: string[] = [];
    for (const key of await tiers.keys('*', 10_000)) {
      const [near, far] = [await tiers.get(key), await tiers.get(key, { fresh: true })];
      // It may have expired in between.
      const isOver = near === undefined || far === undefined;
      if (!isOver && near.version !== far.version) differing.push(`${key}: ${near.version}, not ${far.version}`);
    }
    return differing;
  }

  /** Never starts again. */
  bury(): void {
    this.#mayStart = false;
    this.node.kill('for good');
    this.#engine = undefined;
  }

  /** Ends as on SIGTERM. */
  async drain(): Promise<void> {
    this.#shared.watcher.host({ kind: 'leader-drains', node: this.node.name });
    await this.#engine?.drain();
  }

  /** Takes the lead although somebody may hold it. */
  usurp(unseenUs: number): void {
    const { life } = this.node;
    if (life === undefined || this.#engine !== undefined) return;
    this.node.world.note(this.node.name, 'takes the lead by force');
    void this.#lead(life, this.#shared.election.seize(this.node, life, unseenUs));
  }

  /** A request from outside. A process that is dead answers nothing. */
  receive(input: SwarmInput, reply: (answer: Answer) => void): void {
    const { life } = this.node;
    if (life === undefined) return;
    this.node.inside(life, () => {
      if (this.#engine === undefined) return reply(NOT_LEADING);
      void this.#dispatch(this.#engine, input, (answer) => life.isAlive && reply(answer));
    });
  }

  async #dispatch(engine: Engine, input: SwarmInput, reply: (answer: Answer) => void): Promise<void> {
    reply(await engine.dispatch(input));
  }

  #campaign(life: Life): void {
    if (!life.isAlive || this.#engine !== undefined) return;
    const lease = this.#shared.election.tryAcquire(this.node, life);
    if (lease === undefined) return void this.node.after(life, CAMPAIGN_US, () => this.#campaign(life));
    void this.#lead(life, lease);
  }

  async #lead(life: Life, lease: Lease): Promise<void> {
    try {
      const { rules, care } = this.#shared.plan;
      const options = { swarmId: SWARM, rules, ...(care === undefined ? {} : { healthWatch: care }) };
      const engine = await Engine.lead(this.#portsOf(life), options);
      if (!life.isAlive) return;
      this.#engine = engine;
      lease.whenLost(() => engine.stop('lead-lost'));
      this.node.world.note(this.node.name, `leads with epoch ${engine.epoch}`);
      this.#shared.watcher.host({ kind: 'leads', node: this.node.name, epoch: engine.epoch, rate: this.node.rate });
      engine.start();
      this.#register(engine);
      this.#exit(life, lease, await engine.ended);
    } catch (error) {
      if (!life.isAlive) return;
      this.#exit(life, lease, `cannot-lead: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #register(engine: Engine): void {
    const { hosts, agents } = this.#shared.plan;
    for (const host of hosts) void engine.dispatch({ type: 'host.register', host });
    void engine.dispatch({ type: 'agents.register', agents });
  }

  /** A process whose lead has ended ends too, with all its agents, and is started again. */
  #exit(life: Life, lease: Lease, why: string): void {
    if (!life.isAlive) return;
    const { world } = this.node;
    if (/^(internal-error|cannot-lead: Internal error)/.test(why))
      world.fail('no-internal-error', `${this.node.name}: ${why}`);
    lease.release();
    this.kill(world.draw.whole('restart', `${this.node.name} ${life.number}`, [100_000, 2_000_000]), why);
  }

  #portsOf(life: Life): EnginePorts {
    const { node } = this;
    const { plan, store, failpoints, facts, watcher, providers, storeProfile, provisionProfile, echo } = this.#shared;
    const { provisionDesk: desk } = this.#shared;
    const parts = { node, life, plan, failpoints, facts, watcher, providers, echo };
    const isLeading = (): boolean => this.node.life === life && this.#engine?.epoch === store.epoch;
    const driver = new ScriptedDriver(parts);
    const line = new StoreLine();
    const { called } = watcher;
    const wrote = (): void => watcher.host({ kind: 'leader-wrote', node: node.name });
    const journal = new JournalDoor({ node, life, store, failpoints, line, called, profile: storeProfile, wrote });
    const epoch = (): number | undefined => journal.epoch;
    const memory = this.#memoryFor(life, line, epoch);
    const clock = node.clockOf(life);
    const remote = this.#remoteFor(clock);
    const made = { node, life, desk, watcher, profile: provisionProfile, isLeading, epoch };
    let words = 0;
    return {
      journal,
      ...(memory === undefined ? {} : { memory }),
      drivers: { command: driver, function: driver, ...(remote === undefined ? {} : { remote }) },
      ...(plan.care === undefined ? {} : { supervisor: new ScriptedSupervisor(node, life, plan.care) }),
      verifier: new TrueVerifier(parts),
      settings: { set: (name, value) => this.#set(name, value) },
      measure: () => this.#measured(),
      proposals: new ScriptedDuties(parts),
      provisioner: new ScriptedProvisioner(made),
      clock,
      sink: { committed: (records) => this.#publish(life, records) },
      random: {
        word: () => node.world.draw.word('random', `${node.name} ${life.number} ${words++}`),
        text: (length) => 'x'.repeat(length),
      },
      defer: (turn) => void node.after(life, 0, turn),
    };
  }

  #remoteFor(clock: Clock): RemoteEnd | undefined {
    const { plan, kit } = this.#shared;
    this.#hosts = plan.remote && kit?.coordinatorEnd({ clock, times: plan.remote.times });
    return this.#hosts;
  }

  #memoryFor(life: Life, line: StoreLine, epoch: () => number | undefined): MemoryPorts | undefined {
    const { disk, makers, plan, store, failpoints, watcher } = this.#shared;
    this.#tiers = undefined;
    this.#settings = {};
    if (disk === undefined || makers === undefined || plan.memory === undefined) return undefined;
    const parts = { node: this.node, life, disk, makers, store, line, failpoints, watcher, epoch };
    const memory = memoryOf({ ...parts, profile: plan.memory });
    this.#tiers = memory.tiers;
    return memory;
  }

  #set(name: string, value: SettingValue): void {
    this.#settings[name] = value;
    this.#shared.watcher.set(this.node.name, name, value);
  }

  /** As it comes and goes, second by second. */
  #measured(): Samples {
    const { draw, nowUs } = this.node.world;
    return { memory_ratio: draw.whole('memory in use', Math.floor(nowUs / 1_000_000), [60, 99]) / 100 };
  }

  #publish(life: Life, records: readonly JournalRecord[]): void {
    const { failpoints, watcher } = this.#shared;
    failpoints.hit(this.node, 'committed', 'before');
    if (!life.isAlive) return;
    watcher.published(records);
    failpoints.hit(this.node, 'committed', 'after');
  }
}
