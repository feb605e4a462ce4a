import { Unavailable, type UnavailableFields, UserError, type UserErrorFields } from '../../util/user-error.ts';
import type { StoreRequest } from './store-server.ts';

/** What crosses between the threads. */
export type StoreCall = Readonly<{ id: number; request: StoreRequest }>;
export type StoreReply = Readonly<{ id: number; value?: unknown; error?: PackedError }>;

/** Errors lose their class on the way; these forms keep it. */
export type PackedError =
  | Readonly<{ kind: 'user'; fields: UserErrorFields }>
  | Readonly<{ kind: 'unavailable'; fields: UnavailableFields }>
  | Readonly<{ kind: 'bug'; message: string; stack: string }>;

export function packError(error: unknown): PackedError {
  if (error instanceof UserError) {
    const { code, message, at, fix } = error;
    return { kind: 'user', fields: { code, message, fix, ...(at === undefined ? {} : { at }) } };
  }
  if (error instanceof Unavailable) {
    const { port, message, fix, retryAfterMs } = error;
    const hints = { ...(fix === undefined ? {} : { fix }), ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    return { kind: 'unavailable', fields: { port, message, ...hints } };
  }
  if (error instanceof Error) return { kind: 'bug', message: error.message, stack: error.stack ?? '' };
  return { kind: 'bug', message: String(error), stack: '' };
}

export function unpackError(packed: PackedError): Error {
  if (packed.kind === 'user') return new UserError(packed.fields);
  if (packed.kind === 'unavailable') return new Unavailable(packed.fields);
  const error = new Error(packed.message);
  error.stack = packed.stack;
  return error;
}
