import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SwarmEvent } from '../../src/core/events.ts';
import { nameOf, runOf, taskId as taskOf, type RunId, type TaskId } from '../../src/core/ids.ts';
import type { TaskSpec } from '../../src/core/tasks/task-spec.ts';
import type { RunArchive } from '../../src/ports/run-archive.ts';
import { ARCHIVES, type OpenArchive } from '../support/archives.ts';
import { randomSwarms } from '../support/random-run.ts';

/*
 * An archive must say the same as this recount, which shares no code with it: for each question it goes through all
 * events again, in the plainest way.
 */

const ENDS: Readonly<Record<string, string>> = {
  'attempt.assigned': 'running',
  'attempt.claimed': 'verifying',
  'attempt.failed': 'backing-off',
  'task.became-ready': 'ready',
  'task.cancelling': 'cancelling',
  'task.cancelled': 'cancelled',
  'task.failed': 'failed',
  'task.outcome-unknown': 'outcome-unknown',
  'task.succeeded': 'succeeded',
};

type Recount = Readonly<{ tasks: unknown; attempts: unknown; counts: unknown; state: string }>;

function about(events: readonly SwarmEvent[], id: TaskId): readonly Extract<SwarmEvent, { taskId: TaskId }>[] {
  return events.filter((event) => 'taskId' in event).filter((event) => event.taskId === id);
}

function specsOf(events: readonly SwarmEvent[], run: RunId): readonly TaskSpec[] {
  return events.flatMap((event) => (event.type === 'tasks.added' && event.runId === run ? event.tasks : []));
}

function lastStatus(events: readonly SwarmEvent[], id: TaskId): string | undefined {
  const telling = about(events, id).filter(({ type }) => type in ENDS);
  return ENDS[telling.at(-1)?.type ?? ''];
}

function statusOf(events: readonly SwarmEvent[], run: RunId, spec: TaskSpec): string {
  const status = lastStatus(events, taskOf(run, spec.name));
  if (status !== undefined) return status;
  const isFree = spec.needs.every((need) => lastStatus(events, taskOf(run, need)) === 'succeeded');
  return isFree && spec.if === undefined ? 'ready' : 'blocked';
}

function attemptsOf(events: readonly SwarmEvent[], id: TaskId): readonly string[] {
  const mine = about(events, id);
  return mine.flatMap((event, index) => {
    if (event.type !== 'attempt.assigned') return [];
    const rest = mine.slice(index + 1);
    const end = rest.find(({ type }) => /failed|succeeded|unknown|cancelled|assigned/.test(type));
    const claimed = rest
      .slice(0, end === undefined ? undefined : rest.indexOf(end))
      .some(({ type }) => type === 'attempt.claimed');
    return [`${event.attempt} ${event.agentId} ${outcomeOf(end, claimed)}`];
  });
}

function outcomeOf(end: SwarmEvent | undefined, isClaimed: boolean): string {
  if (end === undefined) return isClaimed ? 'verifying' : 'running';
  if (end.type === 'task.succeeded') return 'succeeded';
  if (end.type === 'task.cancelled') return 'stopped';
  return end.type === 'attempt.failed' && end.charge === 'none' ? 'stopped' : 'failed';
}

function recount(events: readonly SwarmEvent[], run: RunId): Recount {
  const specs = specsOf(events, run);
  const tasks = specs.map((spec) => `${spec.name} ${statusOf(events, run, spec)}`);
  const counts: Record<string, number> = {};
  for (const spec of specs) {
    const status = statusOf(events, run, spec);
    counts[status] = (counts[status] ?? 0) + 1;
  }
  const attempts = specs.flatMap(({ name }) => attemptsOf(events, taskOf(run, name)).map((one) => `${name} ${one}`));
  return { tasks, attempts, counts, state: stateOf(events, run, counts) };
}

function stateOf(events: readonly SwarmEvent[], run: RunId, counts: Readonly<Record<string, number>>): string {
  const own = events.filter((event) => 'runId' in event).filter((event) => event.runId === run);
  const last = own.findLast(({ type }) => /paused|resumed|finished/.test(type));
  if (last?.type === 'run.finished') return last.outcome.state;
  if (last?.type === 'run.paused') return 'paused';
  const moving = ['ready', 'running', 'verifying', 'cancelling', 'backing-off'].some(
    (status) => (counts[status] ?? 0) > 0,
  );
  return (counts['outcome-unknown'] ?? 0) > 0 && !moving ? 'waiting' : 'running';
}

function shown(archive: RunArchive, run: RunId): Recount {
  const tasks = archive.tasks(run).map(({ spec, status }) => `${spec.name} ${status}`);
  const attempts = archive
    .runAttempts(run)
    .map(({ taskId, attempt, agentId, outcome }) => `${nameOf(taskId)} ${attempt} ${agentId} ${outcome}`);
  const record = archive.run(run);
  const counts = Object.fromEntries(Object.entries(record?.counts ?? {}).filter(([, count]) => count > 0));
  return { tasks, attempts, counts, state: record?.state ?? '' };
}

function expectAgents(archive: RunArchive, events: readonly SwarmEvent[]): void {
  const ids = new Set(events.flatMap((event) => (event.type === 'attempt.assigned' ? [event.taskId] : [])));
  const attempts = [...ids].flatMap((id) => attemptsOf(events, id));
  const registered = new Set(events.flatMap((event) => (event.type === 'agents.registered' ? event.agents : [])));
  const known = new Set([...registered].map(({ id }) => id));
  for (const { agent, running, succeeded, failed } of archive.agents()) {
    if (!known.has(agent.id)) continue;
    const own = attempts.filter((attempt) => attempt.split(' ')[1] === agent.id);
    const having = (...outcomes: readonly string[]): number =>
      own.filter((attempt) => outcomes.includes(attempt.split(' ')[2] ?? '')).length;
    const expected = [having('running', 'verifying'), having('succeeded'), having('failed')];
    expect([agent.id, running, succeeded, failed]).toEqual([agent.id, ...expected]);
  }
}

async function compare({ archive, append }: OpenArchive, batches: readonly SwarmEvent[][]): Promise<void> {
  const events: SwarmEvent[] = [];
  const before = archive.runs().length;
  for (const batch of batches) {
    events.push(...batch);
    await append(events.length, ...batch);
  }
  const runs = events.flatMap((event) => (event.type === 'run.created' ? [event.runId] : []));
  for (const run of runs) expect(shown(archive, run)).toEqual(recount(events, run));
  const listed = archive.runs({ limit: archive.runs().length - before }).map(({ runId }) => runId);
  expect(listed).toEqual(runs.toReversed());
  for (const task of runs.flatMap((run) => archive.tasks(run))) {
    expect(archive.task(task.taskId)).toEqual(task);
    expect(runOf(task.taskId)).toBe(task.runId);
  }
  expectAgents(archive, events);
}

for (const [adapter, open] of Object.entries(ARCHIVES)) {
  test(`says what all events together say: ${adapter}`, async () => {
    const opened = await open();
    let world = 0;
    const property = fc.asyncProperty(randomSwarms, (swarm) => compare(opened, swarm(`w${world++}-`)));
    try {
      await fc.assert(property, { numRuns: 60 });
    } finally {
      await opened.close();
    }
  });
}
