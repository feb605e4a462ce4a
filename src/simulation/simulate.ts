import { runId, taskId } from '../core/ids.ts';
import type { Effect } from '../core/effects.ts';
import type { SwarmInput } from '../core/inputs.ts';
import { effectsOf, owedEffects } from '../core/owed-effects.ts';
import { restoreSwarm, snapshotOf } from '../core/snapshot.ts';
import { apply } from '../core/swarm.ts';
import { newSwarm, type Swarm, type SwarmRules } from '../core/swarm-state.ts';
import type { Clock } from '../ports/clock.ts';
import type { JournalRecord, Snapshot } from '../ports/journal.ts';
import { AttemptFacts } from './agents.ts';
import { Approvers } from './approvers.ts';
import { Clients } from './clients.ts';
import { Coordinator } from './coordinator.ts';
import { Election } from './election.ts';
import { Failpoints } from './failpoints.ts';
import { scheduleFaults } from './faults.ts';
import type { HostKit } from './host-kit.ts';
import { Fleet } from './hosts.ts';
import { MemoryDisk, type MemoryMakers } from './memory-doors.ts';
import { Network } from './network.ts';
import { SimNode, WALL_START_MS } from './node.ts';
import type { Plan, Profile, ProvisionProfile } from './plan.ts';
import { ProvisionDesk } from './provisioner.ts';
import { Providers } from './providers.ts';
import { RunView } from './run-view.ts';
import { Store } from './store.ts';
import type { EndOfWorld, Watcher } from './watcher.ts';
import { type Violation, World } from './world.ts';

/** How often a person looks after runs, once the chaos is over, µs. */
const VISIT_US = 3_000_000;
/** Allowance for what has nothing to do with the length of chains, ms. Source: docs/reliability.md. */
const SLACK_MS = 80_000;
/** As many sub-tasks as one task may bring about. */
const SUBTASKS = 20;
const DRAIN_US = 60_000_000;
const READY_MADE: ProvisionProfile = { delayMs: 1, failsPermille: 0, throwsPermille: 0, hangsPermille: 0 };
const FULL_SPEED: Profile['store'] = { latencyMs: 0, replyLostPermille: 0 };

export type WorldOptions = Readonly<{
  /** Keep every line of what happened. @default false */
  keepsTrace?: boolean;
  /** Both ends of a link to a host, for plans with hosts. */
  kit?: HostKit;
  /** What memory is made of. @default there is none */
  memory?: MemoryMakers;
  /** Makes the watchers of this world; they report what is wrong to it. */
  watch: (world: World) => Watcher;
}>;

export type WorldResult = Readonly<{
  violation: Violation | undefined;
  /** Equal when the same happened. */
  hash: string;
  trace: readonly string[];
  steps: number;
  events: number;
  virtualMs: number;
}>;

/** Plays a plan to its end: chaos, then healing, then all that is left must come to its end. */
export async function simulate(plan: Plan, options: WorldOptions): Promise<WorldResult> {
  const world = new World(plan.seed, options.keepsTrace === true);
  const play = new Play(plan, world, { watcher: options.watch(world), kit: options.kit, memory: options.memory });
  await play.run();
  return {
    violation: world.violation,
    hash: world.trace.hash,
    trace: world.trace.lines,
    steps: world.steps,
    events: play.store.records.length,
    virtualMs: Math.floor(world.nowUs / 1_000),
  };
}

type PlayParts = Readonly<{ watcher: Watcher; kit: HostKit | undefined; memory: MemoryMakers | undefined }>;

class Play {
  readonly store: Store;
  readonly #plan: Plan;
  readonly #world: World;
  readonly #watcher: Watcher;
  readonly #network: Network;
  readonly #facts = new AttemptFacts();
  readonly #view = new RunView();
  readonly #failpoints: Failpoints;
  readonly #disk: MemoryDisk | undefined;
  readonly #coordinators: readonly Coordinator[];
  readonly #clients: Clients;
  readonly #fleet: Fleet | undefined;
  readonly #providers: Providers;
  #isHealed = false;
  #visits = 0;

  constructor(plan: Plan, world: World, { watcher, kit, memory: makers }: PlayParts) {
    this.#plan = plan;
    this.#world = world;
    this.#watcher = watcher;
    this.#network = new Network(world, plan.profile.network);
    this.#providers = new Providers(world, plan);
    const approvers = new Approvers(world, plan, (request) => this.#clients.ask(request));
    this.store = new Store((records) => {
      for (const { seq, epoch, text } of records) world.note('store', `${seq} ${epoch} ${text}`);
      this.#view.note(records);
      approvers.note(records);
      watcher.stored(records);
    });
    const profile = plan.memory;
    if (makers !== undefined && profile !== undefined) this.#disk = new MemoryDisk(makers, profile, clockOf(world));
    const byName = new Map<string, Coordinator>();
    const machine = (name: string): Pick<Coordinator, 'kill'> | undefined => byName.get(name) ?? this.#fleet?.get(name);
    this.#failpoints = new Failpoints(plan.targeted, (node, downUs) => machine(node.name)?.kill(downUs, 'hit'));
    const shared = {
      plan,
      watcher,
      store: this.store,
      election: new Election(),
      failpoints: this.#failpoints,
      disk: this.#disk,
      makers,
      facts: this.#facts,
      providers: this.#providers,
      provisionDesk: new ProvisionDesk(),
      provisionProfile: () => (this.#isHealed ? READY_MADE : (plan.provision ?? READY_MADE)),
      echo: (input: SwarmInput, afterUs: number) => this.#echo(input, afterUs),
      storeProfile: () => (this.#isHealed ? FULL_SPEED : plan.profile.store),
      ...(kit === undefined ? {} : { kit }),
    };
    for (const [index, rate] of plan.clockRates.entries()) {
      const name = `c${index + 1}`;
      byName.set(name, new Coordinator(new SimNode(world, name, rate), shared));
    }
    this.#coordinators = [...byName.values()];
    this.#fleet = this.#fleetOf(kit);
    const outside = { network: this.#network, store: this.store, shared: this.#disk?.shared, fleet: this.#fleet };
    const isOver = (): boolean => this.#isHealed;
    scheduleFaults(plan.faults, { world, ...outside, coordinators: byName, isOver });
    this.#clients = new Clients({ world, network: this.#network, coordinators: this.#coordinators, watcher });
  }

  #fleetOf(kit: HostKit | undefined): Fleet | undefined {
    const { remote } = this.#plan;
    if (remote === undefined) return undefined;
    if (kit === undefined) throw new Error('A plan with hosts needs the ends of their links.');
    const [world, network, plan, watcher, facts] = [this.#world, this.#network, this.#plan, this.#watcher, this.#facts];
    const [failpoints, coordinators] = [() => this.#failpoints, () => this.#coordinators];
    const providers = this.#providers;
    return new Fleet(remote, { world, network, plan, kit, watcher, facts, providers, failpoints, coordinators });
  }

  async run(): Promise<void> {
    const chaosUs = this.#plan.chaosMs * 1_000;
    for (const [index, coordinator] of this.#coordinators.entries()) {
      this.#world.at(index * 5_000, () => coordinator.start());
    }
    this.#fleet?.start();
    for (const request of this.#plan.requests) this.#clients.ask(request);
    this.#world.at(chaosUs, () => this.#heal());
    await this.#world.run(chaosUs, () => false);
    await this.#world.run(chaosUs + this.#allowanceMs() * 1_000, () => this.#isQuiet);
    const unfinished = this.#unfinished;
    const applied = this.#coordinators.find(({ isLeading }) => isLeading)?.settings;
    const differing = await this.#differing();
    await this.#drain();
    if (this.#world.violation === undefined) this.#watcher.ended({ ...this.#end(unfinished), differing, applied });
  }

  /** What could make progress is whole again; all but one coordinator stay as they are for good. */
  #heal(): void {
    this.#world.note('world', 'heals');
    this.#isHealed = true;
    this.#network.heal();
    this.#failpoints.disarm();
    this.#providers.heal();
    this.store.isAway = false;
    this.store.slowByUs = 0;
    this.store.setFull(undefined);
    this.#disk?.shared?.mend();
    const chosen = this.#coordinators[this.#world.draw.word('survivor', '') % this.#coordinators.length];
    for (const coordinator of this.#coordinators) {
      if (coordinator !== chosen && this.#world.draw.chance('stays dead', coordinator.node.name, 500))
        coordinator.bury();
      coordinator.node.wakeNow();
    }
    chosen?.start();
    this.#fleet?.heal();
    this.#visit();
  }

  /** A person resumes what is paused and says what became of deeds that nobody knows the outcome of. */
  #visit(): void {
    const client = this.#plan.clients[0] ?? 'u1';
    const atMs = Math.floor(this.#world.nowUs / 1_000);
    const ask = (what: string, input: Parameters<Coordinator['receive']>[0]): void =>
      this.#clients.ask({ id: `visit ${++this.#visits} ${what}`, client, atMs, input });
    for (const id of this.#view.paused) ask('resume', { type: 'run.resume', runId: runId(id) });
    for (const [id, attempt] of this.#view.unclear) {
      const [run = '', name = ''] = id.split('/');
      const as = SETTLEMENTS[this.#world.draw.word('settle', `${id} ${attempt}`) % SETTLEMENTS.length] ?? 'failed';
      ask('settle', { type: 'task.settle', taskId: taskId(runId(run), name), as });
    }
    this.#world.at(this.#world.nowUs + VISIT_US, () => this.#visit());
  }

  /** Whoever leads by then hears it. */
  #echo(input: SwarmInput, afterUs: number): void {
    this.#world.at(this.#world.nowUs + afterUs, () => {
      for (const coordinator of this.#coordinators) coordinator.receive(input, () => undefined);
    });
  }

  get #unfinished(): readonly string[] {
    const silent = this.#clients.ledger.filter(({ answer }) => answer === undefined);
    const unheard = silent.map(({ request }) => `no answer to ${request.id}`);
    const paused = [...this.#view.pausedAccounts].map((account) => `${account} is paused`);
    const removals = [...this.#view.removals].map((id) => `removal ${id} goes on`);
    return [...this.#view.open, ...paused, ...removals, ...unheard, ...(this.#fleet?.running ?? [])];
  }

  get #isQuiet(): boolean {
    const { open, pausedAccounts, removals } = this.#view;
    if (!this.#clients.isAnswered || open.length + pausedAccounts.size + removals.size > 0) return false;
    return this.#coordinators.some((one) => one.isLeading) && (this.#fleet?.running ?? []).length === 0;
  }

  /** The longest that honest work can take from here on, whatever has happened before. */
  #allowanceMs(): number {
    const tasks = this.#plan.requests.flatMap(({ input }) => (input.type === 'run.submit' ? input.tasks : []));
    const { maxAttempts, maxDelayMs } = this.#plan.rules.retry;
    const longest = Math.max(0, ...tasks.map(({ timeoutMs = 60_000 }) => timeoutMs));
    const count = tasks.reduce((sum, { delegate }) => sum + (delegate === undefined ? 1 : SUBTASKS), 0);
    return count * (maxAttempts + 1) * (longest + 15_000 + maxDelayMs) + SLACK_MS;
  }

  async #drain(): Promise<void> {
    let isDrained = false;
    const leaders = this.#coordinators.filter((coordinator) => coordinator.isLeading);
    void Promise.all(leaders.map((leader) => leader.drain())).then(() => (isDrained = true));
    await this.#world.run(this.#world.nowUs + DRAIN_US, () => isDrained);
  }

  /** Asked while somebody leads. */
  async #differing(): Promise<readonly string[]> {
    let differing: readonly string[] | undefined;
    const leader = this.#coordinators.find((coordinator) => coordinator.isLeading);
    void leader?.differing().then(
      (found) => (differing = found),
      (error: unknown) => (differing = [String(error)]),
    );
    if (leader !== undefined) await this.#world.run(this.#world.nowUs + DRAIN_US, () => differing !== undefined);
    return differing ?? [];
  }

  #end(unfinished: readonly string[]): Omit<EndOfWorld, 'differing' | 'applied'> {
    const { rules } = this.#plan;
    const records = this.store.recordsFrom(1);
    const effects = new Set<string>();
    const folded = newSwarm(rules);
    for (const { event, atMs } of records) {
      apply(folded, event, atMs);
      for (const { type } of effectsOf(folded, event, atMs)) effects.add(type);
    }
    return {
      unfinished,
      ledger: this.#clients.ledger.map(({ request: { id, input }, answer }) => ({ request: id, input, answer })),
      states: this.#states(rules, folded, records),
      effects: [...effects],
      owed: owedEffects(folded).flatMap((effect) => (STANDING.has(effect.type) ? [] : JSON.stringify(effect))),
      running: this.#facts.running.map(({ taskId: id, attempt }) => `${id} attempt ${attempt}`),
    };
  }

  /** From each of the newest snapshots and what follows it, and from the first event; all seen at one time. */
  #states(rules: SwarmRules, folded: Swarm, records: readonly JournalRecord[]): EndOfWorld['states'] {
    let nowMs = records.at(-1)?.atMs ?? 0;
    const restored = this.store.snapshots.slice(-2).map((snapshot: Snapshot): Swarm => {
      const swarm = newSwarm(rules);
      const takenMs = restoreSwarm(swarm, snapshot.state);
      nowMs = Math.max(nowMs, takenMs ?? 0);
      return foldOf(records.slice(takenMs === undefined ? 0 : snapshot.seq), swarm);
    });
    return { folded: snapshotOf(folded, nowMs), restored: restored.map((swarm) => snapshotOf(swarm, nowMs)) };
  }
}

/** True time, for what stands beside all processes. */
function clockOf(world: World): Clock {
  return {
    monotonicMs: () => world.nowUs / 1_000,
    wallTimeMs: () => WALL_START_MS + Math.floor(world.nowUs / 1_000),
    wakeAfter: (delayMs, wake) => world.at(world.nowUs + delayMs * 1_000, wake),
  };
}

function foldOf(records: readonly JournalRecord[], swarm: Swarm): Swarm {
  for (const { event, atMs } of records) apply(swarm, event, atMs);
  return swarm;
}

/** What is owed to every new leader, not because something is left undone; who was told of an alert knows it by its key. */
const STANDING: ReadonlySet<Effect['type']> = new Set(['apply-setting', 'notify']);
const SETTLEMENTS = ['succeeded', 'failed', 'retry'] as const;
