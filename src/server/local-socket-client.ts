import { connect, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type { Answer } from '../engine/answer.ts';
import type { CoordinatorFrame, HostFrame } from '../core/hosts/frames.ts';
import { LOCAL_COMMAND, type LocalCommand } from './local-socket-commands.ts';
import { MAX_LINE_BYTES, readLines, writeLine, writeWork } from './local-socket-lines.ts';
import { FROM_LEADER, type FromFollower, type FromLeader, LOCAL_PROTOCOL } from './local-socket-messages.ts';
import type { MemoryAsk, MemoryReply } from './memory-asks.ts';
import { userError } from '../util/user-error.ts';
import { isOurs } from './local-socket-path.ts';

/** How long a leader may take to answer a greeting, ms. */
const WELCOME_WITHIN_MS = 2_000;
const MAX_PROBLEMS = 20;
const MAX_UNREAD_WORK_BYTES = 8 * 2 ** 20;

/** Told what the coordinator says to a host. */
export type OnWork = (frame: CoordinatorFrame) => void;

type ConnectOptions = Readonly<{ onWork?: OnWork; /** @default 2_000 */ welcomeWithinMs?: number }>;

/** `gone`: no answer came, so nobody knows whether the command is stored. */
export type Reply = Readonly<{ kind: 'answer'; answer: Answer }> | Readonly<{ kind: 'gone' }> | Unsendable;
/** No leader would take it: it was not sent. */
type Unsendable =
  | Readonly<{ kind: 'too-large'; most: number }>
  | Readonly<{ kind: 'malformed'; problems: readonly string[] }>;

export type Connected =
  | Readonly<{ ok: true; client: LocalSocketClient }>
  /** `other-version`: a leader of another release. `unreachable`: nobody listens there, or it is not ours. */
  | Readonly<{ ok: false; reason: 'unreachable' }>
  | Readonly<{ ok: false; reason: 'other-version'; pid: number }>;

/** A follower's end of the local socket. */
export class LocalSocketClient {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  readonly #asked = new Map<number, (reply: MemoryReply | undefined) => void>();
  readonly #onHint: () => void;
  readonly #onWork: OnWork;
  readonly #gone = Promise.withResolvers<void>();
  readonly #welcome = Promise.withResolvers<Readonly<{ protocol: number; pid: number }> | undefined>();
  #nextId = 1;

  private constructor(path: string, onHint: () => void, onWork: OnWork) {
    this.#onHint = onHint;
    this.#onWork = onWork;
    this.#socket = connect(path);
    this.#socket.on('error', () => {}); // `close` follows
    this.#socket.on('close', () => this.#end());
    readLines(this.#socket, (message) => this.#take(FROM_LEADER.parse(message)));
  }

  /** Connects to the leader that listens at `path`. `onHint` is called when something new is committed. */
  static async connect(
    path: string,
    onHint: () => void,
    { onWork = () => {}, welcomeWithinMs = WELCOME_WITHIN_MS }: ConnectOptions = {},
  ): Promise<Connected> {
    if (!(await isOurs(dirname(path))) || !(await isOurs(path))) return { ok: false, reason: 'unreachable' };
    const client = new LocalSocketClient(path, onHint, onWork);
    client.#send({ type: 'hello', protocol: LOCAL_PROTOCOL, pid: process.pid });
    const timer = setTimeout(() => client.close(), welcomeWithinMs);
    const welcome = await client.#welcome.promise;
    clearTimeout(timer);
    if (welcome === undefined) return { ok: false, reason: 'unreachable' };
    if (welcome.protocol === LOCAL_PROTOCOL) return { ok: true, client };
    client.close();
    return { ok: false, reason: 'other-version', pid: welcome.pid };
  }

  /** Resolves when the leader is gone or leaves. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Asks memory. Undefined when no answer came. */
  async remember(ask: MemoryAsk): Promise<MemoryReply | undefined> {
    if (this.#socket.destroyed) return undefined;
    const { promise, resolve } = Promise.withResolvers<MemoryReply | undefined>();
    const id = this.#nextId;
    this.#nextId += 1;
    this.#asked.set(id, resolve);
    if (this.#send({ type: 'memory', id, ask }) === undefined) return promise;
    this.#asked.delete(id);
    throw userError({ code: 'MEMORY_VALUE', message: 'What was given nests too deep.', fix: 'Write it flatter.' });
  }

  async send(input: LocalCommand): Promise<Reply> {
    if (this.#socket.destroyed) return { kind: 'gone' };
    // The leader ends the connection for it, which looks as if it had gone.
    const problems = problemsOf(input);
    if (problems.length > 0) return { kind: 'malformed', problems };
    const { promise, resolve } = Promise.withResolvers<Reply>();
    const id = this.#nextId;
    this.#nextId += 1;
    this.#waiting.set(id, resolve);
    const problem = this.#send({ type: 'command', id, input });
    if (problem === undefined) return promise;
    this.#waiting.delete(id);
    if (problem === 'too-deep') return { kind: 'malformed', problems: ['It nests too deep.'] };
    return { kind: 'too-large', most: MAX_LINE_BYTES };
  }

  /** Tells the leader how many runs this process waits for. */
  waitFor(runs: number): void {
    this.#send({ type: 'waiting', runs });
  }

  /** Speaks as a host; a frame that cannot be sent now is dropped, and said again by whoever must. */
  work(frame: HostFrame): void {
    const hasRoom = (): boolean => this.#socket.writableLength < MAX_UNREAD_WORK_BYTES;
    writeWork((one) => (hasRoom() ? this.#send({ type: 'work', frame: one }) : undefined), frame);
  }

  /** Calling it twice does no harm. */
  close(): void {
    this.#socket.destroy();
  }

  #send(message: FromFollower): ReturnType<typeof writeLine> {
    return writeLine(this.#socket, message);
  }

  #take(message: FromLeader): void {
    switch (message.type) {
      case 'welcome':
        return this.#welcome.resolve(message);
      case 'answer':
        this.#waiting.get(message.id)?.({ kind: 'answer', answer: message.answer });
        this.#waiting.delete(message.id);
        return;
      case 'told':
        this.#asked.get(message.id)?.(message.reply);
        this.#asked.delete(message.id);
        return;
      case 'hint':
        return this.#onHint();
      case 'work':
        return this.#onWork(message.frame);
      case 'leaving':
        return this.close();
    }
  }

  #end(): void {
    this.#welcome.resolve(undefined);
    for (const resolve of this.#waiting.values()) resolve({ kind: 'gone' });
    this.#waiting.clear();
    for (const resolve of this.#asked.values()) resolve(undefined);
    this.#asked.clear();
    this.#gone.resolve();
  }
}

function problemsOf(input: LocalCommand): readonly string[] {
  if (LOCAL_COMMAND.safeParse(input).success) return [];
  // What is undefined here is absent there.
  const { error } = LOCAL_COMMAND.safeParse(JSON.parse(JSON.stringify(input)));
  const issues = error?.issues.slice(0, MAX_PROBLEMS) ?? [];
  return issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`);
}
