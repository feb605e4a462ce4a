import type { SwarmEvent } from '../../core/events.ts';
import { runOf, type AgentId, type ProposalId, type RunId, type TaskId } from '../../core/ids.ts';
import { noTasks, type RowSource } from '../../core/read-tables/read-tables.ts';
import type {
  AgentRow,
  PastAttempt,
  ProposalRow,
  RowChanges,
  RunRow,
  StoredRows,
  StoredStatus,
  TaskRow,
  TaskState,
  VoteRow,
} from '../../core/read-tables/rows.ts';

const UNTOUCHED: TaskState = { status: 'added', last: null, stateSeq: 0, endedAtMs: null };

/** The read tables in memory. */
export class RowMaps implements StoredRows, RowSource {
  readonly event: (seq: number) => SwarmEvent;
  readonly mail: RowSource['mail'];
  readonly #runs = new Map<RunId, RunRow>();
  readonly #tasks = new Map<RunId, Map<TaskId, TaskRow>>();
  readonly #past = new Map<TaskId, PastAttempt[]>();
  readonly #agents = new Map<AgentId, AgentRow>();
  readonly #proposals = new Map<ProposalId, ProposalRow>();
  readonly #votes = new Map<ProposalId, Map<string, VoteRow>>();

  constructor(event: (seq: number) => SwarmEvent, mail: RowSource['mail']) {
    this.event = event;
    this.mail = mail;
  }

  write(changes: RowChanges): void {
    for (const origin of changes.added) this.#of(runOf(origin.taskId)).set(origin.taskId, { ...origin, ...UNTOUCHED });
    for (const past of changes.pastAttempts) {
      this.#past.set(past.taskId, [...(this.#past.get(past.taskId) ?? []), past]);
    }
    for (const [taskId, state] of changes.tasks) {
      const tasks = this.#of(runOf(taskId));
      const row = tasks.get(taskId);
      if (row !== undefined) tasks.set(taskId, { ...row, ...state });
    }
    for (const [runId, run] of changes.runs) this.#runs.set(runId, this.#withCounts(run));
    for (const [agentId, agent] of changes.agents) this.#agents.set(agentId, agent);
    for (const [proposalId, proposal] of changes.proposals) this.#proposals.set(proposalId, proposal);
    for (const vote of changes.votes) this.#putVote(vote);
  }

  *runs(): Generator<RunRow> {
    yield* [...this.#runs.values()].reverse();
  }

  run(runId: RunId): RunRow | undefined {
    return this.#runs.get(runId);
  }

  tasks(runId: RunId): readonly TaskRow[] {
    return [...(this.#tasks.get(runId)?.values() ?? [])];
  }

  task(taskId: TaskId): TaskRow | undefined {
    return this.#tasks.get(runOf(taskId))?.get(taskId);
  }

  countTasks(runId: RunId): ReadonlyMap<StoredStatus, number> {
    const counts = new Map<StoredStatus, number>();
    for (const { status } of this.tasks(runId)) counts.set(status, (counts.get(status) ?? 0) + 1);
    return counts;
  }

  pastAttempts(taskId: TaskId): readonly PastAttempt[] {
    return this.#past.get(taskId) ?? [];
  }

  runPastAttempts(runId: RunId): readonly PastAttempt[] {
    return this.tasks(runId).flatMap(({ taskId }) => this.pastAttempts(taskId));
  }

  agent(agentId: AgentId): AgentRow | undefined {
    return this.#agents.get(agentId);
  }

  agents(): readonly AgentRow[] {
    const rows = [...this.#agents.values()];
    return rows.sort((one, other) => one.registeredSeq - other.registeredSeq || one.position - other.position);
  }

  proposals(runId?: RunId): readonly ProposalRow[] {
    const rows = [...this.#proposals.values()].reverse();
    return runId === undefined ? rows : rows.filter(({ proposalId }) => runOf(proposalId) === runId);
  }

  proposal(proposalId: ProposalId): ProposalRow | undefined {
    return this.#proposals.get(proposalId);
  }

  vote(proposalId: ProposalId, memberId: string): VoteRow | undefined {
    return this.#votes.get(proposalId)?.get(memberId);
  }

  votes(proposalId: ProposalId): readonly VoteRow[] {
    return [...(this.#votes.get(proposalId)?.values() ?? [])];
  }

  #putVote(vote: VoteRow): void {
    const votes = this.#votes.get(vote.proposalId) ?? new Map<string, VoteRow>();
    votes.set(vote.memberId, vote);
    this.#votes.set(vote.proposalId, votes);
  }

  #of(runId: RunId): Map<TaskId, TaskRow> {
    const known = this.#tasks.get(runId);
    if (known !== undefined) return known;
    const tasks = new Map<TaskId, TaskRow>();
    this.#tasks.set(runId, tasks);
    return tasks;
  }

  #withCounts(run: RunRow): RunRow {
    if (run.finishedSeq === null || run.counts !== null) return run;
    const counts = noTasks();
    for (const [status, count] of this.countTasks(run.runId)) counts[status === 'added' ? 'blocked' : status] += count;
    return { ...run, counts };
  }
}
