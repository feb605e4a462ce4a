import { expect, test } from 'vitest';
import { contentHashOf } from '../../src/adapters/votes/approved-action.ts';
import type { Coordinator, Submission } from '../../src/app/coordinator.ts';
import { proposalId, type RunId, runId } from '../../src/core/ids.ts';
import type { SwarmEvent } from '../../src/core/events.ts';
import type { TaskSpec } from '../../src/core/tasks/task-spec.ts';
import { ProjectFolder, scripts } from '../support/projects.ts';

const RUN = runId('r1');

/** What happens in the run until its task is given out for the second time: the follower leads by then. */
async function untilSecondAttempt(follower: Coordinator, id: RunId, name: string): Promise<readonly string[]> {
  const seen: string[] = [];
  const again = Promise.withResolvers<void>();
  const isSecond = (event: SwarmEvent): boolean =>
    event.type === 'attempt.assigned' && event.attempt === 2 && event.taskId === `${id}/${name}`;
  const stop = follower.follow(id, (records) => {
    seen.push(...records.map(({ event }) => event.type));
    if (records.some(({ event }) => isSecond(event))) again.resolve();
  });
  await again.promise;
  stop();
  return seen;
}

test('a leader that does what was approved hands over when that has ended, not half-way', async () => {
  await using folder = await ProjectFolder.make();
  const [leader, follower] = [await (await folder.open()).connect(), await (await folder.open()).connect()];
  await follower.submit({ ...scripts({ slow: ['sleep 60'] }), runId: RUN });
  const action = { type: 'command', argv: ['sleep', '1.5'] };
  const contentHash = await contentHashOf(action, folder.path);
  const about = { name: 'ship', kind: 'question', subject: 'release', title: 'Ship it?', contentHash } as const;
  const proposal = { ...about, members: [{ id: 'user:ann' }], action };
  await follower.command({ type: 'proposal.open', runId: RUN, proposal });
  const vote = { memberId: 'user:ann', contentHash, choice: 'approve' } as const;
  await follower.command({ type: 'proposal.vote', proposalId: proposalId(RUN, 'ship'), vote });
  const seen = await untilSecondAttempt(follower, RUN, 'slow');
  expect(seen.indexOf('proposal.acted')).toBeGreaterThan(0);
  expect(seen.indexOf('proposal.acted')).toBeLessThan(seen.indexOf('attempt.failed'));
  await leader.command({ type: 'run.cancel', runId: RUN, reason: 'enough' });
});

test('a process that has come for one command begins no task, but does what its vote approves', async () => {
  await using folder = await ProjectFolder.make();
  const first = await folder.open();
  const one = await first.connect();
  await one.submit({ ...scripts({ slow: ['sleep 60'] }), runId: RUN });
  const action = { type: 'command', argv: ['true'] };
  const contentHash = await contentHashOf(action, folder.path);
  const about = { name: 'ship', kind: 'question', subject: 'release', title: 'Ship it?', contentHash } as const;
  await one.command({
    type: 'proposal.open',
    runId: RUN,
    proposal: { ...about, members: [{ id: 'user:ann' }], action },
  });
  await first.close();

  const second = await folder.open();
  const brief = await second.connect({ isBrief: true });
  expect(brief.role).toBe('leading');
  const vote = { memberId: 'user:ann', contentHash, choice: 'approve' } as const;
  await brief.command({ type: 'proposal.vote', proposalId: proposalId(RUN, 'ship'), vote });
  const acted = Promise.withResolvers<void>();
  const stop = brief.follow(RUN, (records) => {
    if (records.some(({ event }) => event.type === 'proposal.acted')) acted.resolve();
  });
  await acted.promise;
  stop();
  expect(second.archive()?.proposal(proposalId(RUN, 'ship'))?.action).toEqual({ ok: true });
  expect(second.archive()?.runAttempts(RUN)).toHaveLength(1);
  await second.close();

  const third = await (await folder.open()).connect();
  await untilSecondAttempt(third, RUN, 'slow');
  await third.command({ type: 'run.cancel', runId: RUN, reason: 'enough' });
});

test('a leader with irreversible work hands over when that has ended, not half-way', async () => {
  await using folder = await ProjectFolder.make();
  const [leader, follower] = [await (await folder.open()).connect(), await (await folder.open()).connect()];
  const { tasks, ...rest } = scripts({ slow: ['sleep 60'], once: ['sleep 1.5'] });
  const irreversible = (task: TaskSpec): TaskSpec => (task.name === 'once' ? { ...task, effect: 'D' } : task);
  const submission: Submission = { ...rest, tasks: tasks.map(irreversible), runId: RUN };
  await follower.submit(submission);
  const seen = await untilSecondAttempt(follower, RUN, 'slow');
  expect(seen.indexOf('task.succeeded')).toBeLessThan(seen.indexOf('attempt.failed'));
  await leader.command({ type: 'run.cancel', runId: RUN, reason: 'enough' });
});
