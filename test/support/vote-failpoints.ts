import { InMemoryJournal } from '../../src/adapters/in-memory/in-memory-journal.ts';
import type { SwarmEvent } from '../../src/core/events.ts';
import { type ProposalId, swarmId } from '../../src/core/ids.ts';
import type { SwarmInput } from '../../src/core/inputs.ts';
import { DEFAULT_RULES } from '../../src/core/swarm-state.ts';
import type { AttemptResult } from '../../src/core/tasks/attempt.ts';
import type { Answer } from '../../src/engine/answer.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { AgentDriver, Assignment, RunContext } from '../../src/ports/agent-driver.ts';
import type { AppendResult, JournalBatch } from '../../src/ports/journal.ts';
import type { LoadedContent, ProposalDuties } from '../../src/ports/proposal-duties.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { sha256 } from '../../src/util/sha256.ts';
import { ScriptedVerifier, settle } from './core-world-engine.ts';

/** Where a coordinator can be killed: around the n-th append, and around what it does for a vote. */
export type Failpoint = Readonly<{
  at: 'append' | 'load' | 'act';
  /** Counted over all leaders, from 1. */
  nth: number;
  /** Nothing of the step has happened, or all of it has and nobody was told. */
  when: 'before' | 'after';
}>;

const SWARM = swarmId('s1');

/** What attempts of tasks do, by task name. */
export type Scripts = Readonly<Record<string, (context: RunContext) => Promise<unknown>>>;

/**
 * One swarm led by one coordinator after another, each killed at the failpoints that are armed. A kill answers
 * nothing: what was under way stays unanswered for ever, as after kill -9.
 */
export class KilledSwarm {
  readonly clock: ManualClock = new ManualClock();
  readonly journal: InMemoryJournal;
  /** How often each failpoint was passed. */
  readonly passed: Record<Failpoint['at'], number> = { append: 0, load: 0, act: 0 };
  /** What the receiver of approved actions has done, each key once. */
  readonly done: Map<ProposalId, string> = new Map();
  kills = 0;
  /** What stands where the approved action looks; everybody votes on `original`. */
  content = 'original';
  readonly #armed: Set<string>;
  readonly #scripts: Scripts;
  #engine: Engine | undefined;
  #death = Promise.withResolvers<void>();

  constructor(armed: readonly Failpoint[], scripts: Scripts = {}) {
    this.#armed = new Set(armed.map(({ at, nth, when }) => `${when} ${at} ${nth}`));
    this.#scripts = scripts;
    const append = (batch: JournalBatch, store: () => Promise<AppendResult>): Promise<AppendResult> =>
      batch.entries.length === 0 ? store() : this.#pass('append', store);
    this.journal = new (class extends InMemoryJournal {
      override append(batch: JournalBatch): Promise<AppendResult> {
        return append(batch, () => super.append(batch));
      }
    })();
  }

  get events(): readonly SwarmEvent[] {
    const records = this.journal.archive(SWARM).recordsAfter(0, 100_000);
    return records.map(({ event }) => event);
  }

  count(type: SwarmEvent['type']): number {
    return this.events.filter((event) => event.type === type).length;
  }

  /** Asks one leader after the other until one answers. */
  async give(input: SwarmInput): Promise<Answer> {
    for (;;) {
      const engine = await this.#leader();
      const answer = await Promise.race([engine.dispatch(input), this.#death.promise]);
      if (answer !== undefined && (answer.ok || answer.refusal.reason !== 'not-leading')) return answer;
    }
  }

  /** Time goes by, and whoever leads does what is due. */
  async pass(ms: number): Promise<void> {
    await this.#leader();
    this.clock.advance(ms);
    await this.rest();
  }

  /** Until nothing happens any more without time passing; the next leader takes over from a killed one. */
  async rest(): Promise<void> {
    for (let before = -1; before !== this.kills;) {
      before = this.kills;
      await this.#leader();
      await settle();
    }
  }

  async #leader(): Promise<Engine> {
    if (this.#engine !== undefined) return this.#engine;
    this.#death = Promise.withResolvers<void>();
    const ports = {
      journal: this.journal,
      drivers: { function: this.#driver, command: this.#driver },
      verifier: new ScriptedVerifier(),
      clock: this.clock,
      random: { word: () => 0, text: (length: number) => 'x'.repeat(length) },
      sink: { committed: () => {} },
      proposals: this.#duties,
    };
    const engine = await Engine.lead(ports, { swarmId: SWARM, rules: DEFAULT_RULES });
    this.#engine = engine;
    engine.start();
    this.clock.advance(0);
    await settle();
    return this.#leader();
  }

  /** The step, or the death of the coordinator before or after it. */
  async #pass<Value>(at: Failpoint['at'], step: () => Promise<Value>): Promise<Value> {
    const nth = ++this.passed[at];
    if (this.#armed.has(`before ${at} ${nth}`)) return this.#die();
    const value = await step();
    return this.#armed.has(`after ${at} ${nth}`) ? this.#die() : value;
  }

  #die(): Promise<never> {
    this.kills++;
    const engine = this.#engine;
    this.#engine = undefined;
    engine?.stop('killed');
    this.#death.resolve();
    return new Promise(() => {});
  }

  get #duties(): ProposalDuties {
    return {
      confirmVeto: async () => false,
      findProblems: () => [],
      load: (proposal) =>
        this.#pass('load', async (): Promise<LoadedContent> => {
          const { content } = this;
          return {
            contentHash: contentHash(content),
            act: (key) =>
              this.#pass('act', async () => {
                // A receiver drops repeats by their key, as the contract says.
                if (!this.done.has(key)) this.done.set(key, `${content} of ${proposal.subject}`);
              }),
          };
        }),
    };
  }

  get #driver(): AgentDriver {
    return {
      kind: 'function',
      probe: async () => ({ ok: true, detail: '' }),
      run: (assignment, context) => this.#play(assignment, context),
    };
  }

  async #play({ spec }: Assignment, context: RunContext): Promise<AttemptResult> {
    try {
      await this.#scripts[spec.name]?.(context);
      return { ok: true, outputs: {}, evidence: [{ check: 'returned', ok: true }] };
    } catch {
      return { ok: false, failure: { reason: 'coordinator-lost' } };
    }
  }
}

export function contentHash(content: string): string {
  return sha256(content);
}

/** Every way to kill once, for so many passes of each failpoint. */
export function everyFailpoint(passed: KilledSwarm['passed']): readonly Failpoint[] {
  return (['append', 'load', 'act'] as const).flatMap((at) =>
    Array.from({ length: passed[at] }, (_, index) =>
      (['before', 'after'] as const).map((when): Failpoint => ({ at, nth: index + 1, when })),
    ).flat(),
  );
}
