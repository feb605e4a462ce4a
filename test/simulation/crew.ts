import { type ChildProcess, execFile, fork } from 'node:child_process';
import { promisify } from 'node:util';
import type { Failure } from './failure.ts';
import type { Part, PartResult } from './run-part.ts';

/** Nobody reads more. */
const MAX_FAILURES = 20;
const PROGRAM = new URL('./run.ts', import.meta.url).pathname;

/** Plays all parts in so many processes. Each gets the next part when it is done with one: some worlds take long. */
export async function playParts(parts: readonly Part[], processes: number): Promise<readonly PartResult[]> {
  const left = [...parts];
  const results: PartResult[] = [];
  let failed = 0;
  const work = async (): Promise<void> => {
    const child = fork(PROGRAM, ['--crew']);
    for (let part = left.shift(); part !== undefined && failed < MAX_FAILURES; part = left.shift()) {
      const result = await playedBy(child, part);
      failed += result.failures.length;
      results.push(result);
    }
    child.disconnect();
  };
  await Promise.all(Array.from({ length: processes }, work));
  return results;
}

function playedBy(child: ChildProcess, part: Part): Promise<PartResult> {
  const { promise, resolve, reject } = Promise.withResolvers<PartResult>();
  const died = (code: number | null): void =>
    reject(new Error(`A process ended with ${code} and no result for ${JSON.stringify(part)}.`));
  child.once('exit', died);
  child.once('message', (message) => {
    child.off('exit', died);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this program itself is at the other end
    resolve(message as PartResult);
  });
  child.send(part);
  return promise;
}

/** The same seeds in processes of their own must leave the same traces. */
export async function checkFresh(results: readonly PartResult[], processes: number): Promise<readonly Failure[]> {
  const hashes = results.flatMap((result) => result.hashes);
  const size = Math.ceil(hashes.length / processes);
  const shares = Array.from({ length: processes }, (_, index) => hashes.slice(index * size, (index + 1) * size));
  return (await Promise.all(shares.map(checkShare))).flat();
}

async function checkShare(hashes: PartResult['hashes']): Promise<readonly Failure[]> {
  if (hashes.length === 0) return [];
  const argv = [PROGRAM, '--hashes', hashes.map(([seed]) => seed).join(',')];
  const { stdout } = await promisify(execFile)(process.execPath, argv, { encoding: 'utf8' });
  const fresh = stdout.trim().split('\n');
  return hashes.flatMap(([seed, hash], index) =>
    fresh[index] === hash
      ? []
      : [{ seed, invariant: 'same-elsewhere', message: `${hash}, in a fresh process ${fresh[index]}`, atUs: 0 }],
  );
}
