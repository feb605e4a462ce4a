import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'vitest';
import type { Notice } from '../../core/health/notice.ts';
import type { ProcessEnd, ProcessRunner, ProcessSpec } from '../../ports/process-runner.ts';
import { CommandNotifier } from './command-notifier.ts';
import { SystemProcessRunner } from './system-process-runner.ts';

const END: ProcessEnd = { kind: 'exited', exitCode: 0, usage: {}, wallMs: 1 };
const noticeOf = (key: string): Notice => ({ key, severity: 'info', title: key, text: 'x' });

/** Programs that end when the test says so. */
class HeldPrograms implements ProcessRunner {
  readonly ownership = 'process-group';
  readonly started: ProcessSpec[] = [];
  readonly #ends: ((end: ProcessEnd) => void)[] = [];
  #more = Promise.withResolvers<void>();

  run(spec: ProcessSpec): Promise<ProcessEnd> {
    this.started.push(spec);
    this.#more.resolve();
    this.#more = Promise.withResolvers();
    return new Promise((resolve) => void this.#ends.push(resolve));
  }

  async startedAtLeast(count: number): Promise<void> {
    while (this.started.length < count) await this.#more.promise;
  }

  end(end: ProcessEnd = END): void {
    this.#ends.shift()?.(end);
  }
}

let complaints: string[];
const logger = {
  log: (_level: string, _message: string, data?: Readonly<Record<string, unknown>>): void => {
    complaints.push(String(data?.['problem']));
  },
};
const SETTINGS = { commands: [['one'], ['two']], timeoutMs: 60_000, cwd: '/', environment: { PATH: '/bin' } };

beforeEach(() => {
  complaints = [];
});

describe('a notice', () => {
  test('goes to every program, as JSON on stdin, with nothing but the given environment', async () => {
    const programs = new HeldPrograms();
    new CommandNotifier(programs, SETTINGS, logger).notify(noticeOf('k'));
    await programs.startedAtLeast(2);
    assert.deepEqual(
      programs.started.map(({ argv, env }) => [argv, env]),
      [
        [['one'], { PATH: '/bin' }],
        [['two'], { PATH: '/bin' }],
      ],
    );
    assert.deepEqual(JSON.parse(programs.started[0]?.stdin ?? ''), noticeOf('k'));
  });

  test('that was given before is dropped', async () => {
    const programs = new HeldPrograms();
    const notifier = new CommandNotifier(programs, { ...SETTINGS, commands: [['one']] }, logger);
    notifier.notify(noticeOf('k'));
    notifier.notify(noticeOf('k'));
    programs.end();
    notifier.notify(noticeOf('l'));
    await programs.startedAtLeast(2);
    assert.equal(programs.started.length, 2);
  });

  test('waits behind a program that hangs, and the others do not', async () => {
    const programs = new HeldPrograms();
    const notifier = new CommandNotifier(programs, { ...SETTINGS, commands: [['hangs']] }, logger);
    for (let count = 0; count < 150; count++) notifier.notify(noticeOf(`k${count}`));
    await programs.startedAtLeast(1);
    assert.equal(programs.started.length, 1);
    // Beyond a hundred the oldest go, and the log says so.
    assert.equal(complaints.filter((one) => one === 'too many notices wait for it').length, 49);
  });
});

describe('with real programs', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waggle-notify-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  test('one that hangs is ended, and another one has got its notice meanwhile', async () => {
    const complained = Promise.withResolvers<string>();
    const processes = await SystemProcessRunner.open();
    const path = join(folder, 'seen');
    const commands = [
      ['/bin/sleep', '600'],
      ['/bin/sh', '-c', 'cat > "$0"', path],
    ];
    const watch = {
      log: (_level: string, _message: string, data?: object) => complained.resolve(JSON.stringify(data)),
    };
    new CommandNotifier(processes, { commands, timeoutMs: 500, cwd: folder, environment: {} }, watch).notify(
      noticeOf('k'),
    );
    assert.match(await complained.promise, /it took too long/);
    assert.deepEqual(JSON.parse(await readFile(path, 'utf8')), noticeOf('k'));
  });
});
