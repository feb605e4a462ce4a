import { reservationOf } from '../resources/reservation-of.ts';
import { NOT_IN_HEAP } from '../../util/indexed-heap.ts';
import type { AgentId, RunId, TaskId } from '../ids.ts';
import type { TaskSpec } from '../tasks/task-spec.ts';
import { loadRatio, noteOutcome, performance, roomOf } from './agent.ts';
import type { AgentSpec } from './agent-spec.ts';
import type { BlockCause } from './block-cause.ts';
import { type Agent, AgentClass, type BusySlot, classKeyOf } from './agent-class.ts';

/** How agents are chosen. Source: docs/semantics.md, Scheduling 5. */
export type Strategy = 'adaptive' | 'capability-based' | 'least-loaded' | 'round-robin';

/** A class that has all a task requires, and how well it fits: 0.5 + 0.5 · preferred matched / preferred. */
export type ClassMatch = Readonly<{ class: AgentClass; capability: number }>;

/** What a task asks of its agent and host. One object per distinct question, so that it can be compared by identity. */
export type Signature = {
  readonly requires: readonly string[];
  readonly prefers: readonly string[];
  readonly runId: RunId;
  /** Best fit first, then specialists before generalists. */
  matches: readonly ClassMatch[];
  version: number;
};

/** How an attempt ended, as far as its agent's record goes. */
export type AttemptMark = Readonly<{ hasSucceeded: boolean; speed: number | undefined }>;

/** Begins the capability of a function. */
const FUNCTION = 'function:';

/** All agents by class: who has a free slot, who fits a task, who did well. */
export class Registry {
  #strategy: Strategy;
  readonly #agents = new Map<AgentId, Agent>();
  readonly #classes = new Map<string, AgentClass>();
  readonly #agentsOfRun = new Map<RunId, AgentId[]>();
  readonly #signatures = new Map<RunId, Map<string, Signature>>();
  readonly #slots = new Map<TaskId, BusySlot>();
  /** By host, where its process says what it has. */
  readonly #functionsOf = new Map<string, ReadonlySet<string>>();
  #version = 0;
  #turn = 0;
  #freeSlots = 0;

  constructor(strategy: Strategy) {
    this.#strategy = strategy;
  }

  get strategy(): Strategy {
    return this.#strategy;
  }

  /** Agents are chosen in this way from now on. */
  setStrategy(strategy: Strategy): void {
    if (strategy === this.#strategy) return;
    this.#strategy = strategy;
    for (const agent of this.#agents.values()) this.#place(agent);
  }

  /** Free slots of all agents. */
  get freeSlots(): number {
    return this.#freeSlots;
  }

  /** Assignments so far: what `lastTurn` of an agent counts in. */
  get turn(): number {
    return this.#turn;
  }

  get agents(): ReadonlyMap<AgentId, Agent> {
    return this.#agents;
  }

  /** Registering an agent again replaces nothing: the first one stays. */
  add(spec: AgentSpec): void {
    if (this.#agents.has(spec.id)) return;
    const home = this.#classOf(spec);
    const start = { used: 0, succeeded: 0, ended: 0, speed: 1, lastTurn: 0, key: 0, isRemoved: false };
    const open = { blocked: new Set<BlockCause>(), limit: undefined, heapIndex: NOT_IN_HEAP };
    const agent: Agent = { spec, class: home, ...start, ...open };
    this.#agents.set(spec.id, agent);
    this.#noteRun(spec);
    home.size++;
    this.#freeSlots += spec.slots;
    this.#place(agent);
  }

  /** Puts the record of a registered agent back as a snapshot has it. */
  restore(id: AgentId, [succeeded, ended, speed, lastTurn]: readonly [number, number, number, number]): void {
    const agent = this.#agents.get(id);
    if (agent === undefined) return;
    Object.assign(agent, { succeeded, ended, speed, lastTurn });
    this.#place(agent);
  }

  /** Puts the count of assignments back: agents that are gone had some of them. */
  restoreTurn(turn: number): void {
    this.#turn = turn;
  }

  /** It gets nothing more; attempts that it runs go on. */
  remove(id: AgentId): void {
    const agent = this.#agents.get(id);
    if (agent === undefined) return;
    this.#agents.delete(id);
    agent.isRemoved = true;
    agent.class.size--;
    agent.class.free.remove(agent);
    this.#freeSlots -= roomOf(agent);
    this.#forgetOfRun(agent.spec);
    if (agent.class.size > 0) return;
    this.#classes.delete(classIdOf(agent.spec));
    this.#version++;
  }

  /** It gets no work while there is a cause; what it runs goes on, but nobody waits for its slots. True when it was open. */
  block(id: AgentId, cause: BlockCause): boolean {
    const agent = this.#agents.get(id);
    if (agent === undefined) return false;
    const isFirst = agent.blocked.size === 0;
    if (isFirst) {
      this.#freeSlots -= roomOf(agent);
      for (const slot of this.#slotsOf(agent)) agent.class.busy.remove(slot);
    }
    agent.blocked.add(cause);
    this.#place(agent);
    return isFirst;
  }

  /** Takes one cause away. True when it was the last one: the agent may have work again. */
  unblock(id: AgentId, cause: BlockCause): boolean {
    const agent = this.#agents.get(id);
    if (agent === undefined || !agent.blocked.delete(cause) || agent.blocked.size > 0) return false;
    this.#freeSlots += roomOf(agent);
    for (const slot of this.#slotsOf(agent)) agent.class.busy.push(slot);
    this.#place(agent);
    return true;
  }

  /** The most that the agent may run at once from now on; all its slots again when undefined. True when that is new. */
  limit(id: AgentId, slots: number | undefined): boolean {
    const agent = this.#agents.get(id);
    if (agent === undefined || agent.limit === slots) return false;
    this.#freeSlots -= roomOf(agent);
    agent.limit = slots;
    this.#freeSlots += roomOf(agent);
    this.#place(agent);
    return true;
  }

  /** Forgets the agents and questions of a run that has ended. */
  removeRun(runId: RunId): void {
    const ofRun = this.#agentsOfRun.get(runId) ?? [];
    this.#agentsOfRun.delete(runId);
    for (const id of ofRun) this.remove(id);
    this.#signatures.delete(runId);
  }

  /** The question that a task asks; the same object for the same question. */
  signatureOf(spec: TaskSpec, runId: RunId): Signature {
    const ofRun = this.#signaturesOf(runId);
    const key = questionOf(spec);
    const known = ofRun.get(key);
    if (known !== undefined) return known;
    const { requires, prefers = [] } = spec;
    const signature: Signature = { requires, prefers, runId, matches: [], version: -1 };
    ofRun.set(key, signature);
    return signature;
  }

  #signaturesOf(runId: RunId): Map<string, Signature> {
    const known = this.#signatures.get(runId);
    if (known !== undefined) return known;
    const made = new Map<string, Signature>();
    this.#signatures.set(runId, made);
    return made;
  }

  /** The classes that have everything required, best fit first; looked up again only when classes come or go. */
  matches(signature: Signature): readonly ClassMatch[] {
    if (signature.version === this.#version) return signature.matches;
    const found: ClassMatch[] = [];
    for (const candidate of this.#classes.values()) {
      if (candidate.runId !== '' && candidate.runId !== signature.runId) continue;
      if (signature.requires.every((name) => this.#isOffered(candidate, name))) {
        found.push({ class: candidate, capability: capabilityScore(signature.prefers, candidate) });
      }
    }
    signature.matches = found.sort(compareMatches);
    signature.version = this.#version;
    return signature.matches;
  }

  /** Whether some agent that is registered has all of these, busy or not. */
  canServe(requires: readonly string[], runId: RunId): boolean {
    for (const candidate of this.#classes.values()) {
      const isOpen = candidate.runId === '' || candidate.runId === runId;
      if (isOpen && requires.every((name) => this.#isOffered(candidate, name))) return true;
    }
    return false;
  }

  /** Which functions the process of a host has now; all that its agents were registered with when undefined. */
  offerFunctions(host: string, functions: readonly string[] | undefined): void {
    if (functions === undefined && !this.#functionsOf.has(host)) return;
    if (functions === undefined) this.#functionsOf.delete(host);
    else this.#functionsOf.set(host, new Set(functions.map((name) => `${FUNCTION}${name}`)));
    this.#version++;
  }

  #isOffered({ capabilities, host }: AgentClass, name: string): boolean {
    if (!capabilities.has(name)) return false;
    return !name.startsWith(FUNCTION) || this.#functionsOf.get(host)?.has(name) !== false;
  }

  /** Takes a slot of the agent for a task that should end at `expectedEndMs`. */
  occupy(agent: Agent, taskId: TaskId, expectedEndMs: number): void {
    if (agent.used >= agent.spec.slots) {
      throw new Error(`Internal error: agent ${agent.spec.id} has no free slot for ${taskId}`);
    }
    // A snapshot is put back with the agents that were blocked meanwhile.
    this.#freeSlots -= roomOf(agent);
    agent.used++;
    this.#freeSlots += roomOf(agent);
    agent.lastTurn = ++this.#turn;
    const slot: BusySlot = { agent, expectedEndMs, heapIndex: NOT_IN_HEAP };
    this.#slots.set(taskId, slot);
    if (agent.blocked.size === 0) agent.class.busy.push(slot);
    this.#place(agent);
  }

  /** Tasks that the agent works on, in the order in which it got them. */
  tasksOf(id: AgentId): readonly TaskId[] {
    return [...this.#slots].flatMap(([taskId, { agent }]) => (agent.spec.id === id ? [taskId] : []));
  }

  /** Agents that serve one run only. */
  ofRun(runId: RunId): readonly AgentId[] {
    return this.#agentsOfRun.get(runId) ?? [];
  }

  /** The slot that a task holds. */
  slotOf(taskId: TaskId): BusySlot {
    const slot = this.#slots.get(taskId);
    if (slot === undefined) throw new Error(`Internal error: no agent is busy with ${taskId}`);
    return slot;
  }

  /** Corrects when the slot that a task holds should be free. */
  expectEnd(taskId: TaskId, expectedEndMs: number): void {
    const slot = this.slotOf(taskId);
    slot.expectedEndMs = expectedEndMs;
    slot.agent.class.busy.moved(slot);
  }

  /** Gives back the slot that the task holds. `mark` is absent when the end says nothing about the agent. */
  release(taskId: TaskId, mark: AttemptMark | undefined, slot: BusySlot = this.slotOf(taskId)): void {
    this.#slots.delete(taskId);
    const { agent } = slot;
    agent.class.busy.remove(slot);
    const roomBefore = roomOf(agent);
    agent.used--;
    if (mark !== undefined) noteOutcome(agent, mark.hasSucceeded, mark.speed);
    if (agent.isRemoved) return;
    this.#freeSlots += roomOf(agent) - roomBefore;
    this.#place(agent);
  }

  /** The slots that the agent's attempts hold; looked for among all: agents are rarely blocked. */
  #slotsOf(agent: Agent): readonly BusySlot[] {
    return [...this.#slots.values()].filter((slot) => slot.agent === agent);
  }

  #noteRun({ id, runId }: AgentSpec): void {
    if (runId === undefined) return;
    const ofRun = this.#agentsOfRun.get(runId);
    if (ofRun === undefined) this.#agentsOfRun.set(runId, [id]);
    else ofRun.push(id);
  }

  #forgetOfRun({ id, runId }: AgentSpec): void {
    const ofRun = runId === undefined ? undefined : this.#agentsOfRun.get(runId);
    if (ofRun !== undefined) ofRun.splice(ofRun.indexOf(id), 1);
  }

  #classOf(spec: AgentSpec): AgentClass {
    const id = classIdOf(spec);
    const known = this.#classes.get(id);
    if (known !== undefined) return known;
    const made = new AgentClass(spec);
    this.#classes.set(id, made);
    this.#version++;
    return made;
  }

  /** Puts the agent where its new figures belong in the order of its class. */
  #place(agent: Agent): void {
    const { free } = agent.class;
    if (roomOf(agent) === 0) {
      free.remove(agent);
      return;
    }
    agent.key = keyOf(agent, this.#strategy);
    if (agent.heapIndex === NOT_IN_HEAP) free.push(agent);
    else free.moved(agent);
  }
}

/** What makes one agent of a class better than another; what all of a class share is left out. */
function keyOf(agent: Agent, strategy: Strategy): number {
  if (strategy === 'round-robin') return -agent.lastTurn;
  if (strategy === 'least-loaded') return -loadRatio(agent);
  return 0.3 * (1 - loadRatio(agent)) + 0.3 * performance(agent);
}

function classIdOf(spec: AgentSpec): string {
  return `${spec.runId ?? ''}|${classKeyOf(spec)}`;
}

/** Reservations belong to it: where one task finds no agent with room on its host, none of the same question does. */
function questionOf(spec: TaskSpec): string {
  const { requires, prefers } = spec;
  const resources = reservationOf(spec);
  const needed = requires.length === 1 ? (requires[0] ?? '') : requires.toSorted().join('\n');
  if (prefers === undefined && resources === undefined) return needed;
  return JSON.stringify([needed, prefers?.toSorted(), resources]);
}

function capabilityScore(prefers: readonly string[], { capabilities }: AgentClass): number {
  if (prefers.length === 0) return 1;
  return 0.5 + (0.5 * prefers.filter((name) => capabilities.has(name)).length) / prefers.length;
}

function compareMatches(one: ClassMatch, other: ClassMatch): number {
  if (one.capability !== other.capability) return other.capability - one.capability;
  if (one.class.capabilities.size !== other.class.capabilities.size) {
    return one.class.capabilities.size - other.class.capabilities.size;
  }
  return one.class.key < other.class.key ? -1 : 1;
}
