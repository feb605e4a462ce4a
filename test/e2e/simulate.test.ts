import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { jsonLines, TestProject } from './support/project.ts';

const WORKFLOW = `name: flow
tasks:
  first: { command: [sleep, "0.3"], estimate: 30s }
  second: { needs: [first], shell: "true", estimate: 90s }
  third: { needs: [first], command: [echo, done] }
`;
const SWARM_DAG = {
  format: 'swarm-dag/1',
  name: 'diamond',
  n: 4,
  kinds: ['build', 'test'],
  kind: [0, 1, 1, 0],
  runtime: [10, 20, 30, 5],
  parents: [[], [0], [0], [1, 2]],
};
const WF_TASKS = ['a_1', 'b_2', 'c_3'].map((id, index, all) => {
  return { name: id, id, parents: all.slice(index + 1, index + 2) };
});
const WF_COMMONS = {
  name: 'backwards',
  schemaVersion: '1.5',
  workflow: {
    specification: { tasks: WF_TASKS },
    execution: { tasks: WF_TASKS.map(({ id }) => ({ id, runtimeInSeconds: 60 })) },
  },
};

test('each kind of source is simulated, and nothing is started', { timeout: 60_000 }, async () => {
  using project = new TestProject({
    'flow.yaml': WORKFLOW,
    'dag.json': JSON.stringify(SWARM_DAG),
    'wf.json': JSON.stringify(WF_COMMONS),
  });
  const one = async (...args: readonly string[]): Promise<unknown> => {
    const [line] = jsonLines(await project.waggle('simulate', ...args, '--json'));
    return line;
  };
  expect(await one('flow.yaml', '--agents', '2')).toMatchObject({
    makespanMs: 120_000,
    lowerMs: 120_000,
    criticalPath: ['first', 'second'],
    notes: ['Times of 3 tasks: 2 as the file says, 0 from history, 1 unknown: taken as 60 s.'],
  });
  expect(await one('dag.json', '--agents', 'build=1,test=1')).toMatchObject({ makespanMs: 65_000, lowerMs: 50_000 });
  expect(await one('dag.json', '--agents', '2')).toMatchObject({ makespanMs: 45_000, utilisation: 65 / 90 });
  expect(await one('wf.json', '--agents', '3')).toMatchObject({
    makespanMs: 180_000,
    criticalPath: ['c_3', 'b_2', 'a_1'],
  });
  expect(await one('synthetic:layers=4,width=5', '--faults', '0.2')).toMatchObject({ tasks: 20, agents: 4 });

  const empty = await project.waggle('simulate', 'last');
  expect([empty.code, empty.stderr]).toEqual([2, expect.stringContaining('Nothing has run in')]);
  expect((await project.waggle('run', 'flow.yaml')).code).toBe(0);
  const run = await one('last', '--agents', '1');
  expect(run).toMatchObject({
    tasks: 3,
    notes: [expect.stringMatching(/^Times: 3 of 3 tasks as measured in run flow-/)],
  });
  expect(run).toHaveProperty(
    'makespanMs',
    expect.toSatisfy((ms) => ms >= 300 && ms < 30_000),
  );
});

test('a workflow takes its inputs as waggle run does', { timeout: 60_000 }, async () => {
  const tasks = 'tasks:\n  one: { foreach: inputs.files, command: [cat, "${{ matrix.item }}"], estimate: 10s }\n';
  const inputs = 'inputs:\n  files: { type: list, required: true }\n';
  using project = new TestProject({
    'map.yaml': `name: map\n${inputs}${tasks}`,
    'dag.json': JSON.stringify(SWARM_DAG),
  });
  const bare = await project.waggle('simulate', 'map.yaml');
  expect([bare.code, bare.stderr]).toEqual([2, expect.stringContaining('Give it: --input files=<list>')]);
  const given = await project.waggle('simulate', 'map.yaml', '--input', 'files=a,b,c', '--agents', '1', '--json');
  expect(jsonLines(given)).toEqual([expect.objectContaining({ tasks: 3, makespanMs: 30_000 })]);
  for (const source of ['dag.json', 'synthetic:layers=2', 'last']) {
    const wrong = await project.waggle('simulate', source, '--input', 'files=a');
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('Only a workflow has inputs.')]);
  }
});

test('a graph file that is not there is named as such', { timeout: 60_000 }, async () => {
  using project = new TestProject({});
  const gone = await project.waggle('simulate', 'gone.json');
  expect(gone).toMatchObject({ code: 2, stdout: '' });
  expect(gone.stderr).toMatch(/^error {2}"gone\.json" does not exist\.\n/);
});

test('what more agents buy stands in a table', { timeout: 60_000 }, async () => {
  using project = new TestProject({ 'dag.json': JSON.stringify(SWARM_DAG) });
  const shown = await project.waggle('simulate', 'dag.json', '--compare', '--cost', '3600');
  expect(shown.stdout).toBe(
    [
      'agents  adaptive        time  at least   busy        cost  capability-based  least-loaded  round-robin',
      '     1    1m 05s                1m 05s  100 %   65.00 USD            1m 05s        1m 05s       1m 05s',
      '     2    45.0 s   31 % less    45.0 s   72 %   90.00 USD            45.0 s        45.0 s       45.0 s',
      '     4    45.0 s  0.0 % less    45.0 s   36 %  180.00 USD            45.0 s        45.0 s       45.0 s',
      '',
    ].join('\n'),
  );
});

test('work that takes no time is compared once', { timeout: 60_000 }, async () => {
  using project = new TestProject({ 'dag.json': JSON.stringify({ ...SWARM_DAG, runtime: [0, 0, 0, 0] }) });
  const shown = await project.waggle('simulate', 'dag.json', '--compare');
  expect([shown.code, shown.stdout.split('\n').length]).toEqual([0, 3]);
  expect(shown.stdout).not.toContain('NaN');
});

test('the chart shows who was busy when, and fits a narrow terminal', { timeout: 60_000 }, async () => {
  using project = new TestProject({ 'dag.json': JSON.stringify(SWARM_DAG) });
  const wide = await project.waggle('simulate', 'dag.json', '--agents', '2', '--cost', '1');
  expect(wide.code).toBe(0);
  expect(wide.stdout).toMatchInlineSnapshot(`
    "diamond  4 tasks, 2 agents, adaptive
      takes         45.0 s
      at least      45.0 s (the longest chain of needs), 0.0 % over
      agents busy   72 %
      waiting       p50 0 ms, p95 0 ms, most 0 ms
      attempts      4
      agents cost   0.03 USD
      longest chain 45.0 s, 3 tasks: build.0 → test.2 → build.3

    agent-1  █████████████████████████████████████████████████████████████████████
    agent-2                 ▓██████████████████████████████                       
             0                                                              45.0 s
    "
  `);
  const narrow = await project.startOnTerminal(['simulate', 'dag.json', '--agents', '2'], 30, 24).ended;
  // A slow machine tells how far it is before, on a line that the chart takes the place of.
  const lines = stripVTControlCharacters(narrow.stdout).split(/[\r\n]+/);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(30);
});

test('a long one tells on the terminal how far it is', { timeout: 60_000 }, async () => {
  using project = new TestProject();
  const long = await project.startOnTerminal(['simulate', 'synthetic:layers=10,width=5000'], 80, 24).ended;
  expect(long.code).toBe(0);
  expect(long.stdout).toMatch(/\r\S*\d+ of 50000 tasks/);
});

test('all mistakes in a call or a file are told at once', { timeout: 60_000 }, async () => {
  using project = new TestProject({
    'dag.json': JSON.stringify({ ...SWARM_DAG, kind: [0, 1, 7, 0], parents: [[], [0], [3], [1, 1]], runtime: [1] }),
    'words.json': 'no json',
  });
  const flags = await project.waggle('simulate', 'dag.json', '--agents', 'x', '--strategy', 'adptive', '--faults', '2');
  expect([flags.code, flags.stdout]).toEqual([2, '']);
  expect(flags.stderr).toContain('3 problems');
  const graph = await project.waggle('simulate', 'dag.json');
  expect(graph.stderr).toContain('dag.json: runtime: It has 1 entries, but n is 4.');
  expect(graph.stderr).toContain('dag.json: kind[2]: Kind 7 does not exist: there are 2.');
  expect(graph.stderr).toContain('dag.json: parents[2]: Task 2 needs task 3, which does not come before it.');
  expect(graph.stderr).toContain('dag.json: parents[3]: The same parent stands in it twice.');
  expect((await project.waggle('simulate', 'words.json')).stderr).toContain('words.json: It is no JSON');
  mkdirSync(join(project.root, 'folder.json'));
  const folder = await project.waggle('simulate', 'folder.json');
  expect([folder.code, folder.stderr]).toEqual([2, expect.stringContaining('"folder.json" is a folder.')]);
  const drawn = await project.waggle('simulate', 'synthetic:layers=1000,width=2000,colour=1');
  expect(drawn.stderr).toContain('2000000 tasks; 1000000 is the most');
  expect(drawn.stderr).toContain('There is no "colour"');
});
