import { digestOf, utf8Bytes } from '../../util/utf8.ts';
import type { MessageEvent } from '../events.ts';
import type { Context } from '../inputs.ts';
import { accept, refuse, type Ruling } from '../ruling.ts';
import type { Run } from '../runs/run.ts';
import type { Swarm } from '../swarm-state.ts';
import { type KnownMessage, type Mail, weightOf } from './mail.ts';
import type { DeadRecipient, MessageSpec } from './message.ts';
import { isUserAddress, recipientsOf } from './recipients.ts';
import { isTopic } from './topics.ts';

/** Source of the figures: docs/semantics.md, Messages. */
const MAX_BODY_BYTES = 65_536;
const MAX_EXPIRY_MS = 2_592_000_000;
const MAX_RECIPIENTS = 1_000;
/** Of one run: people have no end that would empty their mailboxes. */
const MAX_BOXES_OF_PEOPLE = 1_000;
/** What waits in the mailboxes of one run, counted once per recipient. */
const MAX_WAITING_BYTES = 268_435_456;
const MESSAGE_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;
const TYPE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const MAX_ADDRESS_CHARS = 200;

/** Pure: puts a message into the mailboxes of its recipients, or says why not. `from` is known, not told. */
export function sendMessage(swarm: Swarm, run: Run, from: string, { spec, nowMs }: Sending): Ruling {
  const body = JSON.stringify(spec.body);
  const bytes = utf8Bytes(body);
  const digest = digestOf(`${headOf(spec)}${body}`);
  const known = run.mail?.known(spec.id);
  // Sent again because nobody knew whether it had come: it has.
  if (known !== undefined) return isSame(known, from, digest) ? accept() : refuse({ reason: 'message-conflict' });
  const problems = findProblems(spec, bytes);
  if (problems.length > 0) return refuse({ reason: 'message-invalid', problems });
  const hops = hopsOf(run, spec);
  if (hops === undefined) return refuse({ reason: 'message-unknown' });
  const full = fullLimit(swarm, run, hops);
  if (full !== undefined) return full;
  const expiry = spec.expiresMs === undefined ? {} : { expiresAtMs: nowMs + spec.expiresMs };
  const { id: runId, mail } = run;
  const no = (mail?.sent ?? 0) + 1;
  return deliver(swarm, run, { type: 'message.sent', runId, no, from, message: spec, hops, bytes, digest, ...expiry });
}

type Sent = Extract<MessageEvent, { type: 'message.sent' }>;

function deliver(swarm: Swarm, run: Run, sent: Omit<Sent, 'recipients'>): Ruling {
  const { message, from, bytes } = sent;
  const found = recipientsOf(swarm, run, from, message);
  if (found === undefined) return refuse({ reason: 'recipient-unknown', address: message.to ?? '' });
  if (found.live.length > MAX_RECIPIENTS) {
    return refuse({ reason: 'limit-reached', limit: 'recipients of one message', most: MAX_RECIPIENTS });
  }
  const { live: recipients, without } = whoHasRoom(swarm, run, found.live, bytes);
  const [first] = without;
  if (recipients.length === 0 && first !== undefined) return refuse({ reason: 'mailbox-full', address: first.address });
  const dead = [...found.gone, ...without];
  return accept({ ...sent, recipients, ...(dead.length === 0 ? {} : { dead }) });
}

export type Sending = Readonly<{ spec: MessageSpec }> & Pick<Context, 'nowMs'>;

function isSame(known: KnownMessage, from: string, digest: number): boolean {
  return known.from === from && known.digest === digest;
}

/** All that the sender said besides the body. */
function headOf({ to, topic, type, priority, replyTo, cause, expiresMs }: MessageSpec): string {
  return JSON.stringify([to, topic, type, priority, replyTo, cause, expiresMs]);
}

/** Everything that is wrong with it, at once. */
function findProblems(spec: MessageSpec, bytes: number): readonly string[] {
  const { id, to, topic, type, expiresMs = 1 } = spec;
  const rules: readonly (readonly [holds: boolean, problem: string])[] = [
    [MESSAGE_ID.test(id), 'the id needs 1 to 128 letters, digits, ".", "_", ":" or "-"'],
    [TYPE.test(type), 'the type needs 1 to 64 letters, digits, ".", "_" or "-"'],
    [(to === undefined) !== (topic === undefined), 'it needs either "to" or "topic"'],
    [(to?.length ?? 0) <= MAX_ADDRESS_CHARS, `the address is over ${MAX_ADDRESS_CHARS} characters`],
    [topic === undefined || isTopic(topic), 'the topic needs names with "." between them, at most 128 characters'],
    [bytes <= MAX_BODY_BYTES, `the body has ${bytes} bytes, but at most ${MAX_BODY_BYTES} are carried: write a file`],
    [
      Number.isInteger(expiresMs) && expiresMs >= 1 && expiresMs <= MAX_EXPIRY_MS,
      `it expires after ${expiresMs} ms, but that must be a whole 1 to ${MAX_EXPIRY_MS}`,
    ],
  ];
  return rules.filter(([holds]) => !holds).map(([, problem]) => problem);
}

/** One more than the message that it follows from; undefined when that is not known (any more). */
function hopsOf({ mail }: Run, { replyTo, cause }: MessageSpec): number | undefined {
  let hops = 0;
  for (const id of [replyTo, cause]) {
    if (id === undefined) continue;
    const before = mail?.known(id);
    if (before === undefined) return undefined;
    hops = Math.max(hops, before.hops);
  }
  return hops + 1;
}

function fullLimit({ rules }: Swarm, { mail }: Run, hops: number): Ruling | undefined {
  const { maxMessageHops, maxMessagesPerRun } = rules;
  if (hops > maxMessageHops) {
    return refuse({ reason: 'limit-reached', limit: 'messages in one causal chain', most: maxMessageHops });
  }
  if ((mail?.sent ?? 0) < maxMessagesPerRun) return undefined;
  return refuse({ reason: 'limit-reached', limit: 'messages per run', most: maxMessagesPerRun });
}

type Room = Readonly<{ live: readonly string[]; without: readonly DeadRecipient[] }>;

function whoHasRoom({ rules }: Swarm, { mail }: Run, addresses: readonly string[], bytes: number): Room {
  if (mail === undefined) return { live: addresses, without: [] };
  const live: string[] = [];
  const without: DeadRecipient[] = [];
  let waitingBytes = mail.waitingBytes;
  for (const address of addresses) {
    const hasRoom =
      waitingBytes + weightOf(bytes) <= MAX_WAITING_BYTES && hasRoomFor(mail, address, rules.maxMailboxMessages);
    if (hasRoom) {
      live.push(address);
      waitingBytes += weightOf(bytes);
    } else without.push({ address, why: 'mailbox-full' });
  }
  return { live, without };
}

function hasRoomFor({ boxes }: Mail, address: string, most: number): boolean {
  const box = boxes.get(address);
  if (box !== undefined) return box.size < most;
  return !isUserAddress(address) || [...boxes.keys()].filter(isUserAddress).length < MAX_BOXES_OF_PEOPLE;
}
