import type { Effect } from '../core/effects.ts';
import type { SwarmInput } from '../core/inputs.ts';
import type { Swarm } from '../core/swarm-state.ts';
import type { Answer } from './answer.ts';
import { Attempts } from './attempts.ts';
import type { EngineOptions, EnginePorts } from './engine-options.ts';
import { HealthWatch } from './health-watch.ts';
import { HostWork } from './host-work.ts';
import type { LedTime } from './led-time.ts';
import { Mailroom } from './mailroom.ts';
import { MemoryWork } from './memory-work.ts';
import { ProposalWork } from './proposal-work.ts';
import { ScaleWork } from './scale-work.ts';
import { UsageWatch } from './usage-watch.ts';
import { VoteOutcomes } from './vote-outcomes.ts';
import type { Waits } from './waits.ts';

/** What those who work under a lead need of it. */
export type LeadSurroundings = Readonly<{
  swarm: Swarm;
  waits: Waits;
  time: LedTime;
  /** Takes an input of which nobody waits for the answer. */
  feed: (input: SwarmInput) => void;
  /** Takes an input that must not be turned away. */
  ask: (input: SwarmInput) => Promise<Answer>;
  /** Takes a command, which may be turned away. */
  dispatch: (input: SwarmInput) => Promise<Answer>;
  /** Something is to be decided, without an input. */
  wake: () => void;
}>;

/** All who do under one lead what the core asks for. */
export class Performers {
  readonly ports: Pick<EnginePorts, 'notifier' | 'settings' | 'workspaces'>;
  readonly waits: Waits;
  readonly feed: (input: SwarmInput) => void;
  readonly attempts: Attempts;
  readonly health: HealthWatch;
  readonly hosts: HostWork;
  readonly mailroom: Mailroom;
  readonly memory: MemoryWork;
  readonly outcomes: VoteOutcomes = new VoteOutcomes();
  readonly proposals: ProposalWork;
  readonly scaling: ScaleWork;

  constructor(ports: EnginePorts, options: EngineOptions, lead: LeadSurroundings) {
    const { swarm, waits, feed, dispatch } = lead;
    const surroundings = { ...lead, usage: new UsageWatch(lead) };
    this.ports = ports;
    this.waits = waits;
    this.feed = feed;
    this.mailroom = new Mailroom(swarm);
    this.memory = new MemoryWork(ports.memory, surroundings);
    this.attempts = new Attempts(ports, {
      ...surroundings,
      votes: { swarm, outcomes: this.outcomes, dispatch },
      mail: { ...surroundings, mailroom: this.mailroom },
      memory: { swarm, work: this.memory, dispatch },
    });
    this.proposals = new ProposalWork(ports.proposals, surroundings);
    this.health = new HealthWatch(
      ports.supervisor,
      options.healthWatch ?? { intervalMs: 5_000, maxMissed: 3 },
      surroundings,
    );
    const maker = options.isBrief === true ? undefined : ports.provisioner;
    this.scaling = new ScaleWork(maker, options.loadLookMs ?? 1_000, surroundings);
    this.hosts = new HostWork(ports.drivers.remote, surroundings);
  }

  /** Begins with what is owed from before. */
  start(epoch: number, owed: readonly Effect[], perform: (effect: Effect) => void): void {
    this.memory.start(epoch);
    this.hosts.begin(epoch);
    this.scaling.begin(epoch);
    for (const effect of owed) perform(effect);
    this.hosts.open();
    this.health.start();
  }

  /** Attempts and actions under way. */
  get count(): number {
    return this.attempts.count + this.proposals.count;
  }

  /** Whether an approved action or irreversible work is under way. */
  get mustNotBreakOff(): boolean {
    return this.proposals.count > 0 || this.attempts.hasIrreversible;
  }

  /** Begins nothing more, and ends what can be ended. */
  drain(): void {
    this.attempts.stopAll('draining');
    this.proposals.drain();
  }

  /** The lead is over: whatever still comes goes nowhere. */
  stop(): void {
    this.waits.stop();
    this.attempts.close();
    this.proposals.close();
    this.memory.close();
    this.health.stop();
    this.scaling.stop();
    this.hosts.end();
  }
}
