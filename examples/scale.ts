/**
 * A group of agents that begins with nobody, grows when work comes, and goes when there is none left.
 *
 *     node examples/scale.ts
 */
import { strict as assert } from 'node:assert';
import { log } from 'node:console';
import { setTimeout as delay } from 'node:timers/promises';
import { defineWorkflow, Swarm } from '../src/index.ts'; // in your program: from 'waggle-swarm'

const pages = ['home', 'news', 'shop', 'help', 'about', 'jobs'];

const workflow = defineWorkflow(
  { name: 'render', agents: { renderer: { driver: 'function', scale: { min: 0, max: 4 } } } },
  ({ task }) => {
    const rendered = pages.map((page) => task(page, { agent: 'renderer', function: 'render', input: { page } }));
    // Long after the last page the group has nobody again.
    task('publish', { needs: rendered, function: 'publish' });
  },
);

const functions = {
  render: () => delay(300, 'rendered'),
  publish: () => delay(2_500, 'published'),
};

// Short, so that the example does not take a minute.
const options = { 'coordination.coolDownMs': 500, 'coordination.scaleWindowMs': 200 };
await using swarm = await Swarm.open({ functions, options });
const run = await swarm.run(workflow);
const sizes: number[] = [];
for await (const { event } of run.events()) {
  if (event.type !== 'scaling.decided') continue;
  log(`renderers: ${event.from} -> ${event.to}, because of ${event.because.reason}`);
  sizes.push(event.to);
}
assert.equal((await run.finished).outcome.state, 'succeeded');
assert.equal(sizes[0], 4);
assert.equal(sizes.at(-1), 0);
log('All pages are rendered, and nobody is paid to wait.');
