/**
 * A lead that splits its work: it asks what there is to do, hands each part to a sub-task, looks at what came back, and
 * has what failed done again in another way. One agent is enough, because a task that waits gives its place away.
 *
 *     node examples/delegation.ts
 */
import { strict as assert } from 'node:assert';
import { log } from 'node:console';
import { z } from 'zod';
import { defineWorkflow, type FunctionCall, type Json, Swarm } from '../src/index.ts'; // in your program: from 'waggle-swarm'

const CHAPTERS = ['bees', 'hives', 'dances'];
const Words = z.object({ words: z.number() });

const workflow = defineWorkflow({ name: 'book' }, ({ task }) => {
  task('editor', { function: 'editor', delegate: { functions: ['write', 'proofread'], commands: false } });
});

async function editor({ tasks, task }: FunctionCall): Promise<Json> {
  const drafts = await tasks.run(
    CHAPTERS.map((chapter) => ({ name: chapter, function: 'write', input: chapter, retry: { maxAttempts: 1 } })),
  );
  const failed = drafts.flatMap(({ name, state }) => (state === 'succeeded' ? [] : [name]));
  log(`${task.name}: ${drafts.length - failed.length} drafts, and no luck with ${failed.join(', ')}`);
  // What has run is never rewritten: the second try has a name of its own.
  const second = await tasks.run(
    failed.map((chapter) => ({ name: `${chapter}-again`, function: 'write', input: `more about ${chapter}` })),
  );
  // One sub-task may need others of the same parent, and finds their outputs under the names that the parent gave them.
  const [read] = await tasks.run([{ name: 'proof', function: 'proofread', needs: ['bees', 'hives', 'dances-again'] }]);
  assert.ok(read?.state === 'succeeded');
  return { chapters: drafts.length - failed.length + second.length, ...Words.parse(read.outputs) };
}

function write({ input }: FunctionCall): Json {
  const about = z.string().parse(input);
  if (about === 'dances') throw new Error('nothing comes to mind');
  return { words: about.length * 100 };
}

function proofread({ needs }: FunctionCall): Json {
  return { words: Object.values(needs).reduce((sum, outputs) => sum + Words.parse(outputs).words, 0) };
}

await using swarm = await Swarm.open({
  memory: true,
  functions: { editor, write, proofread },
  options: { 'coordination.maxAgents': 1 },
});
const run = await swarm.run(workflow);
const result = await run.finished;
for (const { spec, status } of result.tasks) {
  log(`${'  '.repeat(spec.child?.depth ?? 0)}${spec.name}: ${status}`);
}
assert.ok(result.ok);
assert.deepEqual(await result.value('editor'), { chapters: 3, words: 2_600 });
