/** A process that runs many commands side by side and says how each has ended. Arguments: how many, and the script. */
import { SystemProcessRunner } from '../../src/adapters/system/system-process-runner.ts';

const [count = '0', script = ''] = process.argv.slice(2);
const runner = await SystemProcessRunner.open();
const { signal } = new AbortController();
const env = { PATH: '/usr/bin:/bin' };
const ends = await Promise.all(
  Array.from({ length: Number(count) }, () => runner.run({ argv: ['sh', '-c', script], cwd: '/', env }, signal)),
);
for (const end of ends) process.stdout.write(`${end.kind === 'not-started' ? end.message : end.kind}\n`);
