import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'vitest';
import type { Notice } from '../../core/health/notice.ts';
import type { ProcessEnd, ProcessRunner, ProcessSpec } from '../../ports/process-runner.ts';
import { SystemProcessRunner } from '../system/system-process-runner.ts';
import { CommandTarget } from './command-target.ts';

const NOTICE: Notice = { key: 'k', severity: 'info', title: 'k', text: 'x' };

/** A program that ends as the test says. */
class PlayedProgram implements ProcessRunner {
  readonly ownership = 'process-group';
  readonly started: ProcessSpec[] = [];
  readonly #end: ProcessEnd;

  constructor(end: ProcessEnd) {
    this.#end = end;
  }

  async run(spec: ProcessSpec): Promise<ProcessEnd> {
    this.started.push(spec);
    return this.#end;
  }
}

const SETTINGS = {
  name: 'one',
  atLeast: 'info',
  argv: ['one', 'two'],
  cwd: '/',
  environment: { PATH: '/bin' },
} as const;
const never = new AbortController().signal;

describe('a program', () => {
  test('gets the notice as JSON on stdin, with nothing but the given environment, and no shell', async () => {
    const program = new PlayedProgram({ kind: 'exited', exitCode: 0, usage: {}, wallMs: 1 });
    assert.deepEqual(await new CommandTarget(program, SETTINGS).tell(NOTICE, never), { ok: true });
    const [spec] = program.started;
    assert.deepEqual([spec?.argv, spec?.env], [['one', 'two'], { PATH: '/bin' }]);
    assert.deepEqual(JSON.parse(spec?.stdin ?? ''), NOTICE);
  });

  test('that fails is not started twice for a notice: nobody knows what it has done', async () => {
    const program = new PlayedProgram({ kind: 'exited', exitCode: 3, usage: {}, wallMs: 1 });
    const told = await new CommandTarget(program, SETTINGS).tell(NOTICE, never);
    assert.deepEqual(told, { ok: false, problem: 'it ended with exit code 3', mayRetry: false });
  });
});

describe('a real program', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waggle-notify-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  test('is told, and is ended when its time is up', async () => {
    const processes = await SystemProcessRunner.open();
    const path = join(folder, 'seen');
    const settings = { ...SETTINGS, cwd: folder, environment: {} };
    const writer = new CommandTarget(processes, { ...settings, argv: ['/bin/sh', '-c', 'cat > "$0"', path] });
    assert.deepEqual(await writer.tell(NOTICE, never), { ok: true });
    assert.deepEqual(JSON.parse(await readFile(path, 'utf8')), NOTICE);
    const sleeper = new CommandTarget(processes, { ...settings, argv: ['/bin/sleep', '600'] });
    const told = await sleeper.tell(NOTICE, AbortSignal.timeout(200));
    assert.deepEqual(told, { ok: false, problem: 'it took too long', mayRetry: false });
  });
});
