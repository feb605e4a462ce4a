import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import type { Json } from '../core/json.ts';
import { emptyTypeRecord, learn, learnWrites, parseTypeRecords, suggestionOf, type TypeRecord } from './type-record.ts';

const after = (...attempts: readonly (readonly string[])[]): TypeRecord =>
  attempts.reduce(learnWrites, emptyTypeRecord());

describe('what a type of task should declare', () => {
  test('is what two of three of its attempts have written', () => {
    assert.equal(suggestionOf('t', after(['a'])), undefined);
    assert.deepEqual(suggestionOf('t', after(['a', 'b'], ['a']))?.paths, ['a']);
    assert.deepEqual(suggestionOf('t', after(['b', 'a'], ['a'], ['b'])), { type: 't', paths: ['a', 'b'], seen: 3 });
    assert.equal(suggestionOf('t', after([], [])), undefined);
  });

  test('is forgotten when the newest ten have not written it', () => {
    const old = Array.from({ length: 10 }, () => ['old']);
    const record = after(...old, ...Array.from({ length: 10 }, () => ['new']));
    assert.deepEqual(suggestionOf('t', record), { type: 't', paths: ['new'], seen: 10 });
  });

  test('is not forgotten when more is learned of how long it takes', () => {
    const record = learn(learn(after(['a'], ['a']), 'succeeded', 5), 'failed', 5);
    assert.deepEqual(suggestionOf('t', record)?.paths, ['a']);
  });

  test('is stored with the rest, and what is stored wrongly is left out', () => {
    const record = after(['a'], ['a', 'b']);
    const stored: Json = { t: record, u: { ...record, wrote: [7, ['x', 1]] } };
    const read = parseTypeRecords(stored);
    assert.deepEqual(read.get('t'), record);
    assert.deepEqual(read.get('u')?.wrote, [['x']]);
  });
});
