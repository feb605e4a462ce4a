import { realpath } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { SystemClock } from '../adapters/system/system-clock.ts';
import type { FunctionRegistry } from '../agents/drivers/function/registered-function.ts';
import { readEnvironment } from '../config/environment.ts';
import type { AlertsGiven } from '../config/alert-rules.ts';
import { liveOptions } from '../config/live-options.ts';
import { type Config, loadConfig } from '../config/load-config.ts';
import type { NotifiersGiven } from '../config/notifiers.ts';
import type { Notice } from '../core/health/notice.ts';
import type { Choice } from '../core/consensus/proposal-spec.ts';
import { NAME_PATTERN, proposalId, runId } from '../core/ids.ts';
import type { Json } from '../core/json.ts';
import type { BudgetSpec } from '../core/runs/run-spec.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { ProposalRecord, RunArchive, RunRecord } from '../ports/run-archive.ts';
import { userError, UserErrors } from '../util/user-error.ts';
import { compile } from '../workflows/compile.ts';
import type { CompiledWorkflow } from '../workflows/compiled-workflow.ts';
import type { AgentGroupDefinition, WorkflowDefinition } from '../workflows/definition.ts';
import { formatPath } from '../workflows/diagnostics.ts';
import { checkedCommand } from './checked-command.ts';
import { compileOptionsOf } from './compile-options.ts';
import { connectStore } from './connect-store.ts';
import type { CommandAnswer, CommandRefusal, Coordinator } from './coordinator.ts';
import { type DataFolder, dataFolderFor, refuseForeign, refuseTracked } from './data-folder.ts';
import { type AnyFunction, registered } from './define.ts';
import { FileStore } from './file-store.ts';
import { MemoryStore } from './memory-store.ts';
import { RunHandle } from './run-handle.ts';
import type { Store } from './store.ts';
import { SwarmMemory } from './swarm-memory.ts';

/** Records that are read from the store at once. */
const PAGE_RECORDS = 1_000;

export type SwarmOptions = Readonly<{
  /** The project: where commands run and, in its `.waggle` folder, data is kept. @default the current folder */
  dir?: string;
  /** Keeps everything in memory: nothing survives the process, and no other process takes part. @default false */
  memory?: boolean;
  /** By the name that tasks use. Where another process leads the store, this one runs them as a host of it. */
  functions?: Readonly<Record<string, AnyFunction>>;
  /** Groups of agents, besides the built-in ones; a workflow's own of the same name win. */
  agents?: Readonly<Record<string, AgentGroupDefinition>>;
  /** Options by name, as in `waggle.yaml`: `{ 'coordination.maxAgents': 8 }`. They win over file and environment. */
  options?: Readonly<Record<string, unknown>>;
  /** Rules of alerts by name, key by key over those of `waggle.yaml`: `{ stuck: { condition: 'tasks_ready > 100', for: '5m' } }`. */
  alerts?: AlertsGiven;
  /** Who is told of notices, by name, besides those of `waggle.yaml`. */
  notifiers?: NotifiersGiven;
  /** Told of every notice in this process while it leads: alerts, lost agents, open breakers. Once, over restarts too. */
  onNotice?: (notice: Notice) => void;
  /** Told in one sentence what does not work as it should but needs no stop. */
  onTrouble?: (message: string) => void;
}>;

export type RunOptions = Readonly<{
  /** Values of the workflow's inputs. */
  inputs?: Readonly<Record<string, Json>>;
  /** Cancels the run when it aborts. */
  signal?: AbortSignal;
  /** Wins over the workflow's own, key by key. Times in ms, money in micro-dollars. */
  budget?: BudgetSpec;
  /**
   * Giving the same id and the same workflow again gives the same run, also after a crash: letters, digits, `.`, `_`
   * and `-`, at most 64. @default a new one
   */
  id?: string;
  /** For people and lists. */
  labels?: Readonly<Record<string, string>>;
}>;

/** A person's vote, or that of a member who can show what it must. */
export type VoteOptions = Readonly<{
  /** `ann`, who votes as the member `user:ann`; or the id of a member, with `credential`. */
  as: string;
  choice: Choice;
  /** Hash of what the voter has looked at. @default the proposal's own: the vote is for whatever it is about */
  contentHash?: string;
  /** For people. */
  reason?: string;
  /** The text that the member's `credentialHash` was made from. Never stored. */
  credential?: string;
  /** Makes a rejection a veto, where the member may: a program that ends with 0 when it shows what is wrong. */
  reproduce?: readonly string[];
}>;

/**
 * A coordinator in your program: it runs workflows durably and goes on with them after a crash.
 *
 * ```ts
 * await using swarm = await Swarm.open({ functions: { greet: () => 'hello' } });
 * const run = await swarm.run(defineWorkflow({ name: 'hello' }, ({ task }) => task('greet', { function: 'greet' })));
 * const { ok } = await run.finished;
 * ```
 */
export class Swarm implements AsyncDisposable {
  /** What the project remembers. */
  readonly memory: SwarmMemory;
  readonly #coordinator: Coordinator;
  readonly #store: Store;
  readonly #config: Config;
  readonly #functions: readonly string[];
  readonly #agents: Readonly<Record<string, AgentGroupDefinition>>;

  private constructor(parts: Parts, coordinator: Coordinator) {
    this.memory = new SwarmMemory(coordinator);
    this.#coordinator = coordinator;
    this.#store = parts.store;
    this.#config = parts.config;
    this.#functions = Object.keys(parts.functions);
    this.#agents = parts.agents;
  }

  /**
   * Opens or makes the store and takes the lead, and interrupted runs go on at once; or follows the process that leads,
   * and runs its own functions for it. Rejects with `UserErrors` for mistakes in options or `waggle.yaml`, and with
   * `Unavailable` when the store is in use, damaged or cannot be written.
   */
  static async open(options: SwarmOptions = {}): Promise<Swarm> {
    const parts = await partsOf(options);
    try {
      return new Swarm(parts, await connect(parts, options));
    } catch (error) {
      await parts.store.close();
      throw error;
    }
  }

  /** Resolves when the run is durable. Rejects with `UserErrors` that name every mistake in the workflow. */
  async run(workflow: WorkflowDefinition, options: RunOptions = {}): Promise<RunHandle> {
    const { id, signal } = options;
    if (id !== undefined && !NAME_PATTERN.test(id)) throw badId(id);
    const compiled = this.#compile(workflow, options);
    const answer = await this.#coordinator.submit({ ...compiled, ...(id === undefined ? {} : { runId: runId(id) }) });
    if (!answer.ok) throw refused(answer.refusal);
    const handle = this.#handle(answer.runId);
    if (signal !== undefined) cancelWith(handle, signal);
    return handle;
  }

  /** Runs that are not over: those that went on by themselves, and those that stand still, which go on now. Oldest first. */
  async resume(): Promise<readonly RunHandle[]> {
    const open = this.runs({ states: ['running', 'paused', 'waiting'] }).toReversed();
    for (const { runId: id, state } of open) {
      if (state === 'paused') await this.#coordinator.command({ type: 'run.resume', runId: id });
    }
    return open.map((record) => this.#handle(record.runId));
  }

  /** A handle on a run by its id; undefined when the store has none of that name. */
  find(id: string): RunHandle | undefined {
    const record = this.#archive()?.run(runId(id));
    return record === undefined ? undefined : this.#handle(record.runId);
  }

  /** Runs in the store, newest first. */
  runs(filter?: Parameters<RunArchive['runs']>[0]): readonly RunRecord[] {
    return this.#archive()?.runs(filter) ?? [];
  }

  /**
   * Everything that has happened in this store until now, in order: runs, agents, breakers, alerts, memory. What comes
   * later is seen by the next call with the newest `seq`.
   * @yields committed records after `afterSeq`
   */
  *records(afterSeq = 0): Generator<JournalRecord, void, undefined> {
    let seq = afterSeq;
    for (;;) {
      const page = this.#archive()?.recordsAfter(seq, PAGE_RECORDS) ?? [];
      yield* page;
      if (page.length < PAGE_RECORDS) return;
      seq = page.at(-1)?.seq ?? seq;
    }
  }

  /** Proposals of one run or of all in the store, in the order in which they were opened, with their votes. `limit`: the newest. */
  proposals(run?: string, { limit }: Readonly<{ limit?: number }> = {}): readonly ProposalRecord[] {
    const ofRun = run === undefined ? {} : { runId: runId(run) };
    return this.#archive()?.proposals({ ...ofRun, ...(limit === undefined ? {} : { limit }) }) ?? [];
  }

  /**
   * Votes from outside of all attempts; durable when it resolves. `proposal`: `<run>/<name>`. Agents and tasks vote
   * in their own functions, with `call.proposals`. A refused vote is an answer; rejects with `UserErrors` for what is
   * no vote at all.
   */
  async vote(proposal: string, { as, ...options }: VoteOptions): Promise<CommandAnswer> {
    const [run = '', ...name] = proposal.split('/');
    const id = proposalId(runId(run), name.join('/'));
    const contentHash = options.contentHash ?? this.#archive()?.proposal(id)?.spec.contentHash;
    if (contentHash === undefined) return { ok: false, refusal: { reason: 'proposal-unknown' } };
    const memberId = options.credential === undefined && !as.startsWith('user:') ? `user:${as}` : as;
    const vote = { ...options, contentHash, memberId };
    return this.#coordinator.command(checkedCommand({ type: 'proposal.vote', proposalId: id, vote }));
  }

  /**
   * Takes nothing new, ends running attempts uncharged, and closes. Open runs go on when the store is next opened.
   * Calling it twice does no harm.
   */
  async close(): Promise<void> {
    await this.#coordinator.drain();
    await this.#store.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #compile(workflow: WorkflowDefinition, { inputs, budget, labels }: RunOptions): CompiledWorkflow {
    const common = compileOptionsOf(this.#config);
    const result = compile(workflow, {
      ...common,
      source: 'code',
      agents: { ...common.agents, ...this.#agents },
      functions: this.#functions,
      ...(inputs === undefined ? {} : { inputs }),
      ...(budget === undefined ? {} : { budget }),
      ...(labels === undefined ? {} : { labels }),
    });
    if (result.ok) return result.compiled;
    const errors = result.diagnostics.filter(({ severity }) => severity === 'error');
    throw new UserErrors(
      errors.map(({ code, path, message, fix }) => userError({ code, at: formatPath(path), message, fix })),
    );
  }

  #archive(): RunArchive | undefined {
    return this.#store.archive();
  }

  #handle(id: RunRecord['runId']): RunHandle {
    return new RunHandle(id, this.#coordinator, () => this.#archive());
  }
}

type Parts = Readonly<{
  root: string;
  store: Store;
  config: Config;
  environment: ReturnType<typeof readEnvironment>;
  functions: FunctionRegistry;
  agents: Readonly<Record<string, AgentGroupDefinition>>;
  workspaces: string;
  shared: DataFolder | undefined;
}>;

async function partsOf({
  dir = '.',
  memory = false,
  functions = {},
  agents = {},
  options = {},
  alerts,
  notifiers,
}: SwarmOptions): Promise<Parts> {
  const environment = readEnvironment();
  const root = await realpath(dir).catch(() => {
    throw userError({ code: 'NOT_A_FOLDER', at: dir, message: `There is no folder "${dir}".`, fix: 'Make it first.' });
  });
  const flags = Object.fromEntries(Object.entries(options).map(([name, value]) => [name, { value, flag: name }]));
  const extra = { ...(alerts === undefined ? {} : { alerts }), ...(notifiers === undefined ? {} : { notifiers }) };
  const config = await loadConfig({ root, environment, flags, cores: availableParallelism(), ...extra });
  const registry = Object.fromEntries(Object.entries(functions).map(([name, one]) => [name, registered(one)]));
  const common = { root, config, environment, functions: registry, agents };
  const clock = new SystemClock();
  if (memory) {
    const store = new MemoryStore(clock, config.options.memory);
    return { ...common, store, workspaces: store.folder, shared: undefined };
  }
  const folder = await dataFolderFor(root, environment.home);
  await refuseForeign(folder.path);
  await refuseTracked(root, folder, environment);
  return {
    ...common,
    store: new FileStore(folder, clock, config.options.memory),
    workspaces: folder.workspaces,
    shared: folder,
  };
}

async function connect(parts: Parts, { onNotice, onTrouble }: SwarmOptions): Promise<Coordinator> {
  const { root, store, config, environment, functions, workspaces, shared } = parts;
  return connectStore({
    root,
    store,
    workspaces,
    options: config.options,
    alerts: config.alerts,
    notifiers: config.notifiers,
    live: liveOptions(config.explained),
    environment,
    functions,
    shared,
    ...(onNotice === undefined ? {} : { onNotice }),
    ...(onTrouble === undefined ? {} : { onTrouble }),
  });
}

function cancelWith(handle: RunHandle, signal: AbortSignal): void {
  const cancel = (): void => void handle.cancel('the signal of the program aborted').catch(() => undefined);
  if (signal.aborted) return cancel();
  signal.addEventListener('abort', cancel, { once: true });
  void handle.finished.catch(() => undefined).then(() => signal.removeEventListener('abort', cancel));
}

function badId(id: string): Error {
  const message = `"${id}" cannot be the id of a run.`;
  return userError({ code: 'RUN_ID', message, fix: 'Use letters, digits, ".", "_" and "-", at most 64.' });
}

function refused(refusal: CommandRefusal): Error {
  const problems = 'problems' in refusal ? refusal.problems : [];
  if (problems.length > 0) {
    const errors = problems.map((message) => userError({ code: 'RUN_REFUSED', message, fix: 'Change the workflow.' }));
    return new UserErrors(errors);
  }
  const message = `The run was refused: ${refusal.reason}.`;
  const fix = refusal.reason === 'run-conflict' ? 'Use another id: this one has another workflow.' : 'Try again later.';
  return userError({ code: 'RUN_REFUSED', message, fix });
}
