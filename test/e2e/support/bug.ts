import type { Handlers } from '../../../src/cli/program/handlers.ts';
import { runProgram } from '../../../src/cli/program.ts';

/** A command with a bug in it: one that its promise rejects with, or one that nobody waits for. */
const isLate = process.argv[2] === 'late';
// Something that would keep the process.
setInterval(() => undefined, 60_000);
const doctor: Handlers['doctor'] = () =>
  Promise.resolve(() => {
    if (!isLate) throw new Error('the bug\u001B[2J');
    setImmediate(() => {
      throw new Error('the bug\u001B[2J');
    });
    return new Promise(() => undefined);
  });
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a table with every command that is the same one
const handlers = new Proxy({}, { get: () => doctor }) as Handlers;
process.exitCode = await runProgram(['doctor'], { handlers, version: '1.2.3', launcherGone: undefined });
