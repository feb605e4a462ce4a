import { type ProposalId, type RunId, runOf, type TaskId } from '../core/ids.ts';
import { effectsOf, owedEffects } from '../core/owed-effects.ts';
import { stateOf } from '../core/runs/run.ts';
import type { RunState } from '../core/runs/run-spec.ts';
import { restoreSwarm, snapshotOf } from '../core/snapshot.ts';
import { apply } from '../core/swarm.ts';
import { DEFAULT_RULES, newSwarm, type Swarm } from '../core/swarm-state.ts';
import { isActive, type Task } from '../core/tasks/task.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { RunArchive } from '../ports/run-archive.ts';
import { sha256 } from '../util/sha256.ts';

/** Records that are read at a time. */
const PAGE = 1_000;
/** How often lists are compared that others go on writing. */
const MAX_LOOKS = 20;
/** Differences that one proof names. */
const MAX_NAMED = 100;

/** Until where the journal is played: a record, or a time since the beginning of the run. Neither: its end. */
export type ReplayPoint = Readonly<{ seq: number }> | Readonly<{ afterMs: number }> | undefined;

export type ReplayedTask = Readonly<{
  name: string;
  status: Task['status'];
  attempt: number;
  agent: string | undefined;
  /** Since when it has had this status, ms after the beginning of the run. Undefined for one that never changed. */
  sinceMs: number | undefined;
}>;

/** A run as it was when a record had just been written. */
export type Replayed = Readonly<{
  runId: RunId;
  /** The newest record that was played, what it says, and when, ms after the beginning of the run. */
  seq: number;
  headSeq: number;
  event: JournalRecord['event']['type'] | undefined;
  afterMs: number;
  state: RunState | 'not-begun';
  tasks: readonly ReplayedTask[];
  openVotes: readonly ProposalId[];
  spent: Readonly<{ attempts: number; tokens: number; costMicros: number }> | undefined;
  /** What a coordinator that takes over just then would have to do. */
  owed: readonly string[];
}>;

/** What was compared, and whether it was the same. */
export type ReplayProof = Readonly<{
  records: number;
  effects: number;
  /** Over the state and over all effects, in hex. */
  stateHash: string;
  effectsHash: string;
  /** Played twice from the first record. */
  isSameAgain: boolean;
  /** Played from a snapshot half-way. */
  isSameFromSnapshot: boolean;
  /** What lists of runs and tasks show otherwise, at most 100. Undefined: more came all the time, so nobody can say. */
  differsFromLists: readonly string[] | undefined;
}>;

/** The run as it was at that point. */
export function replayTo(archive: RunArchive, runId: RunId, point: ReplayPoint): Replayed {
  const play = new Play();
  const since = new Map<TaskId, number>();
  let startMs: number | undefined;
  let ended: Ended | undefined;
  for (const record of recordsOf(archive)) {
    const { event, atMs } = record;
    if (event.type === 'run.created' && event.runId === runId) startMs = atMs;
    if (isBeyond(record, startMs, point)) break;
    // A run leaves the state with its end; how it ended is what people ask for.
    if (event.type === 'run.finished' && event.runId === runId) {
      ended = { state: event.outcome.state, tasks: tasksOf(play.swarm, runId), spent: spentOf(play.swarm, runId) };
    }
    const taskId = 'taskId' in event ? event.taskId : undefined;
    const before = statusOf(play.swarm, taskId);
    play.add(record);
    if (taskId !== undefined && statusOf(play.swarm, taskId) !== before) since.set(taskId, atMs);
  }
  return viewOf(play, { archive, runId, startMs: startMs ?? play.atMs, since, ended });
}

function statusOf({ tasks }: Swarm, id: TaskId | undefined): Task['status'] | undefined {
  return id === undefined ? undefined : tasks.get(id)?.status;
}

/** Plays the whole journal several ways: state and effects must be the same each time. */
export function proveReplay(archive: RunArchive): ReplayProof {
  const proof = new Proof(archive);
  proof.playOn();
  let differs = proof.differsFromLists();
  // Lists that are written while they are compared show what the records say that have come meanwhile.
  for (let look = 1; look < MAX_LOOKS && differs.length > 0 && archive.headSeq() > proof.seq; look++) {
    proof.playOn();
    differs = proof.differsFromLists();
  }
  const isMoving = differs.length > 0 && archive.headSeq() > proof.seq;
  return { ...proof.figures(), differsFromLists: isMoving ? undefined : differs };
}

/** The folds of one proof, over records as they are read: a journal may be larger than the memory. */
class Proof {
  readonly #archive: RunArchive;
  readonly #first = new Play();
  readonly #again = new Play();
  /** From the end of a commit on, about half-way. */
  #resumed: Play | undefined;
  readonly #halfSeq: number;
  readonly #ofEnded: string[] = [];
  #records = 0;

  constructor(archive: RunArchive) {
    this.#archive = archive;
    this.#halfSeq = Math.floor(archive.headSeq() / 2);
  }

  get seq(): number {
    return this.#first.seq;
  }

  /** Everything that was committed since it was last called. */
  playOn(): void {
    for (const record of recordsOf(this.#archive, this.seq)) {
      // A snapshot is taken between commits; what is decided in one commit has one time.
      if (this.seq >= this.#halfSeq && record.atMs !== this.#first.atMs) this.#resumed ??= this.#first.resumed();
      // What has ended stays as it is, and leaves the state.
      if (record.event.type === 'run.finished' && this.#ofEnded.length < MAX_NAMED) {
        this.#ofEnded.push(...differentTasks(this.#archive, tasksOf(this.#first.swarm, record.event.runId)));
      }
      for (const play of [this.#first, this.#again, this.#resumed]) play?.add(record);
      this.#records++;
    }
  }

  differsFromLists(): readonly string[] {
    const { swarm } = this.#first;
    const ofOpen = [...differentRuns(this.#archive, swarm), ...differentTasks(this.#archive, swarm.tasks.values())];
    return [...this.#ofEnded, ...ofOpen].slice(0, MAX_NAMED);
  }

  figures(): Omit<ReplayProof, 'differsFromLists'> {
    const { stateHash, effectsHash, effects } = this.#first;
    const resumed = this.#resumed ?? this.#first.resumed();
    return {
      records: this.#records,
      effects,
      stateHash,
      effectsHash,
      isSameAgain: this.#again.stateHash === stateHash && this.#again.effectsHash === effectsHash,
      isSameFromSnapshot: resumed.stateHash === stateHash && resumed.effectsHash === effectsHash,
    };
  }
}

/** One fold over records, with all that they ask for. */
class Play {
  readonly swarm: Swarm = newSwarm(DEFAULT_RULES);
  seq = 0;
  atMs = 0;
  effects = 0;
  newest: JournalRecord['event']['type'] | undefined;
  #effectsHash = '';

  add({ seq, atMs, event }: JournalRecord): void {
    apply(this.swarm, event, atMs);
    const asked = effectsOf(this.swarm, event, atMs);
    this.effects += asked.length;
    if (asked.length > 0) this.#effectsHash = sha256(`${this.#effectsHash}${JSON.stringify(asked)}`);
    this.seq = seq;
    this.atMs = atMs;
    this.newest = event.type;
  }

  get stateHash(): string {
    return sha256(snapshotOf(this.swarm, this.atMs) + JSON.stringify(owedEffects(this.swarm)));
  }

  get effectsHash(): string {
    return this.#effectsHash;
  }

  /** Goes on from a snapshot of the state, as the next coordinator would. */
  resumed(): Play {
    const other = new Play();
    restoreSwarm(other.swarm, snapshotOf(this.swarm, this.atMs));
    other.seq = this.seq;
    other.atMs = this.atMs;
    other.effects = this.effects;
    other.#effectsHash = this.#effectsHash;
    return other;
  }
}

function* recordsOf(archive: RunArchive, afterSeq = 0): Generator<JournalRecord, void, undefined> {
  for (let seq = afterSeq; ;) {
    const page = archive.recordsAfter(seq, PAGE);
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    seq = last.seq;
  }
}

/** A time before the run has begun is no point in it. */
function isBeyond({ seq, atMs }: JournalRecord, startMs: number | undefined, point: ReplayPoint): boolean {
  if (point === undefined) return false;
  if ('seq' in point) return seq > point.seq;
  return startMs !== undefined && atMs - startMs > point.afterMs;
}

type Spent = NonNullable<Replayed['spent']>;
type Ended = Readonly<{ state: RunState; tasks: readonly Task[]; spent: Spent | undefined }>;
type Scene = Readonly<{
  archive: RunArchive;
  runId: RunId;
  startMs: number;
  since: ReadonlyMap<TaskId, number>;
  ended: Ended | undefined;
}>;

function viewOf({ swarm, seq, atMs, newest }: Play, { archive, runId, startMs, since, ended }: Scene): Replayed {
  const run = swarm.runs.get(runId);
  const tasks = ended?.tasks ?? tasksOf(swarm, runId);
  return {
    runId,
    seq,
    headSeq: archive.headSeq(),
    event: newest,
    afterMs: Math.max(0, atMs - startMs),
    state: run === undefined ? (ended?.state ?? 'not-begun') : stateOf(run),
    tasks: tasks.map((task) => {
      // It becomes ready by what happens to others.
      const sinceMs = task.status === 'ready' ? task.sinceMs : since.get(task.identity.id);
      return {
        name: task.identity.spec.name,
        status: task.status,
        attempt: task.attempt,
        agent: isActive(task) ? task.agentId : undefined,
        sinceMs: sinceMs === undefined ? undefined : sinceMs - startMs,
      };
    }),
    openVotes: [...swarm.openProposals].filter((id) => runOf(id) === runId),
    spent: ended?.spent ?? spentOf(swarm, runId),
    owed: owedEffects(swarm).map(({ type, ...rest }) => `${type} ${JSON.stringify(rest)}`),
  };
}

function tasksOf(swarm: Swarm, runId: RunId): readonly Task[] {
  return [...swarm.tasks.values()].filter(({ identity }) => identity.runId === runId);
}

function spentOf({ runs }: Swarm, runId: RunId): Spent | undefined {
  const account = runs.get(runId)?.account;
  if (account === undefined) return undefined;
  const { spentTokens, spentMicros } = account.figures;
  return { attempts: account.attempts, tokens: spentTokens, costMicros: spentMicros };
}

/** Open runs that the lists show otherwise than the records say. */
function differentRuns(archive: RunArchive, { runs }: Swarm): readonly string[] {
  return [...runs.values()].flatMap((run) => {
    const shown = archive.run(run.id)?.state;
    return shown === stateOf(run) ? [] : [`run ${run.id} is ${stateOf(run)}, shown as ${String(shown)}`];
  });
}

function differentTasks(archive: RunArchive, tasks: Iterable<Task>): readonly string[] {
  return [...tasks].flatMap(({ identity: { id }, status, attempt }) => {
    const shown = archive.task(id);
    if (shown?.status === status && shown.attempt === attempt) return [];
    return [
      `task ${id} is ${status}, attempt ${attempt}, shown as ${shown?.status ?? 'nothing'}, ${shown?.attempt ?? 0}`,
    ];
  });
}
