import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { isTopic, isTopicPattern, topicMatches, Topics } from './topics.ts';

describe('a pattern', () => {
  test.each([
    ['findings.secrets', 'findings.secrets', true],
    ['findings.secrets', 'findings.secret', false],
    ['findings.*', 'findings.secrets', true],
    ['findings.*', 'findings', false],
    ['findings.*', 'findings.secrets.aws', false],
    ['*.secrets', 'findings.secrets', true],
    ['findings.**', 'findings.secrets.aws', true],
    ['findings.**', 'findings.secrets', true],
    ['findings.**', 'findings', false],
    ['*.*.**', 'a.b.c.d', true],
    ['*.*.**', 'a.b', false],
    ['**', 'anything.at.all', true],
    ['*', 'one', true],
    ['*', 'one.two', false],
  ])('%s against %s: %s', (pattern, topic, fits) => {
    assert.equal(topicMatches(pattern, topic), fits);
  });

  test('has names, `*` for one of them and `**` at the end', () => {
    for (const good of ['a', 'a.b', '*', '**', 'a.*.c', 'a.**', '*.**']) assert.ok(isTopicPattern(good), good);
    for (const bad of ['', '.', 'a.', '.a', 'a..b', '**.a', 'a.**.b', 'a*', 'a b', 'é', `${'a'.repeat(129)}`]) {
      assert.ok(!isTopicPattern(bad), bad);
    }
  });

  test('is no topic to send to', () => {
    assert.ok(isTopic('a.b-c.D_1'));
    for (const bad of ['', '*', 'a.*', 'a.**', 'a.', 'a b']) assert.ok(!isTopic(bad), bad);
  });
});

describe('subscribers', () => {
  test('are found in the order in which they came, each once, also after others have come and gone', () => {
    const topics = new Topics();
    topics.add('task:b', 'x.*');
    topics.add('task:a', 'x.y');
    topics.add('task:b', '**');
    assert.deepEqual(topics.subscribersOf('x.y'), ['task:b', 'task:a']);
    topics.remove('task:b', 'x.*');
    assert.deepEqual(topics.subscribersOf('x.y'), ['task:b', 'task:a']);
    topics.remove('task:b', '**');
    assert.deepEqual(topics.subscribersOf('x.y'), ['task:a']);
    topics.add('task:c', 'x.**');
    assert.deepEqual(topics.subscribersOf('x.y'), ['task:a', 'task:c']);
    topics.forget('task:a');
    assert.deepEqual(topics.subscribersOf('x.y'), ['task:c']);
    assert.equal(topics.size, 1);
  });

  test('of a thousand topics are remembered, and no more', () => {
    const topics = new Topics();
    topics.add('task:a', '**');
    for (let index = 0; index < 2_500; index++) assert.deepEqual(topics.subscribersOf(`t${index}`), ['task:a']);
  });
});
