import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Json } from '../../../core/json.ts';
import type { ReceivedMessage, RunMessages } from '../../../ports/run-messages.ts';
import type { FunctionCall } from './registered-function.ts';
import { isOver } from './monitor.ts';

/** `input` of a task whose function is `waggle.coordinator`: who must have arrived at a barrier before it opens. */
const INPUT = z.strictObject({
  barriers: z.record(z.string().min(1).max(64), z.array(z.string().min(1).max(200)).min(1).max(1_000)),
  /** How often it looks whether anybody is left to come, ms. */
  everyMs: z.int().min(10).max(3_600_000).default(1_000),
});

const ARRIVAL = z.looseObject({ barrier: z.string() });

/** `held`: ids of arrivals that are not acknowledged before it opens, so that a crash loses none. */
type Barrier = {
  readonly name: string;
  readonly members: readonly string[];
  readonly arrived: Set<string>;
  held: string[];
  isOpen: boolean;
};

/**
 * The system agent that lets tasks wait for each other while they run: a task sends it a message of type `arrive` with
 * `{ barrier }`, and when all members have, each of them gets one of type `go`. Who is no member, or comes twice, changes
 * nothing. It ends when all barriers are open, or when nobody is left who could come, and says which are.
 */
export async function coordinator({ tasks, messages, input, report }: FunctionCall): Promise<Json> {
  const { barriers: asked, everyMs } = INPUT.parse(input);
  const barriers = new Map(
    Object.entries(asked).map(([name, members]): [string, Barrier] => [
      name,
      { name, members, arrived: new Set(), held: [], isOpen: false },
    ]),
  );
  const left = (): number => [...barriers.values()].filter(({ isOpen }) => !isOpen).length;
  while (left() > 0) {
    const received = await messages.receive({ waitMs: everyMs });
    for (const message of received) {
      const barrier = arrive(barriers, message);
      if (barrier === undefined) await messages.acknowledge([message.id]);
      else if (barrier.arrived.size === new Set(barrier.members).size) await open(messages, barrier);
    }
    const percentage = Math.floor((100 * (barriers.size - left())) / barriers.size);
    report({ kind: 'progress', percentage, step: `${left()} of ${barriers.size} barriers closed` });
    if (received.length === 0 && isOver(await tasks.overview())) break;
  }
  return Object.fromEntries([...barriers].map(([name, { isOpen }]) => [name, isOpen ? 'open' : 'closed']));
}

const MESSAGE_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** The same for the same barrier and member, and for no others. */
function idOfGo(barrier: string, member: string): string {
  const plain = `go:${barrier}:${member}`;
  if (MESSAGE_ID.test(plain)) return plain;
  return `go:${createHash('sha256').update(plain).digest('hex')}`;
}

/** Sent again after a crash, the same message is the same. */
async function open(messages: RunMessages, barrier: Barrier): Promise<void> {
  for (const member of barrier.members) {
    const id = idOfGo(barrier.name, member);
    const answer = await messages.send({ id, to: member, type: 'go', body: { barrier: barrier.name } });
    if (answer.ok) continue;
    // Arrivals are not acknowledged yet: the next attempt tries again.
    throw new Error(`${member} cannot be told that "${barrier.name}" is open: ${answer.refusal.reason}.`);
  }
  barrier.isOpen = true;
  await messages.acknowledge(barrier.held);
}

/** The barrier that somebody who is expected there has arrived at; undefined when the message is nothing of the kind. */
function arrive(barriers: ReadonlyMap<string, Barrier>, message: ReceivedMessage): Barrier | undefined {
  const { id, from, type, body } = message;
  const arrival = ARRIVAL.safeParse(body);
  if (type !== 'arrive' || !arrival.success) return undefined;
  const barrier = barriers.get(arrival.data.barrier);
  if (barrier === undefined || barrier.isOpen || !barrier.members.includes(from)) return undefined;
  barrier.arrived.add(from);
  barrier.held.push(id);
  return barrier;
}
