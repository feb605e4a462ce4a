import { setImmediate as everyPromise } from 'node:timers/promises';
import { InMemoryJournal } from '../../src/adapters/in-memory/in-memory-journal.ts';
import type { SwarmEvent } from '../../src/core/events.ts';
import { type RunId, runId, swarmId, type TaskId, taskId } from '../../src/core/ids.ts';
import { DEFAULT_RULES } from '../../src/core/swarm-state.ts';
import type { Verdict } from '../../src/core/tasks/attempt.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { EngineOptions, EnginePorts } from '../../src/engine/engine-options.ts';
import type { AppendResult, JournalBatch, Snapshot } from '../../src/ports/journal.ts';
import type { ClaimToVerify, Verifier } from '../../src/ports/verifier.ts';
import { EventProbe } from '../../src/testing/event-probe.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { ScriptedAgent, type ScriptedAttempt } from '../../src/testing/scripted-agent.ts';

export const RUN: RunId = runId('r1');
export const taskIdOf = (name: string): TaskId => taskId(RUN, name);

/** A journal whose commits can be held back, broken or answered by the test. */
export class HeldJournal extends InMemoryJournal {
  readonly batches: JournalBatch[] = [];
  /** Given to the next appends instead of storing anything. */
  readonly answers: AppendResult[] = [];
  readonly #gates: PromiseWithResolvers<void>[] = [];
  #isHeld = false;
  #snapshot: Snapshot | undefined;

  hold(): void {
    this.#isHeld = true;
  }

  /** Lets the oldest held commit through, or breaks it. */
  release(trouble?: Error): void {
    const gate = this.#gates.shift();
    if (trouble === undefined) gate?.resolve();
    else gate?.reject(trouble);
  }

  /** Nothing is held any more. */
  releaseAll(): void {
    this.#isHeld = false;
    for (const gate of this.#gates.splice(0)) gate.resolve();
  }

  override async append(batch: JournalBatch): Promise<AppendResult> {
    this.batches.push(batch);
    if (this.#isHeld) {
      const gate = Promise.withResolvers<void>();
      this.#gates.push(gate);
      await gate.promise;
    }
    return this.answers.shift() ?? super.append(batch);
  }

  /** What the next leader finds, whatever was saved. */
  plant(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
  }

  override async latestSnapshot(swarm: JournalBatch['swarmId']): Promise<Snapshot | undefined> {
    return this.#snapshot ?? super.latestSnapshot(swarm);
  }
}

export type ScriptedCheck = {
  readonly claim: ClaimToVerify;
  readonly signal: AbortSignal;
  find(verdict: Verdict): void;
  crash(error: Error): void;
};

/** A verifier that the test plays. */
export class ScriptedVerifier implements Verifier {
  /** Thrown by the next call, without a promise. */
  bug: Error | undefined;
  readonly #started: ScriptedCheck[] = [];
  #more = Promise.withResolvers<void>();

  verify(claim: ClaimToVerify, signal: AbortSignal): Promise<Verdict> {
    if (this.bug !== undefined) throw this.bug;
    const { promise, resolve, reject } = Promise.withResolvers<Verdict>();
    this.#started.push({ claim, signal, find: resolve, crash: reject });
    this.#more.resolve();
    this.#more = Promise.withResolvers();
    return promise;
  }

  async nextCheck(): Promise<ScriptedCheck> {
    for (;;) {
      const check = this.#started.shift();
      if (check !== undefined) return check;
      await this.#more.promise;
    }
  }
}

/** Everything around an engine, played by the test. */
export class EngineRig {
  readonly journal: HeldJournal = new HeldJournal();
  readonly agent: ScriptedAgent = new ScriptedAgent();
  readonly verifier: ScriptedVerifier = new ScriptedVerifier();
  readonly clock: ManualClock = new ManualClock();
  readonly probe: EventProbe = new EventProbe();

  /** The next leader of the same journal; not started yet. */
  lead(options: Partial<EngineOptions> = {}, ports: Partial<EnginePorts> = {}): Promise<Engine> {
    const { journal, agent, verifier, clock, probe: sink } = this;
    const random = { word: () => 0, text: (length: number) => 'x'.repeat(length) };
    const drivers = { command: agent, function: agent };
    return Engine.lead(
      { journal, drivers, verifier, clock, sink, random, ...ports },
      { swarmId: swarmId('s1'), rules: DEFAULT_RULES, ...options },
    );
  }

  /** A leader that has begun; what was lost with the one before is told to it at once. */
  async start(options: Partial<EngineOptions> = {}, ports: Partial<EnginePorts> = {}): Promise<Engine> {
    const engine = await this.lead(options, ports);
    engine.start();
    this.clock.advance(0);
    return engine;
  }

  /** The next attempt of this task; attempts of others that begin before are passed over. */
  async attemptOf(name: string): Promise<ScriptedAttempt> {
    for (;;) {
      const attempt = await this.agent.nextAttempt();
      if (attempt.assignment.taskId === taskIdOf(name)) return attempt;
    }
  }

  /** Everything stored so far. */
  get events(): readonly SwarmEvent[] {
    return this.journal
      .archive(swarmId('s1'))
      .recordsAfter(0, 100_000)
      .map(({ event }) => event);
  }

  types(): readonly string[] {
    return this.events.map(({ type }) => type);
  }
}

/** Lets everything happen that needs no time to pass. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 8; round++) await everyPromise();
}
