/** Time of one command that does nothing, from its start to its end, owned in each way that works here; plain beside them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import type { LauncherName } from '../src/adapters/system/launcher.ts';
import { SystemProcessRunner } from '../src/adapters/system/system-process-runner.ts';
import { median, printFigure, printMachine, printNotRun, quantile } from './figure.ts';

const BENCH = 'spawn';
const LAUNCHERS: readonly LauncherName[] = ['util-linux', 'util-linux-user', 'bubblewrap', 'cgroup', 'group'];
const { values } = parseArgs({ options: { smoke: { type: 'boolean', default: false } } });
const rounds = values.smoke ? 2 : 100;
const env = { PATH: '/usr/bin:/bin' };

async function plain(): Promise<void> {
  await once(
    spawn('true', [], { cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'] }).on('error', () => {}),
    'close',
  );
}

async function ownedBy(launcher: LauncherName): Promise<() => Promise<void>> {
  const runner = await SystemProcessRunner.open({ launchers: [launcher] });
  const { signal } = new AbortController();
  return async () => {
    const end = await runner.run({ argv: ['true'], cwd: '/', env, onOutput: () => {} }, signal);
    if (end.kind !== 'exited') throw new Error(`"true" ended as ${end.kind}`);
  };
}

printMachine(BENCH);
const ways = new Map<string, () => Promise<void>>([['plain spawn', plain]]);
for (const launcher of LAUNCHERS) {
  const way = await ownedBy(launcher).catch((error: unknown) => String(error));
  if (typeof way === 'string') printNotRun(BENCH, launcher, way);
  else ways.set(launcher, way);
}
const spent = new Map([...ways.keys()].map((name) => [name, [] as number[]]));
// In turns, so that a busy moment of the machine hits all of them.
for (let round = 0; round < rounds; round++) {
  for (const [name, way] of ways) {
    const startMs = performance.now();
    await way();
    spent.get(name)?.push(performance.now() - startMs);
  }
}
for (const [name, all] of spent) {
  printFigure({ bench: BENCH, figure: `${name}, median`, value: median(all), unit: 'ms', options: { rounds } });
  printFigure({ bench: BENCH, figure: `${name}, p90`, value: quantile(all, 0.9), unit: 'ms', options: { rounds } });
}
