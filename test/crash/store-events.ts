import type { SwarmEvent } from '../../src/core/events.ts';
import { agentId, runId, taskId, type RunId } from '../../src/core/ids.ts';
import type { TaskSpec } from '../../src/core/tasks/task-spec.ts';

/** Records of one run: created, its agent and tasks, two for each task, finished. */
const TASKS = 20;
const RECORDS_PER_RUN = 3 + 2 * TASKS + 1;

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
  return taskEvent(run, step - 3, seq);
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

function specOf(_: unknown, index: number): TaskSpec {
  const work = { kind: 'function', function: 'f', input: 'x'.repeat(50) } as const;
  return { name: `t${index}`, type: 'f', work, needs: index === 0 ? [] : [`t${index - 1}`], requires: [] };
}
