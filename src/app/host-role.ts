import { availableParallelism } from 'node:os';
import type { HostSettings, MadeHost } from './make-host.ts';

/** How long a program waits for its functions to be known to the leader, ms. */
const JOIN_MS = 10_000;
/** How long its own host may take to finish what it has once it leads itself, ms. */
const LEAVE_MS = 3_600_000;

/**
 * The functions of a program that does not lead: while another process leads, this one is a host of it; when it leads
 * itself, its host finishes what it has and leaves, because a leader runs its functions without one.
 */
export class HostRole {
  readonly #settings: Omit<HostSettings, 'agents' | 'prefix' | 'role' | 'capabilities'>;
  #made: Promise<MadeHost> | undefined;
  /** Of an earlier time as a follower, while it comes to its end. */
  #leaving: Promise<MadeHost> | undefined;
  #isClosed = false;

  constructor(settings: Omit<HostSettings, 'agents' | 'prefix' | 'role' | 'capabilities'>) {
    this.#settings = settings;
  }

  /** Another process leads: resolves when it knows the functions of this one, or after a while. */
  async follow(): Promise<void> {
    if (this.#isClosed) return;
    this.#made ??= this.#make();
    const { runner } = await this.#made;
    await Promise.race([runner.joined, new Promise((resolve) => void setTimeout(resolve, JOIN_MS).unref())]);
  }

  /** This process leads. What its host still runs comes to its end under this leader. */
  lead(): void {
    const made = this.#made;
    this.#made = undefined;
    if (made === undefined) return;
    this.#leaving = made;
    void leave(made, LEAVE_MS).catch(() => {});
  }

  /** Hands back what runs. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const made = this.#made;
    this.#made = undefined;
    if (made !== undefined) await leave(made, 0);
    await (await this.#leaving)?.close();
  }

  async #make(): Promise<MadeHost> {
    const { makeHost } = await import('./make-host.ts');
    // Its functions alone: commands are done by the leader.
    const names = Object.keys(this.#settings.functions);
    const capabilities = [...names.map((name) => `function:${name}`), 'agent:local'];
    const shape = { prefix: 'program', role: 'program', agents: availableParallelism(), capabilities };
    const made = await makeHost({ ...this.#settings, ...shape });
    made.runner.start();
    return made;
  }
}

async function leave(made: Promise<MadeHost>, graceMs: number): Promise<void> {
  const { runner, close } = await made;
  await runner.drain(graceMs);
  await close();
}
