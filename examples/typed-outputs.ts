/**
 * A workflow in code: functions with checked, typed input and output.
 *
 *     node examples/typed-outputs.ts
 */
import { strict as assert } from 'node:assert';
import { log } from 'node:console';
import { z } from 'zod';
import { defineFunction, defineWorkflow, Swarm } from '../src/index.ts'; // in your program: from 'waggle-swarm'

/** Any Standard Schema library does; its types are the function's types. */
const countWords = defineFunction({
  input: z.object({ text: z.string() }),
  output: z.object({ words: z.number(), longest: z.string() }),
  run: ({ input }) => {
    const words = input.text.split(/\s+/).filter((word) => word !== '');
    const longest = words.toSorted((one, other) => other.length - one.length)[0] ?? '';
    return { words: words.length, longest };
  },
});

const addUp = defineFunction({
  output: z.number(),
  run: ({ needs }) => Object.values(needs).reduce((sum, outputs) => sum + Number(outputs['words']), 0),
});

const workflow = defineWorkflow(
  { name: 'count-words', inputs: { first: { type: 'string' }, second: { type: 'string' } } },
  ({ task, inputs }) => {
    // Both run at once; `sum` starts the moment the second of them is done.
    const first = task('first', { function: 'countWords', input: { text: inputs.first } });
    const second = task('second', { function: 'countWords', input: { text: inputs.second } });
    task('sum', { function: 'addUp', needs: [first, second] });
  },
);

await using swarm = await Swarm.open({ memory: true, functions: { countWords, addUp } });
const run = await swarm.run(workflow, {
  inputs: { first: 'bees dance to tell where the flowers are', second: 'and they vote on where to live' },
});
const result = await run.finished;
assert.ok(result.ok);

const first = await result.value('first', countWords); // { words: number; longest: string }
const sum = await result.value('sum', addUp); // number
log(`${first.words} words in the first text, the longest is "${first.longest}"; ${sum} words in all.`);
assert.equal(sum, 15);
