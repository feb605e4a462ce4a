import { addTo } from '../../util/map-of-sets.ts';
import type { AgentId, TaskId } from '../ids.ts';

const NONE: ReadonlySet<TaskId> = new Set();

/**
 * Attempts without a slot, which wait for sub-tasks or end because they are cancelled, by the agent they live on. One whose sub-tasks have ended is due: it gets the next
 * free slot of its agent, before anything new does.
 */
export class WaitingLeads {
  readonly #agents = new Map<TaskId, AgentId>();
  readonly #due = new Map<AgentId, Set<TaskId>>();
  /** Agents that have something due and may have a free slot. */
  readonly #hopeful = new Set<AgentId>();

  get size(): number {
    return this.#agents.size;
  }

  add(id: TaskId, agentId: AgentId): void {
    this.#agents.set(id, agentId);
  }

  /** Its sub-tasks have ended. */
  setDue(id: TaskId): void {
    const agentId = this.#agents.get(id);
    if (agentId === undefined) return;
    addTo(this.#due, agentId, id);
    this.#hopeful.add(agentId);
  }

  isDue(id: TaskId): boolean {
    const agentId = this.#agents.get(id);
    return agentId !== undefined && this.#due.get(agentId)?.has(id) === true;
  }

  /** It goes on, or its attempt has ended. */
  delete(id: TaskId): void {
    const agentId = this.#agents.get(id);
    if (agentId === undefined) return;
    this.#agents.delete(id);
    const due = this.#due.get(agentId);
    due?.delete(id);
    if (due?.size !== 0) return;
    this.#due.delete(agentId);
    this.#hopeful.delete(agentId);
  }

  /** A slot of the agent is free again. */
  freed(agentId: AgentId): void {
    if (this.#due.has(agentId)) this.#hopeful.add(agentId);
  }

  /** Nothing for it before a slot is free. */
  isFull(agentId: AgentId): void {
    this.#hopeful.delete(agentId);
  }

  /** Those that live on the agent. Looks at all of them. */
  on(agentId: AgentId): readonly TaskId[] {
    return [...this.#agents].flatMap(([id, agent]) => (agent === agentId ? [id] : []));
  }

  /** Agents worth a look. */
  get hopeful(): ReadonlySet<AgentId> {
    return this.#hopeful;
  }

  /** What is due on the agent. */
  dueOn(agentId: AgentId): ReadonlySet<TaskId> {
    return this.#due.get(agentId) ?? NONE;
  }
}
