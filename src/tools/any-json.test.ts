import { expect, test } from 'vitest';
import { ScriptedMemory } from '../testing/scripted-memory.ts';
import { ANY_JSON, ANY_JSON_OBJECT } from './any-json.ts';
import { memoryQuestions } from './memory-questions.ts';
import { OUTGOING_MESSAGE } from './message-schemas.ts';
import { SUBTASKS } from './subtask-schemas.ts';
import { PROPOSAL_SPEC } from './vote-schemas.ts';

const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
const HOSTILE: readonly (readonly [what: string, value: unknown])[] = [
  ['a key that is called __proto__', JSON.parse('{"__proto__": {"a": 1}, "b": 2}')],
  ['a value that nests too deep', nested(65)],
  ['a value that nests deeper than any stack', nested(100_000)],
  ['broken text', { text: '\ud800' }],
  ['a number that JSON does not know', [Number.NaN]],
  ['a date', new Date(0)],
];

/** Everything that passes a value on as JSON. */
const ENTRIES: readonly (readonly [where: string, takes: (value: unknown) => unknown])[] = [
  ['a message', (body) => OUTGOING_MESSAGE.parse({ to: 'all', body })],
  ['an action', (of) => PROPOSAL_SPEC.parse({ ...PROPOSAL, action: { of } })],
  ['the input of a sub-task', (input) => SUBTASKS.parse([{ name: 'a', function: 'f', input }])],
];
const PROPOSAL = { name: 'p', kind: 'question', subject: 's', title: 't', contentHash: 'c', members: [{ id: 'a' }] };

test.each(ENTRIES.flatMap(([where, takes]) => HOSTILE.map(([what, value]) => [where, what, takes, value] as const)))(
  '%s with %s is refused as a whole, and nothing of it is lost in silence',
  (_where, _what, takes, value) => {
    expect(() => takes(value)).toThrow(expect.objectContaining({ name: 'ZodError' }));
  },
);

test('a value of memory with a hostile key is refused', async () => {
  const memory = new ScriptedMemory();
  const questions = memoryQuestions(() => memory);
  const value = JSON.parse('{"__proto__": 1}') as unknown;
  await expect(questions.set({ key: 'run:a', value })).rejects.toThrow(/not allowed/);
  await expect(questions.checkpoint({ data: nested(100_000) })).rejects.toThrow(/deeper than 64/);
  await expect(questions.checkpoint({})).rejects.toThrow(/is undefined/);
});

test('plain values come through unchanged, as copies', () => {
  const given = { a: [1, 'zwei', null, { b: true }], toString: 'x', constructor: 1 };
  const taken = ANY_JSON.parse(given);
  expect(taken).toEqual(given);
  expect(taken).not.toBe(given);
  expect(ANY_JSON.parse(nested(64))).toEqual(nested(64));
});

test('an object is no list and no word', () => {
  expect(ANY_JSON_OBJECT.parse({ a: 1 })).toEqual({ a: 1 });
  for (const given of [[], 'a', 1, null]) expect(ANY_JSON_OBJECT.safeParse(given).success).toBe(false);
});

test('a message without a body is told so', () => {
  expect(OUTGOING_MESSAGE.safeParse({ to: 'all' }).error?.issues[0]).toMatchObject({ path: ['body'] });
});
