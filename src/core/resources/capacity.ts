import type { HostSpec } from '../agents/agent-spec.ts';
import type { TaskId } from '../ids.ts';
import type { ResourceAmounts } from '../tasks/task-spec.ts';

/** Share of a host that reservations may take in all, in whole percent. Source: docs/semantics.md, Resources. */
export const RESERVABLE_PERCENT = 80;

/** What one running attempt has of a host. */
export type Reservation = Readonly<{ host: string; amounts: ResourceAmounts }>;

type Kind = keyof ResourceAmounts;
const KINDS: readonly Kind[] = ['cpu', 'memory', 'storage', 'network'];

/**
 * What hosts offer and what is reserved on them. The sum of all reservations on a machine, whichever of its processes
 * they are on, never exceeds 80 % of what the host that gets the next one offers.
 */
export class Capacity {
  readonly #hosts = new Map<string, HostSpec>();
  /** By machine. */
  readonly #reserved = new Map<string, Record<Kind, number>>();
  /** By the task whose attempt has them: what is given back is what was taken, whatever happened in between. */
  readonly #held = new Map<TaskId, Reservation>();

  /** A host that registers again brings new figures; what is reserved on it stays, and goes with it to its machine. */
  setHost(spec: HostSpec): void {
    const moved = [...this.#held.values()].filter(({ host }) => host === spec.host);
    for (const held of moved) this.#add(held, -1);
    this.#hosts.set(spec.host, spec);
    const machine = machineOf(spec);
    if (!this.#reserved.has(machine)) this.#reserved.set(machine, { cpu: 0, memory: 0, storage: 0, network: 0 });
    for (const held of moved) this.#add(held, 1);
  }

  /** What its attempts still have goes on counting: then it stays. */
  forgetHost(host: string): void {
    const spec = this.#hosts.get(host);
    for (const held of this.#held.values()) if (held.host === host) return;
    if (spec === undefined || !this.#hosts.delete(host)) return;
    const machine = machineOf(spec);
    for (const other of this.#hosts.values()) if (machineOf(other) === machine) return;
    this.#reserved.delete(machine);
  }

  get hosts(): readonly HostSpec[] {
    return [...this.#hosts.values()];
  }

  /** On its whole machine. */
  reservedOn(host: string): Readonly<Record<Kind, number>> | undefined {
    const spec = this.#hosts.get(host);
    return spec === undefined ? undefined : this.#reserved.get(machineOf(spec));
  }

  /** Now, or ever: `never` when the amounts are over 80 % of the empty host. */
  check(host: string, amounts: ResourceAmounts | undefined): 'fits' | 'wait' | 'never' {
    const spec = this.#hosts.get(host);
    const reserved = this.reservedOn(host);
    if (amounts === undefined || spec === undefined || reserved === undefined) return 'fits';
    let answer: 'fits' | 'wait' = 'fits';
    for (const kind of KINDS) {
      const amount = amounts[kind] ?? 0;
      const offered = spec[kind];
      if (amount === 0 || offered === undefined) continue;
      const reservable = Math.floor((offered * RESERVABLE_PERCENT) / 100);
      if (amount > reservable) return 'never';
      if (reserved[kind] + amount > reservable) answer = 'wait';
    }
    return answer;
  }

  /** What the running attempt of a task has reserved; undefined when it has reserved nothing. */
  heldBy(task: TaskId): Reservation | undefined {
    return this.#held.get(task);
  }

  reserve(task: TaskId, host: string, amounts: ResourceAmounts | undefined): void {
    // Without amounts most tasks would only fill the map.
    if (amounts === undefined || !this.#hosts.has(host)) return;
    this.release(task);
    this.#held.set(task, { host, amounts });
    this.#add({ host, amounts }, 1);
  }

  /** The attempt goes on with less. */
  shrink(task: TaskId, amounts: ResourceAmounts): void {
    const held = this.#held.get(task);
    if (held !== undefined) this.reserve(task, held.host, amounts);
  }

  /** Gives back all that the task has, once: again does nothing. */
  release(task: TaskId): void {
    const held = this.#held.get(task);
    if (held === undefined) return;
    this.#held.delete(task);
    this.#add(held, -1);
  }

  #add({ host, amounts }: Reservation, sign: 1 | -1): void {
    const spec = this.#hosts.get(host);
    const reserved = spec === undefined ? undefined : this.#reserved.get(machineOf(spec));
    if (reserved === undefined) return;
    for (const kind of KINDS) reserved[kind] += sign * (amounts[kind] ?? 0);
  }
}

/** A host that names no machine is one by itself. */
function machineOf({ host, machine }: HostSpec): string {
  return machine === undefined ? `host ${host}` : `machine ${machine}`;
}
