import { z } from 'zod';
import type { MessageSpec } from '../core/messaging/message.ts';
import type { OutgoingMessage } from '../ports/run-messages.ts';
import { ANY_JSON } from './any-json.ts';

/**
 * The form of messages that come from outside. Strict: an unknown key is a mistake that would be lost. What they may say
 * (addresses, sizes) is decided by the core.
 */
const text = z.string().max(256);

const body = {
  to: z.exactOptional(text),
  topic: z.exactOptional(text),
  body: ANY_JSON,
  priority: z.exactOptional(z.enum(['critical', 'high', 'normal', 'low'])),
  replyTo: z.exactOptional(text),
  cause: z.exactOptional(text),
  expiresMs: z.exactOptional(z.number()),
} as const;

export const OUTGOING_MESSAGE: z.ZodType<OutgoingMessage> = z.strictObject({
  ...body,
  id: z.exactOptional(text),
  type: z.exactOptional(text),
});

export const MESSAGE_SPEC: z.ZodType<MessageSpec> = z.strictObject({ ...body, id: text, type: text });

export const RECEIVE_OPTIONS: z.ZodType<Readonly<{ limit?: number; waitMs?: number }>> = z.strictObject({
  limit: z.exactOptional(z.int().min(1).max(1_000)),
  waitMs: z.exactOptional(z.number().min(0)),
});

export const MESSAGE_IDS: z.ZodType<readonly string[]> = z.array(text).max(1_000).readonly();

export const TOPIC_PATTERN: z.ZodType<string> = text;
