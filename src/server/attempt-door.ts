import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { z } from 'zod';
import type { Assignment, RunAbilities } from '../ports/agent-driver.ts';
import type { Admission, AttemptDoor } from '../ports/attempt-door.ts';
import { UserError } from '../util/user-error.ts';
import { DOOR_OPS } from './attempt-door-ops.ts';
import { listenPrivately } from './listen-privately.ts';
import { readLines, type Unsendable, writeLine } from './local-socket-lines.ts';

const MAX_CONNECTIONS = 1_024;
const MAX_UNDERWAY = 64;
/** A message has at most 64 KiB, a value of the shared memory 1 MiB. */
const MAX_LINE_BYTES = 4 * 2 ** 20;
/** A program that reads slower than this is not read either until it has caught up. */
const MAX_UNREAD_BYTES = 2 ** 20;
const MAX_MISTAKES = 5;

/** One line from a program: `{"token": …, "op": …, "args": …}`, with an `id` that comes back when there is one. */
const REQUEST = z.strictObject({
  token: z.string().max(128),
  op: z.string().max(64),
  /** Each operation looks at its own. */
  args: z.unknown().optional(),
  id: z.union([z.number(), z.string().max(128)]).optional(),
});
type Request = z.infer<typeof REQUEST>;

/** One line to a program. */
export type DoorReply = Readonly<{ id?: string | number }> &
  (
    | Readonly<{ ok: true; value: unknown }>
    | Readonly<{ ok: false; error: Readonly<{ reason: string; message: string }> & Readonly<Record<string, unknown>> }>
  );

/** How an operation answers that may be refused. */
const ANSWER = z.discriminatedUnion('ok', [
  z.looseObject({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), refusal: z.looseObject({ reason: z.string() }) }),
]);

type Visitor = {
  readonly socket: Socket;
  readonly gone: AbortController;
  underway: number;
  /** It says nothing more, and may still read. */
  hasFinished: boolean;
};

export type AttemptDoorOptions = Readonly<{
  /** A path where nothing stands, in a folder that only this user can enter. Asked for once, when it is first needed. */
  openPath: () => Promise<string>;
  /** Folder with the `waggle` client, made when it is first needed. */
  programs?: () => Promise<string>;
}>;

/**
 * The socket through which programs of running attempts act as their attempt. Who shows the token of an attempt speaks
 * for it, and the token dies with it: it stands in the environment of its programs and nowhere else.
 */
export class AttemptDoorServer implements AttemptDoor {
  readonly #options: AttemptDoorOptions;
  /** By token. */
  readonly #attempts = new Map<string, RunAbilities>();
  readonly #visitors = new Set<Visitor>();
  #listening: Promise<Readonly<{ path: string; programs: string | undefined }>> | undefined;
  #server: Server | undefined;
  #isClosed = false;

  constructor(options: AttemptDoorOptions) {
    this.#options = options;
  }

  async admit(_assignment: Pick<Assignment, 'taskId' | 'attempt'>, abilities: RunAbilities): Promise<Admission> {
    if (this.#isClosed) throw new Error('The door of this lead is closed.');
    this.#listening ??= this.#listen().catch((error: unknown) => {
      // The next attempt may have more luck.
      this.#listening = undefined;
      throw error;
    });
    const { path, programs } = await this.#listening;
    const token = randomBytes(18).toString('base64url');
    this.#attempts.set(token, abilities);
    return {
      environment: { WAGGLE_SOCKET: path, WAGGLE_ATTEMPT_TOKEN: token },
      secrets: [token],
      programs,
      close: () => void this.#attempts.delete(token),
    };
  }

  /** Nobody is let in any more, and everybody is sent out. Calling it twice does no harm. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#attempts.clear();
    await this.#listening?.catch(() => {});
    const closed = new Promise<void>((resolve) => {
      if (this.#server === undefined) resolve();
      else this.#server.close(() => resolve());
    });
    for (const { socket } of this.#visitors) socket.destroy();
    await closed;
  }

  async #listen(): Promise<Readonly<{ path: string; programs: string | undefined }>> {
    const [path, programs] = await Promise.all([this.#options.openPath(), this.#options.programs?.()]);
    // A program that ends its side may still read what it has asked for.
    const server = createServer({ allowHalfOpen: true }, (socket) => this.#welcome(socket));
    server.maxConnections = MAX_CONNECTIONS;
    await listenPrivately(server, path);
    this.#server = server;
    return { path, programs };
  }

  #welcome(socket: Socket): void {
    const visitor: Visitor = { socket, gone: new AbortController(), underway: 0, hasFinished: false };
    this.#visitors.add(visitor);
    socket.unref();
    socket.on('error', () => {}); // `close` follows
    socket.on('close', () => {
      visitor.gone.abort();
      this.#visitors.delete(visitor);
    });
    // It has finished, or is dead: nothing that has not come yet is waited for.
    socket.on('end', () => {
      visitor.hasFinished = true;
      visitor.gone.abort();
      leaveTo(visitor);
    });
    readLines(socket, (line) => this.#take(visitor, line), {
      maxBytes: MAX_LINE_BYTES,
      onBroken: ({ message }) => sendOut(visitor, message),
    });
  }

  #take(visitor: Visitor, line: unknown): void {
    const request = REQUEST.safeParse(line);
    if (!request.success) return say(visitor, failed(undefined, 'malformed', mistakesIn(request.error)));
    const { id } = request.data;
    if (visitor.underway >= MAX_UNDERWAY) {
      return say(visitor, failed(id, 'overloaded', `More than ${MAX_UNDERWAY} questions at once.`));
    }
    visitor.underway += 1;
    void this.#answer(visitor, request.data).then((reply) => {
      visitor.underway -= 1;
      say(visitor, reply);
      leaveTo(visitor);
    });
  }

  /** Never rejects. */
  async #answer(visitor: Visitor, { id, token, op, args }: Request): Promise<DoorReply> {
    const context = this.#attempts.get(token);
    if (context === undefined) return failed(id, 'token-unknown', 'The attempt of this token has ended.');
    const act = Object.hasOwn(DOOR_OPS, op) ? DOOR_OPS[op] : undefined;
    if (act === undefined)
      return failed(id, 'op-unknown', `There is no "${op}". Known: ${Object.keys(DOOR_OPS).join(', ')}`);
    try {
      const value = await act({ context, args, signal: visitor.gone.signal });
      const answer = ANSWER.safeParse(value);
      if (!answer.success) return { ...idOf(id), ok: true, value };
      if (answer.data.ok) return { ...idOf(id), ok: true, value: withoutOk(answer.data) };
      const { refusal } = answer.data;
      return { ...idOf(id), ok: false, error: { ...refusal, message: `Refused: ${wordsOf(refusal)}.` } };
    } catch (error) {
      if (error instanceof z.ZodError) return failed(id, 'malformed', mistakesIn(error));
      if (error instanceof TypeError) return failed(id, 'malformed', error.message);
      if (error instanceof UserError) return failed(id, error.code, `${error.message} ${error.fix}`);
      return failed(id, 'unavailable', error instanceof Error ? error.message : String(error));
    }
  }
}

function say({ socket }: Visitor, reply: DoorReply): void {
  const problem = writeLine(socket, reply);
  if (problem !== undefined) writeLine(socket, failed(reply.id, problem, UNSENDABLE[problem]));
  if (socket.writableLength <= MAX_UNREAD_BYTES || socket.isPaused()) return;
  socket.pause();
  socket.once('drain', () => socket.resume());
}

/** Who says what cannot be read is told so: mostly a shell has taken the quotation marks. */
function sendOut(visitor: Visitor, why: string): void {
  say(visitor, failed(undefined, 'malformed', `A question is one line of JSON: ${why}.`));
  visitor.socket.destroySoon();
}

/** Who has finished is sent out with the last answer. */
function leaveTo({ socket, underway, hasFinished }: Visitor): void {
  if (hasFinished && underway === 0) socket.end();
}

const UNSENDABLE: Readonly<Record<Unsendable, string>> = {
  'too-long': 'The answer is too long to be told at once: ask for less.',
  'too-deep': 'The answer nests too deep to be told.',
};

function failed(id: Request['id'], reason: string, message: string): DoorReply {
  return { ...idOf(id), ok: false, error: { reason, message } };
}

/** Every problem where there are some, else what it is called. */
function wordsOf({ reason, problems }: Readonly<{ reason: string; problems?: unknown }>): string {
  return Array.isArray(problems) ? problems.join('; ') : reason;
}

function withoutOk({ ok: _ok, ...value }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return value;
}

function idOf(id: Request['id']): Readonly<{ id?: string | number }> {
  return id === undefined ? {} : { id };
}

function mistakesIn({ issues }: z.ZodError): string {
  const mistakes = issues.slice(0, MAX_MISTAKES);
  return mistakes
    .map(({ path, message }) => `${path.length === 0 ? 'the line' : path.join('.')}: ${message}`)
    .join('; ');
}
