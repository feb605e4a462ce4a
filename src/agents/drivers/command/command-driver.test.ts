import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { assignmentOf } from '../../../../test/support/assignments.ts';
import { ScriptedContext } from '../../../testing/scripted-context.ts';
import { MemoryArtifacts } from '../../../../test/support/memory-artifacts.ts';
import { SystemClock } from '../../../adapters/system/system-clock.ts';
import { SystemProcessRunner } from '../../../adapters/system/system-process-runner.ts';
import type { AttemptResult } from '../../../core/tasks/attempt.ts';
import type { CommandWork, TaskSpec } from '../../../core/tasks/task-spec.ts';
import type { ProcessRunner } from '../../../ports/process-runner.ts';
import { CommandDriver } from './command-driver.ts';

let processes: SystemProcessRunner;
let folder: string;
let artifacts: MemoryArtifacts;
beforeAll(async () => {
  processes = await SystemProcessRunner.open();
});
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'waggle-command-')));
  mkdirSync(join(folder, 'exchange'));
  mkdirSync(join(folder, 'project', 'sub'), { recursive: true });
  artifacts = new MemoryArtifacts();
});
afterEach(() => {
  expect(readdirSync(join(folder, 'exchange'))).toEqual([]);
  expect(artifacts.openWriters).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});

type Extras = Readonly<{ spec?: Partial<TaskSpec>; runner?: ProcessRunner; attempt?: number }>;

function run(
  work: Omit<CommandWork, 'kind'>,
  { spec, runner = processes, attempt = 1 }: Extras = {},
): Promise<AttemptResult> {
  const driver = new CommandDriver({
    processes: runner,
    artifacts,
    clock: new SystemClock(),
    environment: { PATH: '/usr/bin:/bin', TOKEN: 'very-secret-value' },
    temporaryFolder: join(folder, 'exchange'),
  });
  const extras = { project: join(folder, 'project'), attempt, ...(spec !== undefined && { spec }) };
  return driver.run(assignmentOf({ kind: 'command', ...work }, extras), new ScriptedContext());
}

const failed = (result: AttemptResult): unknown => (result.ok ? 'it claims to be done' : result.failure);

test('a variable that is not set is named with what to do about it where the command was to run', async () => {
  const work = { kind: 'command', argv: ['true'], envFrom: ['MISSING'] } as const;
  const given = { processes, artifacts, clock: new SystemClock(), environment: {}, cureForUnset: 'Ask Ann.' };
  const result = await new CommandDriver(given).run(
    assignmentOf(work, { project: join(folder, 'project') }),
    new ScriptedContext(),
  );
  const message = 'MISSING is not set, and the task needs it (envFrom). Ask Ann.';
  expect(failed(result)).toEqual({ reason: 'start-failed', message });
  const beside = failed(await run({ argv: ['true'], envFrom: ['MISSING'] }));
  expect(JSON.stringify(beside)).toMatch(/where Waggle is started/);
});

describe('how a command ended', () => {
  test('exit code 0 is a claim with the exit code as evidence, measured usage and its whole output', async () => {
    const result = await run({ argv: ['echo', 'hello'] });
    expect(result).toMatchObject({ ok: true, outputs: {}, evidence: [{ check: 'exit-code', ok: true, exitCode: 0 }] });
    expect(result.usage).toMatchObject({ outputBytes: 6 });
    expect(await artifacts.textOf(result.artifacts, 'output.log')).toBe('hello\n');
  });

  test('another exit code is a failure with the command as typed and the end of its output', async () => {
    const result = await run({ argv: ['sh', '-c', 'echo "it is broken" >&2; exit 3', 'a b'] });
    const command = `sh -c 'echo "it is broken" >&2; exit 3' 'a b'`;
    expect(failed(result)).toEqual({ reason: 'exit-non-zero', exitCode: 3, command, tail: 'it is broken\n' });
  });

  test('a signal is a crash', async () => {
    expect(failed(await run({ shell: 'kill -9 $$' }))).toMatchObject({ reason: 'crashed', signal: 'SIGKILL' });
  });

  test('75 is tried again, 78 is not: it is wrongly set up, and says why', async () => {
    expect(failed(await run({ shell: 'exit 75' }))).toMatchObject({ reason: 'exit-non-zero', exitCode: 75 });
    const failure = failed(await run({ shell: 'echo one; echo "no config file"; exit 78' }));
    const message = 'The command says that it is wrongly set up (exit code 78). It said: no config file';
    expect(failure).toEqual({ reason: 'start-failed', message });
  });

  test('trouble on our side is no failure of the command, and leaves nothing behind', async () => {
    const broken: ProcessRunner = { ownership: 'pid-namespace', run: () => Promise.reject(new Error('disk full')) };
    expect(failed(await run({ argv: ['true'] }, { runner: broken }))).toMatchObject({
      reason: 'internal-error',
      message: 'The command’s files could not be kept: disk full',
    });
  });
});

describe('what a command is told', () => {
  test('its input file, the place for its result, and which attempt it is', async () => {
    const result = await run(
      { shell: 'cat "$WAGGLE_INPUT"; echo "$WAGGLE_RUN $WAGGLE_TASK $WAGGLE_ATTEMPT"' },
      { attempt: 2 },
    );
    const [input = '', words] = (await artifacts.textOf(result.artifacts, 'output.log')).split('\n');
    expect(JSON.parse(input)).toEqual({ run: 'run-1', task: 'task', attempt: 2, inputs: {}, needs: {} });
    expect(words).toBe('run-1 task 2');
  });

  test('it starts in the project, or in the folder it names below it', async () => {
    const { artifacts: kept } = await run({ argv: ['pwd'] });
    expect(await artifacts.textOf(kept, 'output.log')).toBe(`${join(folder, 'project')}\n`);
    const { artifacts: below } = await run({ argv: ['pwd'], cwd: 'sub' });
    expect(await artifacts.textOf(below, 'output.log')).toBe(`${join(folder, 'project', 'sub')}\n`);
  });

  test('without shell nothing is expanded, with shell everything is', async () => {
    const { artifacts: plain } = await run({ argv: ['echo', '$((1 + 1))'] });
    expect(await artifacts.textOf(plain, 'output.log')).toBe('$((1 + 1))\n');
    const { artifacts: shell } = await run({ shell: 'echo $((1 + 1))' });
    expect(await artifacts.textOf(shell, 'output.log')).toBe('2\n');
  });

  test('declared variables win over inherited ones, and what was asked for by name over both', async () => {
    const script = 'echo "$LANG $TOKEN" | md5sum';
    const { artifacts: kept } = await run({ shell: script, env: { LANG: 'x', TOKEN: 'no' }, envFrom: ['TOKEN'] });
    const expected = createHash('md5').update('x very-secret-value\n').digest('hex');
    expect(await artifacts.textOf(kept, 'output.log')).toBe(`${expected}  -\n`);
  });
});

describe('what a command delivers', () => {
  const outputs = { tarball: { file: 'sub/x.tgz' }, digest: { value: true } } as const;

  test('declared files are kept with their hash, values come from the result, and both are evidence', async () => {
    const script = `printf content > sub/x.tgz; echo '{"digest":"d1","more":[1]}' > "$WAGGLE_OUTPUT"`;
    const result = await run({ shell: script }, { spec: { outputs } });
    const sha256 = createHash('sha256').update('content').digest('hex');
    expect(result).toMatchObject({
      ok: true,
      outputs: { tarball: 'sub/x.tgz', digest: 'd1', more: [1] },
      evidence: [
        { check: 'exit-code', ok: true },
        { check: 'output-file', ok: true, output: 'tarball', path: 'sub/x.tgz', bytes: 7, sha256 },
        { check: 'output-value', ok: true, output: 'digest' },
      ],
    });
    expect(await artifacts.textOf(result.artifacts, 'sub/x.tgz')).toBe('content');
  });

  test('what is missing is named, all at once', async () => {
    const missing = ['tarball (sub/x.tgz does not exist)', 'digest'];
    expect(failed(await run({ argv: ['true'] }, { spec: { outputs } }))).toEqual({ reason: 'no-result', missing });
    const empty = await run({ shell: `echo '{"digest":null}' > "$WAGGLE_OUTPUT"` }, { spec: { outputs } });
    expect(failed(empty)).toEqual({ reason: 'no-result', missing });
  });

  test('a result too large for the journal is refused, and the message says what to do', async () => {
    writeFileSync(join(folder, 'project', 'large.json'), JSON.stringify({ text: 'x'.repeat(40_000) }));
    const failure = failed(await run({ shell: 'cp large.json "$WAGGLE_OUTPUT"' }));
    expect(failure).toMatchObject({ reason: 'limit-exceeded', limit: 'output' });
    expect(JSON.stringify(failure)).toMatch(/40011 bytes, but at most 32768 fit. Write it to a file/);
  });
});
