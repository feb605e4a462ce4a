/**
 * The plain way to choose an agent, as it is usually written: filter all agents, score each, sort, take the first.
 * The same score as `capability-based`: 0.4 capability + 0.3 free load + 0.3 performance.
 */
type PlainAgent = {
  readonly id: string;
  readonly capabilities: ReadonlySet<string>;
  readonly slots: number;
  readonly performance: number;
  used: number;
};

type PlainTask = Readonly<{ requires: readonly string[]; prefers: readonly string[] }>;
type Scored = Readonly<{ agent: PlainAgent; score: number }>;

export class FilterMapSort {
  readonly #agents: PlainAgent[];
  readonly #busy: PlainAgent[] = [];

  constructor(capabilities: readonly (readonly string[])[]) {
    this.#agents = capabilities.map((of, index) => ({
      id: `agent-${index}`,
      capabilities: new Set(of),
      slots: 1,
      performance: 0.65,
      used: 0,
    }));
  }

  /** False when no agent fits. */
  distribute(task: PlainTask): boolean {
    const suitable = this.#agents.filter((agent) => agent.used < agent.slots && hasAll(agent, task));
    const [best] = scored(suitable, task);
    if (best === undefined) return false;
    best.agent.used++;
    this.#busy.push(best.agent);
    return true;
  }

  /** Frees the agents that have been busy longest. */
  free(count: number): void {
    for (const agent of this.#busy.splice(0, count)) agent.used--;
  }
}

function scored(agents: readonly PlainAgent[], task: PlainTask): readonly Scored[] {
  return agents.map((agent) => ({ agent, score: scoreOf(agent, task) })).sort((one, other) => other.score - one.score);
}

function scoreOf(agent: PlainAgent, { prefers }: PlainTask): number {
  const matched = prefers.filter((name) => agent.capabilities.has(name)).length;
  const capability = prefers.length === 0 ? 1 : 0.5 + (0.5 * matched) / prefers.length;
  return 0.4 * capability + 0.3 * (1 - agent.used / agent.slots) + 0.3 * agent.performance;
}

function hasAll(agent: PlainAgent, { requires }: PlainTask): boolean {
  return requires.every((name) => agent.capabilities.has(name));
}
