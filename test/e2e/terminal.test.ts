import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { VirtualTerminal } from '../support/virtual-terminal.ts';
import { type Ended, TestProject } from './support/project.ts';

/** util-linux and macOS have `script`; only the former knows these options. */
const hasTerminal = spawnSync('script', ['-qefc', 'true', '/dev/null']).status === 0;

const FLOW = `name: flow
defaults: { retry: { maxAttempts: 1 } }
tasks:
  first: { command: [echo, one] }
  bad: { needs: [first], shell: "printf 'evil\\\\033[2J\\\\n'; exit 1" }
  slow: { needs: [first], shell: "while ! test -f go; do sleep 0.05; done" }
`;

/** What is left on a terminal after everything that was printed. */
function screenAfter({ stdout }: Ended, columns: number, rows: number): VirtualTerminal {
  const terminal = new VirtualTerminal(columns, rows);
  terminal.write(stdout.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n'));
  return terminal;
}

describe.skipIf(!hasTerminal)('on a terminal', () => {
  test.each([
    [100, 30],
    [40, 15],
  ])('of %i by %i the picture goes away and leaves failures, the last word and the cursor', async (columns, rows) => {
    using project = new TestProject({ 'flow.yaml': FLOW, go: '' });
    const ended = await project.startOnTerminal(['run', 'flow.yaml'], columns, rows).ended;
    expect(ended.code).toBe(1);
    const terminal = screenAfter(ended, columns, rows);
    expect(terminal.isCursorShown).toBe(true);
    const text = terminal.text.join('\n');
    expect(text).toContain('✘ bad failed: exit code 1');
    expect(text).toContain(String.raw`| evil\x1b[2J`);
    // The terminal has broken long lines, wherever that was.
    expect(text.replaceAll(/\s/g, '')).toMatch(/flow-\w+failedafter.*:2of3taskssucceeded,1failed\(bad\)/);
    expect(text).not.toContain('time left');
    expect(ended.stdout).toContain('time left');
  });

  test('Ctrl-C takes the picture away, pauses the run and shows the cursor again', async () => {
    using project = new TestProject({ 'flow.yaml': FLOW });
    const call = project.startOnTerminal(['run', 'flow.yaml'], 100, 30);
    await drawn(call.child.stdout, 'slow');
    call.child.stdin?.write('\u0003');
    const ended = await call.ended;
    expect(ended.code).toBe(130);
    const terminal = screenAfter(ended, 100, 30);
    expect(terminal.isCursorShown).toBe(true);
    expect(terminal.text.join('\n')).toMatch(
      /Pausing: .*\nRun flow-\w+ is paused, \d of 3 tasks are done\. Go on with: /,
    );
  });

  test('asks before it starts a second run of a workflow that is still open', async () => {
    using project = new TestProject({ 'flow.yaml': FLOW });
    const first = project.startOnTerminal(['run', 'flow.yaml'], 100, 30);
    await drawn(first.child.stdout, 'slow');
    first.child.stdin?.write('\u0003');
    await first.ended;
    const second = project.startOnTerminal(['run', 'flow.yaml'], 100, 30);
    await drawn(second.child.stdout, 'Start another one?');
    second.child.stdin?.write('n\r');
    const ended = await second.ended;
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/Go on with it: waggle runs resume flow-/);
  });

  test.each([
    ['the end of the input is a no', '\u0004', 0],
    ['Ctrl-C ends the program', '\u0003', 130],
  ])('when it asks, %s', async (_what, key, code) => {
    using project = new TestProject({ 'mixed.yaml': 'name: m\ntasks:\n  a: { command: [echo, hi] }\n' });
    await project.waggle('run', 'mixed.yaml');
    const call = project.startOnTerminal(['runs', 'prune', '--older-than', '0'], 100, 30);
    await drawn(call.child.stdout, '[y/N]');
    call.child.stdin?.write(key);
    const ended = await call.ended;
    expect(ended.code).toBe(code);
    expect(ended.stdout).not.toContain('Internal error');
    expect((await project.waggle('tasks', 'logs', 'last/a')).stdout).toBe('hi\n');
  });
});

/** Resolves when `text` has been printed. */
function drawn(stream: NodeJS.ReadableStream | null, text: string): Promise<void> {
  return new Promise((resolve) => {
    let seen = '';
    stream?.on('data', (piece: string) => {
      seen += piece;
      if (seen.includes(text)) resolve();
    });
  });
}
