import { blockAgent, unblockAgent } from '../core/agents/availability.ts';
import type { AttemptKey } from '../core/hosts/frames.ts';
import type { AgentId } from '../core/ids.ts';
import type { SwarmInput } from '../core/inputs.ts';
import type { Swarm } from '../core/swarm-state.ts';
import { isActive } from '../core/tasks/task.ts';
import type { HostDesk, HostDriver } from '../ports/worker-link.ts';
import type { Answer } from './answer.ts';
import { HostLoads } from './host-loads.ts';
import type { LedTime } from './led-time.ts';
import type { UsageWatch } from './usage-watch.ts';
import type { Waits } from './waits.ts';

/** How long an agent that has turned something down gets nothing new, ms. */
const REST_MS = 1_000;
/** How often agents of hosts that are gone are looked at again, ms. */
const SWEEP_MS = 5_000;

type Surroundings = Readonly<{
  swarm: Swarm;
  waits: Waits;
  usage: UsageWatch;
  time: LedTime;
  feed: (input: SwarmInput) => void;
  /** Resolves when the answer is stored. */
  ask: (input: SwarmInput) => Promise<Answer>;
  /** Agents may have become free without an input. */
  wake: () => void;
}>;

/** Hosts of one lead: what their driver concludes becomes inputs, and who cannot be reached gets nothing new. */
export class HostWork {
  readonly #driver: HostDriver | undefined;
  readonly #surroundings: Surroundings;
  readonly #loads: HostLoads;
  /** Hosts that cannot be reached. */
  readonly #away = new Set<string>();

  constructor(driver: HostDriver | undefined, surroundings: Surroundings) {
    this.#driver = driver;
    this.#surroundings = surroundings;
    this.#loads = new HostLoads(surroundings);
  }

  /** Before anything is owed to hosts: those of the leader before have to come back first. */
  begin(epoch: number): void {
    const { swarm } = this.#surroundings;
    for (const [host, { agentIds }] of swarm.hosts) {
      this.#away.add(host);
      for (const id of agentIds) blockAgent(swarm, id, 'away');
    }
    this.#driver?.lead(this.#deskOf(epoch));
    this.#loads.watch();
  }

  /** What was owed is known. */
  open(): void {
    this.#driver?.open();
  }

  expect(host: string): void {
    this.#driver?.expect(host);
  }

  drain(host: string): void {
    this.#driver?.drain(host);
  }

  withdraw(agentId: AgentId): void {
    this.#driver?.withdraw(agentId);
  }

  end(): void {
    this.#driver?.end();
  }

  #deskOf(epoch: number): HostDesk {
    const { swarm, feed, ask, wake } = this.#surroundings;
    const agentsOf = (host: string): readonly AgentId[] => swarm.hosts.get(host)?.agentIds ?? [];
    return {
      epoch,
      join: async (description) => {
        const answer = await ask({ type: 'host.join', description });
        if (answer.ok) {
          this.#loads.watch();
          return undefined;
        }
        return whyNot(answer.refusal);
      },
      drain: (host, reason) => feed({ type: 'host.drain', host, reason }),
      isDraining: (host) => swarm.hosts.get(host)?.drainingBecause !== undefined,
      lose: (host, why) => {
        this.#away.delete(host);
        feed({ type: 'host.lose', host, why });
        this.#sweepLater(host);
      },
      leave: (host) => {
        this.#away.delete(host);
        feed({ type: 'host.leave', host });
        this.#sweepLater(host);
      },
      reach: (host, canBeReached) => {
        if (canBeReached) this.#away.delete(host);
        else this.#away.add(host);
        for (const id of agentsOf(host)) {
          if (canBeReached) unblockAgent(swarm, id, 'away');
          else blockAgent(swarm, id, 'away');
        }
        if (canBeReached) wake();
      },
      rest: (key) => this.#rest(key),
    };
  }

  #rest({ taskId, attempt }: AttemptKey): void {
    const { swarm, waits, time, wake } = this.#surroundings;
    const task = swarm.tasks.get(taskId);
    if (task === undefined || !isActive(task) || task.attempt !== attempt) return;
    const { agentId } = task;
    blockAgent(swarm, agentId, 'away');
    const host = swarm.registry.agents.get(agentId)?.spec.host ?? '';
    const end = (): void => {
      // Its link may have gone meanwhile.
      if (this.#away.has(host)) return;
      unblockAgent(swarm, agentId, 'away');
      wake();
    };
    waits.add(time.nowMs() + REST_MS, end, `rest:${agentId}`);
  }

  /** Asked again until nothing of the host is left. */
  #sweepLater(host: string): void {
    const { swarm, waits, time, feed } = this.#surroundings;
    waits.add(
      time.nowMs() + SWEEP_MS,
      () => {
        const isLeft = [...swarm.registry.agents.values()].some(
          ({ spec }) => spec.host === host && spec.driver === 'remote',
        );
        if (!isLeft || swarm.hosts.has(host)) return;
        feed({ type: 'host.lose', host, why: 'lease' });
        this.#sweepLater(host);
      },
      `sweep:${host}`,
    );
  }
}

/** For whoever has started the host. */
function whyNot(refusal: Extract<Answer, { ok: false }>['refusal']): string {
  if ('problems' in refusal) return `${refusal.problems.join('; ')}.`;
  if (refusal.reason === 'limit-reached') return `There are ${refusal.most} hosts, which is as many as there may be.`;
  if (refusal.reason === 'status-wrong') return NOT_NOW[refusal.status] ?? `It is ${refusal.status}.`;
  return `Refused: ${refusal.reason}.`;
}

const NOT_NOW: Readonly<Record<string, string>> = {
  replaced: 'A newer process has this name.',
  busy: 'Agents of this name, which can do something else, have not ended what they do.',
  'not wanted': 'Its run has ended, or has no use for it any more.',
};
