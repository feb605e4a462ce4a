import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { TestProject } from './support/project.ts';

test('who watches a run that nobody can lead any more is told why, and does not wait for ever', async () => {
  using project = new TestProject({ 'slow.yaml': 'name: slow\ntasks:\n  a: { command: [sleep, "60"] }\n' });
  const run = project.start(['run', 'slow.yaml']);
  await run.says('starts on');
  const watch = project.start(['runs', 'watch', 'last', '--json']);
  await new Promise((resolve) => watch.child.stdout?.once('data', resolve));
  run.child.kill('SIGKILL');
  await run.ended;
  {
    using db = new DatabaseSync(join(project.root, '.waggle', 'swarm.sqlite'));
    db.exec('update swarms set epoch = 77');
  }
  const { code, stderr } = await watch.ended;
  expect(code).toBe(3);
  expect(stderr).toContain('The store is damaged');
});
