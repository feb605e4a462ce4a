import { spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import { SystemProcessRunner } from '../../src/adapters/system/system-process-runner.ts';
import { CommandDriver } from '../../src/agents/drivers/command/command-driver.ts';
import type { AttemptResult, TaskFailure } from '../../src/core/tasks/attempt.ts';
import type { CommandWork, TaskSpec } from '../../src/core/tasks/task-spec.ts';
import type { ProcessLimits } from '../../src/ports/process-runner.ts';
import { assignmentOf } from '../support/assignments.ts';
import { ScriptedContext } from '../../src/testing/scripted-context.ts';
import { MemoryArtifacts } from '../support/memory-artifacts.ts';
import { leftAfter, processesWith } from '../support/processes.ts';

const COORDINATOR = fileURLToPath(new URL('../support/process-coordinator.ts', import.meta.url));
const MIB = 2 ** 20;

let processes: SystemProcessRunner;
let folder: string;
let project: string;
let artifacts: MemoryArtifacts;

beforeAll(async () => {
  if (process.getuid?.() === 0) throw new Error('These tests are about a normal user: do not run them as root.');
  processes = await SystemProcessRunner.open();
});
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'waggle-hostile-')));
  project = join(folder, 'project');
  mkdirSync(project);
  mkdirSync(join(folder, 'tmp'));
  artifacts = new MemoryArtifacts();
});
afterEach(() => {
  expect(artifacts.openWriters).toBe(0);
  expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

type Extras = Readonly<{
  work?: Partial<CommandWork>;
  spec?: Partial<TaskSpec>;
  limits?: ProcessLimits;
  environment?: Readonly<Record<string, string>>;
  context?: ScriptedContext;
}>;

function run(command: string | readonly string[], extras: Extras = {}): Promise<AttemptResult> {
  const { limits, environment = {}, work, spec, context = new ScriptedContext() } = extras;
  const driver = new CommandDriver({
    processes,
    artifacts,
    clock: new SystemClock(),
    environment: { PATH: '/usr/bin:/bin', ...environment },
    temporaryFolder: join(folder, 'tmp'),
    ...(limits !== undefined && { limits }),
  });
  const what = typeof command === 'string' ? { shell: command } : { argv: command };
  const assignment = assignmentOf(
    { kind: 'command', ...what, ...work },
    { project, ...(spec !== undefined && { spec }) },
  );
  return driver.run(assignment, context);
}

async function failureOf(...args: Parameters<typeof run>): Promise<TaskFailure> {
  const result = await run(...args);
  return result.ok ? { reason: 'internal-error', message: 'It claims to be done.' } : result.failure;
}

async function logOf(...args: Parameters<typeof run>): Promise<string> {
  const { artifacts: kept } = await run(...args);
  return artifacts.textOf(kept, 'output.log');
}

/** A number that stands in no other command line of this machine. */
const mark = (): string => `7${randomInt(10 ** 9, 10 ** 10)}`;

describe('what does not start', () => {
  test.each([
    [['no-such-program'], {}, /"no-such-program" was not found in PATH/],
    [['/no/such/program'], {}, /"\/no\/such\/program" does not exist/],
    [['/etc/passwd'], {}, /not executable/],
    [['true'], { cwd: 'gone' }, /"gone" \(cwd\) does not exist/],
    [['true'], { cwd: '../..' }, /"\.\.\/\.\." \(cwd\) is outside the project/],
    [['true'], { cwd: '/' }, /outside the project/],
    [['true'], { envFrom: ['NOT_SET'] }, /NOT_SET is not set/],
    [['true'], { envFrom: ['A=B'] }, /is no variable name/],
    [['true', 'a\0b'], {}, /NUL/],
  ])('%j with %j', async (argv, work, message) => {
    const failure = await failureOf(argv, { work });
    expect(failure).toMatchObject({ reason: 'start-failed' });
    expect('message' in failure && failure.message).toMatch(message);
  });

  test('a folder that a link leads out of the project', async () => {
    symlinkSync('/', join(project, 'link'));
    expect(await failureOf(['true'], { work: { cwd: 'link' } })).toMatchObject({ reason: 'start-failed' });
  });

  test('a program called like an option is a program', async () => {
    expect(await failureOf(['--version'])).toMatchObject({ reason: 'start-failed' });
    writeFileSync(join(project, '-x'), '#!/bin/sh\necho "ran $0"\n', { mode: 0o755 });
    expect(await logOf(['./-x', '--'])).toBe('ran ./-x\n');
  });
});

describe('what does not want to end', () => {
  test('a command that hangs ends with its stop', async () => {
    const context = new ScriptedContext();
    const number = mark();
    const result = failureOf(`echo here; exec sleep ${number}`, { context });
    context.stop('timed-out');
    expect(await result).toMatchObject({ reason: 'timed-out' });
    expect(processesWith(number)).toEqual([]);
  });

  test('one that ignores TERM is gone within 10 s', async () => {
    const context = new ScriptedContext();
    const number = mark();
    const loop = `trap '' TERM INT HUP; echo "::waggle progress=1"; while :; do sleep 0.1 ${number}; done`;
    const result = failureOf(loop, { context });
    while (context.reports.length === 0) await new Promise(setImmediate);
    const startMs = performance.now();
    context.stop('cancelled');
    expect(await result).toEqual({ reason: 'stopped', why: 'cancelled' });
    expect(performance.now() - startMs).toBeLessThan(10_000);
    expect(processesWith(number)).toEqual([]);
  }, 20_000);

  test('daemons with a session of their own are gone when the command has ended', async () => {
    const number = mark();
    const daemon = `(setsid sh -c 'sleep ${number} & sleep ${number}' >/dev/null 2>&1 </dev/null &)`;
    const result = await run(`${daemon}; ${daemon}; while [ -z "$(pgrep -f 'sleep ${number}$')" ]; do :; done`);
    expect(result.ok).toBe(true);
    expect(processesWith(number)).toEqual([]);
  });

  test('one that kills everything it can see, our watcher too, still ends with its stop', async () => {
    const context = new ScriptedContext();
    const number = mark();
    const result = failureOf(`kill -9 -1; setsid sleep ${number} & echo "::waggle progress=1"; wait`, { context });
    while (context.reports.length === 0) await new Promise(setImmediate);
    context.stop('lead-lost');
    expect(await result).toEqual({ reason: 'coordinator-lost' });
    expect(await leftAfter(number, 1_000)).toEqual([]);
  });

  test('one that closes its output and lives on is waited for, and stopped like others', async () => {
    expect(await failureOf('exec >&- 2>&-; sleep 0.1; exit 9')).toMatchObject({ reason: 'exit-non-zero', exitCode: 9 });
    const context = new ScriptedContext();
    const result = failureOf('exec >&- 2>&-; exec sleep 3600', { context });
    context.stop('paused');
    expect(await result).toEqual({ reason: 'stopped', why: 'paused' });
  });
});

describe('what takes too much', () => {
  test('1 GB of output ends at 50 MiB, and we do not grow with it', async () => {
    const before = process.memoryUsage().rss;
    const keeper = { bytes: 0 };
    const end = await processes.run(
      {
        argv: ['head', '-c', '1000000000', '/dev/zero'],
        cwd: project,
        env: { PATH: '/usr/bin:/bin' },
        onOutput: (_stream, chunk) => void (keeper.bytes += chunk.length),
      },
      new AbortController().signal,
    );
    expect(end).toMatchObject({ kind: 'limit', limit: 'output' });
    expect(keeper.bytes).toBe(50 * MIB);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * MIB);
  });

  test('too much output is a failure in words, and what fits is kept', async () => {
    const result = await run(['yes'], { limits: { outputBytes: 1_000_000 } });
    expect(result).toMatchObject({ ok: false, failure: { reason: 'limit-exceeded', limit: 'output' } });
    expect((await artifacts.textOf(result.artifacts, 'output.log')).length).toBe(1_000_000);
  });

  test('a fork bomb is ended and nothing of it is left', async () => {
    const number = mark();
    const bomb = `bomb() { bomb & bomb & sleep 5 ${number}; }; (bomb); while :; do :; done`;
    const failure = await failureOf(bomb, { limits: { processes: 40 } });
    expect(failure).toMatchObject({ reason: 'limit-exceeded', limit: 'processes' });
    expect(processesWith(number)).toEqual([]);
  });

  test('a memory hog is ended, also when the memory is that of several processes', async () => {
    const hold = (mebibytes: number): string =>
      `(head -c ${mebibytes}M /dev/zero; sleep 5) | tail -c ${mebibytes}M >/dev/null`;
    const spec = { resources: { memory: 100 * MIB } };
    expect(await failureOf(hold(400), { spec })).toMatchObject({ reason: 'limit-exceeded', limit: 'memory' });
    const three = `${hold(50)} & ${hold(50)} & ${hold(50)} & wait`;
    expect(await failureOf(three, { spec })).toMatchObject({ reason: 'limit-exceeded', limit: 'memory' });
  });

  test('processor time beyond its limit ends it', async () => {
    const failure = await failureOf('while :; do :; done & while :; do :; done', { limits: { cpuSeconds: 1 } });
    expect(failure).toMatchObject({ reason: 'limit-exceeded', limit: 'cpu' });
  });
});

describe('what prints strange things', () => {
  test('one line of 20 MB passes and leaves a tail of valid text', async () => {
    const result = await run('head -c 20000000 /dev/zero | tr "\\0" x; exit 1');
    expect(result).toMatchObject({ ok: false, failure: { reason: 'exit-non-zero', tail: 'x'.repeat(4_096) } });
    expect((await artifacts.textOf(result.artifacts, 'output.log')).length).toBe(20_000_000);
  });

  test('bytes that are no text are kept as they are, and the tail is valid text', async () => {
    const result = await run(`printf 'ok \\377\\376 \\303'; exit 1`);
    expect(result).toMatchObject({ ok: false, failure: { tail: 'ok \ufffd\ufffd \ufffd' } });
    const [ref] = result.artifacts ?? [];
    expect(ref && Buffer.from(await artifacts.read(ref)).toString('hex')).toBe('6f6b20fffe20c3');
  });

  test('arguments arrive exactly as given', async () => {
    const words = [
      '$(touch owned)',
      '; touch owned',
      '`id`',
      '${HOME}',
      '-rf',
      '--',
      '',
      '\n',
      '"',
      "'",
      'é🐝',
      '%s\\n',
    ];
    expect(await logOf(['printf', '[%s]', ...words])).toBe(words.map((word) => `[${word}]`).join(''));
    expect(readdirSync(project)).toEqual([]);
  });
});

describe('secrets', () => {
  const secret = `s3cr3t-${randomBytes(12).toString('hex')}`;

  test('the command sees the names on the list and what it declares, and nothing else of ours', async () => {
    const environment = {
      HOME: '/home/me',
      LC_ALL: 'C',
      API_KEY: secret,
      NODE_OPTIONS: '--inspect',
      LD_PRELOAD: '/x.so',
    };
    const seen = await logOf(['env'], { environment, work: { env: { CI: '1' } } });
    const names = seen
      .trim()
      .split('\n')
      .map((line) => line.slice(0, line.indexOf('=')));
    expect(names.filter((name) => !name.startsWith('WAGGLE_') && name !== 'PWD').toSorted()).toEqual([
      'CI',
      'HOME',
      'LC_ALL',
      'PATH',
    ]);
    expect(names.filter((name) => name.startsWith('WAGGLE_'))).toHaveLength(6);
  });

  test('a value from envFrom arrives, and stands in nothing that is kept', async () => {
    const script = `printf '%s\\n' "$API_KEY" >&2; for c in $(printf %s "$API_KEY" | fold -w 3); do printf %s "$c"; sleep 0.01; done
      echo; echo "::waggle progress=5 step=$API_KEY"
      printf '{"value":"<%s>","%s":[true]}' "$API_KEY" "$API_KEY" > "$WAGGLE_OUTPUT"; exit $CODE`;
    for (const CODE of ['0', '1']) {
      const context = new ScriptedContext();
      const work = { envFrom: ['API_KEY'], env: { CODE } };
      const result = await run(script, { environment: { API_KEY: secret }, work, context });
      const log = await artifacts.textOf(result.artifacts, 'output.log');
      expect(log).toContain('***\n');
      expect(context.reports).toMatchObject([{ step: '***' }]);
      expect(`${log}${JSON.stringify(result)}${JSON.stringify(context.reports)}`).not.toContain(secret);
      if (result.ok) expect(result.outputs).toEqual({ value: '<***>', '***': [true] });
    }
  });

  test('the coordinator’s environment cannot be read, by no way through /proc', async () => {
    expect(processes.report.hidesCoordinator, JSON.stringify(processes.report)).toBe(true);
    const found = join(project, 'found');
    const script = `cat /proc/[0-9]*/environ /proc/[0-9]*/task/*/environ 2>/dev/null > ${found}; cat /proc/[0-9]*/cmdline >> ${found}`;
    const coordinator = spawn(process.execPath, [COORDINATOR, 'best', script], {
      env: { CANARY: secret },
      stdio: 'ignore',
    });
    expect(await once(coordinator, 'exit')).toEqual([0, null]);
    const text = readFileSync(found, 'latin1');
    expect(text).toContain('PATH=');
    expect(text).not.toContain(secret);
    expect(text).not.toContain('process-coordinator');
  });
});

describe('results that are traps', () => {
  test.each([
    ['mkfifo "$WAGGLE_OUTPUT"', /not a file/],
    ['ln -s /etc/passwd "$WAGGLE_OUTPUT"', /cannot be read/],
    ['mkdir "$WAGGLE_OUTPUT"', /not a file/],
    ['head -c 2000000 /dev/zero > "$WAGGLE_OUTPUT"', /at most 1 MiB/],
    ['echo "{" > "$WAGGLE_OUTPUT"', /not valid JSON/],
    ['echo "[1]" > "$WAGGLE_OUTPUT"', /not a JSON object/],
    [`printf '\\377' > "$WAGGLE_OUTPUT"`, /not UTF-8/],
    [
      `printf '{"a":%s1%s}' "$(head -c 5000 /dev/zero | tr '\\0' '[')" "$(head -c 5000 /dev/zero | tr '\\0' ']')" > "$WAGGLE_OUTPUT"`,
      /deeper than 64/,
    ],
    [`printf '{"__proto__":{"admin":true}}' > "$WAGGLE_OUTPUT"`, /__proto__/],
  ])('%s', async (script, problem) => {
    const failure = await failureOf(script);
    expect(failure.reason).toBe('check-failed');
    expect(JSON.stringify(failure)).toMatch(problem);
  });

  test.each([
    ['ln -s /etc/passwd out', /outside the project/],
    ['mkfifo out', /not a file/],
    [': > out', /is empty/],
    ['mkdir out', /not a file|cannot be read/],
  ])('an output made by: %s', async (script, problem) => {
    const failure = await failureOf(script, { spec: { outputs: { out: { file: 'out' } } } });
    expect(failure).toMatchObject({ reason: 'no-result' });
    expect('missing' in failure && failure.missing[0]).toMatch(problem);
  });
});
