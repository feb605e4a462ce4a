import { expect, test } from 'vitest';
import { jsonLines, TestProject } from './support/project.ts';

const WORKFLOW = `name: flow
defaults: { retry: { maxAttempts: 1 } }
tasks:
  first: { command: [sleep, "0.3"] }
  second: { needs: [first], shell: exit 3 }
  third: { needs: [second], command: [echo, never] }
`;

test('a run is shown as it was, and replay is proved to give the same', { timeout: 60_000 }, async () => {
  using project = new TestProject({ 'flow.yaml': WORKFLOW });
  expect((await project.waggle('replay')).stderr).toContain('Nothing has run in');
  expect((await project.waggle('run', 'flow.yaml')).code).toBe(1);

  const now = await project.waggle('replay');
  expect(now.code).toBe(0);
  expect(now.stdout).toMatch(/^flow {2}\S+ {2}failed\n {2}record {4}(\d+) of \1, run\.finished, /);
  expect(now.stdout).toContain('1 succeeded, 1 failed, 1 skipped');
  expect(now.stdout.match(/the same/g)).toHaveLength(3);
  expect(now.stdout).not.toContain('NOT THE SAME');

  const [, proof] = jsonLines(await project.waggle('replay', '--json'));
  expect(proof).toMatchObject({ type: 'replay.proof', isSame: true, differsFromLists: [] });

  const [early] = jsonLines(await project.waggle('replay', 'last', '--at', '100ms', '--json'));
  expect(early).toMatchObject({ state: 'running' });
  expect(early?.['tasks']).toMatchObject([
    { name: 'first', status: 'running', attempt: 1 },
    { name: 'second', status: 'blocked', attempt: 0 },
    { name: 'third', status: 'blocked', attempt: 0 },
  ]);
  expect(early?.['owed']).toHaveLength(1);

  const [before] = jsonLines(await project.waggle('replay', 'last', '--at', '1', '--json'));
  expect(before).toMatchObject({ seq: 1, state: 'not-begun', tasks: [] });
  const wrong = await project.waggle('replay', 'last', '--at', 'yesterday');
  expect([wrong.code, wrong.stdout]).toEqual([2, '']);
  expect(wrong.stderr).toContain('a time with a unit (90s)');
  const future = await project.waggle('replay', 'last', '--at', '9999');
  expect([future.code, future.stdout]).toEqual([2, '']);
  expect(future.stderr).toMatch(/There is no record 9999: the journal has (\d+)\.\n +Name one from 1 to \1\.\n/);
});
