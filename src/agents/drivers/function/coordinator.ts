import { z } from 'zod';
import type { Json } from '../../../core/json.ts';
import type { RunMemory } from '../../../ports/run-memory.ts';
import type { ReceivedMessage, RunMessages } from '../../../ports/run-messages.ts';
import type { FunctionCall } from './registered-function.ts';
import { checkedForm } from './checked-form.ts';
import { isOver } from './monitor.ts';
import { steadyId } from './steady-id.ts';

/** Who can send a message of his own. */
const MEMBER = z
  .string()
  .max(200)
  .regex(/^(task|user):./, 'a member is task:<name> or user:<name>');

/** `input` of a task whose function is `waggle.coordinator`: who must have arrived at a barrier before it opens. */
const INPUT = z.strictObject({
  barriers: z.record(z.string().min(1).max(64), z.array(MEMBER).min(1).max(1_000)),
  /** How often it looks whether anybody is left to come, ms. */
  everyMs: z.int().min(10).max(3_600_000).default(1_000),
});

const ARRIVAL = z.looseObject({ barrier: z.string() });
/** What an earlier attempt has left. */
const CHECKPOINT = z.object({ open: z.array(z.string()) });

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
export async function coordinator({ tasks, messages, memory, input, report }: FunctionCall): Promise<Json> {
  const { barriers: asked, everyMs } = checkedForm('waggle.coordinator', INPUT, input);
  const opened = await openedBefore(memory);
  const barriers = new Map(
    Object.entries(asked).map(([name, members]): [string, Barrier] => [
      name,
      { name, members, arrived: new Set(), held: [], isOpen: opened.has(name) },
    ]),
  );
  const left = (): number => [...barriers.values()].filter(({ isOpen }) => !isOpen).length;
  while (left() > 0) {
    const received = await messages.receive({ waitMs: everyMs });
    for (const message of received) {
      const barrier = arrive(barriers, message);
      if (barrier === undefined) await messages.acknowledge([message.id]);
      else if (barrier.arrived.size === new Set(barrier.members).size) {
        await tellMembers(messages, barrier);
        await noteOpen(memory, barriers);
        await messages.acknowledge(barrier.held);
      }
    }
    const percentage = Math.floor((100 * (barriers.size - left())) / barriers.size);
    report({ kind: 'progress', percentage, step: `${left()} of ${barriers.size} barriers closed` });
    if (received.length === 0 && isOver(await tasks.overview())) break;
  }
  return Object.fromEntries([...barriers].map(([name, { isOpen }]) => [name, isOpen ? 'open' : 'closed']));
}

/** Whoever has gone through does not come again: without it the next attempt would call these barriers closed. */
async function noteOpen(memory: RunMemory, barriers: ReadonlyMap<string, Barrier>): Promise<void> {
  const open = [...barriers.values()].filter(({ isOpen }) => isOpen).map(({ name }) => name);
  // A full memory must not keep the barrier shut.
  await memory.checkpoint({ open }).catch(() => {});
}

async function openedBefore(memory: RunMemory): Promise<ReadonlySet<string>> {
  const last = await memory.lastCheckpoint().catch(() => undefined);
  return new Set(CHECKPOINT.safeParse(last?.data).data?.open);
}

/** Sent again after a crash, the same message is the same. */
async function tellMembers(messages: RunMessages, barrier: Barrier): Promise<void> {
  for (const member of barrier.members) {
    const id = steadyId('go', barrier.name, member);
    const answer = await messages.send({ id, to: member, type: 'go', body: { barrier: barrier.name } });
    if (answer.ok) continue;
    // Arrivals are not acknowledged yet: the next attempt tries again.
    throw new Error(`${member} cannot be told that "${barrier.name}" is open: ${answer.refusal.reason}.`);
  }
  barrier.isOpen = true;
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
