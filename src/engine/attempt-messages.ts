import { nameOf } from '../core/ids.ts';
import type { SwarmInput } from '../core/inputs.ts';
import type { KnownMessage } from '../core/messaging/mail.ts';
import type { Message, MessageSpec } from '../core/messaging/message.ts';
import type { Swarm } from '../core/swarm-state.ts';
import type { Assignment } from '../ports/agent-driver.ts';
import type {
  MailAnswer,
  OutgoingMessage,
  ReceivedMessage,
  ReceiveOptions,
  RunMessages,
  SendAnswer,
} from '../ports/run-messages.ts';
import type { Answer } from './answer.ts';
import type { LedTime } from './led-time.ts';
import type { Mailroom } from './mailroom.ts';
import { decidedRefusal, handled } from './trouble.ts';
import type { Waits } from './waits.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;
/** Received and not acknowledged: as much as its two mailboxes hold, and then it is looked through. */
const MAX_HAD = 4_000;

/** What the mail of an attempt needs of the lead it belongs to. */
export type MailDesk = Readonly<{
  swarm: Swarm;
  mailroom: Mailroom;
  waits: Waits;
  time: LedTime;
  dispatch: (input: SwarmInput) => Promise<Answer>;
}>;

type Had = Readonly<{ address: string; deliveredAtMs: number }>;
type Waiting = Readonly<{ giveUp: (error: Error | undefined) => void }>;

/** The mail of one running attempt. Who it is, is decided by the core from the attempt itself. */
export class AttemptMessages implements RunMessages {
  readonly #assignment: Pick<Assignment, 'taskId' | 'runId' | 'agentId' | 'attempt'>;
  readonly #desk: MailDesk;
  readonly #addresses: readonly string[];
  /** What it was given and has not acknowledged, by id. */
  readonly #had = new Map<string, Had>();
  readonly #waiting = new Set<Waiting>();
  #sent = 0;
  #whyOver: string | undefined;

  constructor(assignment: Pick<Assignment, 'taskId' | 'runId' | 'agentId' | 'attempt'>, desk: MailDesk) {
    this.#assignment = assignment;
    this.#desk = desk;
    this.#addresses = [`task:${nameOf(assignment.taskId)}`, `agent:${assignment.agentId}`];
  }

  send(message: OutgoingMessage): Promise<SendAnswer> {
    const { id = this.#nextId(), type = 'message', ...rest } = message;
    return handled(this.#send({ id, type, ...rest }));
  }

  receive(options: ReceiveOptions = {}): Promise<readonly ReceivedMessage[]> {
    return handled(this.#receive(options));
  }

  acknowledge(ids: readonly string[]): Promise<MailAnswer> {
    return handled(this.#acknowledge(ids));
  }

  subscribe(pattern: string): Promise<MailAnswer> {
    const { taskId, attempt } = this.#assignment;
    return handled(this.#ask({ type: 'attempt.subscribe', taskId, attempt, pattern }));
  }

  unsubscribe(pattern: string): Promise<MailAnswer> {
    const { taskId, attempt } = this.#assignment;
    return handled(this.#ask({ type: 'attempt.unsubscribe', taskId, attempt, pattern }));
  }

  /** The attempt must end: whoever waits for mail is told so, and what it has not acknowledged is for the next one. */
  stop(reason: string): void {
    this.#end(`The attempt was stopped: ${reason}.`);
  }

  /** The attempt has ended. */
  end(): void {
    this.#end('The attempt has ended.');
  }

  #end(why: string): void {
    this.#whyOver ??= why;
    const error = new Error(this.#whyOver);
    for (const { giveUp } of this.#waiting) giveUp(error);
    // The next attempt may begin before this one is gone for good, and have them in its turn. Another one of the same
    // agent may be waiting for them already.
    const { mailroom } = this.#desk;
    const { runId } = this.#assignment;
    for (const [id, { address }] of this.#had) mailroom.giveBack(runId, address, [id]);
    const addresses = new Set([...this.#had.values()].map(({ address }) => address));
    this.#had.clear();
    mailroom.wake(runId, addresses);
  }

  /** No other attempt of the run, past or to come, draws the same ones. */
  #nextId(): string {
    const { taskId, attempt } = this.#assignment;
    return `${nameOf(taskId)}.${attempt}.${++this.#sent}`;
  }

  async #send(message: MessageSpec): Promise<SendAnswer> {
    const { taskId, attempt } = this.#assignment;
    const answer = await this.#ask({ type: 'attempt.send', taskId, attempt, message });
    if (!answer.ok) return answer;
    const { recipients, dead } = this.#known(message.id);
    return { ok: true, id: message.id, recipients, dead };
  }

  #known(id: string): Pick<KnownMessage, 'recipients' | 'dead'> {
    return this.#desk.swarm.runs.get(this.#assignment.runId)?.mail?.known(id) ?? NOBODY;
  }

  async #receive({ limit = DEFAULT_LIMIT, waitMs, signal }: ReceiveOptions): Promise<readonly ReceivedMessage[]> {
    const most = Math.max(1, Math.min(MAX_LIMIT, limit));
    const found = this.#take(most);
    if (found.length > 0 || waitMs === 0 || signal?.aborted === true) return found;
    if (this.#whyOver !== undefined) throw new Error(this.#whyOver);
    return this.#waitFor(most, waitMs, signal);
  }

  #waitFor(
    most: number,
    waitMs: number | undefined,
    signal: AbortSignal | undefined,
  ): Promise<readonly ReceivedMessage[]> {
    const { mailroom, waits, time } = this.#desk;
    const { promise, resolve, reject } = Promise.withResolvers<readonly ReceivedMessage[]>();
    const leave = (): void => {
      this.#waiting.delete(waiting);
      stopLooking();
      if (due !== undefined) waits.remove(due);
      signal?.removeEventListener('abort', onAbort);
    };
    const stopLooking = mailroom.wait(this.#assignment.runId, this.#addresses, () => {
      const found = this.#take(most);
      if (found.length === 0) return;
      leave();
      resolve(found);
    });
    const giveUp = (error: Error | undefined): void => {
      leave();
      if (error === undefined) resolve([]);
      else reject(error);
    };
    const onAbort = (): void => giveUp(undefined);
    const waiting: Waiting = { giveUp };
    const due = waitMs === undefined ? undefined : waits.add(time.nowMs() + waitMs, () => giveUp(undefined));
    this.#waiting.add(waiting);
    signal?.addEventListener('abort', onAbort, { once: true });
    return promise;
  }

  #take(limit: number): readonly ReceivedMessage[] {
    if (this.#whyOver !== undefined) return [];
    const { mailroom, time } = this.#desk;
    const deliveredAtMs = time.nowMs();
    const received: ReceivedMessage[] = [];
    const given = mailroom.handOut(this.#assignment.runId, this.#addresses, { limit, nowMs: deliveredAtMs });
    for (const { address, message } of given) {
      this.#had.set(message.spec.id, { address, deliveredAtMs });
      received.push(receivedOf(message, address));
    }
    if (this.#had.size > MAX_HAD) this.#forgetWhatDied();
    return received;
  }

  /** An attempt may hold on to messages that expire, for as long as it runs. */
  #forgetWhatDied(): void {
    const boxes = this.#desk.swarm.runs.get(this.#assignment.runId)?.mail?.boxes;
    for (const [id, { address }] of this.#had) {
      if (boxes?.get(address)?.get(id) === undefined) this.#had.delete(id);
    }
  }

  async #acknowledge(ids: readonly string[]): Promise<MailAnswer> {
    const { taskId, attempt, runId } = this.#assignment;
    const nowMs = this.#desk.time.nowMs();
    const received = ids.map((id) => [id, this.#had.get(id)?.deliveredAtMs ?? nowMs] as const);
    const answer = await this.#ask({ type: 'attempt.acknowledge', taskId, attempt, received });
    if (!answer.ok) return answer;
    for (const id of ids) {
      const had = this.#had.get(id);
      this.#had.delete(id);
      if (had !== undefined) this.#desk.mailroom.giveBack(runId, had.address, [id]);
    }
    return answer;
  }

  async #ask(input: SwarmInput): Promise<MailAnswer> {
    const answer = await this.#desk.dispatch(input);
    return answer.ok ? answer : { ok: false, refusal: decidedRefusal(answer.refusal) };
  }
}

const NOBODY: Pick<KnownMessage, 'recipients' | 'dead'> = { recipients: 0, dead: 0 };

function receivedOf({ spec, from, hops, atMs }: Message, address: string): ReceivedMessage {
  const { id, to, topic, type, body, priority = 'normal', replyTo, cause } = spec;
  return {
    id,
    from,
    to: address,
    ...(to === undefined || to === address ? {} : { sentTo: to }),
    ...(topic === undefined ? {} : { topic }),
    type,
    priority,
    body,
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(cause === undefined ? {} : { cause }),
    hops,
    atMs,
  };
}
