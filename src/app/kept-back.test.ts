import { expect, test } from 'vitest';
import { InMemoryJournal } from '../adapters/in-memory/in-memory-journal.ts';
import { runSpecOf, taskOf } from '../../test/support/core-world-specs.ts';
import { SWARM } from '../../test/support/archives.ts';
import { agentId, runId, taskId } from '../core/ids.ts';
import type { SwarmEvent } from '../core/events.ts';
import { keptBackBy } from './kept-back.ts';

test('a ready task names who keeps it back, over all runs of the project', async () => {
  const [r1, r2] = [runId('r1'), runId('r2')];
  const [run, wallTimeMs] = [runSpecOf(), 0];
  const events: readonly SwarmEvent[] = [
    { type: 'run.created', runId: r1, run, taskCount: 1, wallTimeMs },
    { type: 'tasks.added', runId: r1, tasks: [taskOf('a', { writes: ['out/'] })] },
    { type: 'run.created', runId: r2, run, taskCount: 2, wallTimeMs },
    {
      type: 'tasks.added',
      runId: r2,
      tasks: [taskOf('b', { writes: ['Out/x', 'y'] }), taskOf('c', { writes: ['y'] })],
    },
    { type: 'attempt.assigned', taskId: taskId(r1, 'a'), attempt: 1, agentId: agentId('a1') },
  ];
  const journal = new InMemoryJournal();
  const epoch = await journal.claim(SWARM);
  const entries = events.map((event) => ({ atMs: 0, event }));
  await journal.append({ swarmId: SWARM, epoch, firstSeq: 1, wallTimeMs, entries });
  const archive = journal.archive(SWARM);
  const found = archive.tasks(r2).map((task) => keptBackBy(archive, task));
  expect(found).toEqual([[{ filter: 'writes', task: 'r1/a', path: 'out/' }], []]);
});
