import assert from 'node:assert/strict';
import { describe, expect, test } from 'vitest';
import { ARCHIVES } from '../../test/support/archives.ts';
import { DONE, runSpecOf, submitOf, subtaskOf, taskOf, agentsOf } from '../../test/support/core-world-specs.ts';
import { CoreWorld } from '../../test/support/core-world.ts';
import { proposalOf } from '../../test/support/vote-specs.ts';
import { agentId, nameOf, runId, taskId } from '../core/ids.ts';
import type { SwarmInput } from '../core/inputs.ts';
import type { RunSpec } from '../core/runs/run-spec.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import { CHECK_SOURCE } from './check-run.ts';
import { retryOf } from './retry-run.ts';
import { REUSE } from './reused-tasks.ts';

test.each(Object.entries(ARCHIVES))(
  'a retry leaves sub-tasks out: they come again from their parent, or stand in its result (%s)',
  async (_name, open) => {
    const world = new CoreWorld({
      lead: ({ taskId: id }) =>
        nameOf(id) === 'lead'
          ? [
              { afterMs: 1, add: [subtaskOf('a')] },
              { afterMs: 1, children: 'all' },
            ]
          : undefined,
      play: ({ taskId: id }) => ({
        afterMs: 5,
        end: nameOf(id) === 'last' ? { ok: false, failure: { reason: 'start-failed', message: 'gone' } } : DONE,
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

describe.each(Object.entries(ARCHIVES))('a retry (%s)', (_name, openArchive) => {
  const FAILED = { ok: false, failure: { reason: 'start-failed', message: 'gone' } } as const;
  const chain = [
    taskOf('first'),
    taskOf('ship', { needs: ['first'], effect: 'D' }),
    taskOf('last', { needs: ['ship'] }),
  ];

  /** What is done again of a run whose last task failed, when `meanwhile` happened while its first one ran. */
  async function againAfter(
    tasks: readonly TaskSpec[],
    meanwhile: readonly SwarmInput[],
    { remembers, ...more }: Partial<RunSpec> & Readonly<{ remembers?: string }> = {},
  ): Promise<unknown> {
    const approval = { members: ['user:ann'], timeoutMs: 1_000, askAgainMs: 1_000 };
    const world = new CoreWorld({
      rules: { approval },
      play: ({ taskId: id }) => ({ afterMs: 5, end: nameOf(id) === 'last' ? FAILED : DONE }),
    });
    world.send({ type: 'agents.register', agents: agentsOf(1) });
    world.send(submitOf(tasks, { run: runSpecOf(more) }));
    for (const input of meanwhile) assert.ok(world.send(input).ok);
    const { append, archive, close } = await openArchive();
    await append(1, ...world.run().events);
    const again = retryOf(archive, runId('r1'), (name) => name === remembers);
    await close();
    if ('reason' in again) return again;
    return again.tasks.flatMap(({ name, work }) => (work.kind === 'function' && work.function === REUSE ? [] : [name]));
  }

  const first = taskId(runId('r1'), 'first');
  const message = { id: 'm', to: 'task:last', type: 'note', body: 'here' };
  const sent: SwarmInput = { type: 'attempt.send', taskId: first, attempt: 1, message };
  const proposal = proposalOf({ timeoutMs: 1 });
  const proposed: SwarmInput = { type: 'attempt.propose', taskId: first, attempt: 1, proposal };
  const plain = chain.map(({ effect: _effect, ...task }) => task);

  test('reuses what succeeded', async () => {
    expect(await againAfter(plain, [])).toEqual(['last']);
    expect(await againAfter(chain, [])).toEqual(['last']);
  });

  test('does again who has sent messages, and all that rests on it: they are not in the new run', async () => {
    expect(await againAfter([...plain, taskOf('apart')], [sent])).toEqual(['first', 'ship', 'last']);
  });

  test('does again who has left something in the memory of the run, a sub-task for its parent', async () => {
    expect(await againAfter([...plain, taskOf('apart')], [], { remembers: 'ship' })).toEqual(['ship', 'last']);
    const lead = taskOf('lead', { delegate: {} });
    const [leadId, add] = [taskId(runId('r1'), 'lead'), [subtaskOf('a', { delegate: {} })]];
    const delegated: SwarmInput = { type: 'attempt.delegate', taskId: leadId, attempt: 1, add, cancel: [] };
    const tasks = [lead, taskOf('last', { needs: ['lead'] })];
    expect(await againAfter(tasks, [delegated])).toEqual(['last']);
    expect(await againAfter(tasks, [delegated], { remembers: 'lead.a' })).toEqual(['lead', 'last']);
  });

  test('does all again of a run that has voted', async () => {
    expect(await againAfter([...plain, taskOf('apart')], [proposed])).toEqual(['first', 'ship', 'last', 'apart']);
  });

  test('does nothing again for what the coordinator has asked', async () => {
    const shape = { driver: 'function', capabilities: ['other'], slots: 1, host: 'here' } as const;
    const scale = [{ role: 'pool', ...shape, min: 0, max: 4, voteAbove: 1 }];
    const agents = [{ id: agentId('r1/pool-1'), role: 'pool', ...shape, runId: runId('r1') }];
    const groups = [{ role: 'pool', load: { agents: 1, averagePermille: 1_000, hot: 1 }, lowForMs: 0 }];
    const look: SwarmInput = { type: 'scaling.look', runId: runId('r1'), groups };
    const asked: readonly SwarmInput[] = [{ type: 'agents.register', agents }, look];
    expect(await againAfter(chain, asked, { scale })).toEqual(['last']);
  });

  test('is refused where what cannot be undone would be done again', async () => {
    expect(await againAfter(chain, [sent])).toEqual({ reason: 'irreversible-done', names: ['ship'] });
  });

  test('is refused for a check, whose data is gone', async () => {
    expect(await againAfter(plain, [], { source: CHECK_SOURCE })).toEqual({ reason: 'check-not-retried' });
  });

  test('of a long chain takes a moment, in whatever order it was written', async () => {
    const count = 2_000;
    const names = Array.from({ length: count }, (_, index) => `t${index}`);
    const long = names.map((name, index) => taskOf(name, index + 1 < count ? { needs: [`t${index + 1}`] } : {}));
    expect(await againAfter([...long, taskOf('last', { needs: ['t0'] })], [])).toEqual(['last']);
  });
});
