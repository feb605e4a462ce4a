import type { ReceivedMessage, RunMessages } from '../ports/run-messages.ts';
import type { Draw } from './draw.ts';
import type { MailPart } from './plan.ts';

/** Rounds of receiving and answering; then an attempt goes on with its own work. */
const MAX_ROUNDS = 4;
/** Of 1,000 messages, so many are sent twice, and so many are received and not acknowledged. */
const REPEATED_PERMILLE = 250;
const DROPPED_PERMILLE = 100;

export type Talk = Readonly<{
  /** Told why something was not taken. */
  onRefused: (reason: string) => void;
  /** Name of the task. */
  name: string;
  part: MailPart;
  draw: Draw;
  /** Told of what was handed out. */
  onReceived: (messages: readonly ReceivedMessage[]) => void;
}>;

/** What an attempt does in the mail of its run: it says its own, listens, and answers, which may go to and fro. */
export async function talk(messages: RunMessages, { name, part, draw, onReceived, onRefused }: Talk): Promise<void> {
  if (part.subscribe !== undefined) await messages.subscribe(part.subscribe);
  // All at once: they are decided in one turn, in this order.
  const sent = part.send.flatMap((message) => {
    const times = draw.chance('sent again', `${name} ${message.id}`, REPEATED_PERMILLE) ? 2 : 1;
    return Array.from({ length: times }, () => messages.send(message));
  });
  for (const answer of await Promise.all(sent)) if (!answer.ok) onRefused(answer.refusal.reason);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const received = await messages.receive({ limit: 10, waitMs: part.waitMs });
    if (received.length === 0) return;
    onReceived(received);
    if (part.answers) await answerAll(messages, name, received);
    const done = received.filter(({ id }) => !draw.chance('not acknowledged', `${name} ${id}`, DROPPED_PERMILLE));
    await messages.acknowledge(done.map(({ id }) => id));
  }
}

/** The id says what it answers: whoever does it again says the same. */
async function answerAll(messages: RunMessages, name: string, received: readonly ReceivedMessage[]): Promise<void> {
  for (const { id, from } of received) {
    const short = `re.${id}`.slice(0, 100);
    await messages.send({ id: `${short}.${name}`, to: from, type: 'answer', body: null, replyTo: id });
  }
}
