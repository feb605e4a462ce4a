/**
 * A program that is killed half way and started again: finished tasks stay finished, the rest goes on.
 *
 *     node examples/resume.ts
 */
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { log } from 'node:console';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { defineWorkflow, Swarm } from '../src/index.ts'; // in your program: from 'waggle-swarm'

const STEPS = ['one', 'two', 'three', 'four', 'five'];

const workflow = defineWorkflow({ name: 'steps' }, ({ task }) => {
  for (const [index, name] of STEPS.entries()) {
    task(name, { function: 'step', needs: STEPS.slice(index - 1, index) });
  }
});

/** The program itself: the same whether it starts for the first time or again. */
async function work(folder: string): Promise<void> {
  const begun = new Set<string>();
  await using swarm = await Swarm.open({
    dir: folder,
    functions: {
      step: async ({ task }) => {
        begun.add(`${task.run}/${task.name}`);
        await sleep(100);
        appendFileSync(join(folder, 'done.txt'), `${task.name}\n`);
      },
    },
  });
  // The same id and the same workflow: the same run, however often the program is started.
  const run = await swarm.run(workflow, { id: 'steps' });
  // From the first event of the run on, whichever process was there.
  for await (const { event } of run.events()) {
    if (event.type !== 'task.succeeded') continue;
    process.stdout.write(`${event.taskId} ${begun.has(event.taskId) ? 'is done' : 'was done before'}\n`);
  }
}

/** Starts it as a process of its own; with `killAt`, kills it as soon as that step is done. */
async function start(folder: string, killAt?: string): Promise<void> {
  const program = spawn(process.execPath, [fileURLToPath(import.meta.url), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const text of program.stdout) {
    process.stdout.write(String(text));
    if (killAt !== undefined && String(text).includes(`/${killAt} `)) program.kill('SIGKILL');
  }
  if (program.exitCode === null && program.signalCode === null) await once(program, 'exit');
}

const [given] = process.argv.slice(2);
if (given !== undefined) await work(given);
else {
  const folder = mkdtempSync(join(tmpdir(), 'waggle-resume-'));
  try {
    await start(folder, 'two');
    log('The program was killed. Starting it again.');
    await start(folder);
    const lines = readFileSync(join(folder, 'done.txt'), 'utf8').trim().split('\n');
    // `three` may have been under way when the program was killed; what had succeeded was not done again.
    assert.deepEqual([...new Set(lines)], STEPS);
    assert.deepEqual(lines.slice(0, 2), ['one', 'two']);
    assert.equal(lines.filter((line) => line === 'one' || line === 'two').length, 2);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
