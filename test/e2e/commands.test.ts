import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { jsonLines, TestProject } from './support/project.ts';

const LAUNCHER = join(import.meta.dirname, '../../bin/waggle.js');
const MIXED = `name: mixed
defaults: { retry: { maxAttempts: 1 } }
tasks:
  good: { command: [echo, fine] }
  quiet: { command: ["true"] }
  bad: { shell: "test -f mended" }
  next: { needs: [bad], command: [echo, next] }
`;

describe('words that are no command', () => {
  test.each([
    [['rnu'], 'Unknown command "rnu".', 'Did you mean run? See: waggle --help'],
    [['runs', 'lst'], 'Unknown command "lst".', 'Did you mean list? See: waggle runs --help'],
    [['runs', '--json', 'elsewhere'], 'Unknown command "elsewhere".', 'See: waggle runs --help'],
    [['help', 'nope'], 'Unknown command "nope".', 'See: waggle --help'],
    [['help', 'runs', 'lst'], 'Unknown command "lst".', 'Did you mean list? See: waggle runs --help'],
    [
      ['runs', 'list', 'more'],
      'Too many arguments for "list". Expected 0 arguments but got 1: more.',
      'See: waggle runs list --help',
    ],
  ])('%j are named, with the one that was meant', async (words, message, fix) => {
    using project = new TestProject();
    const ended = await project.waggle(...words, '--json');
    expect(ended.code).toBe(2);
    expect(jsonLines(ended)).toEqual([expect.objectContaining({ type: 'error', message, fix })]);
    expect(ended.stderr).toBe(`error  ${message}\n       ${fix}\n`);
  });

  test('help shows that of a command of a group too', async () => {
    using project = new TestProject();
    const [help, asked] = await Promise.all([
      project.waggle('help', 'runs', 'list'),
      project.waggle('runs', 'list', '--help'),
    ]);
    expect(help).toEqual(asked);
    expect(help.stdout).toMatch(/^Usage: waggle runs list /);
    expect((await project.waggle('help')).stdout).toBe((await project.waggle('--help')).stdout);
  });
});

describe('looking at runs', () => {
  test('lists, shows and retries what ran, and prunes it', async () => {
    using project = new TestProject({ 'mixed.yaml': MIXED });
    expect((await project.waggle('run', 'mixed.yaml')).code).toBe(1);

    const list = await project.waggle('runs');
    expect(list.stdout).toMatch(/^run +state +done +started +took +workflow\nmixed-\w+ +failed +4\/4 .* mixed\n$/);
    const show = await project.waggle('runs', 'show', 'last');
    expect(show.stdout).toMatch(/\n {2}outcome +1 task failed\n/);
    expect(show.stdout).toMatch(/\nnext +skipped +"bad" did not succeed\n/);
    const task = await project.waggle('tasks', 'show', 'bad');
    expect(task.stdout).toMatch(/ {2}does +test -f mended\n/);
    expect(task.stdout).toContain('✘ bad failed: exit code 1\n');
    expect((await project.waggle('tasks', 'list', '--status', 'failed,skipped')).stdout.split('\n')).toHaveLength(4);
    expect(await project.waggle('tasks', 'logs', 'good')).toMatchObject({ code: 0, stdout: 'fine\n' });
    expect(await project.waggle('tasks', 'logs', 'quiet')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'It printed nothing.\n',
    });

    project.write('mended', '');
    const retry = await project.waggle('runs', 'retry');
    expect(retry.code).toBe(0);
    expect(retry.stdout).toMatch(/^✔ mixed-\w+ succeeded: 4 tasks/);
    expect((await project.waggle('tasks')).stdout).toMatch(/\ngood +succeeded .* reused from the run before\n/);
    const agents = await project.waggle('agents', 'list', '--all');
    expect(agents.stdout).toMatch(/^agent +driver +is +busy +load +done +failed +run +can\nlocal-1 +command /);
    expect((await project.waggle('agents')).stdout).toMatch(/^No agents now\./);

    expect((await project.waggle('runs', 'prune')).stdout).toBe('Nothing to remove.\n');
    const asked = await project.waggle('runs', 'prune', '--older-than', '0');
    expect(asked).toMatchObject({ code: 2, stdout: '' });
    expect(asked.stderr).toContain('Say yes with: waggle runs prune --yes');
    expect((await project.waggle('runs', 'prune', '--older-than', '0', '--yes')).stdout).toMatch(
      /^Removed .* of 2 runs/,
    );
    expect((await project.waggle('runs')).stdout.split('\n')).toHaveLength(4);
  });

  test('a run whose process was killed is over once it is cancelled', async () => {
    using project = new TestProject({ 'slow.yaml': 'name: slow\ntasks:\n  a: { command: [sleep, "60"] }\n' });
    const run = project.start(['run', 'slow.yaml']);
    await run.says('starts on');
    expect((await project.waggle('runs')).stderr).toBe('');
    run.child.kill('SIGKILL');
    await run.ended;
    const hint = /^Nobody leads this project now, so nothing of slow-\w+ goes on\. Go on with: waggle runs resume\n$/;
    expect((await project.waggle('runs')).stderr).toMatch(hint);
    expect((await project.waggle('runs', 'show')).stderr).toMatch(hint);
    expect((await project.waggle('tasks')).stderr).toMatch(hint);
    expect((await project.waggle('runs', 'cancel', 'last')).stdout).toMatch(/is cancelled\.\n$/);
    expect((await project.waggle('runs', 'list')).stdout).toMatch(/\nslow-\w+ +cancelled +1\/1 /);
    const again = await project.waggle('runs', 'cancel', 'last', '--json');
    expect(again.code).toBe(1);
    expect(jsonLines(again)).toEqual([
      {
        type: 'error',
        code: 'STATUS_WRONG',
        message: 'The run has ended, so this does not apply.',
        fix: 'Nothing was changed.',
      },
    ]);
  });

  test('what a task has printed before it was cancelled stays to be read', async () => {
    const slow = `name: slow
tasks:
  long: { shell: "echo begun; touch begun; sleep 60" }
  look: { shell: "while ! test -f begun; do sleep 0.05; done" }
`;
    using project = new TestProject({ 'slow.yaml': slow });
    const run = project.start(['run', 'slow.yaml', '--agents', '2']);
    await run.says('✔ look');
    const early = await project.waggle('tasks', 'logs', 'long');
    expect(early.stderr).toContain('Its log is kept when the attempt ends.');
    expect((await project.waggle('tasks', 'cancel', 'long')).code).toBe(0);
    await run.ended;
    expect(await project.waggle('tasks', 'logs', 'long')).toMatchObject({ code: 0, stdout: 'begun\n' });
  });

  test('a log that was removed is no bug, and told as it is', async () => {
    using project = new TestProject({ 'mixed.yaml': MIXED });
    await project.waggle('run', 'mixed.yaml', '--quiet');
    rmSync(join(project.root, '.waggle', 'artifacts'), { recursive: true });
    for (const form of [[], ['--raw'], ['--json']]) {
      const { code, stderr } = await project.waggle('tasks', 'logs', 'good', ...form);
      expect(code).toBe(2);
      expect(stderr).toContain('"output.log" of attempt 1 is not kept any more.');
    }
  });

  test('with --json every list is JSON lines and nothing else', async () => {
    using project = new TestProject({ 'mixed.yaml': MIXED });
    await project.waggle('run', 'mixed.yaml', '--quiet');
    const calls = [
      ['runs', 'list'],
      ['runs', 'show'],
      ['runs', 'watch'],
      ['tasks', 'list'],
      ['tasks', 'show', 'bad'],
      ['tasks', 'logs', 'good'],
      ['agents', 'list', '--all'],
      ['config', 'show'],
      ['config', 'explain', 'maxAgents'],
      ['trust', 'list'],
      ['doctor'],
      ['runs', 'prune', '--older-than', '0', '--yes'],
      ['runs', 'show', 'nothing'],
      ['tasks', 'logs', 'godo'],
      ['runs', 'lst'],
    ];
    const endings = await Promise.all(calls.map((words) => project.waggle(...words, '--json')));
    for (const [index, ended] of endings.entries()) {
      for (const line of jsonLines(ended)) expect(line, calls[index]?.join(' ')).toHaveProperty('type');
    }
    expect(jsonLines(endings[5] ?? { code: 0, signal: null, stdout: '', stderr: '' })).toMatchObject([
      { type: 'log.line', text: 'fine' },
    ]);
    expect(endings.slice(-3).map(({ code }) => code)).toEqual([2, 2, 2]);
  });

  test('says that nothing ran, and what to do, in a project without runs', async () => {
    using project = new TestProject();
    expect(await project.waggle('runs')).toMatchObject({
      code: 0,
      stdout: 'Nothing has run here yet. Start with: waggle check\n',
    });
    const show = await project.waggle('runs', 'show');
    expect(show.code).toBe(2);
    expect(show.stderr).toContain('Start with: waggle check');
    expect(existsSync(join(project.root, '.waggle'))).toBe(false);
  });

  test('names the nearest run, task, agent, option and command', async () => {
    using project = new TestProject({ 'mixed.yaml': MIXED });
    await project.waggle('run', 'mixed.yaml', '--quiet');
    const near = async (...words: readonly string[]): Promise<string> => (await project.waggle(...words)).stderr;
    expect(await near('tasks', 'show', 'godo')).toContain('Did you mean "good"?');
    expect(await near('config', 'explain', 'maxAgent')).toContain('Did you mean "maxAgents"?');
    expect(await near('rnu')).toContain('Did you mean run?');
    expect(await near('run', 'mixed.yaml', '--bugdet', 'x')).toContain('Did you mean --budget?');
    expect(await near('run', 'mixed.yaml', '--budget', 'wal=3m')).toContain('Did you mean "wall"?');
    expect(await near('runs', 'list', '--state', 'runing')).toContain('Did you mean "running"?');
  });

  test('a reader that goes away is no error', async () => {
    using project = new TestProject({ 'mixed.yaml': MIXED });
    await project.waggle('run', 'mixed.yaml', '--quiet');
    const options = { cwd: project.root, env: project.env() };
    const words = `'${process.execPath}' '${LAUNCHER}' tasks list --json`;
    const child = spawn('sh', ['-c', `{ ${words}; echo "exit $?" >&2; } | true`], options);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    await new Promise((resolve) => child.once('close', resolve));
    expect(stderr).toBe('exit 0\n');
  });
});

describe('where output leads', () => {
  async function inShell(line: string): Promise<string> {
    using project = new TestProject();
    const script = line.replace('waggle', `'${process.execPath}' '${LAUNCHER}'`);
    const child = spawn('sh', ['-c', script], { cwd: project.root, env: project.env() });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    await new Promise((resolve) => child.once('close', resolve));
    return stderr;
  }

  test.each(['--version', '--help', 'config show --json'])('nobody has to read %s', async (words) => {
    expect(await inShell(`{ waggle ${words}; echo "exit $?" >&2; } | true`)).toBe('exit 0\n');
  });

  test.each(['--version', 'runs list', 'config show --json'])(
    '%s that a full disk lost is no success',
    async (words) => {
      const stderr = await inShell(`waggle ${words} > /dev/full; echo "exit $?" >&2`);
      expect(stderr).toMatch(/^error {2}stdout: Results could not be written: ENOSPC.*\nexit 3\n$/);
    },
  );
});

describe('setting up', () => {
  test('a folder that is not there is named, and no other one is taken in its place', async () => {
    using project = new TestProject();
    for (const words of [['init'], ['config', 'show'], ['trust', 'list'], ['runs', 'list']]) {
      const { code, stdout, stderr } = await project.waggle('--cwd', join(project.root, 'none'), ...words);
      expect({ code, stdout }, words.join(' ')).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(`There is no folder "${join(project.root, 'none')}".`);
    }
  });

  test('init says which file cannot be written', async () => {
    using project = new TestProject();
    const { code, stderr } = await project.waggle('--cwd', '/proc', 'init');
    expect(code).toBe(2);
    expect(stderr).toContain('"/proc/hello.yaml" cannot be written: ');
  });

  test('the settings of a folder that a link leads to are those of where it leads', async () => {
    using project = new TestProject({ 'waggle.yaml': 'coordination: { maxAgents: 3 }\n' });
    mkdirSync(join(project.root, 'inner', '.git'), { recursive: true });
    mkdirSync(join(project.root, 'inner', 'deep'));
    symlinkSync(join(project.root, 'inner', 'deep'), join(project.root, 'link'));
    expect((await project.waggle('--cwd', 'link', 'config', 'show', '--changed')).stdout).toBe(
      'Every option has its default.\n',
    );
  });

  test('init writes a workflow that runs, and overwrites nothing', async () => {
    using project = new TestProject();
    expect(await project.waggle('init')).toMatchObject({ code: 0, stdout: 'wrote hello.yaml\nwrote waggle.yaml\n' });
    project.write('waggle.yaml', 'coordination: { maxAgents: 3 }\n');
    expect((await project.waggle('init')).stdout).toContain('kept  waggle.yaml: it is there already\n');
    expect(readFileSync(join(project.root, 'waggle.yaml'), 'utf8')).toBe('coordination: { maxAgents: 3 }\n');
    const ended = await project.waggle('run', 'hello.yaml', '--input', 'who=Ann');
    expect(ended.code).toBe(0);
    expect((await project.waggle('tasks', 'logs', 'greet')).stdout).toBe('hello Ann\n');
  });

  test('config shows values with their source and explains an option', async () => {
    using project = new TestProject({ 'waggle.yaml': 'coordination: { maxAgents: 3 }\n' });
    expect((await project.waggle('config', 'show', '--changed')).stdout).toMatch(
      /coordination\.maxAgents +3 +waggle\.yaml:1:28\n/,
    );
    const { stdout } = await project.waggle('config', 'explain', 'taskTimeoutMs');
    expect(stdout).toContain('faultTolerance.taskTimeoutMs\n');
    expect(stdout).toContain('  value     1h (the default)\n');
    expect(stdout).toContain('  variable  WAGGLE_FAULT_TOLERANCE_TASK_TIMEOUT_MS\n');
  });

  test('settings that need agreement stop a run without a terminal until they have it', async () => {
    const config = 'security: { passEnvironment: [HOME] }\n';
    using project = new TestProject({ 'mixed.yaml': MIXED, 'waggle.yaml': config, mended: '' });
    const refused = await project.waggle('run', 'mixed.yaml');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    const [, hash = ''] = /Agree with: --trust (\w+)/.exec(refused.stderr) ?? [];
    expect((await project.waggle('trust')).stdout).toContain('security.passEnvironment = ["HOME"]');
    expect((await project.waggle('run', 'mixed.yaml', '--trust', 'f'.repeat(16))).code).toBe(2);
    expect((await project.waggle('run', 'mixed.yaml', '--trust', hash)).code).toBe(0);
    expect((await project.waggle('run', 'mixed.yaml')).code).toBe(0);
    project.write('waggle.yaml', `${config}# changed\n`);
    expect((await project.waggle('run', 'mixed.yaml')).code).toBe(2);
    const [, next = ''] = /trust grant (\w+)/.exec((await project.waggle('trust')).stdout) ?? [];
    expect((await project.waggle('trust', 'grant', next)).code).toBe(0);
    expect((await project.waggle('run', 'mixed.yaml')).code).toBe(0);
    expect((await project.waggle('trust', 'revoke', next)).stdout).toContain('You no longer agree');
    expect((await project.waggle('run', 'mixed.yaml')).code).toBe(2);
  });

  test('doctor says what it looked at', async () => {
    using project = new TestProject();
    const { stdout } = await project.waggle('doctor');
    expect(stdout).toMatch(/Node\.js +\d+\.\d+\.\d+/);
    expect(stdout).toMatch(/processes +owned by/);
  });

  test('help is short, in plain words, with examples, and ends with 0', async () => {
    using project = new TestProject();
    const calls = [['--help'], ['run', '--help'], ['runs', '--help'], ['tasks', 'logs', '--help'], []];
    for (const ended of await Promise.all(calls.map((words) => project.waggle(...words)))) {
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(ended.stdout).toMatch(/^Usage: waggle/);
      for (const line of ended.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    }
  });
});

test.each(['at once', 'late'])('a bug of ours that shows %s ends with 70 and says how to report it', (when) => {
  const program = join(import.meta.dirname, 'support/bug.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, when], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 70, stdout: '' });
  expect(stderr).toMatch(/^Internal error: Waggle 1\.2\.3, Node \d+/);
  expect(stderr).toContain(String.raw`Error: the bug\x1b[2J`);
  expect(stderr).toMatch(/This is a bug in Waggle\..* Report it with the lines above/);
});

describe('waggle check', () => {
  test('looks at a repository, writes the reports and says where they are', async () => {
    using project = new TestProject({
      'README.md': '# A\n',
      'index.js': 'export const isNone = (a) => a === NaN;\n',
    });
    const ended = await project.waggle('check', '.', '--out', 'reports');
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/^1 confirmed finding: 1 \w+\n2 files, /);
    expect(ended.stdout).toContain('index.js:1');
    expect(ended.stdout).toMatch(/\nReport: reports\/report\.html\n$/);
    expect(existsSync(join(project.root, 'reports/report.html'))).toBe(true);
    expect((await project.waggle('check', '--fail-on', 'new', '--reset-baseline')).code).toBe(1);
    const lines = jsonLines(await project.waggle('check', '--json', '--fail-on', 'critical'));
    expect(lines.at(-1)).toMatchObject({ type: 'check.finished', counts: { critical: 0 } });
    expect(lines.filter(({ type }) => type === 'check.finding')).toHaveLength(1);
  });

  test('--plan shows the tasks and runs nothing', async () => {
    using project = new TestProject({ 'README.md': '# A\n' });
    const ended = await project.waggle('check', '--plan');
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stdout).toMatch(/inventory.*\n[^]*Nothing was run\.\n$/);
    expect(existsSync(join(project.root, '.waggle'))).toBe(false);
  });

  test('what is no folder is a mistake', async () => {
    using project = new TestProject({ 'file.txt': '' });
    expect(await project.waggle('check', 'nowhere')).toMatchObject({ code: 2, stdout: '' });
    expect((await project.waggle('check', 'file.txt')).stderr).toContain('is not a folder');
  });
});
