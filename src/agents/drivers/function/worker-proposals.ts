import type { RunProposals } from '../../../ports/run-proposals.ts';
import { unreachable } from '../../../util/assert.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

type Answers = Awaited<ReturnType<RunProposals['open']>>;
type Outcomes = Awaited<ReturnType<RunProposals['outcomes']>>;

/** `call.proposals` in a worker thread: every question goes to the coordinator's thread, and its answer comes back. */
export class WorkerProposals implements RunProposals {
  readonly #call: number;
  readonly #post: (message: FromWorker) => void;
  readonly #answers = new Map<number, PromiseWithResolvers<Answers>>();
  readonly #outcomes = new Map<number, PromiseWithResolvers<Outcomes>>();
  #asked = 0;
  #isOver = false;

  constructor(call: number, post: (message: FromWorker) => void) {
    this.#call = call;
    this.#post = post;
  }

  readonly open: RunProposals['open'] = (given) => this.#ask('open', given, this.#answers);
  readonly vote: RunProposals['vote'] = (given) => this.#ask('vote', given, this.#answers);
  readonly outcomes: RunProposals['outcomes'] = (given) => this.#ask('outcomes', given, this.#outcomes);

  /** What the coordinator's thread said. */
  settle(message: Exclude<ToWorker, { kind: 'call' }>): void {
    const { call, id } = message;
    // An answer that an earlier function of this thread did not wait for.
    if (call !== this.#call) return;
    switch (message.kind) {
      case 'answers':
        this.#answers.get(id)?.resolve(message.answers);
        break;
      case 'outcomes':
        this.#outcomes.get(id)?.resolve(message.outcomes);
        break;
      case 'failed': {
        const error = new Error(message.message);
        this.#answers.get(id)?.reject(error);
        this.#outcomes.get(id)?.reject(error);
        break;
      }
      default:
        unreachable(message);
    }
    this.#answers.delete(id);
    this.#outcomes.delete(id);
  }

  /** The function has returned: what it still asks is refused. */
  end(): void {
    this.#isOver = true;
    this.#answers.clear();
    this.#outcomes.clear();
  }

  #ask<Value>(
    question: keyof RunProposals,
    given: unknown,
    waiting: Map<number, PromiseWithResolvers<Value>>,
  ): Promise<Value> {
    const asked = Promise.withResolvers<Value>();
    // A function that does not wait for its own question must not take the thread down with it.
    asked.promise.catch(() => {});
    const id = ++this.#asked;
    try {
      if (this.#isOver) throw new Error('The attempt has ended.');
      this.#post({ kind: 'ask', call: this.#call, id, question, given });
      waiting.set(id, asked);
    } catch (error) {
      asked.reject(error);
    }
    return asked.promise;
  }
}
