/**
 * What one task learns, the next one knows: a crawler that is tried again goes on where it stood, two counters that
 * lose no count, and an answer that is found by its words in the next run.
 *
 *     node examples/memory.ts
 */
import { strict as assert } from 'node:assert';
import { log } from 'node:console';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineWorkflow, type FunctionCall, type Json, Swarm } from '../src/index.ts'; // in your program: from 'waggle-swarm'

const PAGES = ['home', 'docs', 'prices', 'jobs'];

/** Falls over half-way through. Its second attempt reads how far the first one came. */
async function crawl({ memory, task }: FunctionCall): Promise<Json> {
  const last = await memory.lastCheckpoint();
  const seen = Number(last?.data ?? 0);
  for (const [index, page] of PAGES.entries()) {
    if (index < seen) continue;
    await memory.set(`run:page/${page}`, { title: `The ${page} page`, by: task.attempt }, { persistent: true });
    await memory.checkpoint(index + 1);
    if (task.attempt === 1 && index === 1) throw new Error('the connection broke');
  }
  await memory.handOff({ text: `${PAGES.length} pages are there, ${seen} of them from an earlier attempt` });
  return { resumedAt: seen };
}

/** Both count at once. A version that somebody else has changed is refused, and read again. */
async function count({ memory }: FunctionCall): Promise<Json> {
  let collisions = 0;
  for (let added = 0; added < 20;) {
    const entry = await memory.get('run:count');
    const next = Number(entry?.value ?? 0) + 1;
    const answer = await memory.set('run:count', next, { ifVersion: entry?.version ?? 0 });
    if (answer.ok) added++;
    else collisions++;
  }
  return { collisions };
}

async function sum({ memory }: FunctionCall): Promise<Json> {
  const notes = await memory.handOffs();
  const pages = await memory.list('run:page/*');
  const total = (await memory.get('run:count'))?.value ?? 0;
  await memory.decide({ title: 'first page to rewrite', outcome: 'prices', why: 'most people leave there' });
  await memory.set('swarm:rewrite', { order: ['prices', 'home'] }, { persistent: true });
  return { note: notes[0]?.text ?? '', pages: pages.length, total };
}

const workflow = defineWorkflow({ name: 'site' }, ({ task }) => {
  const crawled = task('crawl', { function: 'crawl', retry: { maxAttempts: 2, firstDelay: '1ms' } });
  const one = task('count-a', { function: 'count' });
  const other = task('count-b', { function: 'count' });
  task('sum', { needs: [crawled, one, other], function: 'sum' });
});

const dir = mkdtempSync(join(tmpdir(), 'waggle-memory-'));
try {
  const functions = { crawl, count, sum };
  {
    await using swarm = await Swarm.open({ dir, functions });
    const result = await (await swarm.run(workflow)).finished;
    assert.ok(result.ok);
    assert.deepEqual(result.outputs('crawl'), { resumedAt: 2 });
    const note = '4 pages are there, 2 of them from an earlier attempt';
    assert.deepEqual(result.outputs('sum'), { note, pages: 4, total: 40 });
    log(`the next task was told: ${note}`);
  }
  // Another process, another day.
  await using swarm = await Swarm.open({ dir, functions });
  const [found] = await swarm.memory.search('prices people');
  assert.match(found?.key ?? '', /^decision\//);
  log(`found by its words: ${found?.snippet.replaceAll('\n', ' ') ?? ''}`);
  assert.equal(await swarm.memory.invalidate('swarm:*', 'ann'), 1);
  assert.equal(await swarm.memory.get('swarm:rewrite'), undefined);
  const { usage, hits } = await swarm.memory.stats();
  log(`${usage.entries} entries left; tier 3 answered ${hits.persistent.hits} of ${hits.persistent.reads} reads`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
