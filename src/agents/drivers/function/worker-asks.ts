import type { WhyNot } from '../../../core/hosts/frames.ts';
import type { RunMemory } from '../../../ports/run-memory.ts';
import type { OutgoingMessage, RunMessages } from '../../../ports/run-messages.ts';
import type { RunProposals } from '../../../ports/run-proposals.ts';
import type { RunTasks } from '../../../ports/run-tasks.ts';
import { userError } from '../../../util/user-error.ts';
import { memoryOver } from './memory-over.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

type Ask = Extract<FromWorker, { kind: 'ask' }>;
type Question = Pick<Ask, 'ability' | 'question' | 'given'>;

const OVER = 'The attempt has ended.';

/** What a function asks in a worker thread goes to the coordinator's thread, and its answer comes back. */
export class WorkerAsks {
  readonly #call: number;
  readonly #post: (message: FromWorker) => void;
  readonly #named: (message: OutgoingMessage) => OutgoingMessage;
  readonly #open = new Map<number, PromiseWithResolvers<unknown>>();
  #asked = 0;
  #isOver = false;

  /** `named`: gives a message its id, where whoever answers cannot. */
  constructor(
    call: number,
    post: (message: FromWorker) => void,
    named: (message: OutgoingMessage) => OutgoingMessage = (message) => message,
  ) {
    this.#call = call;
    this.#post = post;
    this.#named = named;
  }

  get proposals(): RunProposals {
    return {
      open: (given) => this.#ask({ ability: 'proposals', question: 'open', given }),
      vote: (given) => this.#ask({ ability: 'proposals', question: 'vote', given }),
      outcomes: (given) => this.#ask({ ability: 'proposals', question: 'outcomes', given }),
    };
  }

  get messages(): RunMessages {
    return {
      send: (given) => this.#ask({ ability: 'messages', question: 'send', given: this.#named(given) }),
      receive: ({ signal, ...given } = {}) =>
        this.#ask({ ability: 'messages', question: 'receive', given }, signal ?? undefined),
      acknowledge: (given) => this.#ask({ ability: 'messages', question: 'acknowledge', given }),
      subscribe: (given) => this.#ask({ ability: 'messages', question: 'subscribe', given }),
      unsubscribe: (given) => this.#ask({ ability: 'messages', question: 'unsubscribe', given }),
    };
  }

  get memory(): RunMemory {
    const ask =
      (question: keyof RunMemory) =>
      <Value>(given: unknown): Promise<Value> =>
        this.#ask({ ability: 'memory', question, given });
    return memoryOver({
      get: ask('get'),
      set: ask('set'),
      delete: ask('delete'),
      invalidate: ask('invalidate'),
      list: ask('list'),
      search: ask('search'),
      handOff: ask('handOff'),
      handOffs: ask('handOffs'),
      decide: ask('decide'),
      decisions: ask('decisions'),
      checkpoint: ask('checkpoint'),
      lastCheckpoint: ask('lastCheckpoint'),
    });
  }

  get tasks(): RunTasks {
    return {
      delegate: (given) => this.#ask({ ability: 'tasks', question: 'delegate', given }),
      cancel: (given) => this.#ask({ ability: 'tasks', question: 'cancel', given }),
      outcomes: (given) => this.#ask({ ability: 'tasks', question: 'outcomes', given }),
      run: (given) => this.#ask({ ability: 'tasks', question: 'run', given }),
      overview: () => this.#ask({ ability: 'tasks', question: 'overview', given: undefined }),
    };
  }

  /** What the coordinator's thread said. */
  settle(message: Exclude<ToWorker, { kind: 'call' }>): void {
    const { call, id } = message;
    // An answer that an earlier function of this thread did not wait for.
    if (call !== this.#call) return;
    const asked = this.#open.get(id);
    this.#open.delete(id);
    if (message.kind === 'answer') asked?.resolve(message.value);
    else asked?.reject(errorOf(message));
  }

  /** The function has returned: what it still asks is refused. */
  end(): void {
    this.#isOver = true;
    for (const { reject } of this.#open.values()) reject(new Error(OVER));
    this.#open.clear();
  }

  #ask<Value>(question: Question, signal?: AbortSignal): Promise<Value> {
    const asked = Promise.withResolvers<unknown>();
    const id = ++this.#asked;
    try {
      if (this.#isOver) throw new Error(OVER);
      const canGiveUp = signal === undefined ? {} : { canGiveUp: true as const };
      this.#post({ kind: 'ask', call: this.#call, id, ...question, ...canGiveUp });
      this.#open.set(id, asked);
      if (signal !== undefined) this.#giveUpWith(signal, id);
    } catch (error) {
      asked.reject(error);
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each question has one type of answer, checked where it is asked
    const answer = asked.promise as Promise<Value>;
    // A function that does not wait for its own question must not take the thread down with it.
    answer.catch(() => {});
    return answer;
  }

  #giveUpWith(signal: AbortSignal, id: number): void {
    const giveUp = (): void => {
      if (this.#open.has(id)) this.#post({ kind: 'give-up', call: this.#call, id });
    };
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  }
}

/** As it would have been thrown on the other side. */
function errorOf({ message, code, fix }: WhyNot): Error {
  return code === undefined || fix === undefined ? new Error(message) : userError({ code, message, fix });
}
