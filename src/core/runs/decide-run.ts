import { reservationOf } from '../resources/reservation-of.ts';
import { unreachable } from '../../util/assert.ts';
import { endVotes } from '../consensus/votes-of-run.ts';
import type { SwarmEvent } from '../events.ts';
import { findSubscriptionProblems } from '../messaging/decide-messages.ts';
import type { Context, RunInput } from '../inputs.ts';
import { accept, refuse, type Ruling } from '../ruling.ts';
import { shortReason } from '../short-reason.ts';
import type { Swarm } from '../swarm-state.ts';
import { cancelTask } from '../tasks/decide-task.ts';
import { findGraphProblems } from '../tasks/task-graph.ts';
import type { Run } from './run.ts';
import type { RunOutcome } from './run-spec.ts';

/** Room that an event's tasks may take in the journal, in characters of JSON. Source: docs/semantics.md, Limits. */
const MAX_EVENT_CHARS = 60_000;
const MAX_ITEMS_PER_EVENT = 500;
const MAX_NEEDS = 1_000;
/** The event holds the run's spec whole. */
const MAX_SPEC_CHARS = 48_000;

/** Pure: what happens because of a command about a run. */
export function decideRun(swarm: Swarm, input: RunInput, context: Context): Ruling {
  if (input.type === 'run.submit') return submit(swarm, input, context);
  const run = swarm.runs.get(input.runId);
  if (run === undefined) {
    return refuse(
      swarm.ended.has(input.runId) ? { reason: 'status-wrong', status: 'ended' } : { reason: 'run-unknown' },
    );
  }
  switch (input.type) {
    case 'run.pause':
      if (run.pausedBecause !== undefined || run.ending !== undefined) return accept();
      return accept({ type: 'run.paused', runId: run.id, reason: shortReason(input.reason) });
    case 'run.resume':
      return run.pausedBecause === undefined ? accept() : accept({ type: 'run.resumed', runId: run.id });
    case 'run.cancel':
      return endRun(swarm, run, { state: 'cancelled', reason: shortReason(input.reason) });
    case 'run.deadline': {
      const limit = run.spec.budget.wallMs ?? 0;
      return endRun(swarm, run, { state: 'failed', failure: { reason: 'budget-exhausted', budget: 'wallMs', limit } });
    }
    default:
      return unreachable(input);
  }
}

/** No further task of the run starts, what is open is cancelled, and votes end. The first reason to end stays. */
export function endRun(swarm: Swarm, run: Run, outcome: RunOutcome): Ruling {
  if (run.ending !== undefined) return accept();
  const events: SwarmEvent[] = [{ type: 'run.ending', runId: run.id, outcome }, ...endVotes(swarm, run)];
  const reason = outcome.state === 'cancelled' ? outcome.reason : 'the run ended: budget exhausted';
  for (const { task } of run.cells) {
    const ruling = cancelTask(task, reason);
    if (ruling.ok) events.push(...ruling.events);
  }
  // Not spread into a call: there may be 100,000.
  return { ok: true, events };
}

function submit(swarm: Swarm, input: Extract<RunInput, { type: 'run.submit' }>, { wallTimeMs }: Context): Ruling {
  const { runId, run, tasks, agents } = input;
  const open = swarm.runs.get(runId);
  if (open !== undefined || swarm.ended.has(runId)) {
    const known = open?.spec.fingerprint ?? swarm.ended.get(runId);
    // Without a fingerprint nobody can say that the body is the same.
    const isSame = run.fingerprint !== undefined && run.fingerprint === known;
    return isSame ? accept() : refuse({ reason: 'run-conflict' });
  }
  const { maxTasksPerRun, maxOpenRuns } = swarm.rules;
  if (tasks.length > maxTasksPerRun)
    return refuse({ reason: 'limit-reached', limit: 'tasks per run', most: maxTasksPerRun });
  if (swarm.runs.size >= maxOpenRuns) return refuse({ reason: 'limit-reached', limit: 'open runs', most: maxOpenRuns });
  const sizes = tasks.map((task) => JSON.stringify(task).length);
  const problems = [
    ...findGraphProblems(tasks),
    ...findSizeProblems(swarm, input, sizes),
    ...findSubscriptionProblems(tasks),
  ];
  if (problems.length > 0) return refuse({ reason: 'graph-invalid', problems: problems.slice(0, 50) });
  const events: SwarmEvent[] = [{ type: 'run.created', runId, run, taskCount: tasks.length, wallTimeMs }];
  const agentSizes = agents.map((agent) => JSON.stringify(agent).length);
  for (const chunk of chunksOf(agents, agentSizes)) events.push({ type: 'agents.registered', agents: chunk });
  for (const chunk of chunksOf(tasks, sizes)) events.push({ type: 'tasks.added', runId, tasks: chunk });
  return { ok: true, events };
}

function findSizeProblems(
  { capacity }: Swarm,
  { run, tasks }: Extract<RunInput, { type: 'run.submit' }>,
  sizes: readonly number[],
): readonly string[] {
  const problems: string[] = [];
  if (JSON.stringify(run).length > MAX_SPEC_CHARS) {
    problems.push(`the run's inputs are over ${MAX_SPEC_CHARS} characters`);
  }
  const hosts = capacity.hosts;
  for (const [index, spec] of tasks.entries()) {
    const { name, needs } = spec;
    const resources = reservationOf(spec);
    if (needs.length > MAX_NEEDS) problems.push(`task "${name}" has over ${MAX_NEEDS} needs`);
    if ((sizes[index] ?? 0) > MAX_EVENT_CHARS) problems.push(`task "${name}" is over ${MAX_EVENT_CHARS} characters`);
    if (resources === undefined || hosts.length === 0) continue;
    if (hosts.every(({ host }) => capacity.check(host, resources) === 'never')) {
      problems.push(`task "${name}" reserves more than 80 % of any host`);
    }
  }
  return problems;
}

/** Runs of items that fit into one event each, in order. `sizes` are their characters as JSON. */
function chunksOf<Item>(items: readonly Item[], sizes: readonly number[]): readonly (readonly Item[])[] {
  const chunks: Item[][] = [];
  let chunk: Item[] = [];
  let chars = 0;
  for (const [index, item] of items.entries()) {
    const itemChars = (sizes[index] ?? 0) + 1;
    if (chunk.length > 0 && (chars + itemChars > MAX_EVENT_CHARS || chunk.length >= MAX_ITEMS_PER_EVENT)) {
      chunks.push(chunk);
      chunk = [];
      chars = 0;
    }
    chunk.push(item);
    chars += itemChars;
  }
  return chunk.length === 0 ? chunks : [...chunks, chunk];
}
