import type { Marks } from './marks.ts';

/** Runs below this say nothing about means. */
const ENOUGH_SEEDS = 1_000;

type Band = readonly [what: string, mean: (of: (mark: string) => number) => number, low: number, high: number];

/** Means per seed that a simulation must keep: one in which nothing goes wrong proves nothing. */
const BANDS: readonly Band[] = [
  [
    'leads lost',
    (of) => of('fell crash') + of('fell hit') + of('fell store-trouble') + of('fell epoch-stale'),
    0.5,
    20,
  ],
  [
    'leads lost to another leader',
    (of) => of('fell epoch-stale') + of('fell lead-lost') + of('fell seq-taken'),
    0.02,
    5,
  ],
  ['attempts lost with their coordinator', (of) => of('failure coordinator-lost'), 0.5, 50],
  ['attempts that crashed', (of) => of('failure crashed'), 0.1, 20],
  ['lies that were seen', (of) => of('failure check-failed'), 0.1, 20],
  ['time-outs', (of) => of('failure timed-out'), 0.1, 20],
  ['accounts that were paused', (of) => of('account.paused'), 0.1, 10],
  ['groups that were changed', (of) => of('scaling.decided'), 0.2, 10],
  ['agents of groups that left', (of) => of('scaling.settled'), 0.2, 20],
  ['writes to memory', (of) => of('memory ok'), 1, 100],
  ['writes to memory that were refused', (of) => of('memory version-differs') + of('memory attempt-stale'), 0.01, 10],
  ['removals from memory', (of) => of('memory.cleared'), 0.1, 20],
  ['alerts that fired', (of) => of('alert.fired'), 0.2, 50],
  ['options that were changed', (of) => of('config.changed'), 0.2, 10],
  ['hosts that joined', (of) => of('host.joined'), 0.5, 10],
  ['hosts that were lost', (of) => of('host.lost'), 0.2, 5],
  ['hosts that went on in their session', (of) => of('host goes on'), 0.03, 20],
  ['hosts that were told of work they should not have', (of) => of('host stale'), 0.02, 20],
  ['attempts on hosts', (of) => of('start on host'), 1, 50],
  ['breakers that opened', (of) => of('breaker.opened'), 0.04, 5],
  ['breakers that closed again', (of) => of('breaker.closed'), 0.01, 5],
  ['agents that were not well', (of) => of('agent.health-changed'), 0.2, 10],
  ['votes decided', (of) => of('close approved settled') + of('close rejected settled'), 0.05, 10],
  ['votes that expired', (of) => of('close expired due'), 0.02, 10],
];

/** Share of tasks that must succeed, percent. */
const MIN_SUCCEEDED = 60;

/** Everything that makes these worlds too tame or too wild to mean anything. */
export function judgeMarks(marks: Marks, seeds: number): readonly string[] {
  if (seeds < ENOUGH_SEEDS) return [];
  const of = (mark: string): number => marks.get(mark) ?? 0;
  const problems = BANDS.flatMap(([what, sum, low, high]) => {
    const mean = sum(of) / seeds;
    return mean < low || mean > high ? [`${what}: ${mean.toFixed(3)} per seed, not ${low} to ${high}`] : [];
  });
  const ended = (state: string): number =>
    [...marks].reduce(
      (total, [mark, count]) => total + (mark.startsWith('task ') && mark.endsWith(state) ? count : 0),
      0,
    );
  const succeeded = ended(' task.succeeded');
  const all = succeeded + ended(' task.failed') + ended(' task.cancelled') + ended(' task.skipped');
  const percent = (100 * succeeded) / Math.max(1, all);
  return percent >= MIN_SUCCEEDED
    ? problems
    : [...problems, `${percent.toFixed(0)} % of all tasks succeed, not ${MIN_SUCCEEDED}`];
}
