import type { WhyNot } from '../../../core/hosts/frames.ts';
import type { RunAbilities } from '../../../ports/agent-driver.ts';
import { memoryQuestions } from '../../../tools/memory-questions.ts';
import { UserError } from '../../../util/user-error.ts';
import { checkedMessages } from './checked-messages.ts';
import { checkedProposals } from './checked-proposals.ts';
import { checkedTasks } from './checked-tasks.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

type Ask = Extract<FromWorker, { kind: 'ask' }>;
/** Each takes whatever the thread has sent. */
type Questions = Readonly<Record<string, (given: unknown) => Promise<unknown>>>;

/** Where the thread can wait for other functions without keeping their place. */
export type RestingPlace = Readonly<{ rest: <Value>(wait: () => Promise<Value>) => Promise<Value> }>;

/** Questions that are answered when other tasks have ended, which may need a thread themselves. */
const LONG: ReadonlySet<string> = new Set(['outcomes', 'run']);

/** What is asked for may be named anything; what every object has is no answer. */
function ownOf<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Answers what one call in a worker thread asks. */
export class WorkerDesk {
  readonly #abilities: { readonly [Ability in keyof RunAbilities]: Questions };
  readonly #tell: (message: ToWorker) => void;
  readonly #place: RestingPlace;
  /** Questions that can be given up. */
  readonly #open = new Map<number, AbortController>();

  /** `context` is looked at when something is asked, and not before. */
  constructor(context: RunAbilities, tell: (message: ToWorker) => void, place: RestingPlace) {
    this.#abilities = {
      memory: memoryQuestions(() => context.memory),
      messages: checkedMessages(() => context.messages),
      proposals: checkedProposals(() => context.proposals),
      tasks: checkedTasks(() => context.tasks),
    };
    this.#tell = tell;
    this.#place = place;
  }

  /** The thread is told the answer, or what went wrong. Never rejects. */
  async answer(ask: Ask): Promise<void> {
    const { call, id } = ask;
    try {
      this.#tell({ kind: 'answer', call, id, value: await this.#ask(ask) });
    } catch (error) {
      this.#tell({ kind: 'failed', call, id, ...whyNot(error) });
    }
  }

  /** The function waits no longer for an answer: it gets the one that there is. */
  giveUp(id: number): void {
    this.#open.get(id)?.abort();
  }

  async #ask({ id, ability, question, given, canGiveUp }: Ask): Promise<unknown> {
    const questions = ownOf<Questions>(this.#abilities, ability) ?? {};
    const ask = ownOf(questions, question);
    if (ask === undefined) throw new Error(`There is no call.${ability}.${question}.`);
    if (ability === 'tasks' && LONG.has(question)) return this.#place.rest(() => ask(given));
    if (canGiveUp !== true) return ask(given);
    const controller = new AbortController();
    this.#open.set(id, controller);
    try {
      return await ask({ ...(typeof given === 'object' ? given : {}), signal: controller.signal });
    } finally {
      this.#open.delete(id);
    }
  }
}

function whyNot(error: unknown): WhyNot {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message } = error;
  return error instanceof UserError ? { message, code: error.code, fix: error.fix } : { message };
}
