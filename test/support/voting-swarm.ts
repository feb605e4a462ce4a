/**
 * A program with a swarm in which two tasks and a person decide on a release, to be talked to and killed by tests.
 * Arguments: the project, ms to vote, `command` to publish with `publish.sh` instead of a function. Says `open`, then the type of every event of a vote when it is durable, and
 * `done <how the waiting task saw it>`.
 *
 * Publishing writes one line to `begun.log` each time it is begun, and one to `published.log` for each new key.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { contentHashOf, defineWorkflow, type FunctionCall, type ProposalSpec, Swarm } from '../../src/index.ts';

const [project = '', timeoutMs = '60000', kind = 'function'] = process.argv.slice(2);
const COMMAND = { type: 'command', argv: ['sh', 'publish.sh'], files: ['publish.sh'] };
const ACTION = kind === 'command' ? COMMAND : { type: 'function', function: 'publish', input: { version: '1.2.0' } };
/** SHA-256 of `open sesame`. */
const CREDENTIAL_HASH = '41ef4bb0b23661e66301aac36066912dac037827b4ae63a7b1165a5aa93ed4eb';

const proposal = (contentHash: string): ProposalSpec => ({
  name: 'ship',
  kind: 'question',
  subject: 'release-1.2.0',
  title: 'Is version 1.2.0 good enough to be published, with the notes as they stand?',
  contentHash,
  members: [
    { id: 'task:tests' },
    { id: 'task:notes' },
    { id: 'user:ann', weight: 2 },
    { id: 'ci', credentialHash: CREDENTIAL_HASH },
  ],
  quorumPercent: 80,
  timeoutMs: Number(timeoutMs),
  action: ACTION,
});

const workflow = defineWorkflow({ name: 'release' }, ({ task }) => {
  const first = task('open', { function: 'open' });
  task('tests', { needs: [first], function: 'vote', input: 'all 214 tests passed' });
  task('notes', { needs: [first], function: 'vote', input: 'the notes name every change' });
  task('wait', { needs: [first], function: 'wait' });
});

await using swarm = await Swarm.open({
  dir: project,
  functions: {
    open: async ({ proposals }: FunctionCall) => proposals.open([proposal(await contentHashOf(ACTION, project))]),
    vote: async ({ proposals, input }: FunctionCall) => {
      const contentHash = await contentHashOf(ACTION, project);
      const evidence = [{ source: 'measured', text: 'in a clean copy', ref: 'package.json:3' }];
      const vote = {
        proposal: 'ship',
        contentHash,
        choice: 'approve',
        reason: z.string().parse(input),
        evidence,
      } as const;
      return (await proposals.vote([vote]))[0];
    },
    wait: async ({ proposals }: FunctionCall) => (await proposals.outcomes(['ship']))[0]?.status ?? 'none',
    publish: async ({ task }: FunctionCall) => {
      const published = join(project, 'published.log');
      appendFileSync(join(project, 'begun.log'), `${task.id}\n`);
      process.stdout.write('publishing\n');
      // A receiver that drops repeats by their key.
      const before = existsSync(published) ? readFileSync(published, 'utf8') : '';
      if (!before.includes(`${task.id}\n`)) writeFileSync(published, `${before}${task.id}\n`);
      await new Promise((resolve) => setTimeout(resolve, 30));
      process.stdout.write('published\n');
    },
  },
});
process.stdout.write('open\n');
await swarm.resume();
const run = await swarm.run(workflow, { id: 'r1' });
for await (const { event } of run.events()) {
  if ('proposalId' in event) process.stdout.write(`${event.type}\n`);
}
const result = await run.finished;
process.stdout.write(`done ${z.string().parse(await result.value('wait'))}\n`);
