import { randomUUID } from 'node:crypto';
import type { ProposalSpec } from '../core/consensus/proposal-spec.ts';
import { type RunId, taskId } from '../core/ids.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { RunOutcome } from '../core/runs/run-spec.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { MessageFilter } from '../core/read-tables/message-tables.ts';
import type { MessageRecord, RunArchive, RunRecord, TaskRecord } from '../ports/run-archive.ts';
import type { OutgoingMessage } from '../ports/run-messages.ts';
import { userError } from '../util/user-error.ts';
import { checkedCommand } from './checked-command.ts';
import type { CommandAnswer, Coordinator } from './coordinator.ts';
import { type FunctionDefinition, validate } from './define.ts';

/** Who a message is from. `as`: `ann` writes as `user:ann`. @default program */
export type SenderOptions = Readonly<{ as?: string }>;

/** A function whose results are checked, so that they can be read back with their type. */
type WithOutput<Output> = Pick<FunctionDefinition<never, Output>, 'output'>;

/** Whether more can come, for a reader of events: one for all its waits. */
type Over = { error: Error | undefined; tell: (error: Error) => void };

/** How a run ended, and what its tasks left. */
export class RunResult {
  readonly id: RunId;
  readonly outcome: RunOutcome;
  readonly #record: RunRecord;
  readonly #archive: RunArchive;

  constructor(record: RunRecord, outcome: RunOutcome, archive: RunArchive) {
    this.id = record.runId;
    this.outcome = outcome;
    this.#record = record;
    this.#archive = archive;
  }

  /** All tasks succeeded or were skipped. */
  get ok(): boolean {
    return this.outcome.state === 'succeeded';
  }

  /** Tasks by status, wall times and what was submitted. */
  get record(): RunRecord {
    return this.#record;
  }

  /** In the order of the definition, with evidence, outputs and failures. */
  get tasks(): readonly TaskRecord[] {
    return this.#archive.tasks(this.id);
  }

  /** Undefined when the run has no task of that name. */
  task(name: string): TaskRecord | undefined {
    return this.#archive.task(taskId(this.id, name));
  }

  /** Outputs of a task by name; empty when it did not succeed. */
  outputs(task: string): JsonObject {
    return this.task(task)?.outputs ?? {};
  }

  /** What a function returned. Rejects when the task did not succeed. */
  async value(task: string): Promise<Json>;
  /** The same, checked and typed by the function's `output` schema. */
  async value<Output>(task: string, definition: WithOutput<Output>): Promise<Output>;
  async value<Output>(task: string, definition?: WithOutput<Output>): Promise<Json | Output> {
    const found = this.task(task);
    if (found?.status !== 'succeeded') throw noValue(this.id, task, found);
    const outputs = found.outputs ?? {};
    const value = Object.hasOwn(outputs, 'result') ? (outputs['result'] ?? null) : outputs;
    return definition?.output === undefined ? value : validate(definition.output, value, `result of ${task}`);
  }
}

/** A run that was submitted. It goes on whether anybody holds a handle or not. */
export class RunHandle {
  readonly id: RunId;
  readonly #coordinator: Coordinator;
  readonly #archive: () => RunArchive | undefined;
  #finished: Promise<RunResult> | undefined;

  constructor(id: RunId, coordinator: Coordinator, archive: () => RunArchive | undefined) {
    this.id = id;
    this.#coordinator = coordinator;
    this.#archive = archive;
  }

  /** Resolves when the run has ended, also when it failed: look at `ok`. Rejects when the swarm is closed before. */
  get finished(): Promise<RunResult> {
    return (this.#finished ??= this.#result());
  }

  /**
   * Everything that happens in the run, from its first event to `run.finished`, in order and each once. A reader that
   * is slow or comes late misses nothing: what is not read yet stays in the journal. Rejects when the swarm is closed
   * before.
   * @yields committed records of this run
   */
  async *events(): AsyncGenerator<JournalRecord, void, undefined> {
    let seq = 0;
    const over: Over = { error: undefined, tell: () => {} };
    void this.#coordinator.over.then(({ error }) => {
      over.error = error;
      over.tell(error);
    });
    for (;;) {
      const page = await this.#nextRecords(seq, over);
      for (const record of page) {
        yield record;
        if (record.event.type === 'run.finished') return;
      }
      seq = page.at(-1)?.seq ?? seq;
    }
  }

  /** Ends running attempts, starts none. Resolves when that is durable; an ended run stays as it is. */
  async cancel(reason = 'cancelled by the program'): Promise<CommandAnswer> {
    return this.#coordinator.command(checkedCommand({ type: 'run.cancel', runId: this.id, reason }));
  }

  /** Running attempts are ended without being charged; nothing starts until `resume`. */
  async pause(reason = 'paused by the program'): Promise<CommandAnswer> {
    return this.#coordinator.command(checkedCommand({ type: 'run.pause', runId: this.id, reason }));
  }

  async resume(): Promise<CommandAnswer> {
    return this.#coordinator.command({ type: 'run.resume', runId: this.id });
  }

  /** Opens a proposal in this run; durable when it resolves. The same again is answered like the first time. Rejects with `UserErrors` for what is no proposal. */
  async propose(proposal: ProposalSpec): Promise<CommandAnswer> {
    return this.#coordinator.command(checkedCommand({ type: 'proposal.open', runId: this.id, proposal }));
  }

  /**
   * A message to tasks, agents or people of this run, from a person; durable when it resolves. With an `id` of its own,
   * sending it again is answered like the first time. A refused message is an answer; rejects with `UserErrors` for
   * what is none.
   */
  async send({ as = 'program', ...message }: OutgoingMessage & SenderOptions): Promise<CommandAnswer> {
    const { id = randomUUID(), type = 'message', ...rest } = message;
    const from = personOf(as);
    return this.#coordinator.command(
      checkedCommand({ type: 'message.send', runId: this.id, from, message: { id, type, ...rest } }),
    );
  }

  /** Messages of this run, oldest first, with what became of them; dead letters are among them. */
  messages(filter?: MessageFilter): readonly MessageRecord[] {
    return this.#archive()?.messages(this.id, filter) ?? [];
  }

  /** Says that a person has dealt with messages, by id; durable when it resolves. Those that do not wait are passed over. */
  async acknowledge(ids: readonly string[], { as = 'program' }: SenderOptions = {}): Promise<CommandAnswer> {
    const address = personOf(as);
    return this.#coordinator.command(checkedCommand({ type: 'message.acknowledge', runId: this.id, address, ids }));
  }

  async #result(): Promise<RunResult> {
    const record = await this.#coordinator.finished(this.id);
    const archive = this.#archive();
    if (record.outcome === undefined || archive === undefined) throw new Error(`Internal error: ${this.id} has no end`);
    return new RunResult(record, record.outcome, archive);
  }

  /** At most one delivery is held: the next is asked for when this one was read. */
  async #nextRecords(afterSeq: number, over: Over): Promise<readonly JournalRecord[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly JournalRecord[]>();
    const stop = this.#coordinator.follow(this.id, resolve, afterSeq);
    // What is in the journal already comes first.
    over.tell = reject;
    if (over.error !== undefined) reject(over.error);
    try {
      return await promise;
    } finally {
      stop();
    }
  }
}

function personOf(name: string): string {
  return name.startsWith('user:') ? name : `user:${name}`;
}

function noValue(id: RunId, task: string, found: TaskRecord | undefined): Error {
  const what = found === undefined ? 'has no such task' : `did not get a result from it: it is ${found.status}`;
  const message = `Run "${id}" ${what} ("${task}").`;
  return userError({ code: 'NO_VALUE', message, fix: 'Look at `task(name)` for its failure.' });
}
