import type { SimNode } from './node.ts';
import type { PortMethod, Targeted } from './plan.ts';

/** What a call must put up with. */
export type Trouble = Readonly<{ throws: boolean; delayUs: number }>;

const NONE: Trouble = { throws: false, delayUs: 0 };

/** Kills the process on `node`, which is started again after that time. */
export type Killer = (node: SimNode, downUs: number) => void;

/** Faults that are aimed at single calls of the outside. */
export class Failpoints {
  #armed: readonly Targeted[];
  readonly #kill: Killer;
  readonly #counts = new Map<string, number>();

  constructor(armed: readonly Targeted[], kill: Killer) {
    this.#armed = armed;
    this.#kill = kill;
  }

  /** Nothing is aimed at any more. */
  disarm(): void {
    this.#armed = [];
  }

  /** Counts the call. The process may be dead, or stand still, when this returns. */
  hit(node: SimNode, method: PortMethod, when: 'before' | 'after'): Trouble {
    const place = `${method} ${when}`;
    const nth = (this.#counts.get(place) ?? 0) + 1;
    this.#counts.set(place, nth);
    const fault = this.#armed.find((one) => one.method === method && one.when === when && one.nth === nth);
    return fault === undefined ? NONE : this.#strike(node, fault);
  }

  #strike(node: SimNode, { what, forMs, method, when, nth }: Targeted): Trouble {
    node.world.note(node.name, `${what} ${when} call ${nth} of ${method}`);
    if (what === 'crash') this.#kill(node, forMs * 1_000);
    if (what === 'pause') node.pause(forMs * 1_000);
    return { throws: what === 'throw', delayUs: what === 'delay' ? forMs * 1_000 : 0 };
  }
}
