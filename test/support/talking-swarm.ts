/**
 * A program in which two tasks send numbers to a third, to be killed by tests. Argument: the project. Says `sent <id>`
 * when a message is durable, `read <id>` before it is acknowledged, and `done <sum>` at the end.
 *
 * The reader keeps what it has counted in a file, by id: a number that comes again counts once.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { defineWorkflow, type FunctionCall, Swarm } from '../../src/index.ts';

const [project = ''] = process.argv.slice(2);
const EACH = 150;
const KEPT = z.record(z.string(), z.number());

const workflow = defineWorkflow({ name: 'talk' }, ({ task }) => {
  task('one', { function: 'send' });
  task('two', { function: 'send' });
  task('read', { function: 'read', subscribes: ['numbers.*'] });
});

/** A second attempt sends all of it again: what is there already is dropped. */
async function send({ messages, task }: FunctionCall): Promise<void> {
  for (let number = 1; number <= EACH; number++) {
    const id = `${task.name}-${number}`;
    const sent = await messages.send({ id, topic: `numbers.${task.name}`, body: number });
    if (!sent.ok) throw new Error(`refused: ${JSON.stringify(sent.refusal)}`);
    process.stdout.write(`sent ${id}\n`);
  }
}

async function read({ messages }: FunctionCall): Promise<number> {
  const file = join(project, 'counted.json');
  const counted = existsSync(file) ? KEPT.parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
  while (Object.keys(counted).length < 2 * EACH) {
    const received = await messages.receive({ limit: 7 });
    for (const { id, body } of received) {
      counted[id] = z.number().parse(body);
      process.stdout.write(`read ${id}\n`);
    }
    // Whole or not there: this process may be killed while it writes.
    writeFileSync(`${file}.new`, JSON.stringify(counted));
    renameSync(`${file}.new`, file);
    await messages.acknowledge(received.map(({ id }) => id));
  }
  return Object.values(counted).reduce((sum, number) => sum + number, 0);
}

await using swarm = await Swarm.open({
  dir: project,
  functions: { send, read },
  options: { 'coordination.maxAgents': 3 },
});
process.stdout.write('open\n');
await swarm.resume();
const run = await swarm.run(workflow, { id: 'r1' });
const result = await run.finished;
if (!result.ok) process.stderr.write(`${JSON.stringify(result.tasks.map(({ failure }) => failure))}\n`);
process.stdout.write(`done ${z.number().parse(await result.value('read'))}\n`);
