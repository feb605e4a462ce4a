import type { DutyPorts } from '../adapters/votes/coordinator-duties.ts';
import { agentId, nameOf, taskId } from '../core/ids.ts';
import type { TaskFailure } from '../core/tasks/attempt.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import type { AgentDriver } from '../ports/agent-driver.ts';
import type { RunMemory } from '../ports/run-memory.ts';
import type { RunMessages } from '../ports/run-messages.ts';
import type { RunProposals } from '../ports/run-proposals.ts';
import type { RunTasks } from '../ports/run-tasks.ts';

/**
 * Calls functions for what was approved. A function sees a call like any other: `call.task.id` is the id of the
 * proposal, the key by which it tells a repeat from the first time.
 */
export function approvedFunctions(driver: AgentDriver, has: (name: string) => boolean): DutyPorts['functions'] {
  return {
    has,
    call: async (name, input, { proposalId, runId, project }, signal) => {
      const work = { kind: 'function', function: name, ...(input === undefined ? {} : { input }) } as const;
      const spec: TaskSpec = { name: nameOf(proposalId), type: 'approved', work, needs: [], requires: [] };
      const id = taskId(runId, spec.name);
      const assignment = { taskId: id, runId, agentId: agentId('coordinator'), attempt: 1, spec, work, project };
      const abilities = { proposals: NO_VOTES, messages: NO_MAIL, tasks: NO_TASKS, memory: NO_MEMORY };
      const context = { signal, report: () => {}, ...abilities };
      const result = await driver.run({ ...assignment, needs: {}, inputs: {} }, context);
      if (!result.ok && !hasReturned(result.failure)) throw new Error(messageOf(result.failure));
    },
  };
}

const refuse = (): Promise<never> =>
  Promise.reject(new Error('What was approved is done by the coordinator, which is no attempt: it can only act.'));
const NO_VOTES: RunProposals = { open: refuse, vote: refuse, outcomes: refuse };
const NO_MAIL: RunMessages = {
  send: refuse,
  receive: refuse,
  acknowledge: refuse,
  subscribe: refuse,
  unsubscribe: refuse,
};
const NO_TASKS: RunTasks = { delegate: refuse, cancel: refuse, outcomes: refuse, run: refuse, overview: refuse };

const NO_MEMORY: RunMemory = {
  get: refuse,
  set: refuse,
  delete: refuse,
  invalidate: refuse,
  list: refuse,
  search: refuse,
  handOff: refuse,
  handOffs: refuse,
  decide: refuse,
  decisions: refuse,
  checkpoint: refuse,
  lastCheckpoint: refuse,
};

/** It did what it should. What it answers with goes nowhere here, so it need not be plain JSON, nor small. */
function hasReturned(failure: TaskFailure): boolean {
  return failure.reason === 'check-failed' || (failure.reason === 'limit-exceeded' && failure.limit === 'output');
}

function messageOf(failure: TaskFailure): string {
  return 'message' in failure ? failure.message : failure.reason;
}
