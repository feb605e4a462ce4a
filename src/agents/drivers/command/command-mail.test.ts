import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { assignmentOf } from '../../../../test/support/assignments.ts';
import { ScriptedContext } from '../../../testing/scripted-context.ts';
import { MemoryArtifacts } from '../../../../test/support/memory-artifacts.ts';
import { SystemClock } from '../../../adapters/system/system-clock.ts';
import { SystemProcessRunner } from '../../../adapters/system/system-process-runner.ts';
import type { AttemptResult } from '../../../core/tasks/attempt.ts';
import type { AttemptDoor } from '../../../ports/attempt-door.ts';
import type { ReceiveOptions } from '../../../ports/run-messages.ts';
import { CommandDriver } from './command-driver.ts';

let processes: SystemProcessRunner;
let folder: string;
let context: ScriptedContext;
let artifacts: MemoryArtifacts;

beforeAll(async () => {
  processes = await SystemProcessRunner.open();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waggle-mail-'));
  context = new ScriptedContext();
  artifacts = new MemoryArtifacts();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(shell: string, door?: AttemptDoor): Promise<AttemptResult> {
  const driver = new CommandDriver({
    processes,
    artifacts,
    clock: new SystemClock(),
    environment: { PATH: '/usr/bin:/bin' },
    temporaryFolder: folder,
    ...(door === undefined ? {} : { door }),
  });
  return driver.run(assignmentOf({ kind: 'command', shell }, { project: folder }), context);
}

describe('a command', () => {
  test('finds what waits for it in a file, one message per line, and has dealt with it when it succeeds', async () => {
    context.messages.deliver({ id: 'in1', body: { x: 1 } });
    context.messages.deliver({ id: 'in2', body: 'line\nbreak' });
    const result = await run('cat "$WAGGLE_MESSAGES"');
    const lines = (await artifacts.textOf(result.artifacts, 'output.log')).trimEnd().split('\n');
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { id: 'in1', body: { x: 1 } },
      { id: 'in2', body: 'line\nbreak' },
    ]);
    expect(context.messages.acknowledged).toEqual(['in1', 'in2']);
  });

  test('that fails leaves its messages to the next attempt', async () => {
    context.messages.deliver();
    expect((await run('exit 1')).ok).toBe(false);
    expect(context.messages.acknowledged).toEqual([]);
  });

  test('without messages finds an empty file', async () => {
    expect((await run('test -f "$WAGGLE_MESSAGES" && test ! -s "$WAGGLE_MESSAGES"')).ok).toBe(true);
  });

  test('receives through the door what waited at its start too, each message once and the most urgent first', async () => {
    context.messages.deliver({ id: 'in1', body: 1 });
    context.messages.deliver({ id: 'in2', body: 2, priority: 'high' });
    const received: (readonly string[])[] = [];
    const door: AttemptDoor = {
      admit: async (_assignment, { messages }) => {
        const take = async (options: ReceiveOptions): Promise<void> => {
          received.push((await messages.receive(options)).map(({ id }) => id));
        };
        await take({ limit: 1, waitMs: 60_000 });
        context.messages.deliver({ id: 'in3', body: 3, priority: 'critical' });
        context.messages.deliver({ id: 'in4', body: 4 });
        await take({ limit: 2, waitMs: 60_000 });
        await messages.acknowledge(['in1']);
        await take({ waitMs: 60_000 });
        await take({ waitMs: 0 });
        return { environment: {}, secrets: [], programs: undefined, close: () => {} };
      },
    };
    expect((await run('true', door)).ok).toBe(true);
    expect(received).toEqual([['in2'], ['in3', 'in1'], ['in4'], []]);
    expect(context.messages.acknowledged).toEqual(['in1', 'in1', 'in2']);
  });

  test('is let in under a token that appears in nothing that is kept, and that dies with it', async () => {
    let closed = 0;
    const door: AttemptDoor = {
      admit: async () => ({
        environment: { WAGGLE_SOCKET: '/run/door.sock', WAGGLE_ATTEMPT_TOKEN: 'token-of-this-attempt' },
        secrets: ['token-of-this-attempt'],
        programs: '/programs',
        close: () => void closed++,
      }),
    };
    const result = await run('echo "$WAGGLE_SOCKET $WAGGLE_ATTEMPT_TOKEN $PATH"', door);
    expect(await artifacts.textOf(result.artifacts, 'output.log')).toBe('/run/door.sock *** /programs:/usr/bin:/bin\n');
    expect(closed).toBe(1);
    const failed = await run('echo "$WAGGLE_ATTEMPT_TOKEN" >&2; exit 3', door);
    expect(JSON.stringify(failed)).not.toMatch(/token-of-this-attempt/);
    expect(closed).toBe(2);
  });

  test('runs also where there can be no door', async () => {
    const door: AttemptDoor = { admit: () => Promise.reject(new Error('no folder for a socket')) };
    expect((await run('test -z "$WAGGLE_SOCKET"', door)).ok).toBe(true);
  });
});
