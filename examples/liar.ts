/**
 * Commands that say they are done, and a coordinator that looks for itself: `verify` runs in a clean copy of the
 * project, with nothing of the agent's in it but what the task declares in `writes`.
 *
 *     node examples/liar.ts
 */
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { log } from 'node:console';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineWorkflow, Swarm } from '../src/index.ts'; // in your program: from 'waggle-swarm'

const project = mkdtempSync(join(tmpdir(), 'waggle-liar-'));
execFileSync('git', ['init', '--quiet', project]);
mkdirSync(join(project, 'test'));
writeFileSync(join(project, 'test', 'sum.sh'), 'test "$(cat src/$1)" = 4\n');

const workflow = defineWorkflow({ name: 'liar' }, ({ task }) => {
  const test = (file: string): readonly string[] => ['sh', 'test/sum.sh', file];
  const retry = { maxAttempts: 1 };
  // Does what it was asked to.
  const honest = task('honest', {
    shell: 'mkdir -p src && echo 4 > src/honest',
    writes: ['src/honest'],
    verify: [test('honest')],
  });
  // Ends with exit code 0 and has done nothing.
  task('lazy', { needs: [honest], command: ['true'], writes: ['src/lazy'], verify: [test('lazy')], retry });
  // Makes the test agree with a wrong result.
  task('cheat', {
    needs: [honest],
    shell: 'echo 5 > src/cheat; echo "exit 0" > test/sum.sh',
    writes: ['src/cheat'],
    verify: [test('cheat')],
    retry,
  });
});

try {
  await using swarm = await Swarm.open({ dir: project });
  const result = await (await swarm.run(workflow)).finished;
  for (const { spec, status, failure } of result.tasks) {
    const checks = failure?.reason === 'check-failed' ? failure.evidence : [];
    const found = checks.map((one) => (one.check === 'command' ? `"${one.argv.join(' ')}" in ${one.workspace}` : ''));
    log(`${spec.name}: ${status}${found.length === 0 ? '' : `; what failed was ${found.join(', ')}`}`);
  }
  const states = result.tasks.map(({ status }) => status);
  assert.deepEqual(states, ['succeeded', 'failed', 'failed']);
  assert.equal(result.ok, false);
} finally {
  rmSync(project, { recursive: true, force: true });
}
