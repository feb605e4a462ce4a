import assert from 'node:assert/strict';
import type { AttemptResult, Claim, TaskFailure } from '../core/tasks/attempt.ts';
import type { OutputSpec } from '../core/tasks/task-spec.ts';
import type { AgentDriver, Assignment, StopReason } from '../ports/agent-driver.ts';
import type { ContractCase } from './journal-contract.ts';
import { ScriptedContext } from './scripted-context.ts';

/** What a driver is asked to do in its contract. */
export type ContractWork =
  /** Ends well and gives nothing. */
  | Readonly<{ does: 'nothing' }>
  /** Ends well and gives the outputs `{ answer: 42, text: 'é' }`. */
  | Readonly<{ does: 'answer' }>
  /** Gives what it was given: the outputs `{ given: inputs.word, before: needs.first.word }`. */
  | Readonly<{ does: 'echo' }>
  /** Ends badly. */
  | Readonly<{ does: 'fail' }>
  /** Reports step `hanging` and never ends by itself. `isDeaf`: it ignores requests to end. */
  | Readonly<{ does: 'hang'; isDeaf: boolean }>
  /** Reports 40 percent in step `half`, then ends well. */
  | Readonly<{ does: 'report' }>
  /** Something that is not there. */
  | Readonly<{ does: 'unknown' }>;

/** A driver, and a way to say what it shall do. */
export type AgentDriverSubject = Readonly<{
  driver: AgentDriver;
  assign(
    work: ContractWork,
    extras?: Readonly<{ outputs?: Readonly<Record<string, OutputSpec>>; word?: string }>,
  ): Assignment;
}>;

function claimed(result: AttemptResult): Claim {
  return result.ok ? result : assert.fail(`failed: ${JSON.stringify(result.failure)}`);
}

function failure(result: AttemptResult): TaskFailure {
  return result.ok ? assert.fail('it claims to be done') : result.failure;
}

async function stopped({ driver, assign }: AgentDriverSubject, reason: StopReason): Promise<TaskFailure> {
  const context = new ScriptedContext();
  const result = driver.run(assign({ does: 'hang', isDeaf: reason === 'lead-lost' }), context);
  await context.firstReport();
  context.stop(reason);
  return failure(await result);
}

/** What every `AgentDriver` must do. Each case gets a fresh driver. Runs under any test runner. */
export const AGENT_DRIVER_CONTRACT: readonly ContractCase<AgentDriverSubject>[] = [
  {
    name: 'says whether it can be used, in words',
    run: async ({ driver }) => {
      const probe = await driver.probe(new AbortController().signal);
      assert.equal(probe.ok, true);
      assert.notEqual(probe.detail, '');
    },
  },
  {
    name: 'work that ends well is a claim with evidence that the driver measured',
    run: async ({ driver, assign }) => {
      const { outputs, evidence } = claimed(await driver.run(assign({ does: 'nothing' }), new ScriptedContext()));
      assert.deepEqual(outputs, {});
      assert.ok(evidence.length > 0 && evidence.every(({ ok }) => ok));
    },
  },
  {
    name: 'outputs come back whole, and declared ones are evidence',
    run: async ({ driver, assign }) => {
      const assignment = assign({ does: 'answer' }, { outputs: { answer: { value: true } } });
      const { outputs, evidence } = claimed(await driver.run(assignment, new ScriptedContext()));
      assert.deepEqual(outputs, { answer: 42, text: 'é' });
      assert.ok(evidence.some((one) => one.check === 'output-value' && one.output === 'answer' && one.ok));
    },
  },
  {
    name: 'the inputs of the run and the outputs of needs arrive',
    run: async ({ driver, assign }) => {
      const assignment = assign({ does: 'echo' }, { word: 'héllo "quoted"\n' });
      const { outputs } = claimed(await driver.run(assignment, new ScriptedContext()));
      assert.deepEqual(outputs, { given: 'héllo "quoted"\n', before: 'from first' });
    },
  },
  {
    name: 'a declared output that is not given is never a success',
    run: async ({ driver, assign }) => {
      const outputs = { answer: { value: true }, report: { file: 'no/such/file' } } as const;
      const found = failure(await driver.run(assign({ does: 'nothing' }, { outputs }), new ScriptedContext()));
      assert.equal(found.reason, 'no-result');
      assert.match(found.missing[0] ?? '', /^answer/);
      assert.match(found.missing[1] ?? '', /^report/);
    },
  },
  {
    name: 'work that fails is a value with a reason',
    run: async ({ driver, assign }) => {
      const { reason } = failure(await driver.run(assign({ does: 'fail' }), new ScriptedContext()));
      assert.match(reason, /^(exit-non-zero|threw)$/);
    },
  },
  {
    name: 'work that is not there cannot start, and the message names it',
    run: async ({ driver, assign }) => {
      const found = failure(await driver.run(assign({ does: 'unknown' }), new ScriptedContext()));
      assert.equal(found.reason, 'start-failed');
      assert.match(found.message, /no-such-thing/);
    },
  },
  {
    name: 'a stop ends it, and the failure says why',
    run: async (subject) => {
      for (const why of ['cancelled', 'paused', 'draining'] as const)
        assert.deepEqual(await stopped(subject, why), { reason: 'stopped', why });
      assert.equal((await stopped(subject, 'timed-out')).reason, 'timed-out');
    },
  },
  {
    name: 'when the lead is lost it ends at once, also what ignores requests to end',
    run: async (subject) => {
      assert.deepEqual(await stopped(subject, 'lead-lost'), { reason: 'coordinator-lost' });
    },
  },
  {
    name: 'reports reach the coordinator while it runs',
    run: async ({ driver, assign }) => {
      const context = new ScriptedContext();
      const result = driver.run(assign({ does: 'report' }), context);
      assert.deepEqual(await context.firstReport(), { kind: 'progress', percentage: 40, step: 'half' });
      claimed(await result);
    },
  },
  {
    name: 'attempts side by side do not mix',
    run: async ({ driver, assign }) => {
      const words = Array.from({ length: 8 }, (_, index) => `word ${index}`);
      const runs = words.map(async (word) =>
        claimed(await driver.run(assign({ does: 'echo' }, { word }), new ScriptedContext())),
      );
      const given = (await Promise.all(runs)).map(({ outputs }) => outputs['given']);
      assert.deepEqual(given, words);
    },
  },
];
