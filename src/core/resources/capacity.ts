import type { HostSpec } from '../agents/agent-spec.ts';
import type { ResourceAmounts } from '../tasks/task-spec.ts';

/** Share of a host that reservations may take in all, in whole percent. Source: docs/semantics.md, Resources. */
export const RESERVABLE_PERCENT = 80;

type Kind = keyof ResourceAmounts;
const KINDS: readonly Kind[] = ['cpu', 'memory', 'storage', 'network'];

/** What hosts offer and what is reserved on them. The sum of all reservations never exceeds 80 % of a figure. */
export class Capacity {
  readonly #hosts = new Map<string, { spec: HostSpec; reserved: Record<Kind, number> }>();

  /** A host that registers again brings new figures; what is reserved on it stays. */
  setHost(spec: HostSpec): void {
    const reserved = this.#hosts.get(spec.host)?.reserved ?? { cpu: 0, memory: 0, storage: 0, network: 0 };
    this.#hosts.set(spec.host, { spec, reserved });
  }

  get hosts(): readonly HostSpec[] {
    return [...this.#hosts.values()].map(({ spec }) => spec);
  }

  reservedOn(host: string): Readonly<Record<Kind, number>> | undefined {
    return this.#hosts.get(host)?.reserved;
  }

  /** Now, or ever: `never` when the amounts are over 80 % of the empty host. */
  check(host: string, amounts: ResourceAmounts | undefined): 'fits' | 'wait' | 'never' {
    const known = this.#hosts.get(host);
    if (amounts === undefined || known === undefined) return 'fits';
    let answer: 'fits' | 'wait' = 'fits';
    for (const kind of KINDS) {
      const amount = amounts[kind] ?? 0;
      const offered = known.spec[kind];
      if (amount === 0 || offered === undefined) continue;
      const reservable = Math.floor((offered * RESERVABLE_PERCENT) / 100);
      if (amount > reservable) return 'never';
      if (known.reserved[kind] + amount > reservable) answer = 'wait';
    }
    return answer;
  }

  reserve(host: string, amounts: ResourceAmounts | undefined): void {
    this.#add(host, amounts, 1);
  }

  release(host: string, amounts: ResourceAmounts | undefined): void {
    this.#add(host, amounts, -1);
  }

  #add(host: string, amounts: ResourceAmounts | undefined, sign: 1 | -1): void {
    const reserved = this.#hosts.get(host)?.reserved;
    if (amounts === undefined || reserved === undefined) return;
    for (const kind of KINDS) reserved[kind] += sign * (amounts[kind] ?? 0);
  }
}
