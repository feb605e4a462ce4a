import { expect, test } from 'vitest';
import { HostRounds, LEASE_MS } from '../support/host-rounds.ts';

/** Few in CI; all of them: `WAGGLE_ROUNDS=25 vitest run --project crash test/crash/hosts.test.ts`. */
// oxlint-disable-next-line node/no-process-env -- how long a test shall take is no configuration of the product
const FACTOR = Number(process.env['WAGGLE_ROUNDS'] ?? 1);
const STOPS = 4 * FACTOR;
const KILLS = 8 * FACTOR;
/** Rounds at the same time, each with a worker of its own. */
const LANES = 4;

async function inLanes(count: number, round: () => Promise<void>): Promise<void> {
  const lane = async (): Promise<void> => {
    for (let done = 0; done < count / LANES; done++) await round();
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** Once per task, and under the attempt that counts. */
function checkSink(rounds: HostRounds): Readonly<{ effects: number; refused: number }> {
  const { sink } = rounds;
  const counts = new Map<string, number>();
  for (const { task, attempt } of sink.effects) {
    const key = `${task}#${attempt}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  expect([...counts].filter(([, count]) => count > 1)).toEqual([]);
  return { effects: counts.size, refused: sink.refused };
}

function checkLosses({ losses }: HostRounds): readonly number[] {
  // A result that was under way when its host stopped still counts: then there is no second attempt.
  const again = losses.filter(({ hasEnded }) => !hasEnded);
  expect(again.filter(({ againAfterMs }) => againAfterMs === undefined)).toEqual([]);
  const late = again.filter(({ againAfterMs = 0 }) => againAfterMs > LEASE_MS + 2_000);
  expect(late).toEqual([]);
  return again.map(({ againAfterMs = 0 }) => Math.round(againAfterMs)).toSorted((one, other) => one - other);
}

test(`${STOPS} workers are stopped for two leases: nothing acts twice, and all goes on elsewhere in time`, async () => {
  await using rounds = await HostRounds.begin();
  await inLanes(STOPS, () => rounds.stopRound());
  const sink = checkSink(rounds);
  const after = checkLosses(rounds);
  expect(rounds.left).toBe(0);
  expect(after.length).toBeGreaterThanOrEqual(STOPS);
  // Woken workers have tried: the fence was needed.
  expect(sink.refused).toBeGreaterThan(0);
  report('SIGSTOP', STOPS, { ...sink, after });
});

test(`${KILLS} workers are killed: nothing acts twice, nothing is left, and all goes on elsewhere in time`, async () => {
  await using rounds = await HostRounds.begin();
  await inLanes(KILLS, () => rounds.killRound());
  const sink = checkSink(rounds);
  const after = checkLosses(rounds);
  expect(rounds.left).toBe(0);
  expect(after.length).toBeGreaterThanOrEqual(KILLS / 2);
  report('kill -9', KILLS, { ...sink, after });
});

function report(
  what: string,
  rounds: number,
  { effects, refused, after }: Readonly<{ effects: number; refused: number; after: readonly number[] }>,
): void {
  if (FACTOR <= 1) return;
  const at = (share: number): number => after[Math.min(after.length - 1, Math.floor(after.length * share))] ?? 0;
  const times = `reassigned after p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`;
  process.stdout.write(
    `${what}: ${rounds} rounds, ${effects} effects, ${refused} refused as stale, ${after.length} attempts given to others, ${times}\n`,
  );
}
