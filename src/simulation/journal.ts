import type { SwarmId } from '../core/ids.ts';
import type { AppendResult, Journal, JournalBatch, JournalRecord, Snapshot } from '../ports/journal.ts';
import type { Failpoints } from './failpoints.ts';
import type { Life, SimNode } from './node.ts';
import type { StoreLine } from './memory-doors.ts';
import type { PortMethod, Profile } from './plan.ts';
import type { Store } from './store.ts';

/** Of 1,000 calls on their way when their process dies, so many never reach the store. */
const LOST_AT_DEATH_PERMILLE = 500;
/** How long a store that is away keeps a caller waiting, µs. */
const AWAY_US = 500_000;

export type DoorParts = Readonly<{
  node: SimNode;
  life: Life;
  store: Store;
  failpoints: Failpoints;
  line: StoreLine;
  /** How a call went; for counting. */
  called: (what: string) => void;
  profile: () => Profile['store'];
  /** The answer to an append has come. */
  wrote: () => void;
}>;

/** The journal as one life of a process sees it: every call takes time, and its answer may get lost. */
export class JournalDoor implements Journal {
  readonly #parts: DoorParts;
  #calls = 0;
  /** What this process has claimed. */
  epoch: number | undefined;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  claim(_swarmId: SwarmId): Promise<number> {
    return this.#call('claim', () => (this.epoch = this.#parts.store.claim()));
  }

  append(batch: JournalBatch): Promise<AppendResult> {
    // What is written is what the batch is now, whatever happens to it on the way.
    const texts = batch.entries.map(({ event }) => JSON.stringify(event));
    return this.#call('append', () => this.#parts.store.append({ ...batch, texts }));
  }

  async *read(_swarmId: SwarmId, fromSeq: number): AsyncGenerator<JournalRecord> {
    yield* await this.#call('read', () => this.#parts.store.recordsFrom(fromSeq));
  }

  saveSnapshot(_swarmId: SwarmId, snapshot: Snapshot): Promise<void> {
    return this.#call('saveSnapshot', () => this.#parts.store.saveSnapshot(snapshot));
  }

  latestSnapshot(_swarmId: SwarmId): Promise<Snapshot | undefined> {
    return this.#call('latestSnapshot', () => this.#parts.store.latestSnapshot());
  }

  async close(): Promise<void> {}

  #call<Result>(method: PortMethod, act: () => Result): Promise<Result> {
    const { node, life, failpoints, store } = this.#parts;
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const key = `${node.name} ${life.number} ${++this.#calls} ${method}`;
    const reply = (give: () => void): void => {
      node.world.at(node.world.nowUs + this.#latencyUs(`${key} back`), () => node.inside(life, give));
    };
    const answered = (give: () => void): void =>
      reply(() => {
        if (method === 'append') this.#parts.wrote();
        give();
      });
    const { throws, delayUs } = failpoints.hit(node, method, 'before');
    if (throws) {
      reply(() => reject(new Error('no connection to the store')));
      return promise;
    }
    const arrive = (): void => {
      if (!life.isAlive && node.world.draw.chance('lost at death', key, LOST_AT_DEATH_PERMILLE)) return;
      if (store.isAway) {
        this.#parts.called(`${method} fails`);
        return void node.after(life, AWAY_US, () => reject(new Error('the store is away')));
      }
      this.#atStore({ method, key, act, reply: answered, resolve, reject });
    };
    // What memory has asked for before comes first, as with the one thread of a store.
    const atUs = node.world.nowUs + this.#latencyUs(key) + store.slowByUs + delayUs;
    node.world.at(this.#parts.line.behind(atUs), arrive);
    return promise;
  }

  #atStore<Result>(call: {
    method: PortMethod;
    key: string;
    act: () => Result;
    reply: (give: () => void) => void;
    resolve: (result: Result) => void;
    reject: (error: Error) => void;
  }): void {
    const { node, failpoints, profile } = this.#parts;
    let result: Result;
    try {
      result = call.act();
    } catch (error) {
      this.#parts.called(`${call.method} fails`);
      return call.reply(() => call.reject(error instanceof Error ? error : new Error(String(error))));
    }
    const { throws } = failpoints.hit(node, call.method, 'after');
    const isLost = throws || node.world.draw.chance('reply lost', call.key, profile().replyLostPermille);
    this.#parts.called(`${call.method} ${isLost ? 'unheard' : outcomeOf(result)}`);
    if (isLost) node.world.note(node.name, `gets no reply to ${call.method}`);
    call.reply(() => (isLost ? call.reject(new Error('the reply of the store got lost')) : call.resolve(result)));
  }

  #latencyUs(key: string): number {
    return 20 + this.#parts.node.world.draw.around('store', key, this.#parts.profile().latencyMs * 1_000);
  }
}

function outcomeOf(result: unknown): string {
  const isRefused = typeof result === 'object' && result !== null && 'reason' in result;
  return isRefused ? String(result.reason) : 'ok';
}
