import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { probeOwnership } from '../../src/adapters/system/ownership.ts';
import { leftAfter, untilThere } from '../support/processes.ts';

const COORDINATOR = fileURLToPath(new URL('../support/process-coordinator.ts', import.meta.url));

/** What commands do to get away. `$N` is a number that nothing else on the machine has in its command line. */
const ESCAPES: readonly string[] = [
  'sleep $N',
  `trap '' TERM HUP INT; sleep $N & wait; wait`,
  'setsid sleep $N',
  '(setsid sleep $N >/dev/null 2>&1 </dev/null &) ; sleep $N',
  // The classic daemon: two forks, a session of its own, no open descriptors of ours.
  '(setsid sh -c "sleep $N & exit" >/dev/null 2>&1 </dev/null &) ; (setsid sleep $N &) ; exec sleep $N',
  // Kills everything that it can see first, the watcher of its lifeline too.
  'kill -9 -1 2>/dev/null; sleep $N & setsid sleep $N & sleep $N',
  'nohup setsid nohup sleep $N >/dev/null 2>&1',
];

/** Alone in their groups, so that the group is enough. */
const TAME: readonly string[] = ['sleep $N', `trap '' TERM HUP; sleep $N & wait; wait`, '(sleep $N &) ; sleep $N'];

type Started = Readonly<{ coordinator: ChildProcess; mark: string }>;

function start(launcher: string, scripts: readonly string[]): Started {
  const mark = `7${randomInt(10 ** 9, 10 ** 10)}`;
  const commands = scripts.map((script) => script.replaceAll('$N', mark));
  const coordinator = spawn(process.execPath, [COORDINATOR, launcher, ...commands], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { coordinator, mark };
}

/** Kills the coordinator alone, by its process id, and gives what is left a second later. */
async function kill({ coordinator, mark }: Started): Promise<readonly number[]> {
  const ended = once(coordinator, 'exit');
  coordinator.kill('SIGKILL');
  await ended;
  return leftAfter(mark, 1_000);
}

test('this machine can guarantee that nothing survives', async () => {
  const { guaranteed, refused } = await probeOwnership();
  expect(guaranteed, JSON.stringify(refused)).toBe(true);
});

test('nothing survives a coordinator that is killed while its commands run', async () => {
  for (let cycle = 0; cycle < 20; cycle++) {
    const started = start('best', ESCAPES);
    // Each command shows at least its shell or its sleep.
    await untilThere(started.mark, ESCAPES.length + 1);
    expect(await kill(started), `cycle ${cycle}`).toEqual([]);
  }
});

test('nothing survives a coordinator that is killed while it starts its commands', async () => {
  for (let cycle = 0; cycle < 20; cycle++) {
    const started = start('best', [...ESCAPES, ...ESCAPES]);
    const { stdout } = started.coordinator;
    if (stdout !== null) await once(stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, cycle * 2));
    expect(await kill(started), `cycle ${cycle}`).toEqual([]);
  }
});

test('where there is only the process group, the guardian ends at least that', async () => {
  for (let cycle = 0; cycle < 20; cycle++) {
    const started = start('group', TAME);
    // Half of them are killed while they start.
    const { stdout } = started.coordinator;
    if (cycle % 2 === 0) await untilThere(started.mark, TAME.length + 1);
    else if (stdout !== null) await once(stdout, 'data');
    expect(await kill(started), `cycle ${cycle}`).toEqual([]);
  }
});
