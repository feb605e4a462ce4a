import { connect } from 'node:net';
import { z } from 'zod';
import { Unavailable } from '../util/user-error.ts';
import { readLines, writeLine } from './local-socket-lines.ts';

/** What the environment of a task says about its door. */
export type DoorPlace = Readonly<{ socket: string; token: string }>;

export type DoorAnswer =
  | Readonly<{ ok: true; value?: unknown }>
  | Readonly<{ ok: false; error: Readonly<{ reason: string; message: string }> & Readonly<Record<string, unknown>> }>;

const REPLY: z.ZodType<DoorAnswer> = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown().optional() }),
  z.object({ ok: z.literal(false), error: z.looseObject({ reason: z.string(), message: z.string() }) }),
]);

/** Asks one question at the door of an attempt. Rejects with `Unavailable` when nobody is behind it. */
export async function askDoor({ socket: path, token }: DoorPlace, op: string, args: unknown): Promise<DoorAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<DoorAnswer>();
  const socket = connect(path);
  const gone = (): void => reject(new Unavailable({ port: 'coordinator', message: 'The coordinator is gone.' }));
  socket.on('error', gone);
  socket.on('close', gone);
  readLines(socket, (line) => resolve(REPLY.parse(line)));
  if (writeLine(socket, { token, op, args }) !== undefined) reject(new Error('What was asked is too large.'));
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}
