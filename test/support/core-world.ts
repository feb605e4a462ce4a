import type { Notice } from '../../src/core/health/notice.ts';
import type { ActionResult } from '../../src/core/consensus/proposal-spec.ts';
import type { Effect } from '../../src/core/effects.ts';
import type { SwarmEvent } from '../../src/core/events.ts';
import { type AgentId, type ProposalId, type RunId, runId, type TaskId, taskId } from '../../src/core/ids.ts';
import type { Context, SwarmInput } from '../../src/core/inputs.ts';
import { effectsOf, owedEffects } from '../../src/core/owed-effects.ts';
import type { Ruling } from '../../src/core/ruling.ts';
import { nextEvents } from '../../src/core/scheduling/next-event.ts';
import { restoreSwarm, snapshotOf } from '../../src/core/snapshot.ts';
import { apply, decide } from '../../src/core/swarm.ts';
import { DEFAULT_RULES, newSwarm, type Swarm, type SwarmRules } from '../../src/core/swarm-state.ts';
import type { AttemptResult, Verdict } from '../../src/core/tasks/attempt.ts';
import type { SubtaskSpec } from '../../src/core/tasks/subtask-spec.ts';
import type { Task } from '../../src/core/tasks/task.ts';
import { DONE } from './core-world-specs.ts';

export type Started = Readonly<{ taskId: TaskId; attempt: number; agentId: AgentId }>;
export type Entry = Readonly<{ atMs: number; event: SwarmEvent }>;

/** How the agent plays one attempt. `verdict`: what the checks of a claim find, 1 ms after it. */
export type Play = Readonly<{ afterMs: number; end: AttemptResult; verdict?: Verdict }>;

export type VetoCheck = Readonly<{ afterMs: number; isShown: boolean }>;
export type Acted = Readonly<{ afterMs: number; result: ActionResult }>;

/** What the attempt of a lead does next, so many ms after what it did before. It waits where it must. */
export type LeadStep = Readonly<{ afterMs: number }> &
  (
    | Readonly<{ add: readonly SubtaskSpec[]; cancel?: readonly string[] }>
    | Readonly<{ children: readonly string[] | 'all' }>
    | Readonly<{ end: AttemptResult }>
  );

type Script = { readonly attempt: number; readonly steps: readonly LeadStep[]; next: number };

export type WorldOptions = Readonly<{
  rules?: Partial<SwarmRules>;
  /** @default every attempt is done after 10 ms */
  play?: (started: Started) => Play;
  /** What an attempt that delegates does; undefined: it is played like any other. */
  lead?: (started: Started, world: CoreWorld) => readonly LeadStep[] | undefined;
  /** How the check of a veto goes. @default after 50 ms it is not shown */
  checkVeto?: (proposalId: ProposalId, memberId: string) => VetoCheck;
  /** How an approved action goes. @default done after 20 ms */
  act?: (proposalId: ProposalId) => Acted;
  /** Sees every event right after it was applied. */
  onEvent?: (entry: Entry) => void;
  /** What whoever looks after the swarm would be told. */
  onNotice?: (notice: Notice) => void;
  /** Sees the state when nothing is left to decide at this instant. */
  onQuiet?: (world: CoreWorld) => void;
}>;

/** `key` undefined: comes from outside, and survives a crash of the coordinator. */
type Due = { readonly atMs: number; readonly key: string | undefined; readonly input: SwarmInput };

const VERIFIED: Verdict = { ok: true, evidence: [{ check: 'command', ok: true, ...noCommand() }], outputs: {} };
/** Turns after which a world is taken to go in circles. */
const MAX_TURNS = 100_000;

/**
 * The pure core in virtual time: what the engine, the journal, the clock and the agents do around it, in the least
 * code that is true to them. Everything due at one instant is one turn, as in a batch of the engine.
 */
export class CoreWorld {
  readonly rules: SwarmRules;
  readonly #options: WorldOptions;
  readonly #entries: Entry[] = [];
  #due: Due[] = [];
  #swarm: Swarm;
  #nowMs = 0;
  #draws = 0;
  #turns = 0;
  readonly #scripts = new Map<TaskId, Script>();
  #saved: { seq: number; text: string } | undefined;

  constructor(options: WorldOptions = {}) {
    this.#options = options;
    this.rules = { ...DEFAULT_RULES, ...options.rules };
    this.#swarm = newSwarm(this.rules);
  }

  get swarm(): Swarm {
    return this.#swarm;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get turns(): number {
    return this.#turns;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  get events(): readonly SwarmEvent[] {
    return this.#entries.map(({ event }) => event);
  }

  /** Events of one type, in order. */
  all<T extends SwarmEvent['type']>(type: T): readonly Extract<SwarmEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<SwarmEvent, { type: T }> => event.type === type);
  }

  /** A task by its name; of run `r1` unless told otherwise. */
  task(name: string, run: RunId = runId('r1')): Task | undefined {
    return this.#swarm.tasks.get(taskId(run, name));
  }

  /** One input now, as a turn of its own. */
  send(input: SwarmInput): Ruling {
    const [ruling] = this.#turn([input]);
    if (ruling === undefined) throw new Error('no ruling');
    return ruling;
  }

  /** An input from outside at a later time. */
  sendAt(atMs: number, input: SwarmInput): void {
    this.#due.push({ atMs, key: undefined, input });
  }

  /** Lets time pass until nothing is due any more, or up to `untilMs`. */
  run(untilMs: number = Infinity): this {
    while (this.step(untilMs)) if (this.#turns > MAX_TURNS) throw new Error('the world goes in circles');
    if (Number.isFinite(untilMs)) this.#nowMs = Math.max(this.#nowMs, untilMs);
    return this;
  }

  /** One turn: everything that is due first. False when nothing is due up to `untilMs`. */
  step(untilMs: number = Infinity): boolean {
    const firstMs = this.#due.reduce((least, { atMs }) => Math.min(least, atMs), Infinity);
    if (firstMs > untilMs || firstMs === Infinity) return false;
    this.#nowMs = Math.max(this.#nowMs, firstMs);
    const now = this.#due.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#due = this.#due.filter(({ atMs }) => atMs > this.#nowMs);
    this.#turn(now.map(({ input }) => input));
    return true;
  }

  /** Time has passed although nothing was due, and tasks that wait for a busy agent are offered again. */
  lookAgainAt(atMs: number): void {
    this.run(atMs);
    this.#swarm.queue.reopen();
    this.#turn([]);
  }

  save(): void {
    this.#saved = { seq: this.#entries.length, text: snapshotOf(this.#swarm, this.#nowMs) };
  }

  /** The state as the events alone give it. */
  replayed(): Swarm {
    return this.#foldFrom(newSwarm(this.rules), 0);
  }

  /** The state from the newest saved snapshot and the events after it. */
  restored(): Swarm {
    const swarm = newSwarm(this.rules);
    if (this.#saved !== undefined) restoreSwarm(swarm, this.#saved.text);
    return this.#foldFrom(swarm, this.#saved?.seq ?? 0);
  }

  /** The coordinator dies with all its attempts and waits; the next one takes over what is stored. */
  crash(from: 'events' | 'snapshot'): void {
    this.#swarm = from === 'events' ? this.replayed() : this.restored();
    this.#due = this.#due.filter(({ key }) => key === undefined);
    this.#scripts.clear();
    for (const effect of owedEffects(this.#swarm)) this.#perform(effect);
    this.#turn([]);
  }

  #foldFrom(swarm: Swarm, seq: number): Swarm {
    for (const { event, atMs } of this.#entries.slice(seq)) apply(swarm, event, atMs);
    return swarm;
  }

  #turn(inputs: readonly SwarmInput[]): readonly Ruling[] {
    this.#turns++;
    const first = this.#entries.length;
    const rulings = inputs.map((input) => {
      const ruling = decide(this.#swarm, input, this.#context());
      if (ruling.ok) this.#applyAll(ruling.events);
      return ruling;
    });
    for (let next = this.#next(); next !== undefined; next = this.#next()) this.#applyAll(next);
    this.#options.onQuiet?.(this);
    for (const { event, atMs } of this.#entries.slice(first)) {
      for (const effect of effectsOf(this.#swarm, event, atMs)) this.#perform(effect);
    }
    for (const input of inputs)
      if (input.type === 'attempt.await' || input.type === 'attempt.delegate') this.#goOn(input);
    return rulings;
  }

  #next(): readonly SwarmEvent[] | undefined {
    return nextEvents(this.#swarm, this.#nowMs);
  }

  #applyAll(events: readonly SwarmEvent[]): void {
    for (const event of events) {
      apply(this.#swarm, event, this.#nowMs);
      const entry = { atMs: this.#nowMs, event };
      this.#entries.push(entry);
      this.#options.onEvent?.(entry);
    }
  }

  #context(): Context {
    this.#draws++;
    return { nowMs: this.#nowMs, wallTimeMs: 0, random: Math.imul(this.#draws, 2_654_435_761) >>> 0 };
  }

  #verify({ taskId: id, attempt }: Extract<Effect, { type: 'verify-attempt' }>): void {
    const verdict = this.#play({ taskId: id, attempt, agentId: this.#agentOf(id) }).verdict ?? VERIFIED;
    this.#schedule(1, `attempt:${id}`, { type: 'attempt.judge', taskId: id, attempt, verdict });
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'run-attempt':
        return this.#start(effect);
      case 'verify-attempt':
        return this.#verify(effect);
      case 'stop-attempt': {
        const { taskId: id, attempt, why } = effect;
        // A check that runs is not stopped by a pause.
        if (why === 'paused' && this.#swarm.tasks.get(id)?.status === 'verifying') return;
        // The task has gone on without it.
        if (why === 'agent-lost') return;
        const result = { ok: false, failure: { reason: 'stopped', why } } as const;
        return this.#schedule(1, `attempt:${id}`, { type: 'attempt.end', taskId: id, attempt, result });
      }
      case 'wake-at':
        return this.#schedule(effect.dueMs - this.#nowMs, effect.key, effect.input);
      case 'forget-wake':
        this.#due = this.#due.filter(({ key }) => key !== effect.key);
        return;
      case 'notify':
        return this.#options.onNotice?.(effect.notice);
      case 'confirm-veto':
        return this.#checkVeto(effect);
      case 'stop-veto-checks':
        this.#due = this.#due.filter(({ key }) => key?.startsWith(`veto:${effect.proposalId}:`) !== true);
        return;
      case 'perform-approved':
        return this.#act(effect.proposalId);
      case 'go-on':
        return this.#goOn(effect);
      case 'invalidate-memory':
        return this.#schedule(1, `memory:${effect.id}`, { type: 'memory.clear', id: effect.id, removed: 0 });
      // Tests say themselves how a restart goes, and what hosts do.
      case 'adopt-attempt':
      case 'apply-setting':
      case 'await-host':
      case 'clean-up-run':
      case 'drain-host':
      case 'provision':
      case 'restart-agent':
      case 'tell-child-ended':
      case 'tell-cleared':
      case 'tell-outcome':
      case 'tell-recipients':
      case 'watch-load':
      case 'withdraw-offers':
        return;
    }
  }

  #start(started: Started): void {
    const { taskId: id, attempt } = started;
    const task = this.#swarm.tasks.get(id);
    if (task?.status !== 'running' || task.attempt !== attempt) return;
    const steps = this.#options.lead?.(started, this);
    if (steps !== undefined) {
      this.#scripts.set(id, { attempt, steps, next: 0 });
      return this.#goOn(started);
    }
    const { afterMs, end } = this.#play(started);
    this.#schedule(afterMs, `attempt:${id}`, { type: 'attempt.end', taskId: id, attempt, result: end });
  }

  /** The next step of a lead, unless it waits for sub-tasks. */
  #goOn({ taskId: id, attempt }: Readonly<{ taskId: TaskId; attempt: number }>): void {
    const script = this.#scripts.get(id);
    const task = this.#swarm.tasks.get(id);
    if (script?.attempt !== attempt || task?.status !== 'running' || task.attempt !== attempt) return;
    const step = script.steps[script.next++] ?? { afterMs: 0, end: DONE };
    const about = { taskId: id, attempt };
    const input = ((): SwarmInput => {
      if ('end' in step) return { type: 'attempt.end', ...about, result: step.end };
      if ('children' in step) return { type: 'attempt.await', ...about, children: step.children };
      return { type: 'attempt.delegate', ...about, add: step.add, cancel: step.cancel ?? [] };
    })();
    this.#schedule(step.afterMs, `attempt:${id}`, input);
  }

  #checkVeto({ proposalId, memberId, revision }: Extract<Effect, { type: 'confirm-veto' }>): void {
    const proposal = this.#swarm.proposals.get(proposalId);
    const vote = proposal?.votes.find((one) => one.memberId === memberId);
    if (vote?.revision !== revision || vote.veto?.finding !== 'being-checked') return;
    const check = this.#options.checkVeto?.(proposalId, memberId) ?? { afterMs: 50, isShown: false };
    const finding = check.isShown ? 'confirmed' : 'refuted';
    const input = { type: 'proposal.judge-veto', proposalId, memberId, revision, finding } as const;
    this.#schedule(check.afterMs, `veto:${proposalId}:${memberId}`, input);
  }

  #act(proposalId: ProposalId): void {
    const { afterMs, result } = this.#options.act?.(proposalId) ?? { afterMs: 20, result: { ok: true } };
    this.#schedule(afterMs, `act:${proposalId}`, { type: 'proposal.end-action', proposalId, result });
  }

  #play(started: Started): Play {
    return this.#options.play?.(started) ?? { afterMs: 10, end: DONE };
  }

  #agentOf(id: TaskId): AgentId {
    const task = this.#swarm.tasks.get(id);
    if (task?.status !== 'verifying') throw new Error(`${id} has no claim to verify`);
    return task.agentId;
  }

  #schedule(afterMs: number, key: string, input: SwarmInput): void {
    this.#due = this.#due.filter((due) => due.key !== key);
    this.#due.push({ atMs: this.#nowMs + Math.max(0, afterMs), key, input });
  }
}

function noCommand(): Readonly<{ argv: readonly string[]; exitCode: number; workspace: string; tail: string }> {
  return { argv: ['true'], exitCode: 0, workspace: 'copy', tail: '' };
}
