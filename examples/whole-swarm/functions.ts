import { strict as assert } from 'node:assert';
import { setTimeout as delay } from 'node:timers/promises';
import type { AnyFunction, FunctionCall, Json, ProposalSpec } from '../../src/index.ts';

/** Scouts come home with nothing while the weather is bad. */
let badDays = 3;

async function scout({ messages, task }: FunctionCall): Promise<void> {
  if (badDays-- > 0) throw new Error('fog');
  // An id of its own: a second attempt sends it again, and it counts once.
  const sent = await messages.send({ id: task.name, topic: 'found.place', body: task.name });
  assert.ok(sent.ok);
}

/** Splits its work, and hears that one part of it costs more than it was given. */
async function survey({ tasks, messages }: FunctionCall): Promise<Json> {
  const cheap = ['width', 'depth'].map((name) => ({ name, function: 'measure', grant: { tokens: 300 } }));
  const outcomes = await tasks.run([...cheap, { name: 'height', function: 'measure', grant: { tokens: 600 } }]);
  const refused = outcomes.filter(({ state }) => state !== 'succeeded').map(({ name }) => name);
  assert.deepEqual(refused, ['height']);
  const places = new Set<string>();
  while (places.size < 4) {
    const mail = await messages.receive();
    for (const { body } of mail) places.add(JSON.stringify(body));
    await messages.acknowledge(mail.map(({ id }) => id));
  }
  return { places: [...places].toSorted() };
}

const question = (name: string, members: readonly string[], more: Partial<ProposalSpec>): ProposalSpec => ({
  name,
  kind: 'question',
  subject: name,
  title: `${name}?`,
  contentHash: 'c0'.repeat(32),
  members: members.map((id) => ({ id: `task:${id}` })),
  timeoutMs: 20_000,
  ...more,
});

/** One question that all agree on, one that they do not, and one for somebody who is not there. */
async function ask({ proposals, input }: FunctionCall): Promise<void> {
  const voters = Array.isArray(input) ? input.map(String) : [];
  const answers = await proposals.open([
    question('go-on', voters, {}),
    question('turn-back', voters, { threshold: 'unanimous' }),
    question('call-home', ['nobody'], { timeoutMs: 1_000 }),
  ]);
  assert.ok(
    answers.every(({ ok }) => ok),
    JSON.stringify(answers),
  );
}

async function vote({ proposals, task }: FunctionCall): Promise<void> {
  const contentHash = 'c0'.repeat(32);
  const isTired = task.name === 'east';
  const answers = await proposals.vote([
    { proposal: 'go-on', contentHash, choice: 'approve' },
    { proposal: 'turn-back', contentHash, choice: isTired ? 'approve' : 'reject', reason: 'we are nearly there' },
  ]);
  // Where the others have decided it already, a vote comes too late.
  assert.ok(answers.every((answer) => answer.ok || answer.refusal.reason === 'proposal-closed'));
}

async function count({ proposals }: FunctionCall): Promise<Json> {
  const closed = await proposals.outcomes(['go-on', 'turn-back', 'call-home']);
  const outcomes = closed.map((one) => one?.status ?? 'unknown');
  assert.deepEqual(outcomes, ['approved', 'rejected', 'expired']);
  return { outcomes };
}

async function remember({ memory }: FunctionCall): Promise<void> {
  await memory.set('run:weather/today', 'fog', { persistent: true });
  await memory.set('run:weather/tomorrow', 'sun', { persistent: true });
  await memory.set('run:camp', 'by the lake', { persistent: true });
}

/** What is old is forgotten by a pattern, in every tier, and nothing else is. */
async function reread({ memory }: FunctionCall): Promise<Json> {
  const answer = await memory.invalidate('run:weather/*');
  assert.ok(answer.ok);
  const [today, camp] = [await memory.get('run:weather/today'), await memory.get('run:camp')];
  assert.deepEqual([today, camp?.value], [undefined, 'by the lake']);
  return { camp: camp?.value ?? null };
}

/** A letter to somebody who has left is a dead letter, and an alert waits for just that. */
async function farewell({ messages }: FunctionCall): Promise<void> {
  const sent = await messages.send({ to: 'task:scout-hill', body: 'thank you' });
  assert.ok(sent.ok && sent.dead === 1);
}

/** By what the tasks call them. */
export const functions: Readonly<Record<string, AnyFunction>> = {
  scout,
  survey,
  measure: () => delay(20, 'measured'),
  paint: () => delay(300, 'painted'),
  ask,
  vote,
  count,
  remember,
  reread,
  farewell,
  home: () => delay(500, 'home'),
};
