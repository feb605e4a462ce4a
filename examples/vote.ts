/**
 * A release that waits for a vote of two functions and a person. What was voted on is published once, byte for byte,
 * whatever happens to the files or to this program meanwhile.
 *
 *     node examples/vote.ts
 */
import { strict as assert } from 'node:assert';
import { log } from 'node:console';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { contentHashOf, defineWorkflow, type FunctionCall, type Json, Swarm } from '../src/index.ts'; // in your program: from 'waggle-swarm'

const project = mkdtempSync(join(tmpdir(), 'waggle-vote-'));
writeFileSync(join(project, 'publish.sh'), 'cat "$1" >> published.txt\n');

/** Done by the coordinator when it is approved. Its content hash covers the bytes of both files. */
const PUBLISH = { type: 'command', argv: ['sh', 'publish.sh', 'app.txt'], files: ['publish.sh', 'app.txt'] };

const workflow = defineWorkflow({ name: 'release' }, ({ task }) => {
  const build = task('build', { shell: 'echo "version 1.2.0" > app.txt' });
  const propose = task('propose', { needs: [build], function: 'propose' });
  task('tests', { needs: [propose], function: 'runTests' });
  task('notes', { needs: [propose], function: 'readNotes' });
  task('announce', { needs: [propose], function: 'announce' });
});

async function openVote({ proposals }: FunctionCall): Promise<Json> {
  const contentHash = await contentHashOf(PUBLISH, project);
  const members = [{ id: 'task:tests' }, { id: 'task:notes' }, { id: 'user:ann' }];
  const about = { kind: 'question', subject: 'release-1.2.0', title: 'Is 1.2.0 good enough?' } as const;
  const rule = { quorumPercent: 100, threshold: 'unanimous', timeoutMs: 60_000 } as const;
  const [answer] = await proposals.open([{ name: 'ship', ...about, contentHash, members, ...rule, action: PUBLISH }]);
  assert.ok(answer?.ok);
  return { contentHash };
}

/** A voter says what it has looked at, what it thinks of it, and why. */
async function voteFor(reason: string, { proposals, needs }: FunctionCall): Promise<void> {
  const contentHash = z.string().parse(needs['propose']?.['contentHash']);
  const [answer] = await proposals.vote([{ proposal: 'ship', contentHash, choice: 'approve', reason }]);
  assert.ok(answer?.ok);
}

const functions = {
  propose: openVote,
  runTests: (call: FunctionCall) => voteFor('all tests pass', call),
  readNotes: (call: FunctionCall) => voteFor('every change is named', call),
  announce: async ({ proposals }: FunctionCall) => {
    const [ship] = await proposals.outcomes(['ship']);
    return ship?.status ?? 'unknown';
  },
};

try {
  await using swarm = await Swarm.open({ dir: project, functions });
  const run = await swarm.run(workflow, { id: 'release' });
  let votes = 0;
  for await (const { event } of run.events()) {
    if (event.type !== 'proposal.voted') continue;
    log(`${event.vote.memberId}: ${event.vote.choice}, ${event.vote.reason ?? 'without a reason'}`);
    // A person would look at it, then say in a terminal: waggle proposals vote ship approve --as ann
    if (++votes === 2) assert.ok((await swarm.vote('release/ship', { as: 'ann', choice: 'approve' })).ok);
  }
  const result = await run.finished;
  const [ship] = swarm.proposals('release');
  log(`${ship?.spec.title} ${ship?.state}; published: ${readFileSync(join(project, 'published.txt'), 'utf8').trim()}`);
  assert.equal(await result.value('announce'), 'approved');
  assert.deepEqual(ship?.action, { ok: true });
  assert.equal(readFileSync(join(project, 'published.txt'), 'utf8'), 'version 1.2.0\n');
} finally {
  rmSync(project, { recursive: true, force: true });
}
