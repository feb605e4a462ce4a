import assert from 'node:assert/strict';
import type { ProposalSpec } from '../core/consensus/proposal-spec.ts';
import type { AttemptResult, Claim } from '../core/tasks/attempt.ts';
import type { AgentDriver, Assignment } from '../ports/agent-driver.ts';
import type { ContractCase } from './journal-contract.ts';
import { ScriptedContext } from './scripted-context.ts';

/** What everybody votes on in this contract. */
export const CONTRACT_PROPOSAL: ProposalSpec = {
  name: 'ship',
  kind: 'question',
  subject: 'release-1',
  title: 'Is it good enough?',
  contentHash: 'ab'.repeat(32),
  members: [{ id: 'task:task' }, { id: 'user:ann' }],
};

/** What a driver is asked to do with the votes of its run. */
export type VotingWork =
  /** Opens `CONTRACT_PROPOSAL`, approves it, and gives `{ opened, voted, status }`: two answers, and how it closed. */
  | 'vote'
  /** Votes with the choice `yes`, which is none. */
  | 'vote-in-another-form'
  /** Waits for the outcome of `CONTRACT_PROPOSAL`, which it opens before. */
  | 'wait';

export type VotingDriverSubject = Readonly<{ driver: AgentDriver; assign: (work: VotingWork) => Assignment }>;

function claimed(result: AttemptResult): Claim {
  return result.ok ? result : assert.fail(`failed: ${JSON.stringify(result.failure)}`);
}

/** What a driver must do that lets its agents vote. Every work reports before it waits for an outcome. */
export const VOTING_DRIVER_CONTRACT: readonly ContractCase<VotingDriverSubject>[] = [
  {
    name: 'an attempt proposes, votes and hears the outcome',
    run: async ({ driver, assign }) => {
      const context = new ScriptedContext();
      const result = driver.run(assign('vote'), context);
      await context.firstReport();
      context.proposals.close('ship', 'rejected');
      const { outputs } = claimed(await result);
      const answer = { ok: true, proposalId: 'scripted/ship' };
      assert.deepEqual(outputs, { opened: answer, voted: answer, status: 'rejected' });
      assert.deepEqual(context.proposals.opened, [CONTRACT_PROPOSAL]);
      const { contentHash } = CONTRACT_PROPOSAL;
      assert.deepEqual(context.proposals.votes, [
        { proposal: 'ship', contentHash, choice: 'approve', reason: 'tested' },
      ]);
    },
  },
  {
    name: 'a vote that is refused is an answer with a reason',
    run: async ({ driver, assign }) => {
      const context = new ScriptedContext();
      context.proposals.refusal = { reason: 'already-cast', choice: 'reject' };
      const result = driver.run(assign('vote'), context);
      await context.firstReport();
      context.proposals.close('ship', 'expired');
      const { outputs } = claimed(await result);
      assert.deepEqual(outputs['voted'], { ok: false, refusal: { reason: 'already-cast', choice: 'reject' } });
    },
  },
  {
    name: 'what has another form than a vote goes no further, and the agent is told where it is wrong',
    run: async ({ driver, assign }) => {
      const context = new ScriptedContext();
      const result = await driver.run(assign('vote-in-another-form'), context);
      assert.ok(!result.ok && result.failure.reason === 'threw');
      assert.match(result.failure.message, /0\.choice/);
      assert.deepEqual(context.proposals.votes, []);
    },
  },
  {
    name: 'an attempt that waits for an outcome can be stopped',
    run: async ({ driver, assign }) => {
      const context = new ScriptedContext();
      const result = driver.run(assign('wait'), context);
      await context.firstReport();
      context.stop('lead-lost');
      assert.deepEqual(await result, { ok: false, failure: { reason: 'coordinator-lost' } });
    },
  },
];
