import type { Question, QuestionAnswer } from '../core/hosts/frames.ts';
import type { AgentReport } from '../core/tasks/attempt.ts';
import type { LiveUsage } from '../ports/process-runner.ts';
import type { RunAbilities, RunContext, StopReason } from '../ports/agent-driver.ts';

/** How questions of an attempt get to its coordinator. */
export type QuestionPost = Readonly<{ put: (id: number, question: Question) => void; giveUp: (id: number) => void }>;

/** What an attempt can ask of its run, which is in another process. */
export type AttemptAsks = Readonly<{
  /** What a driver's context has beside signal, reports and measures. */
  abilities: RunAbilities;
  settle: (id: number, answer: QuestionAnswer) => void;
  /** The attempt has ended: what it still asks is refused. */
  end: () => void;
}>;

type Parts = Readonly<{
  report: (report: AgentReport) => void;
  measured: (usage: LiveUsage) => void;
  asks: AttemptAsks;
}>;

/** One attempt that runs in this process for a coordinator in another one. */
export class HostedAttempt {
  readonly context: RunContext;
  readonly #controller = new AbortController();
  readonly #asks: AttemptAsks;

  constructor({ asks, report, measured }: Parts) {
    this.#asks = asks;
    const { signal } = this.#controller;
    this.context = Object.assign(this.#asks.abilities, { signal, report, measured });
  }

  stop(reason: StopReason): void {
    if (!this.#controller.signal.aborted) this.#controller.abort(reason);
  }

  answer(id: number, answer: QuestionAnswer): void {
    this.#asks.settle(id, answer);
  }

  end(): void {
    this.#asks.end();
  }
}
