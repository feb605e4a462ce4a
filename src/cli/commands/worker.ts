import { resolve } from 'node:path';
import type { Worker } from '../../app/worker.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { plural } from '../render/format.ts';
import { visible } from '../render/text.ts';
import { withProject } from '../with-project.ts';
import { keepYoungGenerationSmall } from '../young-generation.ts';

export type WorkerFlags = Readonly<{
  agents?: number;
  capabilities?: readonly string[];
  functions?: string;
  name?: string;
  role?: string;
  slots?: number;
  forRun?: string;
  grace: number;
}>;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** What the leader asks to end may finish what it has. */
const ORDERED_GRACE_MS = 3_600_000;
/** One Ctrl-C comes twice where npm or the launcher hands it on. */
const ECHO_MS = 200;

type End = Readonly<{ kind: 'signal' | 'asked' }> | Readonly<{ kind: 'failed'; error: Error }>;

/** `waggle worker` */
export function worker(cli: Cli, { functions, forRun, grace, ...flags }: WorkerFlags): Promise<ExitCode> {
  keepYoungGenerationSmall();
  return withProject(cli, async (project) => {
    const end = Promise.withResolvers<End>();
    const screen = new Screen(cli);
    const started = await project.work({
      ...flags,
      ...(forRun === undefined ? {} : { forRun }),
      ...(functions === undefined ? {} : { functions: resolve(cli.cwd, functions) }),
      onChange: () => screen.changed(),
      onRefused: (message) => screen.refused(message),
      onOrder: (order) => end.resolve(order === 'drain' ? { kind: 'asked' } : { kind: 'failed', error: order }),
    });
    screen.started(started, project.root);
    const forced = Promise.withResolvers<'forced'>();
    using _signals = watchSignals(
      cli,
      () => end.resolve({ kind: 'signal' }),
      () => forced.resolve('forced'),
    );
    const why = await end.promise;
    if (why.kind === 'failed') {
      await started.stop();
      throw why.error;
    }
    const graceMs = why.kind === 'asked' ? ORDERED_GRACE_MS : grace;
    screen.draining(graceMs);
    const how = await Promise.race([started.drain(graceMs).then(() => 'drained' as const), forced.promise]);
    if (how === 'drained') return screen.left(why.kind);
    await started.stop();
    return EXIT.interrupted;
  });
}

/** The first signal drains, the second one ends. */
function watchSignals({ launcherGone }: Cli, first: () => void, second: () => void): Disposable {
  let lastMs = -ECHO_MS;
  let count = 0;
  const onSignal = (): void => {
    if (performance.now() - lastMs < ECHO_MS) return;
    lastMs = performance.now();
    count += 1;
    if (count === 1) first();
    else second();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  launcherGone?.addEventListener('abort', onSignal, { once: true });
  return {
    [Symbol.dispose]: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}

/** Says what changes, and nothing twice. */
class Screen {
  readonly #cli: Cli;
  #worker: Worker | undefined;
  #said = '';

  constructor(cli: Cli) {
    this.#cli = cli;
  }

  started(started: Worker, root: string): void {
    this.#worker = started;
    const { name, agents, functions } = started;
    this.#cli.out.json({ type: 'worker', host: name, agents, functions });
    const named = functions.length === 0 ? '' : `, ${plural(functions.length, 'function')}`;
    this.#cli.out.say(`Host ${name} of ${visible(root)}: ${plural(agents, 'agent')}${named}.`);
    this.changed();
  }

  changed(): void {
    if (this.#worker === undefined) return;
    const said = this.#worker.isJoined ? 'joined' : 'waiting';
    if (said === this.#said) return;
    this.#said = said;
    this.#cli.out.json({ type: `worker.${said}`, host: this.#worker.name });
    this.#cli.out.say(said === 'joined' ? 'Joined the leader.' : 'Waiting for a process that leads this project.');
  }

  /** It is asked again and again, and told once. */
  refused(message: string): void {
    if (this.#worker === undefined || message === this.#said) return;
    this.#said = message;
    this.#cli.out.json({ type: 'worker.refused', host: this.#worker.name, message });
    this.#cli.out.say(`The leader does not take it yet: ${visible(message)}`);
  }

  draining(graceMs: number): void {
    const running = this.#worker?.running ?? 0;
    this.#cli.out.json({ type: 'worker.draining', running });
    if (running === 0) return;
    const seconds = Math.round(graceMs / 1_000);
    this.#cli.out.say(`Finishing ${plural(running, 'attempt')}, at most ${seconds} s. Press Ctrl-C again to end now.`);
  }

  left(why: 'signal' | 'asked'): ExitCode {
    this.#cli.out.json({ type: 'worker.left' });
    this.#cli.out.say(why === 'asked' ? 'Drained, as the leader asked.' : 'Left.');
    return EXIT.ok;
  }
}
