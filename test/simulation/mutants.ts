/**
 * Does the simulator see? Each bug of `mutant-list.ts` must be told by one of the promises that it breaks.
 * `node test/simulation/mutants.ts` each with its seed, then up to 200 others; `--rates N` how often it is seen in N seeds;
 * `--only ID` one of them.
 */
import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { parseArgs } from 'node:util';
import { changedFiles, type Mutant } from './mutant.ts';
import { MUTANTS } from './mutant-list.ts';

/** Seeds that are tried when the one that should show it does not; `--more N` for another number. */
const MORE_SEEDS = 200;

/** What a process with the mutant in it has found. `others`: promises that break, but are not those of this mutant. */
type Found = Readonly<{
  id: string;
  seeds: number;
  killed: number;
  firstSeed: number;
  invariant: string;
  others: readonly string[];
}>;
type Task = Readonly<{ id: string; first: readonly number[]; from: number; end: number; stopsAtFirst: boolean }>;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Puts the mutant in while the code is loaded. */
function plant(mutant: Mutant): void {
  const changed = changedFiles(mutant);
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context);
      const source = changed.get(url);
      return source === undefined ? loaded : { ...loaded, source };
    },
  });
}

async function asChild({ id, first, from, end, stopsAtFirst }: Task): Promise<Found> {
  const mutant = MUTANTS.find((one) => one.id === id);
  if (mutant === undefined) throw new Error(`There is no mutant ${id}.`);
  plant(mutant);
  const { play } = await import('./play.ts');
  const { drawPlan } = await import('../../src/simulation/draw-plan.ts');
  const { readPlan } = await import('./run-part.ts');
  const seeds = [...first, ...Array.from({ length: end - from }, (_, index) => from + index)];
  // The saved plan first, where only its bug is asked for and not how often it is seen.
  const saved =
    stopsAtFirst && mutant.script !== undefined ? [readPlan(`test/simulation/scripts/${mutant.script}`)] : [];
  const others = new Set<string>();
  let found: Found = { id, seeds: 0, killed: 0, firstSeed: -1, invariant: '', others: [] };
  for (const plan of [...saved, ...seeds]) {
    const { violation } = await play(typeof plan === 'number' ? drawPlan(plan) : plan);
    const seed = typeof plan === 'number' ? plan : plan.seed;
    found = { ...found, seeds: found.seeds + 1 };
    if (violation === undefined) continue;
    if (mutant.breaks.includes(violation.invariant)) {
      const { firstSeed, invariant, killed } = found;
      found = {
        ...found,
        killed: killed + 1,
        firstSeed: killed === 0 ? seed : firstSeed,
        invariant: killed === 0 ? violation.invariant : invariant,
      };
      if (stopsAtFirst) break;
    } else others.add(violation.invariant);
  }
  return { ...found, others: [...others] };
}

function inChild(task: Task): Promise<Found> {
  const { promise, resolve } = Promise.withResolvers<Found>();
  const child = fork(import.meta.filename, ['--task', JSON.stringify(task)]);
  let found: Found | undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this program itself is at the other end
  child.on('message', (message) => (found = message as Found));
  child.on('exit', (code) => {
    const none = { id: task.id, seeds: 0, killed: 0, firstSeed: -1, invariant: '', others: [`ended with ${code}`] };
    resolve(found ?? none);
  });
  return promise;
}

/** Two at a time. */
async function runAll(tasks: readonly Task[]): Promise<readonly Found[]> {
  const left = [...tasks];
  const found: Found[] = [];
  const work = async (): Promise<void> => {
    for (let task = left.shift(); task !== undefined; task = left.shift()) {
      const one = await inChild(task);
      found.push(one);
      tell(one);
    }
  };
  await Promise.all([work(), work()]);
  return found;
}

function tell({ id, killed, seeds, firstSeed, invariant, others }: Found): void {
  const also = others.length === 0 ? '' : `; also ${others.join(', ')}`;
  if (killed === 0) say(`SURVIVED ${id} in ${seeds} seeds${also}`);
  else say(`killed   ${id} ${killed} of ${seeds}, first in seed ${firstSeed} by ${invariant}${also}`);
}

async function main(): Promise<number> {
  const options = {
    task: { type: 'string' },
    rates: { type: 'string' },
    only: { type: 'string' },
    more: { type: 'string', default: String(MORE_SEEDS) },
  } as const;
  const { values } = parseArgs({ options });
  if (values.task !== undefined) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this program itself has written it
    const found = await asChild(JSON.parse(values.task) as Task);
    await new Promise((resolve) => process.send?.(found, undefined, undefined, resolve));
    if (process.connected) process.disconnect();
    return 0;
  }
  const chosen = MUTANTS.filter(({ id }) => values.only === undefined || id === values.only);
  const rates = Number(values.rates ?? 0);
  const found = await runAll(
    chosen.map(({ id, seed }): Task =>
      rates > 0
        ? { id, first: [], from: 0, end: rates, stopsAtFirst: false }
        : { id, first: [seed], from: 0, end: Number(values.more), stopsAtFirst: true },
    ),
  );
  mkdirSync('reports/simulation', { recursive: true });
  writeFileSync('reports/simulation/mutants.json', `${JSON.stringify(found, undefined, 1)}\n`);
  const alive = found.filter(({ killed }) => killed === 0);
  say(`${found.length - alive.length} of ${found.length} mutants killed`);
  return alive.length === 0 && found.length === chosen.length ? 0 : 1;
}

process.exitCode = await main();
