import type { HostSign } from '../../../src/simulation/watcher.ts';
import type { JournalRecord } from '../../../src/ports/journal.ts';

type Start = Readonly<{ node: string; rate: number; atUs: number }>;

/** The clock of whoever leads, as somebody sees it who stands beside it, and when it last could do nothing. */
export class LeadClock {
  readonly #nowUs: () => number;
  readonly #starting = new Map<number, Start>();
  /** When each node last woke up, or got an answer from the store. */
  readonly #freeUs = new Map<string, number>();
  #lead: (Start & Readonly<{ epoch: number; firstMs: number }>) | undefined;
  readonly #draining = new Set<number>();

  constructor(nowUs: () => number) {
    this.#nowUs = nowUs;
  }

  host(sign: HostSign): void {
    if (sign.kind === 'leads') this.#starting.set(sign.epoch, { ...sign, atUs: this.#nowUs() });
    if (sign.kind === 'leader-woke' || sign.kind === 'leader-wrote') this.#freeUs.set(sign.node, this.#nowUs());
    if (sign.kind !== 'leader-drains') return;
    const led = [...this.#starting].findLast(([, { node }]) => node === sign.node);
    if (led !== undefined) this.#draining.add(led[0]);
  }

  /** Before anything else looks at the record. */
  note({ epoch, atMs }: JournalRecord): void {
    if (this.#lead?.epoch === epoch) return;
    const start = this.#starting.get(epoch);
    this.#lead = start === undefined ? undefined : { ...start, epoch, firstMs: atMs };
  }

  /** It decides nothing by itself any more. */
  get isDraining(): boolean {
    return this.#lead !== undefined && this.#draining.has(this.#lead.epoch);
  }

  /** Led time since which it could have decided what it decides now; undefined when that is not known. */
  get freeMs(): number | undefined {
    if (this.#lead === undefined) return undefined;
    const { node, rate, atUs, firstMs } = this.#lead;
    const freeUs = Math.max(atUs, this.#freeUs.get(node) ?? 0);
    return Math.ceil(firstMs + ((freeUs - atUs) * rate) / 1_000_000);
  }
}
