import { createHash } from 'node:crypto';

const MESSAGE_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** An id for a message that every attempt sends under the same one: `kind` and parts, or a hash where they make no id. */
export function steadyId(kind: string, ...parts: readonly string[]): string {
  const plain = [kind, ...parts].join(':');
  return MESSAGE_ID.test(plain) ? plain : `${kind}:${createHash('sha256').update(plain).digest('hex')}`;
}
