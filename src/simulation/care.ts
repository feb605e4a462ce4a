import type { AgentSpec } from '../core/agents/agent-spec.ts';
import type { AgentSupervisor, Sign } from '../ports/agent-supervisor.ts';
import type { Life, SimNode } from './node.ts';
import type { CarePlan, Stretch } from './plan.ts';

/** How long one that is slow takes to answer, µs; others answer at once. */
const SLOW_US = 700_000;
const RESTART_US = 2_000_000;
/** Of 1,000 restarts, so many fail, and so many never end. */
const RESTART_FAILS_PERMILLE = 200;
const RESTART_HANGS_PERMILLE = 100;

/** Whether the agent, or the provider that it leans on, is in such a stretch now. */
export function isIn(
  care: CarePlan | undefined,
  { id, provider }: Pick<AgentSpec, 'id' | 'provider'>,
  { kind, nowUs }: Readonly<{ kind: Stretch['kind']; nowUs: number }>,
): boolean {
  return (care?.stretches ?? []).some(
    (one) =>
      one.kind === kind &&
      (one.whom === id || one.whom === provider) &&
      one.fromMs * 1_000 <= nowUs &&
      nowUs < one.toMs * 1_000,
  );
}

/** Answers for agents as the plan says: some are silent, slow, or say that they cannot work. */
export class ScriptedSupervisor implements AgentSupervisor {
  readonly #node: SimNode;
  readonly #life: Life;
  readonly #care: CarePlan;
  #restarts = 0;

  constructor(node: SimNode, life: Life, care: CarePlan) {
    this.#node = node;
    this.#life = life;
    this.#care = care;
  }

  keyOf({ id }: AgentSpec): string {
    return id;
  }

  async probe(agent: AgentSpec, signal: AbortSignal): Promise<Sign> {
    const { nowUs } = this.#node.world;
    const isNow = (kind: Stretch['kind']): boolean => isIn(this.#care, agent, { kind, nowUs });
    if (isNow('silent')) return untilAborted(signal);
    if (isNow('slow')) await this.#pass(SLOW_US);
    return isNow('ails') ? { ok: false, detail: 'no disk left' } : { ok: true };
  }

  async restart({ id }: AgentSpec, signal: AbortSignal): Promise<boolean> {
    const { draw } = this.#node.world;
    const key = `${id} ${this.#node.name} ${this.#life.number} ${++this.#restarts}`;
    if (draw.chance('restart hangs', key, RESTART_HANGS_PERMILLE)) return untilAborted(signal);
    await this.#pass(draw.whole('restart takes', key, [1, RESTART_US]));
    return !draw.chance('restart fails', key, RESTART_FAILS_PERMILLE);
  }

  #pass(us: number): Promise<void> {
    return new Promise((resolve) => void this.#node.after(this.#life, us, resolve));
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const tell = (): void => reject(new Error('asked no more'));
  if (signal.aborted) tell();
  else signal.addEventListener('abort', tell, { once: true });
  return promise;
}
