import type { SwarmEvent } from '../../src/core/events.ts';
import { agentId, proposalId, runId, taskId, type RunId } from '../../src/core/ids.ts';
import type { TaskSpec } from '../../src/core/tasks/task-spec.ts';

/** Records of one run: created, its agent and tasks, two for each task, a vote from its opening to its end, finished. */
const TASKS = 20;
const VOTERS = 3;
const RECORDS_PER_RUN = 3 + 2 * TASKS + 2 + VOTERS + 1;

/** The event with this seq: the same whoever writes it, so that what is found later can be compared. */
export function eventOf(seq: number): SwarmEvent {
  const run = runId(`run-${Math.floor((seq - 1) / RECORDS_PER_RUN)}`);
  const step = (seq - 1) % RECORDS_PER_RUN;
  if (step === 0) {
    const spec = { name: 'crash', inputs: { seq }, budget: {}, project: '/p', source: 'code' };
    return { type: 'run.created', runId: run, run: spec, taskCount: TASKS, wallTimeMs: seq };
  }
  if (step === 1) {
    const own = { id: agentId(`${run}.a`), role: 'a', driver: 'function', capabilities: [], slots: 9 } as const;
    return { type: 'agents.registered', agents: [{ ...own, host: 'h' }] };
  }
  if (step === 2) return { type: 'tasks.added', runId: run, tasks: Array.from({ length: TASKS }, specOf) };
  if (step === RECORDS_PER_RUN - 1) return { type: 'run.finished', runId: run, outcome: { state: 'succeeded' } };
  const voteStep = step - 3 - 2 * TASKS;
  return voteStep >= 0 ? voteEvent(run, voteStep) : taskEvent(run, step - 3, seq);
}

/** Two to nine events, cut without regard to what they mean. */
export function eventsOfBatch(firstSeq: number): readonly SwarmEvent[] {
  return Array.from({ length: 2 + (firstSeq % 8) }, (_, index) => eventOf(firstSeq + index));
}

function taskEvent(run: RunId, step: number, seq: number): SwarmEvent {
  const common = { taskId: taskId(run, `t${Math.floor(step / 2)}`), attempt: 1 };
  if (step % 2 === 0) return { type: 'attempt.assigned', ...common, agentId: agentId(`${run}.a`) };
  return { type: 'task.succeeded', ...common, outputs: { seq }, evidence: [{ check: 'returned', ok: true }] };
}

function voteEvent(run: RunId, step: number): SwarmEvent {
  const id = { proposalId: proposalId(run, 'p') };
  if (step === 0) {
    const members = Array.from({ length: VOTERS }, (_, index) => ({ id: `m${index + 1}` }));
    const spec = {
      name: 'p',
      kind: 'finding',
      subject: 's',
      title: 't',
      contentHash: 'ab'.repeat(32),
      members,
    } as const;
    return { type: 'proposal.opened', ...id, spec, rule: { quorumPercent: 60, threshold: 'majority' }, dueMs: 30_000 };
  }
  if (step <= VOTERS) {
    return { type: 'proposal.voted', ...id, vote: { memberId: `m${step}`, choice: 'approve', revision: 1 } };
  }
  const tally = { total: VOTERS, approve: VOTERS, reject: 0, abstain: 0 };
  return { type: 'proposal.closed', ...id, outcome: 'approved', cause: 'settled', tally, votesHash: 'cd'.repeat(32) };
}

function specOf(_: unknown, index: number): TaskSpec {
  const work = { kind: 'function', function: 'f', input: 'x'.repeat(50) } as const;
  return { name: `t${index}`, type: 'f', work, needs: index === 0 ? [] : [`t${index - 1}`], requires: [] };
}
