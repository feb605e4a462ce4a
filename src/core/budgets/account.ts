import type { BudgetSpec } from '../runs/run-spec.ts';
import type { Usage } from '../tasks/attempt.ts';
import type { Grant } from '../tasks/task-spec.ts';

/** Budgets that are amounts; wall time is a deadline of the run. */
type AmountBudget = Exclude<keyof BudgetSpec, 'wallMs'>;

/** What budgets share out, apart from attempts. */
export type AmountKind = 'tokens' | 'costMicros';
type Asking = Readonly<{ grant?: Grant }>;

/** Why an attempt may not start: it must wait for another one to end, or no end can ever make room. */
export type BudgetAnswer = 'fits' | 'wait' | Readonly<{ exhausted: AmountBudget; limit: number }>;

/**
 * What a run has spent and reserved. Reserved before launch, settled after: spent + reserved never exceeds a limit.
 * Usage that nobody knows counts as its reserved maximum.
 */
export class Account {
  readonly #limits: BudgetSpec;
  #attempts = 0;
  #running = 0;
  readonly #spent = { tokens: 0, costMicros: 0 };
  readonly #reserved = { tokens: 0, costMicros: 0 };

  constructor(limits: BudgetSpec) {
    this.#limits = limits;
  }

  get attempts(): number {
    return this.#attempts;
  }

  /** What is spent for sure and what is promised to attempts that run, in tokens and micro-dollars. */
  get figures(): Readonly<Record<'spentTokens' | 'reservedTokens' | 'spentMicros' | 'reservedMicros', number>> {
    return {
      spentTokens: this.#spent.tokens,
      reservedTokens: this.#reserved.tokens,
      spentMicros: this.#spent.costMicros,
      reservedMicros: this.#reserved.costMicros,
    };
  }

  check({ grant }: Asking): BudgetAnswer {
    const { agents, attempts } = this.#limits;
    if (attempts !== undefined && this.#attempts >= attempts) return this.#noRoom('attempts', attempts);
    if (agents !== undefined && this.#running >= agents) return this.#noRoom('agents', agents);
    for (const kind of AMOUNTS) {
      const limit = this.#limits[kind];
      if (limit !== undefined && this.#spent[kind] + this.#reserved[kind] + (grant?.[kind] ?? 0) > limit) {
        return this.#noRoom(kind, limit);
      }
    }
    return 'fits';
  }

  /** An attempt starts; what it may spend is held for itself. */
  begin(): void {
    this.#attempts++;
    this.#running++;
  }

  /** An attempt is over. */
  end(): void {
    this.#running--;
  }

  /** An attempt that waits for sub-tasks, and is not one of those that run at the same time. */
  rest(): void {
    this.#running--;
  }

  wake(): void {
    this.#running++;
  }

  /** Whether attempts run, those that wait for sub-tasks apart. */
  get isBusy(): boolean {
    return this.#running > 0;
  }

  /** Whether one more attempt may run now. */
  get hasPlace(): boolean {
    return this.#limits.agents === undefined || this.#running < this.#limits.agents;
  }

  limitOf(kind: AmountKind): number | undefined {
    return this.#limits[kind];
  }

  /** What is neither spent nor promised; undefined when there is no limit. */
  leftOf(kind: AmountKind): number | undefined {
    const limit = this.#limits[kind];
    return limit === undefined ? undefined : limit - this.#spent[kind] - this.#reserved[kind];
  }

  spentOf(kind: AmountKind): number {
    return this.#spent[kind];
  }

  hold(kind: AmountKind, amount: number): void {
    this.#reserved[kind] += amount;
  }

  release(kind: AmountKind, reserved: number, spent: number): void {
    this.#reserved[kind] -= reserved;
    this.#spent[kind] += spent;
  }

  /** Puts an account back as it was: `figures` and `attempts` of the old one. */
  restore(attempts: number, spentTokens: number, spentMicros: number): void {
    this.#attempts = attempts;
    this.#spent.tokens = spentTokens;
    this.#spent.costMicros = spentMicros;
  }

  /** With nothing running nothing will be given back, so waiting would be for ever. */
  #noRoom(budget: AmountBudget, limit: number): BudgetAnswer {
    return this.#running > 0 ? 'wait' : { exhausted: budget, limit };
  }
}

export const AMOUNTS = ['tokens', 'costMicros'] as const;

/** What was used of a kind, where it is known. */
export function used(kind: AmountKind, usage: Usage | undefined): number | undefined {
  if (kind === 'costMicros') return usage?.costMicros;
  if (usage?.inputTokens === undefined && usage?.outputTokens === undefined) return undefined;
  return (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0);
}
