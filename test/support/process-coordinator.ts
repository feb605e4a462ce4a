/**
 * A process that runs commands like a coordinator does, to be killed by tests.
 * Arguments: a launcher name or `best`, then one shell script per command.
 */
import { type LauncherName } from '../../src/adapters/system/launcher.ts';
import { SystemProcessRunner } from '../../src/adapters/system/system-process-runner.ts';

const NAMES: readonly LauncherName[] = ['util-linux', 'util-linux-user', 'bubblewrap', 'cgroup', 'group'];

const [wanted = 'best', ...scripts] = process.argv.slice(2);
const launchers = NAMES.filter((name) => name === wanted);
const runner = await SystemProcessRunner.open(wanted === 'best' ? {} : { launchers });
const { signal } = new AbortController();
process.stdout.write('open\n');
const runs = scripts.map((script) =>
  runner.run({ argv: ['sh', '-c', script], cwd: '/', env: { PATH: '/usr/bin:/bin' } }, signal),
);
process.stdout.write('started\n');
await Promise.all(runs);
