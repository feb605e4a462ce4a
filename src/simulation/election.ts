import type { Life, SimNode } from './node.ts';

/** How long a holder may be silent before another one takes the lead; how often it speaks, µs. */
const SILENCE_US = 15_000_000;
const RENEWAL_US = 5_000_000;

/** `blindUntilUs`: until then it does not get to know that it has lost the lead. */
type Holder = { readonly node: SimNode; readonly life: Life; renewedUs: number; blindUntilUs: number };

export type Lease = Readonly<{
  /** Calls it once when somebody else has the lead and this process has noticed. */
  whenLost: (tell: () => void) => void;
  release: () => void;
}>;

/** The right to lead, as a lock that the death of its holder frees and that another may break after a silence. */
export class Election {
  #holder: Holder | undefined;

  tryAcquire(node: SimNode, life: Life): Lease | undefined {
    const holder = this.#holder;
    const isHeld = holder !== undefined && holder.life.isAlive && node.world.nowUs - holder.renewedUs < SILENCE_US;
    return isHeld ? undefined : this.seize(node, life);
  }

  /** Takes it whoever holds it, and who held it does not notice for `unseenUs`. */
  seize(node: SimNode, life: Life, unseenUs: number = 0): Lease {
    if (this.#holder !== undefined) this.#holder.blindUntilUs = node.world.nowUs + unseenUs;
    const holder: Holder = { node, life, renewedUs: node.world.nowUs, blindUntilUs: 0 };
    this.#holder = holder;
    let tell = (): void => undefined;
    const renew = (): void => {
      const isBlind = node.world.nowUs < holder.blindUntilUs;
      if (this.#holder !== holder && !isBlind) return tell();
      if (!isBlind) holder.renewedUs = node.world.nowUs;
      node.after(life, RENEWAL_US, renew);
    };
    node.after(life, RENEWAL_US, renew);
    return {
      whenLost: (told) => {
        tell = told;
      },
      release: () => {
        if (this.#holder === holder) this.#holder = undefined;
      },
    };
  }
}
