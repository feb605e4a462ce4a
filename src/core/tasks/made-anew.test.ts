import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { DONE, subtaskOf } from '../../../test/support/core-world-specs.ts';
import { add, done, idOf, type Scene, story, waitForAll, worldOf } from '../../../test/support/delegation-world.ts';
import { nameOf } from '../ids.ts';

describe('a patch', () => {
  test('supersedes what has not begun, and never rewrites what has', () => {
    const steps = [add(subtaskOf('a'), subtaskOf('b', { needs: ['a'] })), { afterMs: 1_000, end: DONE }];
    const world = worldOf({ agents: 2, scripts: { lead: steps } });
    world.run(5);
    const patch = (name: string, type: string) =>
      world.send({
        type: 'attempt.delegate',
        taskId: idOf('lead'),
        attempt: 1,
        add: [subtaskOf(name, { type })],
        cancel: [],
      });
    assert.ok(patch('b', 'other').ok);
    assert.equal(world.task('lead.b')?.status, 'cancelled');
    assert.equal(world.task('lead.b.2')?.status, 'ready');
    assert.equal(world.task('lead.a')?.status, 'running');
    const refused = patch('a', 'other');
    assert.ok(!refused.ok && refused.refusal.reason === 'delegation-invalid');
    assert.match(refused.refusal.problems.join(), /"a" has begun/);
  });

  test('makes anew what has not begun and needs something that it makes anew', () => {
    const [a, b, c] = [subtaskOf('a'), subtaskOf('b', { needs: ['a'] }), subtaskOf('c', { needs: ['b'] })];
    const other = subtaskOf('a', { type: 'other' });
    const scripts = {
      lead: [
        add(subtaskOf('z', { priority: 'critical' }), c, b, a),
        { afterMs: 20, add: [c, other, b], cancel: [] },
        waitForAll,
        done,
      ],
    } satisfies Scene['scripts'];
    // One agent is enough for the lead and `z`, so that nothing else has begun.
    const play: Scene['play'] = ({ taskId: id }) => ({ afterMs: nameOf(id) === 'lead.z' ? 100 : 5, end: DONE });
    const world = worldOf({ agents: 2, scripts, play }).run();
    assert.deepEqual(story(world, 'task.cancelled', 'task.skipped').toSorted(), [
      'task.cancelled lead.a',
      'task.cancelled lead.b',
      'task.cancelled lead.c',
    ]);
    assert.deepEqual(story(world, 'task.succeeded').toSorted(), [
      'task.succeeded lead',
      'task.succeeded lead.a.2',
      'task.succeeded lead.b.2',
      'task.succeeded lead.c.2',
      'task.succeeded lead.z',
    ]);
  });

  test('asks for what was dropped, and for what was skipped because of it, anew', () => {
    const [a, b] = [subtaskOf('a'), subtaskOf('b', { needs: ['a'] })];
    const scripts = {
      lead: [
        add(a, b),
        { afterMs: 20, add: [], cancel: ['a'] },
        { afterMs: 20, add: [a, b], cancel: [] },
        waitForAll,
        done,
      ],
    } satisfies Scene['scripts'];
    const world = worldOf({ agents: 2, scripts, play: () => ({ afterMs: 500, end: DONE }) }).run();
    assert.deepEqual(story(world, 'task.skipped'), ['task.skipped lead.b']);
    assert.deepEqual(story(world, 'task.succeeded').toSorted(), [
      'task.succeeded lead',
      'task.succeeded lead.a.2',
      'task.succeeded lead.b.2',
    ]);
  });
});
