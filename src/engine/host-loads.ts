import type { SwarmInput } from '../core/inputs.ts';
import { type LoadSample, overloadOf } from '../core/scaling/load.ts';
import type { Swarm } from '../core/swarm-state.ts';
import type { LedTime } from './led-time.ts';
import type { UsageWatch } from './usage-watch.ts';
import type { Waits } from './waits.ts';

/** How often hosts are looked at, ms. They say what they use with their heartbeats. */
const LOOK_MS = 1_000;
const KEY = 'host-load';

type Surroundings = Readonly<{
  swarm: Swarm;
  waits: Waits;
  time: LedTime;
  feed: (input: SwarmInput) => void;
  usage: UsageWatch;
}>;

/** Looks how loaded hosts are by the work of this swarm. What else their machines do is not counted. */
export class HostLoads {
  readonly #surroundings: Surroundings;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** Looks from now on, as long as there are hosts. */
  watch(): void {
    const { swarm, waits, time } = this.#surroundings;
    if (swarm.hosts.size === 0 || waits.has(KEY)) return;
    waits.add(time.nowMs() + LOOK_MS, () => this.#look(), KEY);
  }

  #look(): void {
    const { swarm, usage, feed } = this.#surroundings;
    const { samples: measured } = usage;
    const samples = [...swarm.hosts.values()].flatMap(({ agentIds }) => {
      const sample = sumOf(agentIds.map((id) => measured.get(id) ?? {}));
      const isOverloaded = overloadOf(sample) !== undefined;
      const concerned = agentIds.filter((id) => {
        const agent = swarm.registry.agents.get(id);
        // Those of a run are looked at with their group.
        return agent?.spec.runId === undefined && (isOverloaded || agent?.blocked.has('overloaded') === true);
      });
      return concerned.map((agentId) => ({ agentId, ...sample }));
    });
    if (samples.length > 0) feed({ type: 'agents.load', samples });
    this.watch();
  }
}

/** One host's agents share its processor and memory: what one of them uses, the others have not. */
function sumOf(samples: readonly LoadSample[]): LoadSample {
  const cpu = samples.reduce((sum, sample) => sum + (sample.cpu ?? 0), 0);
  const memory = samples.reduce((sum, sample) => sum + (sample.memory ?? 0), 0);
  return { cpu: Math.min(1_000, cpu), memory: Math.min(1_000, memory) };
}
