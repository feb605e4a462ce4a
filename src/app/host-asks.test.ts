import { expect, test } from 'vitest';
import type { Question, QuestionAnswer } from '../core/hosts/frames.ts';
import { runId, taskId } from '../core/ids.ts';
import { ScriptedContext } from '../testing/scripted-context.ts';
import { asksFor, deskFor } from './host-asks.ts';

const KEY = { taskId: taskId(runId('r1'), 'build'), attempt: 2 };
const LONG = 'x'.repeat(64 * 2 ** 20);

test('what is too large to be carried to the leader is refused where it is asked, so that all else gets through', async () => {
  const put: Question[] = [];
  const { abilities } = asksFor({ put: (_id, question) => put.push(question), giveUp: () => {} }, KEY);
  await expect(abilities.memory.set('run:long', LONG)).rejects.toMatchObject({ code: 'TOO_LARGE' });
  expect(put).toEqual([]);
  void abilities.memory.get('run:long');
  expect(put).toMatchObject([{ ability: 'memory', question: 'get' }]);
});

test('messages get their ids where they are sent, whichever leader stores them', () => {
  const put: Question[] = [];
  const { abilities } = asksFor({ put: (_id, question) => put.push(question), giveUp: () => {} }, KEY);
  for (const id of [undefined, 'mine', undefined])
    void abilities.messages.send({ to: 'task:b', body: 1, ...(id === undefined ? {} : { id }) });
  expect(put.map(({ given }) => given)).toEqual([
    { to: 'task:b', body: 1, id: 'build.2.1' },
    { to: 'task:b', body: 1, id: 'mine' },
    { to: 'task:b', body: 1, id: 'build.2.2' },
  ]);
});

test('an answer that is too large to be carried to a worker is told as such', async () => {
  const context = new ScriptedContext();
  await context.memory.set('run:long', LONG);
  const answers: QuestionAnswer[] = [];
  const told = Promise.withResolvers<void>();
  const desk = deskFor(context, (_id, answer) => {
    answers.push(answer);
    told.resolve();
  });
  desk.ask(1, { ability: 'memory', question: 'get', given: { key: 'run:long' } });
  await told.promise;
  expect(answers).toMatchObject([{ ok: false, code: 'TOO_LARGE' }]);
});
