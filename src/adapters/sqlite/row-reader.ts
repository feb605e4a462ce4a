import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { SwarmEvent } from '../../core/events.ts';
import { type ProposalId, runOf, type RunId, type TaskId } from '../../core/ids.ts';
import type { RowSource } from '../../core/read-tables/read-tables.ts';
import type {
  AgentRow,
  ArtifactRow,
  PastAttempt,
  ProposalRow,
  RunRow,
  StoredStatus,
  TaskRow,
  VoteRow,
} from '../../core/read-tables/rows.ts';
import { BadCell, type Cells, integer } from './cells.ts';
import {
  readAgent,
  readArtifact,
  readOrigin,
  readPastAttempt,
  readProposal,
  readRun,
  readState,
  readStatus,
  readVote,
  taskIdIn,
} from './rows.ts';
import type { SwarmRow } from './swarm-rows.ts';

const RUNS = 'select * from runs where swarm = ? order by created_seq desc';
const RUN = 'select * from runs where swarm = ? and run_id = ?';
const TASKS = 'select * from tasks where swarm = ? and task_id >= ? and task_id < ?';
const TASK = 'select * from tasks where swarm = ? and task_id = ?';
const COUNTS = `select status, count(*) as tasks from tasks where swarm = ? and task_id >= ? and task_id < ?
  group by status`;
const PAST = 'select * from past_attempts where swarm = ? and task_id = ? order by attempt';
const RUN_PAST = 'select * from past_attempts where swarm = ? and task_id >= ? and task_id < ?';
const AGENTS = 'select * from agents where swarm = ? order by registered_seq, position';
const PROPOSALS = 'select * from proposals where swarm = ? order by opened_seq desc';
const RUN_PROPOSALS = `select * from proposals where swarm = ? and proposal_id >= ? and proposal_id < ?
  order by opened_seq desc`;
const PROPOSAL = 'select * from proposals where swarm = ? and proposal_id = ?';
const COUNT_PROPOSALS = 'select count(*) as proposals from proposals where swarm = ?';
const VOTES = 'select * from votes where swarm = ? and proposal_id = ?';
const ARTIFACTS = 'select * from artifacts where swarm = ?';

/** Where the reader gets events from, checked. */
export type EventSource = Readonly<{ one: (seq: number) => SwarmEvent; mail: RowSource['mail'] }>;

/**
 * The read tables of one swarm, inside a transaction. Checks each row against its checksum, and what it found against
 * what must be there: a row that a damaged page has lost is damage too, not an empty answer.
 */
export class RowReader implements RowSource {
  readonly #db: DatabaseSync;
  readonly #swarm: SwarmRow;
  readonly event: (seq: number) => SwarmEvent;
  readonly mail: RowSource['mail'];

  constructor(db: DatabaseSync, swarm: SwarmRow, events: EventSource) {
    this.#db = db;
    this.#swarm = swarm;
    this.event = events.one;
    this.mail = events.mail;
  }

  *runs(): Generator<RunRow> {
    let found = 0;
    for (const row of this.#db.prepare(RUNS).iterate(this.#swarm.no)) {
      found++;
      yield readRun(row);
    }
    expect('runs', found, this.#swarm.runs);
  }

  run(runId: RunId): RunRow | undefined {
    const row = this.#db.prepare(RUN).get(this.#swarm.no, runId);
    if (row !== undefined) return readRun(row);
    // Really unknown, or lost? Only a look at all of them tells.
    return [...this.runs()].find((run) => run.runId === runId);
  }

  tasks(runId: RunId): readonly TaskRow[] {
    const run = this.run(runId);
    if (run === undefined) return [];
    const rows: TaskRow[] = [];
    // One by one: a large run would otherwise be held twice.
    for (const row of this.#db.prepare(TASKS).iterate(this.#swarm.no, ...rangeOf(runId))) rows.push(readTask(row));
    expect(`tasks of run ${runId}`, rows.length, run.taskCount);
    return rows.sort((one, other) => one.index - other.index);
  }

  task(taskId: TaskId): TaskRow | undefined {
    const row = this.#db.prepare(TASK).get(this.#swarm.no, taskId);
    if (row !== undefined) return readTask(row);
    return this.tasks(runOf(taskId)).find((task) => task.taskId === taskId);
  }

  countTasks(runId: RunId): ReadonlyMap<StoredStatus, number> {
    const rows = this.#all(COUNTS, ...rangeOf(runId));
    const counts = new Map(rows.map((row) => [readStatus(row), integer(row, 'tasks')]));
    const found = [...counts.values()].reduce((sum, count) => sum + count, 0);
    expect(`tasks of run ${runId}`, found, this.run(runId)?.taskCount ?? 0);
    return counts;
  }

  pastAttempts(taskId: TaskId): readonly PastAttempt[] {
    const past = this.#all(PAST, taskId).map(readPast);
    const last = this.task(taskId)?.last?.attempt ?? 1;
    expect(`attempts of task ${taskId}`, past.length, last - 1);
    return past;
  }

  runPastAttempts(runId: RunId): readonly PastAttempt[] {
    const past = this.#all(RUN_PAST, ...rangeOf(runId)).map(readPast);
    const expected = this.tasks(runId).reduce((sum, { last }) => sum + (last?.attempt ?? 1) - 1, 0);
    expect(`attempts of run ${runId}`, past.length, expected);
    return past;
  }

  *agents(): Generator<AgentRow> {
    let found = 0;
    for (const row of this.#db.prepare(AGENTS).iterate(this.#swarm.no)) {
      found++;
      yield readAgent(row);
    }
    expect('agents', found, this.#swarm.agents);
  }

  /**
   * How many a run has stands nowhere: that none is lost shows in the number of all.
   * @yields each once
   */
  *proposals(runId?: RunId): Generator<ProposalRow> {
    this.#expectAllProposals();
    const [sql, range] = runId === undefined ? [PROPOSALS, []] : [RUN_PROPOSALS, rangeOf(runId)];
    for (const row of this.#db.prepare(sql).iterate(this.#swarm.no, ...range)) yield readProposal(row);
  }

  proposal(proposalId: ProposalId): ProposalRow | undefined {
    const row = this.#db.prepare(PROPOSAL).get(this.#swarm.no, proposalId);
    if (row !== undefined) return readProposal(row);
    this.#expectAllProposals();
    return undefined;
  }

  votes(proposalId: ProposalId): readonly VoteRow[] {
    const votes = this.#all(VOTES, proposalId).map(readVote);
    expect(`votes of proposal ${proposalId}`, votes.length, this.proposal(proposalId)?.votes ?? 0);
    return votes;
  }

  artifacts(): readonly ArtifactRow[] {
    const rows = this.#all(ARTIFACTS).map(readArtifact);
    expect('artifacts', rows.length, this.#swarm.artifacts);
    return rows;
  }

  #expectAllProposals(): void {
    const [row = {}] = this.#all(COUNT_PROPOSALS);
    expect('proposals', integer(row, 'proposals'), this.#swarm.proposals);
  }

  #all(sql: string, ...parameters: readonly SQLInputValue[]): Cells[] {
    return this.#db.prepare(sql).all(this.#swarm.no, ...parameters);
  }
}

/** Task ids of a run are its id, a slash and a name; `0` is the character after the slash. */
function rangeOf(runId: RunId): readonly [string, string] {
  return [`${runId}/`, `${runId}0`];
}

function readTask(row: Cells): TaskRow {
  return { ...readOrigin(row), ...readState(row) };
}

function readPast(row: Cells): PastAttempt {
  return { taskId: taskIdIn(row), attempt: readPastAttempt(row) };
}

function expect(what: string, found: number, expected: number): void {
  if (found !== expected) throw new BadCell(`${what}: ${found} rows instead of ${expected}`);
}
