import { crc32 } from 'node:zlib';
import { agentId, runId, type ProposalId, type TaskId } from '../../core/ids.ts';
import { noTasks } from '../../core/read-tables/read-tables.ts';
import type { TaskCounts } from '../../core/read-tables/records.ts';
import type {
  AgentRow,
  ArtifactRow,
  AttemptRow,
  ProposalRow,
  RunRow,
  StoredStatus,
  TaskOrigin,
  TaskState,
  VoteRow,
} from '../../core/read-tables/rows.ts';
import { BadCell, type Cells, checksum, integer, integerOrNull, text, word } from './cells.ts';

type Cell = string | number | null;

const STATUSES = [
  'added',
  'ready',
  'running',
  'verifying',
  'awaiting-children',
  'backing-off',
  'awaiting-quota',
  'outcome-unknown',
  'cancelling',
  'succeeded',
  'failed',
  'cancelled',
  'skipped',
] as const satisfies readonly StoredStatus[];
const TASK_STATUSES = ['blocked', ...STATUSES.filter((status) => status !== 'added')] as const;
const OUTCOMES = ['running', 'verifying', 'succeeded', 'failed', 'stopped'] as const;
const PROPOSAL_STATES = ['open', 'approved', 'rejected', 'expired'] as const satisfies readonly ProposalRow['state'][];
const CHOICES = ['approve', 'reject', 'abstain'] as const satisfies readonly VoteRow['choice'][];
const RUN_STATES = ['running', 'paused', 'succeeded', 'failed', 'cancelled'] as const;
/*
 * Each row is written as its cells followed by their checksum, and read back through the same function: what does not
 * give the same checksum again is damage.
 */

function sealed(cells: readonly Cell[]): readonly Cell[] {
  return [...cells, checksum(cells)];
}

function verify(cells: readonly Cell[], row: Cells, column: string): void {
  if (checksum(cells) !== row[column]) throw new BadCell('a row does not fit its checksum');
}

export function originCells(origin: TaskOrigin): readonly Cell[] {
  return sealed([origin.taskId, origin.index, origin.addedSeq, origin.position]);
}

export function readOrigin(row: Cells): TaskOrigin {
  const origin: TaskOrigin = {
    taskId: taskIdIn(row),
    index: integer(row, 'position'),
    addedSeq: integer(row, 'added_seq'),
    position: integer(row, 'added_position'),
  };
  verify([origin.taskId, origin.index, origin.addedSeq, origin.position], row, 'origin_crc');
  return origin;
}

const UNSTARTED = [null, null, null, null, null, null, null, null] as const;

/** Written for every assignment and every end of an attempt: spelled out, because a general form costs 1.5 us more. */
export function stateCells(taskId: TaskId, { status, stateSeq, endedAtMs, last }: TaskState): Cell[] {
  const head = `${taskId}|${status}|${stateSeq}|${endedAtMs ?? ''}`;
  if (last === null) return [status, stateSeq, endedAtMs, ...UNSTARTED, crc32(head)];
  const {
    attempt,
    agentId: agent,
    startedAtMs,
    outcome,
    claimSeq,
    reportSeq,
    endSeq,
    endedAtMs: attemptEndedAtMs,
  } = last;
  const seqs = `${claimSeq ?? ''}|${reportSeq ?? ''}|${endSeq ?? ''}|${attemptEndedAtMs ?? ''}`;
  const crc = crc32(`${head}|${attempt}|${agent}|${startedAtMs}|${outcome}|${seqs}`);
  const common: Cell[] = [status, stateSeq, endedAtMs, attempt, agent, startedAtMs, outcome];
  common.push(claimSeq, reportSeq, endSeq, attemptEndedAtMs, crc);
  return common;
}

export function readStatus(row: Cells): StoredStatus {
  return word(row, 'status', STATUSES);
}

export function readState(row: Cells): TaskState {
  const state: TaskState = {
    status: readStatus(row),
    stateSeq: integer(row, 'state_seq'),
    endedAtMs: integerOrNull(row, 'ended_at_ms'),
    last: row['attempt'] === null ? null : readAttempt(row),
  };
  if (state.status === 'added') {
    if (row['state_crc'] !== 0 || state.last !== null || state.stateSeq !== 0)
      throw new BadCell('a row does not fit its checksum');
    return state;
  }
  if (stateCells(taskIdIn(row), state).at(-1) !== row['state_crc'])
    throw new BadCell('a row does not fit its checksum');
  return state;
}

function readAttempt(row: Cells): AttemptRow {
  return {
    attempt: integer(row, 'attempt'),
    agentId: agentId(text(row, 'agent_id')),
    startedAtMs: integer(row, 'started_at_ms'),
    outcome: word(row, 'outcome', OUTCOMES),
    claimSeq: integerOrNull(row, 'claim_seq'),
    reportSeq: integerOrNull(row, 'report_seq'),
    endSeq: integerOrNull(row, 'attempt_end_seq'),
    endedAtMs: integerOrNull(row, 'attempt_ended_at_ms'),
  };
}

export function pastAttemptCells(taskId: TaskId, one: AttemptRow): readonly Cell[] {
  const { attempt, agentId: agent, startedAtMs, outcome, claimSeq, reportSeq, endSeq, endedAtMs } = one;
  return sealed([taskId, attempt, agent, startedAtMs, outcome, claimSeq, reportSeq, endSeq, endedAtMs]);
}

export function readPastAttempt(row: Cells): AttemptRow {
  const attempt = readAttempt(row);
  if (pastAttemptCells(taskIdIn(row), attempt).at(-1) !== row['crc'])
    throw new BadCell('a row does not fit its checksum');
  return attempt;
}

export function runCells(run: RunRow): readonly Cell[] {
  const { createdSeq, runId: id, createdAtMs, state, taskCount, finishedSeq, finishedAtMs, counts } = run;
  const countsText = counts === null ? null : JSON.stringify(counts);
  return sealed([createdSeq, id, createdAtMs, state, taskCount, finishedSeq, finishedAtMs, countsText]);
}

export function readRun(row: Cells): RunRow {
  const countsText = row['counts'] === null ? null : text(row, 'counts');
  const run = {
    createdSeq: integer(row, 'created_seq'),
    runId: runId(text(row, 'run_id')),
    createdAtMs: integer(row, 'created_at_ms'),
    state: word(row, 'state', RUN_STATES),
    taskCount: integer(row, 'task_count'),
    finishedSeq: integerOrNull(row, 'finished_seq'),
    finishedAtMs: integerOrNull(row, 'finished_at_ms'),
  };
  verify([...Object.values(run), countsText], row, 'crc');
  return { ...run, counts: countsText === null ? null : parseCounts(countsText) };
}

function parseCounts(countsText: string): TaskCounts {
  const stored: unknown = JSON.parse(countsText);
  const counts = noTasks();
  for (const status of TASK_STATUSES) {
    const count: unknown = typeof stored === 'object' && stored !== null ? Reflect.get(stored, status) : undefined;
    // Runs that ended under an older release had none.
    if ((status === 'awaiting-children' || status === 'awaiting-quota') && count === undefined) continue;
    if (typeof count !== 'number') throw new BadCell('the counts of a run are incomplete');
    counts[status] = count;
  }
  return counts;
}

export function agentCells(agent: AgentRow): readonly Cell[] {
  const { agentId: id, registeredSeq, position, running, succeeded, failed, removed, healthSeq, breakerSeq } = agent;
  const cells = [id, registeredSeq, position, running, succeeded, failed, removed ? 1 : 0];
  // A row of an older store has neither, and keeps its checksum.
  const isPlain = healthSeq === null && breakerSeq === null;
  return [...cells, checksum(isPlain ? cells : [...cells, healthSeq, breakerSeq]), healthSeq, breakerSeq];
}

export function readAgent(row: Cells): AgentRow {
  const agent: AgentRow = {
    agentId: agentId(text(row, 'agent_id')),
    registeredSeq: integer(row, 'registered_seq'),
    position: integer(row, 'position'),
    running: integer(row, 'running'),
    succeeded: integer(row, 'succeeded'),
    failed: integer(row, 'failed'),
    removed: integer(row, 'removed') !== 0,
    healthSeq: integerOrNull(row, 'health_seq'),
    breakerSeq: integerOrNull(row, 'breaker_seq'),
  };
  if (agentCells(agent).at(-3) !== row['crc']) throw new BadCell('a row does not fit its checksum');
  return agent;
}

export function artifactCells({ sha256, taskId, attempt, name, bytes }: ArtifactRow): readonly Cell[] {
  return sealed([sha256, taskId, attempt, name, bytes]);
}

export function readArtifact(row: Cells): ArtifactRow {
  const artifact: ArtifactRow = {
    sha256: text(row, 'sha256'),
    taskId: taskIdIn(row),
    attempt: integer(row, 'attempt'),
    name: text(row, 'name'),
    bytes: integer(row, 'bytes'),
  };
  if (artifactCells(artifact).at(-1) !== row['crc']) throw new BadCell('a row does not fit its checksum');
  return artifact;
}

export function proposalCells(proposal: ProposalRow): readonly Cell[] {
  const { openedSeq, proposalId, openedAtMs, state, votes, closedSeq, closedAtMs, actedSeq } = proposal;
  return sealed([openedSeq, proposalId, openedAtMs, state, votes, closedSeq, closedAtMs, actedSeq]);
}

export function readProposal(row: Cells): ProposalRow {
  const proposal: ProposalRow = {
    proposalId: proposalIdIn(row),
    openedSeq: integer(row, 'opened_seq'),
    openedAtMs: integer(row, 'opened_at_ms'),
    state: word(row, 'state', PROPOSAL_STATES),
    votes: integer(row, 'votes'),
    closedSeq: integerOrNull(row, 'closed_seq'),
    closedAtMs: integerOrNull(row, 'closed_at_ms'),
    actedSeq: integerOrNull(row, 'acted_seq'),
  };
  if (proposalCells(proposal).at(-1) !== row['crc']) throw new BadCell('a row does not fit its checksum');
  return proposal;
}

export function voteCells(vote: VoteRow): readonly Cell[] {
  const { proposalId, memberId, choice, votedSeq, votedAtMs, judgedSeq } = vote;
  return sealed([proposalId, memberId, choice, votedSeq, votedAtMs, judgedSeq]);
}

export function readVote(row: Cells): VoteRow {
  const vote: VoteRow = {
    proposalId: proposalIdIn(row),
    memberId: text(row, 'member_id'),
    choice: word(row, 'choice', CHOICES),
    votedSeq: integer(row, 'voted_seq'),
    votedAtMs: integer(row, 'voted_at_ms'),
    judgedSeq: integerOrNull(row, 'judged_seq'),
  };
  if (voteCells(vote).at(-1) !== row['crc']) throw new BadCell('a row does not fit its checksum');
  return vote;
}

function proposalIdIn(row: Cells): ProposalId {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a brand exists in types only, and the row's checksum covers the text
  return text(row, 'proposal_id') as ProposalId;
}

export function taskIdIn(row: Cells): TaskId {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a brand exists in types only, and the row's checksum covers the text
  return text(row, 'task_id') as TaskId;
}
