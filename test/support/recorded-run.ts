import type { SwarmEvent } from '../../src/core/events.ts';
import { agentId, type RunId, runId, taskId } from '../../src/core/ids.ts';
import type { BudgetSpec } from '../../src/core/runs/run-spec.ts';
import type { TaskSpec } from '../../src/core/tasks/task-spec.ts';
import type { JournalRecord } from '../../src/ports/journal.ts';

type TaskDraft = Partial<TaskSpec> & Readonly<{ name: string }>;

/** Records of one run as the journal would hold them, written by a test. Times are ms since the run was created. */
export class RecordedRun {
  readonly runId: RunId = runId('r7k2');
  readonly records: JournalRecord[] = [];

  constructor(
    tasks: readonly TaskDraft[],
    options: Readonly<{ agents?: number; budget?: BudgetSpec; name?: string }> = {},
  ) {
    const { agents = 2, budget = {}, name = 'release' } = options;
    const run = { name, inputs: {}, budget, project: '/project', source: 'release.yaml' };
    this.put(0, {
      type: 'run.created',
      runId: this.runId,
      run,
      taskCount: tasks.length,
      wallTimeMs: 1_700_000_000_000,
    });
    const numbers = Array.from({ length: agents }, (_, index) => index + 1);
    this.put(0, {
      type: 'agents.registered',
      agents: numbers.map((number) => ({
        id: agentId(`${this.runId}/local-${number}`),
        role: 'local',
        driver: 'command',
        capabilities: ['command'],
        slots: 1,
        host: 'here',
        runId: this.runId,
      })),
    });
    this.put(0, { type: 'tasks.added', runId: this.runId, tasks: tasks.map(specOf) });
  }

  put(atMs: number, event: SwarmEvent): this {
    this.records.push({ seq: this.records.length + 1, epoch: 1, atMs, event });
    return this;
  }

  starts(atMs: number, name: string, options: Readonly<{ agent?: string; attempt?: number }> = {}): this {
    const { agent = 'local-1', attempt = 1 } = options;
    return this.put(atMs, {
      type: 'attempt.assigned',
      taskId: taskId(this.runId, name),
      attempt,
      agentId: agentId(`${this.runId}/${agent}`),
    });
  }

  reports(atMs: number, name: string): this {
    const report = { kind: 'note', text: 'still at it' } as const;
    return this.put(atMs, { type: 'attempt.reported', taskId: taskId(this.runId, name), attempt: 1, report });
  }

  succeeds(atMs: number, name: string): this {
    return this.put(atMs, {
      type: 'task.succeeded',
      taskId: taskId(this.runId, name),
      attempt: 1,
      outputs: {},
      evidence: [{ check: 'exit-code', ok: true, exitCode: 0 }],
    });
  }

  fails(atMs: number, name: string, tail = 'boom\n'): this {
    return this.put(atMs, {
      type: 'task.failed',
      taskId: taskId(this.runId, name),
      attempt: 1,
      failure: { reason: 'exit-non-zero', exitCode: 2, command: `npm run ${name}`, tail },
    });
  }
}

function specOf(draft: TaskDraft): TaskSpec {
  return {
    type: draft.name,
    work: { kind: 'command', argv: ['npm', 'run', draft.name] },
    needs: [],
    requires: ['command'],
    ...draft,
  };
}
