import assert from 'node:assert/strict';
import type { AttemptResult, Claim } from '../core/tasks/attempt.ts';
import type { AgentDriver, Assignment } from '../ports/agent-driver.ts';
import type { ContractCase } from './journal-contract.ts';
import { ScriptedContext } from './scripted-context.ts';

/** What a driver is asked to do with the mail of its run. */
export type MessagingWork =
  /**
   * Subscribes to `news.*`, sends `{ n: 1 }` to `task:other` with priority `high`, waits for one message, acknowledges
   * it, unsubscribes, and gives `{ sent, received }`: the answer, and the body of the message.
   */
  | 'talk'
  /** Sends a message without a body. */
  | 'send-in-another-form'
  /** Waits for mail that does not come, gives up by a signal, and gives `{ received }`: how many messages it got. */
  | 'give-up'
  /** Reports, then waits for mail. */
  | 'wait';

export type MessagingDriverSubject = Readonly<{ driver: AgentDriver; assign: (work: MessagingWork) => Assignment }>;

function claimed(result: AttemptResult): Claim {
  return result.ok ? result : assert.fail(`failed: ${JSON.stringify(result.failure)}`);
}

/** What a driver must do that lets its agents send and receive. */
export const MESSAGING_DRIVER_CONTRACT: readonly ContractCase<MessagingDriverSubject>[] = [
  {
    name: 'an attempt sends, receives and acknowledges',
    run: async ({ driver, assign }) => {
      const context = new ScriptedContext();
      const result = driver.run(assign('talk'), context);
      context.messages.deliver({ id: 'in1', body: { n: 2 } });
      const { outputs } = claimed(await result);
      assert.deepEqual(outputs, { sent: { ok: true, id: 'm1', recipients: 1, dead: 0 }, received: { n: 2 } });
      assert.deepEqual(context.messages.sent, [{ to: 'task:other', body: { n: 1 }, priority: 'high' }]);
      assert.deepEqual(context.messages.acknowledged, ['in1']);
      assert.deepEqual(context.messages.patterns, []);
    },
  },
  {
    name: 'a message that is refused is an answer with a reason',
    run: async ({ driver, assign }) => {
      const context = new ScriptedContext();
      context.messages.refusal = { reason: 'mailbox-full', address: 'task:other' };
      context.messages.deliver();
      const { outputs } = claimed(await driver.run(assign('talk'), context));
      assert.deepEqual(outputs['sent'], { ok: false, refusal: { reason: 'mailbox-full', address: 'task:other' } });
    },
  },
  {
    name: 'what has another form than a message goes no further, and the agent is told where it is wrong',
    run: async ({ driver, assign }) => {
      const context = new ScriptedContext();
      const result = await driver.run(assign('send-in-another-form'), context);
      assert.ok(!result.ok && result.failure.reason === 'threw');
      assert.match(result.failure.message, /call\.messages\.send .*body/);
      assert.deepEqual(context.messages.sent, []);
    },
  },
  {
    name: 'waiting for mail can be given up by a signal',
    run: async ({ driver, assign }) => {
      const { outputs } = claimed(await driver.run(assign('give-up'), new ScriptedContext()));
      assert.deepEqual(outputs, { received: 0 });
    },
  },
  {
    name: 'an attempt that waits for mail can be stopped',
    run: async ({ driver, assign }) => {
      const context = new ScriptedContext();
      const result = driver.run(assign('wait'), context);
      await context.firstReport();
      context.stop('lead-lost');
      assert.deepEqual(await result, { ok: false, failure: { reason: 'coordinator-lost' } });
    },
  },
];
