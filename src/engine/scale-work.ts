import type { Agent } from '../core/agents/agent-class.ts';
import type { RunId } from '../core/ids.ts';
import type { SwarmInput } from '../core/inputs.ts';
import type { Run } from '../core/runs/run.ts';
import { isAble, stayingOf, wantedOf } from '../core/scaling/groups.ts';
import { loadOf, type LoadSample, overloadOf, summarise } from '../core/scaling/load.ts';
import type { OverloadInput } from '../core/scaling/overload-events.ts';
import type { ScaleState } from '../core/scaling/scale-group.ts';
import type { GroupLook } from '../core/scaling/scaling-events.ts';
import type { Swarm } from '../core/swarm-state.ts';
import type { Provisioned, Provisioner } from '../ports/provisioner.ts';
import type { LedTime } from './led-time.ts';
import type { UsageWatch } from './usage-watch.ts';
import type { Waits } from './waits.ts';

/** Making agents that has not ended by then has failed, ms. */
const PROVISION_TIMEOUT_MS = 60_000;

type Samples = UsageWatch['samples'];

type Surroundings = Readonly<{
  swarm: Swarm;
  waits: Waits;
  time: LedTime;
  feed: (input: SwarmInput) => void;
  usage: UsageWatch;
}>;

/** One group is asked for once at a time; `isStale`: more was decided meanwhile. */
type Asked = { readonly controller: AbortController; isStale: boolean };

/**
 * Looks at the load of groups whose number of agents follows the work, and has agents made. How long a load has been
 * low is known here alone: a new leader begins to count anew.
 */
export class ScaleWork {
  readonly #provisioner: Provisioner | undefined;
  readonly #lookMs: number;
  readonly #surroundings: Surroundings;
  readonly #lowSince = new Map<string, number>();
  readonly #asked = new Map<string, Asked>();
  /** Of this lead. */
  #epoch = 0;
  #isStopped = false;

  constructor(provisioner: Provisioner | undefined, lookMs: number, surroundings: Surroundings) {
    this.#provisioner = provisioner;
    this.#lookMs = lookMs;
    this.#surroundings = surroundings;
  }

  begin(epoch: number): void {
    this.#epoch = epoch;
  }

  /** Looks at once, and from then on until the run has ended. */
  watch(runId: RunId): void {
    const run = this.#surroundings.swarm.runs.get(runId);
    if (this.#isStopped || this.#provisioner === undefined || run === undefined) return;
    this.#look(run);
    const { waits, time } = this.#surroundings;
    waits.add(time.nowMs() + this.#lookMs, () => this.watch(runId), `load:${runId}`);
  }

  /** Makes the agents of a group as many as were decided on. */
  provision(runId: RunId, role: string): void {
    const key = keyOf(runId, role);
    const asked = this.#asked.get(key);
    if (asked !== undefined) asked.isStale = true;
    else if (!this.#isStopped && this.#provisioner !== undefined) void this.#ask(this.#provisioner, runId, role);
  }

  forgetRun(runId: RunId): void {
    for (const key of this.#lowSince.keys()) if (key.startsWith(keyOf(runId, ''))) this.#lowSince.delete(key);
    for (const [key, { controller }] of this.#asked)
      if (key.startsWith(keyOf(runId, ''))) controller.abort('run-ended');
    this.#surroundings.waits.forget(`load:${runId}`);
    this.#provisioner?.forget(runId);
  }

  stop(): void {
    this.#isStopped = true;
    for (const { controller } of this.#asked.values()) controller.abort('lead-lost');
  }

  #look(run: Run): void {
    const samples = this.#surroundings.usage.samples;
    const groups = [...run.scale.values()].map((state) => this.#lookAt(run, state, samples));
    this.#surroundings.feed({ type: 'scaling.look', runId: run.id, groups });
    const changed = this.#overloads(run, samples);
    if (changed.length > 0) this.#surroundings.feed({ type: 'agents.load', samples: changed });
  }

  /** Agents that are overloaded, or were noted as such. */
  #overloads(run: Run, samples: Samples): OverloadInput['samples'] {
    const { swarm } = this.#surroundings;
    return [...run.scale.values()]
      .flatMap((state) => stayingOf(swarm, run, state))
      .map((agent) => ({ agent, sample: this.#sampleOf(run, agent, samples) }))
      .filter(({ agent, sample }) => overloadOf(sample) !== undefined || agent.blocked.has('overloaded'))
      .map(({ agent, sample }) => ({ ...sample, agentId: agent.spec.id }));
  }

  /** Mail that waits for an agent is load as well. */
  #sampleOf(run: Run, { spec }: Agent, samples: Samples): LoadSample {
    const box = run.mail?.boxes.get(`agent:${spec.id}`);
    const sample = samples.get(spec.id) ?? {};
    if (box === undefined) return sample;
    return { ...sample, mailbox: Math.round((1_000 * box.size) / this.#surroundings.swarm.rules.maxMailboxMessages) };
  }

  #lookAt(run: Run, state: ScaleState, samples: Samples): GroupLook {
    const { swarm, time } = this.#surroundings;
    const { role } = state.group;
    const able = stayingOf(swarm, run, state).filter(isAble);
    const load = summarise(
      able.map((agent) => loadOf(agent, this.#sampleOf(run, agent, samples))),
      swarm.rules.scaling,
    );
    const key = keyOf(run.id, role);
    // A group without agents is not idle: there is nobody who could be.
    const isLow = load.agents > 0 && load.averagePermille < swarm.rules.scaling.downPermille;
    const since = isLow ? (this.#lowSince.get(key) ?? time.nowMs()) : undefined;
    if (since === undefined) this.#lowSince.delete(key);
    else this.#lowSince.set(key, since);
    return { role, load, lowForMs: since === undefined ? 0 : time.nowMs() - since };
  }

  async #ask(provisioner: Provisioner, runId: RunId, role: string): Promise<void> {
    const key = keyOf(runId, role);
    const asked: Asked = { controller: new AbortController(), isStale: false };
    this.#asked.set(key, asked);
    const outcome = await this.#outcomeOf(provisioner, { runId, role }, asked.controller);
    this.#asked.delete(key);
    if (this.#isStopped) return;
    if (outcome !== undefined) this.#surroundings.feed({ type: 'scaling.provisioned', runId, role, outcome });
    // What is asked for next is read from the state, so it holds everything decided meanwhile.
    if (asked.isStale) this.provision(runId, role);
  }

  async #outcomeOf(
    provisioner: Provisioner,
    { runId, role }: Readonly<{ runId: RunId; role: string }>,
    controller: AbortController,
  ): Promise<Provisioned | undefined> {
    const { swarm, waits, time } = this.#surroundings;
    const run = swarm.runs.get(runId);
    const state = run?.scale.get(role);
    if (run === undefined || state === undefined) return undefined;
    const { min: _min, max: _max, ...shape } = state.group;
    const { promise, resolve } = Promise.withResolvers<Provisioned>();
    const late: Provisioned = { ok: false, detail: `no answer within ${PROVISION_TIMEOUT_MS / 1_000} s` };
    const end = waits.add(time.nowMs() + PROVISION_TIMEOUT_MS, () => resolve(late));
    controller.signal.addEventListener('abort', () => resolve({ ok: false, detail: 'broken off' }), { once: true });
    try {
      const request = { epoch: this.#epoch, runId, role, shape, agentIds: wantedOf(swarm, run, state) };
      return await Promise.race([provisioner.scale(request, controller.signal), promise]);
    } catch (error) {
      return { ok: false, detail: error instanceof Error ? error.message : String(error) };
    } finally {
      waits.remove(end);
      controller.abort('over');
    }
  }
}

function keyOf(runId: RunId, role: string): string {
  return `${runId}/${role}`;
}
