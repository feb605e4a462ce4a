import { expect, test } from 'vitest';
import { ScriptedContext } from '../../../testing/scripted-context.ts';
import { WorkerDesk } from './worker-desk.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

type Ask = Extract<FromWorker, { kind: 'ask' }>;

/** What a thread, or a host, is told when it asks that. */
async function told(ability: string, question: string, given?: unknown): Promise<ToWorker | undefined> {
  const answers: ToWorker[] = [];
  const desk = new WorkerDesk(new ScriptedContext(), (answer) => answers.push(answer), { rest: (wait) => wait() });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a host sends may name anything
  await desk.answer({ kind: 'ask', call: 1, id: 7, ability, question, given } as Ask);
  return answers[0];
}

test('what is known is asked', async () => {
  expect(await told('messages', 'subscribe', 'x.*')).toEqual({ kind: 'answer', call: 1, id: 7, value: { ok: true } });
});

test.each([
  ['messages', 'shout'],
  ['messages', 'constructor'],
  ['memory', '__proto__'],
  ['memory', 'hasOwnProperty'],
  ['constructor', 'assign'],
  ['constructor', 'constructor'],
  ['__proto__', 'toString'],
  ['secrets', 'get'],
])('"%s.%s" is nothing that can be asked', async (ability, question) => {
  expect(await told(ability, question, 'return 1')).toEqual({
    kind: 'failed',
    call: 1,
    id: 7,
    message: `There is no call.${ability}.${question}.`,
  });
});
