import { expect, test } from 'vitest';
import { ARCHIVES } from '../../test/support/archives.ts';
import { DONE, submitOf, subtaskOf, taskOf, agentsOf } from '../../test/support/core-world-specs.ts';
import { CoreWorld } from '../../test/support/core-world.ts';
import { nameOf, runId } from '../core/ids.ts';
import { REUSE, retryOf } from './retry-run.ts';

test.each(Object.entries(ARCHIVES))(
  'a retry leaves sub-tasks out: they come again from their parent, or stand in its result (%s)',
  async (_name, open) => {
    const world = new CoreWorld({
      lead: ({ taskId }) =>
        nameOf(taskId) === 'lead'
          ? [
              { afterMs: 1, add: [subtaskOf('a')] },
              { afterMs: 1, children: 'all' },
            ]
          : undefined,
      play: ({ taskId }) => ({
        afterMs: 5,
        end: nameOf(taskId) === 'last' ? { ok: false, failure: { reason: 'start-failed', message: 'gone' } } : DONE,
      }),
    });
    world.send({ type: 'agents.register', agents: agentsOf(1) });
    world.send(submitOf([taskOf('lead', { delegate: {} }), taskOf('last', { needs: ['lead'] })]));
    const { append, archive, close } = await open();
    await append(1, ...world.run().events);
    expect(archive.tasks(runId('r1')).map(({ spec, status }) => [spec.name, status])).toEqual([
      ['lead', 'succeeded'],
      ['last', 'failed'],
      ['lead.a', 'succeeded'],
    ]);
    const again = retryOf(archive, runId('r1'));
    expect(
      'tasks' in again ? again.tasks.map(({ name, work }) => [name, work.kind === 'function' && work.function]) : again,
    ).toEqual([
      ['lead', REUSE],
      ['last', 'work'],
    ]);
    await close();
  },
);
