import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { Draw, Stream } from './draw.ts';

describe('a keyed draw', () => {
  test('is the same for the same seed, topic and key, whatever was drawn before', () => {
    const one = new Draw(7);
    one.word('delay', 'a');
    one.word('loss', 'b');
    assert.equal(one.word('delay', 'c'), new Draw(7).word('delay', 'c'));
  });

  test('hangs on seed, topic and key', () => {
    const words = [
      new Draw(1).word('a', 'b'),
      new Draw(2).word('a', 'b'),
      new Draw(1).word('ab', ''),
      new Draw(1).word('', 'ab'),
    ];
    assert.equal(new Set(words).size, words.length);
  });

  test('has as many of each kind as it says', () => {
    const draw = new Draw(3);
    const keys = Array.from({ length: 20_000 }, (_, key) => key);
    const hits = keys.filter((key) => draw.chance('loss', key, 100)).length;
    assert.ok(Math.abs(hits - 2_000) < 200, `${hits}`);
    assert.equal(keys.filter((key) => draw.chance('never', key, 0)).length, 0);
    const mean = keys.reduce((sum, key) => sum + draw.around('delay', key, 1_000), 0) / keys.length;
    assert.ok(Math.abs(mean - 1_050) < 50, `${mean}`);
    assert.ok(keys.every((key) => draw.whole('die', key, [1, 6]) >= 1 && draw.whole('die', key, [1, 6]) <= 6));
  });
});

describe('a stream', () => {
  test('goes on the same way for the same seed and topic, and another way for others', () => {
    const firstOf = (seed: number, topic: string): readonly number[] => {
      const stream = new Stream(seed, topic);
      return [stream.word(), stream.whole(0, 1_000_000), stream.around(1_000)];
    };
    assert.deepEqual(firstOf(1, 'graph'), firstOf(1, 'graph'));
    assert.notDeepEqual(firstOf(1, 'graph'), firstOf(1, 'votes'));
    assert.notDeepEqual(firstOf(1, 'graph'), firstOf(2, 'graph'));
  });
});
