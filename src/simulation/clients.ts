import type { Answer } from '../engine/answer.ts';
import type { Coordinator } from './coordinator.ts';
import type { Network } from './network.ts';
import type { Request } from './plan.ts';
import type { Watcher } from './watcher.ts';
import type { World } from './world.ts';

const FIRST_TIMEOUT_US = 1_000_000;
const MAX_TIMEOUT_US = 8_000_000;
const AGAIN_US = 400_000;
/** What is asked about may still be on its way: it is asked again, but not for ever. */
const NOT_YET: ReadonlySet<string> = new Set(['proposal-unknown', 'run-unknown', 'task-unknown']);
const MAX_TRIES_FOR_UNKNOWN = 12;
/** Answers that say nothing about what was asked: it is asked again. */
const NO_ANSWERS: ReadonlySet<string> = new Set(['not-leading', 'overloaded', 'store-full']);

type Asked = { readonly request: Request; answer: Answer | undefined; tries: number };

export type ClientParts = Readonly<{
  world: World;
  network: Network;
  coordinators: readonly Coordinator[];
  watcher: Watcher;
}>;

/** People and programs outside: each asks until it is answered, and writes down what it was told. */
export class Clients {
  readonly #parts: ClientParts;
  readonly #asked: Asked[] = [];
  readonly #leaders = new Map<string, number>();

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  ask(request: Request): void {
    const asked: Asked = { request, answer: undefined, tries: 0 };
    this.#asked.push(asked);
    this.#parts.world.at(request.atMs * 1_000, () => this.#try(asked));
  }

  get ledger(): readonly Asked[] {
    return this.#asked;
  }

  get isAnswered(): boolean {
    return this.#asked.every(({ answer }) => answer !== undefined);
  }

  #try(asked: Asked): void {
    const { world, network, coordinators, watcher } = this.#parts;
    const { request } = asked;
    if (asked.answer !== undefined) return;
    const nth = ++asked.tries;
    const target = coordinators[(this.#leaders.get(request.client) ?? 0) % coordinators.length];
    if (target === undefined) return;
    const key = `${request.id} ${nth}`;
    const { name } = target.node;
    network.send(request.client, name, key, () =>
      target.receive(request.input, (answer) => {
        watcher.answered({ request: request.id, input: request.input, answer, node: name });
        network.send(name, request.client, `${key} answer`, () => this.#hear(asked, nth, answer));
      }),
    );
    world.at(world.nowUs + Math.min(FIRST_TIMEOUT_US * nth, MAX_TIMEOUT_US), () => this.#again(asked, nth));
  }

  #hear(asked: Asked, nth: number, answer: Answer): void {
    if (asked.answer !== undefined) return;
    if (!answer.ok && isNoAnswer(answer.refusal.reason, nth)) {
      const { world } = this.#parts;
      world.at(world.nowUs + AGAIN_US, () => this.#again(asked, nth));
      return;
    }
    asked.answer = answer;
    this.#parts.world.note(
      asked.request.client,
      `hears ${answer.ok ? 'yes' : answer.refusal.reason} to ${asked.request.id}`,
    );
  }

  /** Nobody has answered, or one who does not lead: the next one may. */
  #again(asked: Asked, nth: number): void {
    if (asked.answer !== undefined || asked.tries !== nth) return;
    const { client } = asked.request;
    this.#leaders.set(client, (this.#leaders.get(client) ?? 0) + 1);
    this.#try(asked);
  }
}

function isNoAnswer(reason: string, tries: number): boolean {
  return NO_ANSWERS.has(reason) || (NOT_YET.has(reason) && tries < MAX_TRIES_FOR_UNKNOWN);
}
