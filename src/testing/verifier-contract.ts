import assert from 'node:assert/strict';
import { agentId, runId, taskId } from '../core/ids.ts';
import type { Claim, Evidence, Verdict } from '../core/tasks/attempt.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import type { Verifier } from '../ports/verifier.ts';
import type { ContractCase } from './journal-contract.ts';
import type { WorkspacesSubject } from './workspaces-contract.ts';

/** A verifier over a project on a real disk. */
export type VerifierSubject = WorkspacesSubject & Readonly<{ verifier: Verifier }>;

type Declared = Partial<TaskSpec>;

const RUN = runId('run');
const { signal: never } = new AbortController();

/** What an agent says that has not done anything. */
const EMPTY_CLAIM: Claim = { ok: true, outputs: {}, evidence: [{ check: 'exit-code', ok: true, exitCode: 0 }] };

/** `src/sum` must hold 4, and the test says so. */
async function makeProject({ workspaces, project, write }: VerifierSubject): Promise<void> {
  await write('src/sum', '5\n');
  await write('test/sum.sh', 'test "$(cat src/sum)" = 4 || { echo "sum is wrong"; exit 1; }\n');
  await workspaces.capture(RUN, project, never);
}

const DECLARED: Declared = { writes: ['src/'], verify: [['sh', 'test/sum.sh']] };

function verify(
  { verifier, project }: VerifierSubject,
  declared: Declared,
  claim: Claim = EMPTY_CLAIM,
  signal: AbortSignal = never,
): Promise<Verdict> {
  const work = { kind: 'command', argv: ['true'] } as const;
  const spec: TaskSpec = { name: 'task', type: 'task', work, needs: [], requires: ['command'], ...declared };
  const assignment = {
    taskId: taskId(RUN, 'task'),
    runId: RUN,
    agentId: agentId('local-1'),
    attempt: 1,
    spec,
    work,
    project,
    needs: {},
    inputs: {},
  };
  return verifier.verify({ assignment, claim, writesBefore: [] }, signal);
}

/** The evidence of a failure for which the checks were the reason. */
function evidenceOf(verdict: Verdict): readonly Evidence[] {
  if (verdict.ok) assert.fail('the claim was believed');
  if (verdict.failure.reason !== 'check-failed') assert.fail(`failed because of ${verdict.failure.reason}`);
  return verdict.failure.evidence;
}

/** What the one command that ran printed at its end. */
function tailOf(verdict: Verdict): string {
  const [evidence] = evidenceOf(verdict);
  return evidence?.check === 'command' ? evidence.tail : assert.fail('no command was run');
}

/** What every `Verifier` must do. Each case gets a fresh project. Needs `sh`. Runs under any test runner. */
export const VERIFIER_CONTRACT: readonly ContractCase<VerifierSubject>[] = [
  {
    name: 'honest work holds, and the evidence says what was run and in what',
    run: async (subject) => {
      await makeProject(subject);
      await subject.write('src/sum', '4\n');
      const verdict = await verify(subject, DECLARED, { ...EMPTY_CLAIM, outputs: { sum: 4 } });
      if (!verdict.ok) assert.fail(JSON.stringify(verdict.failure));
      const [evidence] = verdict.evidence;
      if (evidence?.check !== 'command') assert.fail('no evidence of a command');
      assert.deepEqual([evidence.ok, evidence.exitCode, evidence.argv], [true, 0, ['sh', 'test/sum.sh']]);
      assert.notEqual(evidence.workspace, '');
      assert.deepEqual(verdict.outputs, { sum: 4 });
    },
  },
  {
    name: 'an agent that claims to be done and wrote nothing is not believed',
    run: async (subject) => {
      await makeProject(subject);
      assert.match(tailOf(await verify(subject, DECLARED)), /sum is wrong/);
    },
  },
  {
    name: 'an agent that edits a test outside its writes is not believed',
    run: async (subject) => {
      await makeProject(subject);
      await subject.write('test/sum.sh', 'exit 0\n');
      assert.match(tailOf(await verify(subject, DECLARED)), /sum is wrong/);
    },
  },
  {
    name: 'an agent that deletes the tests is not believed',
    run: async (subject) => {
      await makeProject(subject);
      await subject.remove('test');
      assert.match(tailOf(await verify(subject, DECLARED)), /sum is wrong/);
    },
  },
  {
    name: 'an agent that makes its writes a link to tests it has weakened is not believed',
    run: async (subject) => {
      await makeProject(subject);
      await subject.write('test/sum.sh', 'exit 0\n');
      await subject.remove('src');
      await subject.link('src', 'test');
      assert.match(tailOf(await verify(subject, DECLARED)), /"src\/" is a link/);
    },
  },
  {
    name: 'an agent that links from its writes to something outside is not believed',
    run: async (subject) => {
      await makeProject(subject);
      await subject.link('src/passwd', '/etc/passwd');
      assert.match(tailOf(await verify(subject, DECLARED)), /outside the project/);
    },
  },
  {
    name: 'an agent that replaces a tool in node_modules is not believed',
    run: async (subject) => {
      await subject.write('node_modules/.bin/check', 'test "$(cat src/sum)" = 4\n');
      await makeProject(subject);
      const declared = { ...DECLARED, verify: [['sh', 'node_modules/.bin/check']] };
      assert.equal(tailOf(await verify(subject, declared)), '');
      await subject.write('node_modules/.bin/check', 'exit 0\n');
      assert.match(tailOf(await verify(subject, declared)), /node_modules.*writes/);
    },
  },
  {
    name: 'an agent that brings a tool of its own is not believed',
    run: async (subject) => {
      await makeProject(subject);
      await subject.write('node_modules/.bin/check', 'exit 0\n');
      const declared = { ...DECLARED, verify: [['sh', 'node_modules/.bin/check']] };
      assert.equal((await verify(subject, declared)).ok, false);
    },
  },
  {
    name: 'what a check does to the project’s files stays in its copy',
    run: async (subject) => {
      await makeProject(subject);
      const declared = { ...DECLARED, verify: [['sh', '-c', 'echo 4 > src/sum; rm -r test; exit 1']] };
      assert.equal((await verify(subject, declared)).ok, false);
      assert.equal(await subject.read(subject.project, 'src/sum'), '5\n');
      assert.match(tailOf(await verify(subject, DECLARED)), /sum is wrong/);
    },
  },
  {
    name: 'commands run in order, in one copy, and the first that fails is the last',
    run: async (subject) => {
      await makeProject(subject);
      const first = ['sh', '-c', 'echo 4 > src/sum'];
      assert.equal((await verify(subject, { ...DECLARED, verify: [first, ['sh', 'test/sum.sh']] })).ok, true);
      const failing = await verify(subject, { ...DECLARED, verify: [['sh', 'test/sum.sh'], first] });
      assert.equal(evidenceOf(failing).length, 1);
    },
  },
  {
    name: 'a command that does not exist, or is killed, is a failed check',
    run: async (subject) => {
      await makeProject(subject);
      assert.notEqual(tailOf(await verify(subject, { ...DECLARED, verify: [['no-such-program-here']] })), '');
      const killed = await verify(subject, { ...DECLARED, verify: [['sh', '-c', 'kill -9 $$']] });
      assert.match(tailOf(killed), /SIGKILL/);
    },
  },
  {
    name: 'without a capture of the project nothing is believed',
    run: async (subject) => {
      await subject.write('test/sum.sh', 'exit 0\n');
      assert.match(tailOf(await verify(subject, DECLARED)), /no capture/);
    },
  },
  {
    name: 'an empty or misfitting result is not believed, and no command is run for it',
    run: async (subject) => {
      await makeProject(subject);
      const schema = { type: 'object', required: ['sum'], properties: { sum: { type: 'number' } } };
      const declared = { ...DECLARED, outputSchema: schema, verify: [['true']] };
      const empty = evidenceOf(await verify(subject, declared));
      const misfits = evidenceOf(await verify(subject, declared, { ...EMPTY_CLAIM, outputs: { sum: '4' } }));
      const nothing = evidenceOf(await verify(subject, declared, { ...EMPTY_CLAIM, outputs: { result: null } }));
      for (const evidence of [empty, misfits, nothing]) {
        assert.deepEqual(
          evidence.map(({ check, ok }) => [check, ok]),
          [['output-schema', false]],
        );
      }
      const whole = { ...EMPTY_CLAIM, outputs: { result: { sum: 4 } } };
      assert.equal((await verify(subject, declared, whole)).ok, true);
      assert.equal((await verify(subject, declared, { ...EMPTY_CLAIM, outputs: { sum: 4 } })).ok, true);
    },
  },
  {
    name: 'a declared file that is missing, empty, a folder or outside is not believed',
    run: async (subject) => {
      await makeProject(subject);
      await subject.write('dist/empty', '');
      await subject.link('dist/outside', '/etc/hostname');
      for (const file of ['dist/missing', 'dist/empty', 'dist', 'dist/outside', '../x', '/etc/hostname']) {
        const evidence = evidenceOf(await verify(subject, { outputs: { it: { file } } }));
        assert.deepEqual(
          evidence.map(({ check, ok }) => [check, ok]),
          [['output-file', false]],
          file,
        );
      }
      await subject.write('dist/full', 'x');
      const verdict = await verify(subject, { outputs: { it: { file: 'dist/full' } } });
      assert.equal(verdict.ok && verdict.artifacts?.length, 1);
    },
  },
  {
    name: 'a claim without any evidence is not believed',
    run: async (subject) => {
      assert.deepEqual(evidenceOf(await verify(subject, {}, { ok: true, outputs: {}, evidence: [] })), []);
    },
  },
  {
    name: 'a check that hangs is ended with the task’s timeout',
    run: async (subject) => {
      await makeProject(subject);
      const verdict = await verify(subject, { ...DECLARED, verify: [['sleep', '600']], timeoutMs: 50 });
      assert.equal(!verdict.ok && verdict.failure.reason, 'timed-out');
    },
  },
  {
    name: 'a check that is stopped has found nothing',
    run: async (subject) => {
      await makeProject(subject);
      const controller = new AbortController();
      const verdict = verify(subject, { ...DECLARED, verify: [['sleep', '600']] }, EMPTY_CLAIM, controller.signal);
      controller.abort('cancelled');
      assert.deepEqual(await verdict, { ok: false, failure: { reason: 'stopped', why: 'cancelled' } });
    },
  },
];
