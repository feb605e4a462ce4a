import type { TaskFailure } from '../core/tasks/attempt.ts';
import type { AccountPlan, Plan } from './plan.ts';
import type { World } from './world.ts';

type Window = { startUs: number; used: number };

/** Providers that take only so many requests of an account at a time, and say more or less when to come again. */
export class Providers {
  readonly #world: World;
  readonly #accounts: ReadonlyMap<string, AccountPlan>;
  /** The account that each agent works on. */
  readonly #accountOf: (agentId: string) => string | undefined;
  readonly #windows = new Map<string, Window>();
  #isGenerous = false;

  constructor(world: World, plan: Plan) {
    this.#world = world;
    this.#accounts = new Map((plan.accounts ?? []).map((account) => [account.account, account]));
    this.#accountOf = accountsOf(plan);
  }

  /** Everything is taken from now on. */
  heal(): void {
    this.#isGenerous = true;
  }

  /** A request by that agent: undefined when it is taken, else what the provider says instead. */
  refusalOf(agentId: string): TaskFailure | undefined {
    const account = this.#accounts.get(this.#accountOf(agentId) ?? '');
    if (account === undefined || this.#isGenerous) return undefined;
    const { nowUs } = this.#world;
    const window = this.#windows.get(account.account);
    if (window === undefined || nowUs >= window.startUs + account.windowMs * 1_000) {
      this.#windows.set(account.account, { startUs: nowUs, used: 1 });
      return undefined;
    }
    if (window.used++ < account.requests) return undefined;
    const leftMs = window.startUs / 1_000 + account.windowMs - nowUs / 1_000;
    const { kind, says } = account;
    const refusal = { reason: 'quota-exceeded', account: account.account, kind } as const;
    if (says === 'nothing') return refusal;
    return { ...refusal, retryAfterMs: says === 'when' ? leftMs : leftMs / 8 };
  }
}

/** Also of agents that are made while the world runs. */
function accountsOf({ agents, requests }: Plan): (agentId: string) => string | undefined {
  const known = new Map<string, string | undefined>(agents.map(({ id, account }) => [id, account]));
  const groups = requests.flatMap(({ input }) =>
    input.type === 'run.submit'
      ? (input.run.scale ?? []).map(({ role, account }) => [`${input.runId}/${role}-`, account] as const)
      : [],
  );
  return (agentId) => {
    if (known.has(agentId)) return known.get(agentId);
    return groups.find(([start]) => agentId.startsWith(start))?.[1];
  };
}
