import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { AgentId, ProposalId, RunId, TaskId } from '../../core/ids.ts';
import { noTasks } from '../../core/read-tables/read-tables.ts';
import type {
  AgentRow,
  ProposalRow,
  RowChanges,
  RunRow,
  StoredRows,
  TaskState,
  VoteRow,
} from '../../core/read-tables/rows.ts';
import { BadCell, integer } from './cells.ts';
import {
  agentCells,
  artifactCells,
  originCells,
  pastAttemptCells,
  proposalCells,
  readAgent,
  readProposal,
  readRun,
  readState,
  readStatus,
  readVote,
  runCells,
  stateCells,
  voteCells,
} from './rows.ts';

const ADD_TASK = `insert into tasks (swarm, task_id, position, added_seq, added_position, origin_crc)
  values (?, ?, ?, ?, ?, ?)`;
const SET_TASK = `update tasks set status = ?, state_seq = ?, ended_at_ms = ?, attempt = ?, agent_id = ?,
  started_at_ms = ?, outcome = ?, claim_seq = ?, report_seq = ?, attempt_end_seq = ?, attempt_ended_at_ms = ?,
  state_crc = ? where swarm = ? and task_id = ?`;
const ADD_PAST = 'insert into past_attempts values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';
const PUT_RUN = `insert into runs (swarm, created_seq, run_id, created_at_ms, state, task_count, finished_seq,
    finished_at_ms, counts, crc) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict (swarm, created_seq) do update set state = excluded.state, task_count = excluded.task_count,
    finished_seq = excluded.finished_seq, finished_at_ms = excluded.finished_at_ms, counts = excluded.counts,
    crc = excluded.crc`;
const PUT_AGENT = `insert or replace into agents values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const ADD_ARTIFACT = `insert or ignore into artifacts (swarm, sha256, task_id, attempt, name, bytes, crc)
  values (?, ?, ?, ?, ?, ?, ?)`;
const PUT_PROPOSAL = 'insert or replace into proposals values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';
const PUT_VOTE = 'insert or replace into votes values (?, ?, ?, ?, ?, ?, ?, ?)';
const GET_PROPOSAL = 'select * from proposals where swarm = ? and proposal_id = ?';
const GET_VOTE = 'select * from votes where swarm = ? and proposal_id = ? and member_id = ?';
const GET_RUN = 'select * from runs where swarm = ? and run_id = ?';
const GET_TASK = 'select * from tasks where swarm = ? and task_id = ?';
const GET_AGENT = 'select * from agents where swarm = ? and agent_id = ?';
const COUNT_TASKS = `select status, count(*) as tasks from tasks where swarm = ? and task_id >= ? and task_id < ?
  group by status`;

/** How many rows were new, for the counts that show later whether one is lost. */
export type NewRows = Readonly<{ runs: number; agents: number; artifacts: number; proposals: number }>;

/** Writes the changes of one swarm's read tables, inside the transaction that stores the events. */
export class RowWriter implements StoredRows {
  readonly #swarm: number;
  readonly #addTask: StatementSync;
  readonly #setTask: StatementSync;
  readonly #addPast: StatementSync;
  readonly #putRun: StatementSync;
  readonly #putAgent: StatementSync;
  readonly #addArtifact: StatementSync;
  readonly #getRun: StatementSync;
  readonly #getTask: StatementSync;
  readonly #getAgent: StatementSync;
  readonly #countTasks: StatementSync;
  readonly #putProposal: StatementSync;
  readonly #putVote: StatementSync;
  readonly #getProposal: StatementSync;
  readonly #getVote: StatementSync;

  constructor(db: DatabaseSync, swarm: number) {
    this.#swarm = swarm;
    this.#addTask = db.prepare(ADD_TASK);
    this.#setTask = db.prepare(SET_TASK);
    this.#addPast = db.prepare(ADD_PAST);
    this.#putRun = db.prepare(PUT_RUN);
    this.#putAgent = db.prepare(PUT_AGENT);
    this.#addArtifact = db.prepare(ADD_ARTIFACT);
    this.#getRun = db.prepare(GET_RUN);
    this.#getTask = db.prepare(GET_TASK);
    this.#getAgent = db.prepare(GET_AGENT);
    this.#countTasks = db.prepare(COUNT_TASKS);
    this.#putProposal = db.prepare(PUT_PROPOSAL);
    this.#putVote = db.prepare(PUT_VOTE);
    this.#getProposal = db.prepare(GET_PROPOSAL);
    this.#getVote = db.prepare(GET_VOTE);
  }

  run(runId: RunId): RunRow | undefined {
    const row = this.#getRun.get(this.#swarm, runId);
    return row === undefined ? undefined : readRun(row);
  }

  task(taskId: TaskId): TaskState | undefined {
    const row = this.#getTask.get(this.#swarm, taskId);
    return row === undefined ? undefined : readState(row);
  }

  agent(agentId: AgentId): AgentRow | undefined {
    const row = this.#getAgent.get(this.#swarm, agentId);
    return row === undefined ? undefined : readAgent(row);
  }

  proposal(proposalId: ProposalId): ProposalRow | undefined {
    const row = this.#getProposal.get(this.#swarm, proposalId);
    return row === undefined ? undefined : readProposal(row);
  }

  vote(proposalId: ProposalId, memberId: string): VoteRow | undefined {
    const row = this.#getVote.get(this.#swarm, proposalId, memberId);
    return row === undefined ? undefined : readVote(row);
  }

  /** `firstSeq` is that of the batch: what names an older record is not new. */
  write(changes: RowChanges, firstSeq: number): NewRows {
    for (const origin of changes.added) this.#addTask.run(this.#swarm, ...originCells(origin));
    for (const { taskId, attempt } of changes.pastAttempts) {
      this.#addPast.run(this.#swarm, ...pastAttemptCells(taskId, attempt));
    }
    for (const [taskId, state] of changes.tasks) this.#write(taskId, state);
    let runs = 0;
    for (const run of changes.runs.values()) {
      if (run.createdSeq >= firstSeq) runs++;
      this.#putRun.run(this.#swarm, ...runCells(this.#withCounts(run)));
    }
    const agents = this.#writeAgents(changes, firstSeq);
    const proposals = this.#writeProposals(changes, firstSeq);
    return { runs, agents, proposals, artifacts: this.#writeArtifacts(changes) };
  }

  #write(taskId: TaskId, state: TaskState): void {
    const cells = stateCells(taskId, state);
    cells.push(this.#swarm, taskId);
    const { changes } = this.#setTask.run(...cells);
    if (changes !== 1) throw new BadCell(`task ${taskId} is missing`);
  }

  #writeAgents(changes: RowChanges, firstSeq: number): number {
    let added = 0;
    for (const agent of changes.agents.values()) {
      if (agent.registeredSeq >= firstSeq && this.agent(agent.agentId) === undefined) added++;
      this.#putAgent.run(this.#swarm, ...agentCells(agent));
    }
    return added;
  }

  #writeProposals({ proposals, votes }: RowChanges, firstSeq: number): number {
    let added = 0;
    for (const proposal of proposals.values()) {
      if (proposal.openedSeq >= firstSeq) added++;
      this.#putProposal.run(this.#swarm, ...proposalCells(proposal));
    }
    for (const vote of votes) this.#putVote.run(this.#swarm, ...voteCells(vote));
    return added;
  }

  #writeArtifacts(changes: RowChanges): number {
    let added = 0;
    for (const artifact of changes.artifacts) {
      added += Number(this.#addArtifact.run(this.#swarm, ...artifactCells(artifact)).changes);
    }
    return added;
  }

  #withCounts(run: RunRow): RunRow {
    if (run.finishedSeq === null || run.counts !== null) return run;
    const counts = noTasks();
    for (const row of this.#countTasks.iterate(this.#swarm, `${run.runId}/`, `${run.runId}0`)) {
      const status = readStatus(row);
      counts[status === 'added' ? 'blocked' : status] += integer(row, 'tasks');
    }
    return { ...run, counts };
  }
}
