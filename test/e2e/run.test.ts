import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { jsonLines, TestProject } from './support/project.ts';

const HELLO = `name: hello
inputs:
  who: { type: string, default: world }
tasks:
  greet: { command: [echo, "hello \${{ inputs.who }}"] }
  after: { needs: [greet], command: [echo, done] }
`;

const FAILS = `name: fails
defaults: { retry: { maxAttempts: 1 } }
tasks:
  bad:
    shell: |
      i=1; while [ $i -le 30 ]; do echo "line $i"; i=$((i + 1)); done
      printf 'evil\\033[2J\\007\\n' ; exit 3
  next: { needs: [bad], command: [echo, never] }
`;

/** Goes on when the file `go` is there. */
const WAITS = `name: waits
tasks:
  first: { command: [echo, one] }
  second: { needs: [first], shell: "while ! test -f go; do sleep 0.05; done; echo two" }
  third: { needs: [second], command: [echo, three] }
`;

describe('waggle run', () => {
  test('runs a workflow: talk on stderr, one line of result on stdout, exit 0', async () => {
    using project = new TestProject({ 'hello.yaml': HELLO });
    const { code, stdout, stderr } = await project.waggle('run', 'hello.yaml');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^✔ hello-\w+ succeeded: 2 tasks in \d+(\.\d)? m?s\n$/);
    expect(stderr).toMatch(/● greet {2}starts on local-1\n\[1\/2\] ✔ greet/);
  });

  test('with --json every line on stdout is a JSON object with the type of the journal, and stderr is free', async () => {
    using project = new TestProject({ 'hello.yaml': HELLO });
    const ended = await project.waggle('run', 'hello.yaml', '--json', '--quiet', '--input', 'who=Ann');
    const lines = jsonLines(ended);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(lines.map(({ type }) => type)).toEqual([
      'run.created',
      'agents.registered',
      'tasks.added',
      'attempt.assigned',
      'task.succeeded',
      'attempt.assigned',
      'task.succeeded',
      'run.finished',
    ]);
    expect(lines[0]).toMatchObject({ spec: { inputs: { who: 'Ann' } } });
    expect(new Set(lines.map(({ run }) => run)).size).toBe(1);
    expect(lines[4]).toMatchObject({ task: 'greet', evidence: [{ check: 'exit-code', ok: true, exitCode: 0 }] });
  });

  test('a failure prints the command, the exit code, the last 20 lines and where the whole log is; exit 1', async () => {
    using project = new TestProject({ 'fails.yaml': FAILS });
    const { code, stdout, stderr } = await project.waggle('run', 'fails.yaml');
    expect(code).toBe(1);
    expect(stderr).toContain('✘ bad failed: exit code 3\n  command  i=1; while');
    expect(stderr).toContain('last 20 lines of output:\n  | line 12\n');
    expect(stderr).toContain(String.raw`  | evil\x1b[2J\x07`);
    expect(stderr).toMatch(/whole log {2}waggle tasks logs fails-\w+\/bad\n {13}\.waggle\/artifacts\//);
    expect(stderr).toContain('○ next  skipped: needs bad, which did not succeed');
    expect(stdout).toMatch(/^✘ fails-\w+ failed after .*: 0 of 2 tasks succeeded, 1 failed \(bad\), 1 skipped\n$/);
    const log = await project.waggle('tasks', 'logs', 'bad');
    expect(log.stdout.split('\n')).toHaveLength(32);
    expect(log.stdout).toContain(String.raw`evil\x1b[2J\x07`);
    const raw = await project.waggle('tasks', 'logs', 'bad', '--raw');
    expect(raw.stdout).toContain('evil\u001B[2J\u0007\n');
  });

  test('shows all mistakes of a workflow at once with file, line and column; exit 2, nothing is stored', async () => {
    using project = new TestProject({
      'wrong.yaml':
        'name: wrong\ntasks:\n  build: { comand: [make] }\n  test: { needs: [bild], command: [make, test] }\n',
    });
    const ended = await project.waggle('run', 'wrong.yaml');
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/error {2}wrong\.yaml:3:12: .*comand/);
    expect(ended.stderr).toMatch(/error {2}wrong\.yaml:4:19: .*bild/);
    expect(ended.stderr).toContain('Did you mean "build"?');
    expect(existsSync(join(project.root, '.waggle'))).toBe(false);
    const lines = jsonLines(await project.waggle('run', 'wrong.yaml', '--json'));
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(Object.keys(line)).toEqual(['type', 'code', 'message', 'at', 'fix']);
  });

  test('--plan shows the graph and the forecast and runs nothing', async () => {
    using project = new TestProject({ 'hello.yaml': HELLO });
    const { code, stdout } = await project.waggle('run', 'hello.yaml', '--plan', '--agents', '3');
    expect(code).toBe(0);
    expect(stdout).toContain('hello: 2 tasks, 2 steps, 3 agents\n');
    expect(stdout).toContain('longest path  greet → after\nforecast      no history yet\nNothing was run.\n');
    expect(existsSync(join(project.root, '.waggle'))).toBe(false);
  });

  test('--budget ends a run that takes too long, and names the budget', async () => {
    using project = new TestProject({ 'waits.yaml': WAITS });
    const { code, stdout } = await project.waggle('run', 'waits.yaml', '--budget', 'wall=1s');
    expect(code).toBe(1);
    expect(stdout).toMatch(/failed after .*: the time budget is used up \(limit 1\.0 s\); 1 of 3 tasks succeeded/);
  });

  test('colours are left out where there is no terminal', async () => {
    using project = new TestProject({ 'fails.yaml': FAILS });
    const { stdout, stderr } = await project.waggle('run', 'fails.yaml');
    expect(stdout + stderr).not.toContain('\u001B');
  });
});

describe('stopping and going on', () => {
  test('Ctrl-C pauses the run and says how to go on; what had succeeded does not run again', async () => {
    using project = new TestProject({ 'waits.yaml': WAITS });
    const call = project.start(['run', 'waits.yaml']);
    await call.says('second  starts');
    call.child.kill('SIGINT');
    const ended = await call.ended;
    expect(ended).toMatchObject({ code: 130, stdout: '' });
    expect(ended.stderr).toContain('Pausing: attempts are being ended. A second signal ends them at once.\n');
    expect(ended.stderr).toMatch(
      /Run waits-\w+ is paused, 1 of 3 tasks are done\. Go on with: waggle runs resume waits-\w+\n/,
    );
    expect((await project.waggle('runs')).stdout).toMatch(/waits-\w+ {2}paused +1\/3/);

    project.write('go', '');
    const resumed = await project.waggle('runs', 'resume');
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).not.toContain('first');
    const tasks = jsonLines(await project.waggle('tasks', 'list', '--json'));
    expect(tasks.map(({ task, status, attempt }) => [task, status, attempt])).toEqual([
      ['first', 'succeeded', 1],
      ['second', 'succeeded', 2],
      ['third', 'succeeded', 1],
    ]);
  });

  test('one SIGINT that comes twice, as npm and the launcher hand it on, pauses and does not kill', () => {
    const program = join(import.meta.dirname, 'support/two-signals.ts');
    expect(spawnSync(process.execPath, [program], { encoding: 'utf8' })).toMatchObject({ status: 0, stdout: 'paused' });
  });

  test('SIGTERM leaves the run as it is, and the next run here goes on with it too', async () => {
    using project = new TestProject({ 'waits.yaml': WAITS, 'hello.yaml': HELLO });
    const call = project.start(['run', 'waits.yaml']);
    await call.says('second  starts');
    call.child.kill('SIGTERM');
    const ended = await call.ended;
    expect(ended.code).toBe(130);
    expect(ended.stderr).toContain('Stopping: attempts are being ended.');
    expect(ended.stderr).toMatch(/Run waits-\w+ is interrupted, 1 of 3 tasks are done\./);
    project.write('go', '');
    const next = await project.waggle('run', 'hello.yaml');
    expect(next.code).toBe(0);
    expect(next.stderr).toMatch(/Run waits-\w+ was interrupted and goes on beside this one\./);
  });

  test('after kill -9 of the program the run goes on where it was', async () => {
    using project = new TestProject({ 'waits.yaml': WAITS });
    const call = project.start(['run', 'waits.yaml']);
    await call.says('second  starts');
    call.child.kill('SIGKILL');
    await call.ended;
    project.write('go', '');
    const resumed = await project.waggle('runs', 'watch');
    expect(resumed.code).toBe(0);
    expect(resumed.stdout).toMatch(/^✔ waits-\w+ succeeded: 3 tasks/);
  });

  test('a run that waits for a person exits with 4 and the command to answer, where there is no terminal', async () => {
    using project = new TestProject({
      'ship.yaml':
        'name: ship\ntasks:\n  send: { shell: "while ! test -f go; do sleep 0.05; done", effect: D }\n  tell: { needs: [send], command: [echo, told] }\n',
    });
    const call = project.start(['run', 'ship.yaml']);
    await call.says('send  starts');
    call.child.kill('SIGKILL');
    await call.ended;
    const waiting = await project.waggle('runs', 'resume');
    expect(waiting.code).toBe(4);
    expect(waiting.stderr).toMatch(/ {2}waggle tasks settle ship-\w+\/send --as succeeded\|failed\|retry\n/);
    const json = jsonLines(await project.waggle('runs', 'watch', '--json'));
    expect(json.at(-1)).toMatchObject({ type: 'run.waiting', for: 'person', tasks: ['send'] });

    expect((await project.waggle('tasks', 'settle', 'send', '--as', 'succeeded')).code).toBe(0);
    const resumed = await project.waggle('runs', 'resume');
    expect({ code: resumed.code, told: resumed.stdout }).toMatchObject({ code: 0 });
  });

  test('a run that an alert pauses says so and ends with 4, and goes on when somebody resumes it', async () => {
    using project = new TestProject({
      'waggle.yaml':
        'alerts:\n  it_fails:\n    condition: increase(attempts_failed, "1m") >= 1\n    actions: [pause-runs]\n',
      'flaky.yaml':
        'name: flaky\ntasks:\n  try: { shell: "test -f go", retry: { maxAttempts: 5 } }\n  long: { shell: "while ! test -f go; do sleep 0.05; done" }\n',
    });
    const paused = await project.waggle('run', 'flaky.yaml', '--agents', '2');
    expect(paused.code, paused.stderr).toBe(4);
    expect(paused.stderr).toMatch(/Run flaky-\w+ was paused by alert it_fails: waggle alerts history\n/);
    expect(paused.stderr).toMatch(/is paused, 0 of 2 tasks are done. Go on with: waggle runs resume flaky-\w+\n/);
    project.write('go', '');
    const resumed = await project.waggle('runs', 'resume');
    expect(resumed, resumed.stderr).toMatchObject({ code: 0 });
  });

  test('another process cancels a task, and what needs it is skipped', async () => {
    using project = new TestProject({ 'waits.yaml': WAITS });
    const call = project.start(['run', 'waits.yaml']);
    await call.says('second  starts');
    expect((await project.waggle('tasks', 'cancel', 'second')).stdout).toMatch(/^second is cancelled/);
    expect((await call.ended).stdout).toMatch(/cancelled after .*: a task was cancelled; 1 of 3 tasks succeeded/);
  });

  test('another process watches, pauses, resumes and cancels a run that goes on', async () => {
    using project = new TestProject({ 'waits.yaml': WAITS });
    const call = project.start(['run', 'waits.yaml']);
    await call.says('second  starts');
    const watch = project.start(['runs', 'watch']);
    await watch.says(': running, 1/3 tasks done.');
    const paused = await project.waggle('runs', 'pause', 'last', '--reason', 'lunch');
    expect(paused).toMatchObject({ code: 0 });
    await call.says('paused: lunch');
    await watch.says('paused: lunch');
    const again = await project.waggle('runs', 'pause', 'waits');
    expect(again.code).toBe(0);
    const cancelled = await project.waggle('runs', 'cancel', 'last', '--reason', 'enough');
    expect(cancelled.stdout).toMatch(/^Run waits-\w+ \(waits\) is cancelled\.\n$/);
    expect((await call.ended).stdout).toMatch(/cancelled after .*: enough; 1 of 3 tasks succeeded, 2 cancelled\n$/);
    expect((await watch.ended).code).toBe(1);
  });
});
