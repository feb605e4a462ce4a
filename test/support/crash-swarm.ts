/**
 * A program with a swarm of its own, to be killed by tests. Arguments: the project, the mark that its commands carry
 * in their command line, then the ids of runs to submit. Says `open`, `ack <run>`, `succeeded <task>` when that is
 * durable, and `done` when nothing is open any more.
 */
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineWorkflow, type FunctionCall, type RunHandle, Swarm } from '../../src/index.ts';

const [project = '', mark = '', ...ids] = process.argv.slice(2);
const sink = join(project, 'sink.log');

function note(what: string, { task }: FunctionCall): void {
  appendFileSync(sink, `${what} ${task.run}/${task.name} ${task.attempt}\n`);
}

/** Appends to the same file from a command; `$0` is the mark. */
const IN_SHELL = 'echo "ran $WAGGLE_RUN/$WAGGLE_TASK $WAGGLE_ATTEMPT" >> sink.log';

const command = (script: string): readonly string[] => ['sh', '-c', script, mark];

const workflow = defineWorkflow({ name: 'crash' }, ({ task, runId }) => {
  const first = task('first', { function: 'count' });
  const slow = [1, 2, 3].map((n) =>
    task(`slow.${n}`, { needs: [first], command: command(`sleep 0.0${n + 2}; ${IN_SHELL}`) }),
  );
  const waits = task('waits', { needs: [first], function: 'wait' });
  const written = task('written', {
    needs: [first],
    command: command(`mkdir -p out/${runId}; echo 4 > out/${runId}/sum; ${IN_SHELL}`),
    writes: [`out/`],
    verify: [['sh', '-c', 'for f in out/*/sum; do test "$(cat $f)" = 4 || exit 1; done', mark]],
  });
  const flaky = task('flaky', {
    needs: [first],
    function: 'failOnce',
    retry: { maxAttempts: 5, firstDelay: '10ms' },
  });
  const family = task('family', {
    needs: slow,
    command: command(`(setsid sleep 0.3 ${mark} &); sleep 0.05; ${IN_SHELL}`),
  });
  task('last', { needs: [...slow, waits, written, flaky, family], function: 'count' });
});

await using swarm = await Swarm.open({
  dir: project,
  options: { 'coordination.maxAgents': 4 },
  functions: {
    count: (call) => {
      note('ran', call);
      return { attempt: call.task.attempt };
    },
    wait: async (call) => {
      await new Promise((resolve) => setTimeout(resolve, 40));
      note('ran', call);
    },
    failOnce: (call) => {
      note('ran', call);
      const seen = join(project, `${call.task.run}.failed`);
      if (existsSync(seen)) return 1;
      writeFileSync(seen, '');
      throw new Error('the first time it fails');
    },
  },
});
process.stdout.write('open\n');

async function follow(run: RunHandle): Promise<void> {
  for await (const { event } of run.events()) {
    if (event.type === 'task.succeeded') process.stdout.write(`succeeded ${event.taskId}\n`);
  }
}

const open = await swarm.resume();
const submitted = ids.map(async (id) => {
  const run = await swarm.run(workflow, { id });
  process.stdout.write(`ack ${id}\n`);
  return run;
});
await Promise.all([...open, ...(await Promise.all(submitted))].map(follow));
process.stdout.write('done\n');
