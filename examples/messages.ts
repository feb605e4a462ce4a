/**
 * Three functions and a command that tell each other what they have found, a person who joins in, and a letter that
 * nobody was left to read.
 *
 *     node examples/messages.ts
 */
import { strict as assert } from 'node:assert';
import { log } from 'node:console';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { defineWorkflow, type FunctionCall, type Json, Swarm } from '../src/index.ts'; // in your program: from 'waggle-swarm'

const project = mkdtempSync(join(tmpdir(), 'waggle-messages-'));

/** What a search tells: the one who reads it checks it, as with anything that comes from elsewhere. */
const FOUND = z.object({ count: z.int() });

const workflow = defineWorkflow({ name: 'search' }, ({ task }) => {
  // Whatever is found waits for it from the start of the run, also before it begins.
  task('collect', { function: 'collect', subscribes: ['found.*'] });
  task('north', { function: 'search', input: 3 });
  task('south', { function: 'search', input: 4 });
  // A command sends with the `waggle` that it finds in its PATH.
  task('east', { shell: `waggle messages send --topic found.east --body '{"count":5}'` });
});

/** Adds up what the others find. When it is tried again, it goes on with what it has not acknowledged. */
async function collect({ messages }: FunctionCall): Promise<Json> {
  let total = 0;
  for (let left = 4; left > 0;) {
    for (const message of await messages.receive()) {
      left--;
      if (message.type === 'question') {
        await messages.send({ to: message.from, body: `${total} so far`, replyTo: message.id });
      } else total += FOUND.parse(message.body).count;
      await messages.acknowledge([message.id]);
    }
  }
  // Nobody is left who could read it: a dead letter.
  await messages.send({ to: 'task:north', body: 'thank you' });
  return { total };
}

async function search({ messages, input, task }: FunctionCall): Promise<void> {
  // An id of its own: a second attempt sends it again, and it counts once.
  const sent = await messages.send({
    id: `found-${task.name}`,
    topic: `found.${task.name}`,
    body: { count: input ?? 0 },
  });
  assert.ok(sent.ok && sent.recipients === 1);
}

try {
  await using swarm = await Swarm.open({
    dir: project,
    functions: { collect, search },
    options: { 'coordination.maxAgents': 4 },
  });
  const run = await swarm.run(workflow, { id: 'search' });
  // In a terminal: waggle messages send search --to task:collect --text "how many?" --type question --as ann
  assert.ok((await run.send({ to: 'task:collect', type: 'question', body: 'how many?', as: 'ann' })).ok);
  const result = await run.finished;
  for (const { from, message, deliveries } of run.messages()) {
    const ends = deliveries.map(
      ({ address, state, why }) => `${address} ${state}${why === undefined ? '' : ` (${why})`}`,
    );
    log(`${from} -> ${message.to ?? message.topic}: ${JSON.stringify(message.body)}  ${ends.join(', ')}`);
  }
  assert.deepEqual(result.outputs('collect'), { total: 12 });
} finally {
  rmSync(project, { recursive: true, force: true });
}
