import { createServer, type Server, type Socket } from 'node:net';
import type { Answer } from '../engine/answer.ts';
import type { CoordinatorFrame, HostFrame } from '../core/hosts/frames.ts';
import { MAX_HOSTS } from '../core/hosts/host-limits.ts';
import type { LinkUser, WorkerLink } from '../ports/worker-link.ts';
import type { LocalCommand } from './local-socket-commands.ts';
import type { MemoryAsk, MemoryReply } from './memory-asks.ts';
import { listenPrivately } from './listen-privately.ts';
import { readLines, type Unsendable, writeLine, writeWork } from './local-socket-lines.ts';
import { FROM_FOLLOWER, type FromFollower, type FromLeader, LOCAL_PROTOCOL } from './local-socket-messages.ts';
import { isProcessGone } from './process-gone.ts';

/** As many hosts as there may be, and commands beside them. */
const MAX_CONNECTIONS: number = 2 * MAX_HOSTS;
const MAX_COMMANDS_UNDERWAY = 1_000;
const HELLO_WITHIN_MS = 5_000;
/** How long followers may take to read that the lead is free. */
const FAREWELL_MS = 500;
/** A follower that reads slower than this gets no more hints; it looks by itself once in a while. */
const MAX_UNREAD_BYTES = 65_536;

/** A host whose coordinator reads slower than this loses frames, which it sends again. */
const MAX_UNREAD_WORK_BYTES = 8 * 2 ** 20;

type Follower = {
  readonly socket: Socket;
  isWelcome: boolean;
  waitsFor: number;
  underway: number;
  pid: number;
  /** Set once it has spoken as a host. */
  host: LinkUser<HostFrame> | undefined;
};

/** What the leader says to other processes. `remember` never rejects. */
export type LeaderAnswers = Readonly<{
  answer: (command: LocalCommand) => Promise<Answer>;
  remember: (ask: MemoryAsk) => Promise<MemoryReply>;
}>;

/** What the leader does for other processes. */
export type SocketService = LeaderAnswers &
  Readonly<{
    /** A process speaks as a host; undefined when it cannot be one. Without it there are no hosts. */
    acceptHost?: (link: WorkerLink<CoordinatorFrame>) => LinkUser<HostFrame> | undefined;
  }>;

const TOO_MANY: MemoryReply = {
  ok: false,
  trouble: { kind: 'unavailable', port: 'leader', message: 'Too many questions at once; ask again later.' },
};

const TOO_LARGE: MemoryReply = {
  ok: false,
  trouble: {
    kind: 'user',
    code: 'MEMORY_ANSWER',
    message: 'The answer is too large to be told to another process.',
    fix: 'Ask for fewer entries at once: --limit.',
  },
};

/** The leader's end of the local socket: takes commands of other processes of the same user. */
export class LocalSocketServer {
  readonly #server: Server;
  readonly #service: SocketService;
  readonly #followers = new Set<Follower>();
  #hinted = 0;
  #isHintDue = false;

  private constructor(service: SocketService) {
    this.#service = service;
    this.#server = createServer((socket) => this.#welcome(socket));
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /** Listens at `path`, where nothing may stand. */
  static async listen(path: string, service: SocketService): Promise<LocalSocketServer> {
    const server = new LocalSocketServer(service);
    await listenPrivately(server.#server, path);
    return server;
  }

  /** Whether a connected process waits for runs. */
  get hasWaiting(): boolean {
    return [...this.#followers].some(({ waitsFor }) => waitsFor > 0);
  }

  /** Tells all followers that there is something new up to `seq`; many in a row become one. */
  hint(seq: number): void {
    this.#hinted = seq;
    if (this.#isHintDue || this.#followers.size === 0) return;
    this.#isHintDue = true;
    setImmediate(() => {
      this.#isHintDue = false;
      for (const follower of this.#followers) {
        if (follower.isWelcome && follower.socket.writableLength < MAX_UNREAD_BYTES) {
          send(follower, { type: 'hint', seq: this.#hinted });
        }
      }
    });
  }

  /** The lead is free: followers may take it. Closes everything. Calling it twice does no harm. */
  async close(): Promise<void> {
    for (const follower of this.#followers) {
      send(follower, { type: 'leaving' });
      follower.socket.end();
    }
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    for (const { socket } of this.#followers) socket.destroySoon();
    // A follower that is stopped reads nothing, and must not keep the leader from ending.
    const cut = setTimeout(() => {
      for (const { socket } of this.#followers) socket.destroy();
    }, FAREWELL_MS);
    await closed;
    clearTimeout(cut);
  }

  #welcome(socket: Socket): void {
    const start = { isWelcome: false, waitsFor: 0, underway: 0, pid: 0, host: undefined };
    const follower: Follower = { socket, ...start };
    this.#followers.add(follower);
    const timer = setTimeout(() => socket.destroy(), HELLO_WITHIN_MS);
    socket.unref();
    socket.on('error', () => {}); // `close` follows
    socket.on('close', () => {
      clearTimeout(timer);
      this.#followers.delete(follower);
      const { host, pid } = follower;
      if (host !== undefined) void isProcessGone(pid).then((isGone) => host.closed(isGone));
    });
    readLines(socket, (message) => {
      clearTimeout(timer);
      this.#take(follower, FROM_FOLLOWER.parse(message));
    });
  }

  #take(follower: Follower, message: FromFollower): void {
    if (message.type === 'hello') {
      // Said in either case: the follower sees which version it has met.
      send(follower, { type: 'welcome', protocol: LOCAL_PROTOCOL, pid: process.pid });
      follower.pid = message.pid;
      follower.isWelcome = message.protocol === LOCAL_PROTOCOL;
      if (!follower.isWelcome) follower.socket.end();
      return;
    }
    if (!follower.isWelcome) throw new Error('a message came before the greeting');
    if (message.type === 'waiting') follower.waitsFor = message.runs;
    else if (message.type === 'memory') void this.#tell(follower, message.id, message.ask);
    else if (message.type === 'work') this.#takeWork(follower, message.frame);
    else void this.#carryOut(follower, message.id, message.input);
  }

  async #tell(follower: Follower, id: number, ask: MemoryAsk): Promise<void> {
    if (follower.underway >= MAX_COMMANDS_UNDERWAY) return void send(follower, { type: 'told', id, reply: TOO_MANY });
    follower.underway += 1;
    const reply = await this.#service.remember(ask);
    follower.underway -= 1;
    if (send(follower, { type: 'told', id, reply }) === undefined) return;
    send(follower, { type: 'told', id, reply: TOO_LARGE });
  }

  #takeWork(follower: Follower, frame: HostFrame): void {
    const { socket } = follower;
    follower.host ??= this.#service.acceptHost?.({
      send: (answer) => {
        const hasRoom = (): boolean => socket.writableLength < MAX_UNREAD_WORK_BYTES;
        writeWork((one) => (hasRoom() ? send(follower, { type: 'work', frame: one }) : undefined), answer);
      },
      close: () => socket.destroy(),
    });
    if (follower.host === undefined) socket.destroy();
    else follower.host.take(frame);
  }

  async #carryOut(follower: Follower, id: number, command: LocalCommand): Promise<void> {
    if (follower.underway >= MAX_COMMANDS_UNDERWAY) {
      send(follower, { type: 'answer', id, answer: { ok: false, refusal: { reason: 'overloaded' } } });
      return;
    }
    follower.underway += 1;
    const answer = await this.#service
      .answer(command)
      .catch((): Answer => ({ ok: false, refusal: { reason: 'not-leading' } }));
    follower.underway -= 1;
    send(follower, { type: 'answer', id, answer });
  }
}

function send(follower: Follower, message: FromLeader): Unsendable | undefined {
  return writeLine(follower.socket, message);
}
