import { Lifecycle } from '../../../src/app/lifecycle.ts';

/** Hands one SIGINT on twice at once, as npm and the launcher do, and prints what comes of it. */
const done: string[] = [];
const coordinator = {
  role: 'leading',
  resumed: [],
  submit: () => Promise.reject(new Error('not asked for')),
  retry: () => Promise.reject(new Error('not asked for')),
  command: () => Promise.resolve({ ok: true } as const),
  memory: () => Promise.reject(new Error('not asked for')),
  finished: () => Promise.reject(new Error('not asked for')),
  follow: () => () => undefined,
  drain: () => Promise.resolve(),
  abandon: () => done.push('abandoned'),
  over: Promise.withResolvers<never>().promise,
  [Symbol.asyncDispose]: () => Promise.resolve(),
} as const;
using lifecycle = new Lifecycle({ coordinator, ownRuns: () => [], onStopping: (kind) => done.push(kind) });
process.on('exit', () => process.stdout.write(done.join(' ')));
process.emit('SIGINT', 'SIGINT');
process.emit('SIGINT', 'SIGINT');
await lifecycle.interrupted;
