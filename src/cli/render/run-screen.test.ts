import { describe, expect, test } from 'vitest';
import { HOSTILE_STRINGS } from '../../../test/support/hostile-strings.ts';
import { RecordedRun } from '../../../test/support/recorded-run.ts';
import { nameOf, outlookOf, type ProposalEvent, RunView, taskId } from '../../app/views.ts';
import { type ProposalId, proposalId } from '../../core/ids.ts';
import { failureBlock } from './failure.ts';
import { plainLine, stillRunningLine } from './plain-lines.ts';
import { planLines } from './plan-lines.ts';
import { runScreen, summaryLines } from './run-screen.ts';
import { styleFor } from './style.ts';
import { widthOf } from './text.ts';

const style = styleFor({ colour: false, unicode: true });

const TASKS = [
  { name: 'build.linux', estimateMs: 40_000 },
  { name: 'build.mac', estimateMs: 60_000 },
  { name: 'unit', needs: ['build.linux'], estimateMs: 20_000 },
  { name: 'e2e', needs: ['build.linux', 'build.mac'], estimateMs: 90_000 },
  { name: 'docs', estimateMs: 5000 },
  { name: 'publish', needs: ['unit', 'e2e', 'docs'], estimateMs: 10_000 },
  { name: 'tidy', needs: ['publish'], when: 'always', estimateMs: 1000 },
] as const;

const halfDone = (): RecordedRun =>
  new RecordedRun(TASKS, { agents: 3 })
    .starts(0, 'build.linux')
    .starts(0, 'build.mac', { agent: 'local-2' })
    .starts(0, 'docs', { agent: 'local-3' })
    .fails(4000, 'docs')
    .succeeds(38_000, 'build.linux')
    .starts(38_001, 'unit');

function viewOf({ runId, records }: RecordedRun): RunView {
  const view = new RunView(runId);
  view.apply(records);
  return view;
}

function screenOf(view: RunView, columns: number, rows: number, nowMs = 45_000): readonly string[] {
  return runScreen(view, { nowMs, columns, rows, style, outlook: outlookOf(view, nowMs) });
}

describe('the picture of a run', () => {
  test('shows what runs, what is left, what holds up and what ended', () => {
    expect(screenOf(viewOf(halfDone()), 100, 30)).toEqual([
      'release r7k2  running  45 s                                                       2 of 3 agents busy',
      '███████░░░░░░░░░░░░░░░░░░ 2/7  1 failed  2 running  3 waiting',
      'time left about 2 min',
      'longest path 4 tasks (2 min): build.mac → e2e → publish → tidy',
      '● build.mac    45 s  local-2        ██████░░ of about 60 s',
      '● unit          6 s  local-1        ██░░░░░░ of about 20 s',
      '◌ build.mac holds up 1 task',
      '✘ docs  exit code 2',
      '✔ build.linux  38.0 s',
    ]);
  });

  test('fits a terminal of 40 columns and 8 rows', () => {
    expect(screenOf(viewOf(halfDone()), 39, 7)).toEqual([
      'release r7k2  running  45 s',
      '██░░░░░░░ 2/7  1 failed  2 running  3…',
      'time left about 2 min',
      'path 4 tasks (2 min): build.mac → e2e…',
      '● build.mac    45 s',
      '● unit          6 s',
      '◌ build.mac holds up 1 task',
    ]);
  });

  test('is never larger than the terminal, whatever its size', () => {
    const tasks = Array.from({ length: 60 }, (_, index) => ({ name: `task-with-a-rather-long-name-${index}` }));
    const run = new RecordedRun(tasks, { agents: 40 });
    for (const { name } of tasks.slice(0, 40)) run.starts(5, name);
    for (const { name } of tasks.slice(0, 15)) run.fails(9, name);
    const view = viewOf(run);
    for (const columns of [10, 20, 39, 79, 200]) {
      for (const rows of [3, 5, 14, 23, 60]) {
        const lines = screenOf(view, columns, rows);
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
      }
    }
  });

  test('says how many more run when not all of them fit', () => {
    const tasks = Array.from({ length: 30 }, (_, index) => ({ name: `t${index}` }));
    const run = new RecordedRun(tasks, { agents: 30 });
    for (const { name } of tasks) run.starts(5, name);
    expect(screenOf(viewOf(run), 80, 10)).toContain('  and 24 more');
  });

  test('says that it does not know instead of inventing a time', () => {
    const run = new RecordedRun([{ name: 'a' }, { name: 'b', needs: ['a'] }]).starts(0, 'a');
    const lines = screenOf(viewOf(run), 80, 20);
    expect(lines).toContain('time left no history yet');
    expect(lines).toContain('longest path 2 tasks: a → b');
    expect(lines.find((line) => line.startsWith('●'))).toMatch(/^● a    45 s  local-1 +$/);
  });

  test('names the person that the run waits for, and the command to answer with', () => {
    const run = new RecordedRun([{ name: 'deploy' }]).starts(0, 'deploy');
    const failure = { reason: 'coordinator-lost' } as const;
    run.put(9, { type: 'task.outcome-unknown', taskId: taskId(run.runId, 'deploy'), attempt: 1, failure });
    const lines = screenOf(viewOf(run), 80, 20);
    expect(lines[0]).toContain('waits for you');
    expect(lines).toContain('◌ deploy  waits for you: waggle tasks settle r7k2/deploy');
  });

  test('tells a pause and its reason', () => {
    const run = new RecordedRun([{ name: 'a' }]).put(5, {
      type: 'run.paused',
      runId: halfDone().runId,
      reason: 'lunch',
    });
    const lines = screenOf(viewOf(run), 80, 20);
    expect(lines[0]).toContain('paused');
    expect(lines).toContain('! paused: lunch');
  });
});

describe('plain lines of votes', () => {
  const linesOf = (run: RecordedRun): readonly (string | undefined)[] => {
    const view = new RunView(run.runId);
    const all = run.records.map((record) => {
      view.apply([record]);
      return plainLine(record, view, style);
    });
    return all.filter((line) => line !== undefined);
  };
  const idOf = (name: string): ProposalId => proposalId(halfDone().runId, name);
  const id = idOf('ship');
  const rule = { quorumPercent: 60, threshold: 'majority' } as const;
  const about = { kind: 'question', subject: 's', title: 'Ship it?', contentHash: 'ab'.repeat(32) } as const;
  const opened = (
    name: string,
    ...members: readonly string[]
  ): Extract<ProposalEvent, { type: 'proposal.opened' }> => ({
    type: 'proposal.opened',
    proposalId: idOf(name),
    spec: { name, ...about, members: members.map((one) => ({ id: one })) },
    rule,
    dueMs: 30_000,
  });
  const tally = { total: 2, approve: 1, reject: 1, abstain: 0 };

  test('ask the person who has one, and tell how it went', () => {
    const run = new RecordedRun([{ name: 'a' }]);
    const vote = { memberId: 'task:a', choice: 'reject', revision: 1, reason: 'it is\u001b[2J broken' } as const;
    run.put(1, opened('ship', 'task:a', 'user:ann'));
    run.put(2, { type: 'proposal.voted', proposalId: id, vote });
    run.put(3, { type: 'proposal.veto-judged', proposalId: id, memberId: 'task:a', revision: 1, finding: 'refuted' });
    run.put(4, { type: 'proposal.voting-ended', proposalId: id });
    run.put(5, { type: 'proposal.closed', proposalId: id, outcome: 'rejected', cause: 'due', tally, votesHash: '' });
    const failure = { reason: 'failed', message: 'no network' } as const;
    run.put(6, { type: 'proposal.acted', proposalId: id, result: { ok: false, failure } });
    run.put(7, { type: 'proposal.acted', proposalId: id, result: { ok: true } });
    expect(linesOf(run)).toEqual([
      '! ship  asks ann: Ship it? waggle proposals vote r7k2/ship approve --as ann',
      '· ship  task:a is against it: it is\\x1b[2J broken',
      '· ship  the veto of task:a is refuted',
      '◌ ship  its time is over; a veto is still being checked',
      '✘ ship  rejected: 1 for, 1 against, 0 abstained, 0 silent',
      '✘ ship  what was approved was not done; see: waggle proposals show r7k2/ship',
      '✔ ship  what was approved is done',
    ]);
  });

  test('on findings are left to whoever asked for them', () => {
    const run = new RecordedRun([{ name: 'a' }]);
    const ship = opened('ship', 'task:a');
    run.put(1, { ...ship, spec: { ...ship.spec, kind: 'finding' } });
    run.put(2, {
      type: 'proposal.voted',
      proposalId: id,
      vote: { memberId: 'task:a', choice: 'approve', revision: 1 },
    });
    run.put(3, {
      type: 'proposal.closed',
      proposalId: id,
      outcome: 'approved',
      cause: 'settled',
      tally,
      votesHash: '',
    });
    expect(linesOf(run)).toEqual([]);
  });

  test.each(['ann;reboot', '$(reboot)', '`reboot`', 'ann|sh', '--help'])(
    'give no command that does something else when the person is called %s',
    (name) => {
      const run = new RecordedRun([{ name: 'a' }]);
      run.put(1, opened('ship', `user:${name}`));
      const how = 'waggle proposals vote r7k2/ship approve --as <name>';
      expect(linesOf(run)).toEqual([`! ship  asks ${name}: Ship it? ${how}`]);
    },
  );

  test('are left out where there are many, but a person is always asked', () => {
    const run = new RecordedRun([{ name: 'a' }]);
    for (let index = 1; index <= 12; index++) run.put(index, opened(`p${index}`, 'task:a'));
    run.put(13, opened('ship', 'user:ann'));
    run.put(14, {
      type: 'proposal.closed',
      proposalId: id,
      outcome: 'approved',
      cause: 'settled',
      tally,
      votesHash: '',
    });
    const lines = linesOf(run);
    expect(lines[9]).toBe('◌ p10  is voted on: Ship it?');
    expect(lines.slice(10)).toEqual(['! ship  asks ann: Ship it? waggle proposals vote r7k2/ship approve --as ann']);
  });
});

describe('plain lines', () => {
  test('tell starts, tries, ends and why, in order', () => {
    const run = new RecordedRun([{ name: 'a' }, { name: 'b', needs: ['a'] }]).starts(0, 'a');
    run.put(10, {
      type: 'attempt.failed',
      taskId: taskId(run.runId, 'a'),
      attempt: 1,
      failure: { reason: 'exit-non-zero', exitCode: 1, command: 'x', tail: '' },
      charge: 'attempt',
      retryAtMs: 4010,
    });
    run.starts(4010, 'a', { attempt: 2, agent: 'local-2' }).fails(5010, 'a');
    run.put(5010, {
      type: 'task.skipped',
      taskId: taskId(run.runId, 'b'),
      cause: { reason: 'need-failed', task: 'a' },
    });
    const view = new RunView(run.runId);
    const lines = run.records.map((record) => {
      view.apply([record]);
      return plainLine(record, view, style);
    });
    expect(lines.filter((line) => line !== undefined)).toEqual([
      '● a  starts on local-1',
      '! a  attempt 1 exit code 1; again in 4 s',
      '● a  starts on local-2, attempt 2',
      '[1/2] ✘ a  exit code 2',
      '[2/2] ○ b  skipped: needs a, which did not succeed',
    ]);
    expect(summaryLines(view, style)).toEqual(['release r7k2: running']);
  });

  test('after a silence say what runs and how much is done', () => {
    const view = viewOf(halfDone());
    expect(stillRunningLine(view, 45_000, outlookOf(view, 45_000))).toBe(
      '  still running: build.mac 45 s, unit 6 s (2 of 7 tasks done; time left about 2 min)',
    );
  });
});

describe('the last word', () => {
  const ended = (): RecordedRun =>
    new RecordedRun([{ name: 'a' }, { name: 'b' }]).starts(0, 'a').succeeds(40, 'a').starts(0, 'b');

  test('on a success is one line with the time', () => {
    const run = ended().succeeds(90, 'b');
    run.put(90, { type: 'run.finished', runId: run.runId, outcome: { state: 'succeeded' } });
    expect(summaryLines(viewOf(run), style)).toEqual(['✔ release r7k2 succeeded: 2 tasks in 90 ms']);
  });

  test('on a failure names what failed', () => {
    const run = ended().fails(90, 'b');
    const failure = { reason: 'task-failed', tasks: ['b'] } as const;
    run.put(90, { type: 'run.finished', runId: run.runId, outcome: { state: 'failed', failure } });
    expect(summaryLines(viewOf(run), style)).toEqual([
      '✘ release r7k2 failed after 90 ms: 1 of 2 tasks succeeded, 1 failed (b)',
    ]);
  });

  test('on an exhausted budget names it', () => {
    const run = ended().put(90, { type: 'task.cancelled', taskId: taskId(ended().runId, 'b'), reason: 'budget' });
    const failure = { reason: 'budget-exhausted', budget: 'wallMs', limit: 60_000 } as const;
    run.put(90, { type: 'run.finished', runId: run.runId, outcome: { state: 'failed', failure } });
    expect(summaryLines(viewOf(run), style)).toEqual([
      '✘ release r7k2 failed after 90 ms: the time budget is used up (limit 1m 00s); 1 of 2 tasks succeeded, 1 cancelled',
    ]);
  });
});

describe('the plan', () => {
  const fresh = viewOf(new RecordedRun(TASKS, { agents: 3 }));

  test('shows the graph step by step with a forecast', () => {
    expect(planLines(fresh, style, 100)).toEqual([
      'release: 7 tasks, 4 steps, 3 agents',
      '',
      'step  task         about  after                  does',
      '   1  build.linux   40 s                         npm run build.linux',
      '      build.mac     60 s                         npm run build.mac',
      '      docs           5 s                         npm run docs',
      '   2  unit          20 s  build.linux            npm run unit',
      '      e2e          2 min  build.linux build.mac  npm run e2e',
      '   3  publish       10 s  unit e2e docs          npm run publish',
      '   4  tidy           1 s  publish                [always] npm run tidy',
      '',
      'longest path  build.mac → e2e → publish → tidy (3 min)',
      'forecast      about 3 min',
      'Nothing was run.',
    ]);
  });

  test('stays readable in 40 columns', () => {
    for (const line of planLines(fresh, style, 40)) expect(widthOf(line)).toBeLessThanOrEqual(40);
  });

  test('counts the tasks of each step when there are too many to list', () => {
    const tasks = Array.from({ length: 500 }, (_, index) => ({
      name: `t${index}`,
      needs: index < 250 ? [] : [`t${index - 250}`],
    }));
    const lines = planLines(viewOf(new RecordedRun(tasks)), style, 60);
    expect(lines.slice(2, 5)).toEqual([
      'step  tasks  names',
      '   1    250  t0 t1 t2 t3 t4 t5 t6 t7 …',
      '   2    250  t250 t251 t252 t253 t254 t255 t256 t257 …',
    ]);
  });
});

test('500 hostile strings in every field never reach the terminal as they are', () => {
  const painted = styleFor({ colour: true, unicode: true });
  // oxlint-disable-next-line no-control-regex -- our own colours are all that may stay
  const ours = /\u001B\[(?:1|2|22|31|32|33|36|39)m/g;
  const raw = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
  for (const hostile of HOSTILE_STRINGS) {
    const run = hostileRun(hostile);
    const view = viewOf(run);
    const nowMs = 100;
    const outlook = outlookOf(view, nowMs);
    const lines = [
      ...runScreen(view, { nowMs, columns: 120, rows: 60, style: painted, outlook }),
      ...run.records.flatMap((record) => plainLine(record, view, painted) ?? []),
      ...planLines(view, painted, 120),
      ...summaryLines(view, painted),
      stillRunningLine(view, nowMs, outlook),
      ...view.failures.flatMap(({ spec, stand, attempt }) =>
        stand.status === 'failed'
          ? failureBlock(
              { name: spec.name, failure: stand.failure, attempt, work: spec.work },
              { command: 'x', path: hostile },
              { style: painted, columns: 200 },
            )
          : [],
      ),
    ];
    expect(lines.length).toBeGreaterThan(15);
    for (const line of lines) expect(line.replaceAll(ours, '')).not.toMatch(raw);
  }
});

/** Every text that the view shows is `hostile`; names have a number so that they differ. */
function hostileRun(hostile: string): RecordedRun {
  const names = [1, 2, 3, 4, 5].map((number) => `${hostile}${number}`);
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = names;
  const argv = [hostile, hostile];
  const run = new RecordedRun(
    names.map((name) => ({ name, needs: name === fifth ? [first] : [], work: { kind: 'command', argv }, if: hostile })),
    { name: hostile },
  );
  for (const name of [first, second, third, fourth]) run.starts(1, name, { agent: hostile });
  const report = { kind: 'progress', percentage: null, step: hostile } as const;
  run.put(2, { type: 'attempt.reported', taskId: taskId(run.runId, first), attempt: 1, report });
  run.put(3, {
    type: 'task.failed',
    taskId: taskId(run.runId, second),
    attempt: 1,
    failure: { reason: 'exit-non-zero', exitCode: 1, command: hostile, tail: `${hostile}\n${hostile}` },
  });
  run.put(3, {
    type: 'task.failed',
    taskId: taskId(run.runId, third),
    attempt: 1,
    failure: { reason: 'threw', message: hostile, stack: hostile },
  });
  run.put(4, { type: 'task.cancelled', taskId: taskId(run.runId, fourth), reason: hostile });
  const cause = { reason: 'condition-false', condition: hostile } as const;
  run.put(5, { type: 'task.skipped', taskId: taskId(run.runId, fifth), cause });
  expect(nameOf(taskId(run.runId, first))).toBe(first);
  return run.put(6, { type: 'run.paused', runId: run.runId, reason: hostile });
}
