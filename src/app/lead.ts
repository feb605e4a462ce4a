import type { HostSpec } from '../core/agents/agent-spec.ts';
import { isOpen, owesAction } from '../core/consensus/proposal.ts';
import type { RunId } from '../core/ids.ts';
import type { JsonObject } from '../core/json.ts';
import { needsVerification } from '../core/tasks/decide-task.ts';
import type { Run } from '../core/runs/run.ts';
import type { RunSpec } from '../core/runs/run-spec.ts';
import type { Work } from '../core/tasks/task-spec.ts';
import type { Answer } from '../engine/answer.ts';
import { Engine } from '../engine/engine.ts';
import type { EngineOptions, EnginePorts } from '../engine/engine-options.ts';
import type { Past } from '../engine/past.ts';
import { DecisionLog } from '../memory/decision-log.ts';
import { TaskHistory } from '../memory/task-history.ts';
import type { TieredMemory } from '../memory/tiered-memory.ts';
import type { LeaderLease } from '../ports/leader-lease.ts';
import type { Logger } from '../ports/logger.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { Workspaces } from '../ports/workspace.ts';
import type { LocalCommand } from '../server/local-socket-commands.ts';
import type { LeaderAnswers, LocalSocketServer } from '../server/local-socket-server.ts';
import type { MemoryAsk, MemoryReply } from '../server/memory-asks.ts';
import { MemoryDesk } from '../server/memory-desk.ts';
import { outsideVote } from '../server/outside-votes.ts';
import { withEstimates } from './estimates.ts';
import { FUNCTIONS_MISSING, OTHER_FOLDER, reasonOfPerson } from './pause-reasons.ts';
import type { RunSubmit } from './submission.ts';

/** Captures of projects, with what only the leader does about them. */
export type LeadWorkspaces = Workspaces &
  Readonly<{ removeLeftOvers: (isNeeded: (key: string) => boolean, isHeld: () => boolean) => Promise<void> }>;

/** Made by the composition root for each lead. `journal` and `memory` are closed by the lead. */
export type LeadParts = Readonly<{
  ports: Omit<EnginePorts, 'sink'>;
  memory: TieredMemory;
  options: EngineOptions;
  /** What the lead was taken with; rejects when it could not be. */
  past: Promise<Past>;
  workspaces: LeadWorkspaces;
  host: HostSpec;
  /** Absolute path of the project; runs of other folders are refused. */
  project: string;
  /** Functions that this process can run. */
  knowsFunction: (name: string) => boolean;
  /** Listens for other processes; undefined when there can be none. */
  listen: ((answers: LeaderAnswers, isHeld: () => boolean) => Promise<LocalSocketServer>) | undefined;
  /** Told what does not work as it should but needs no stop. */
  onTrouble: ((message: string) => void) | undefined;
  /** What happened to leads, for whoever looks into trouble afterwards. */
  logger: Logger;
  /** Resolves when the host has heard that it is to drain. Undefined where there can be no hosts. */
  whenDraining: ((host: string, signal: AbortSignal) => Promise<boolean>) | undefined;
  /** Worker processes that this lead has started hand back what they run, and end. */
  endWorkers: () => Promise<void>;
  /** Ends what only this lead has used. */
  close: () => Promise<void>;
}>;

/** How long a brief leader waits for a host that is to drain, and how often it looks whether it has come, ms. */
const HOST_HEARS_MS = 3_000;
const HOST_LOOK_MS = 100;

const NO_ROOM =
  'The disk is full. What runs may end, and nothing new begins; free some room, and it goes on by itself.';
const ROOM_AGAIN = 'There is room on the disk again. Going on.';

/** One lead of a swarm, from the lock to its release: the engine, the socket for followers, the captures. */
export class Lead {
  /** For people and programs outside of all attempts. */
  readonly memory: MemoryDesk;
  readonly #parts: LeadParts;
  readonly #lease: LeaderLease;
  readonly #engine: Engine;
  readonly #end: Promise<string>;
  #server: LocalSocketServer | undefined;
  /** Settles when the socket is open or will not be. */
  #listening: Promise<void> | undefined;
  /** It is being released, or has been. */
  #isOver = false;
  #history: TaskHistory | undefined;
  #decisions: DecisionLog | undefined;
  #resumed: readonly RunId[] = [];

  private constructor(parts: LeadParts, lease: LeaderLease, engine: Engine) {
    this.#parts = parts;
    this.#lease = lease;
    this.#engine = engine;
    const invalidate = engine.invalidateMemory.bind(engine);
    this.memory = new MemoryDesk({ tiers: parts.memory, invalidate });
    void lease.lost.then((reason) => engine.stop(`lease-lost: ${reason}`));
    this.#end = engine.ended.then((reason) => this.#release(reason));
  }

  /**
   * Begins a lead with a lock that was taken for it. When it rejects, the lock is given back. One that is lost meanwhile,
   * because this process was stopped, has ended like any other when it is given.
   */
  static async begin(
    parts: LeadParts,
    lease: LeaderLease,
    onRecords: (records: readonly JournalRecord[]) => void,
  ): Promise<Lead> {
    let lead: Lead | undefined;
    const sink = {
      committed: (records: readonly JournalRecord[]): void => {
        onRecords(records);
        lead?.see(records);
      },
    };
    try {
      const onFull = (isFull: boolean): void => parts.onTrouble?.(isFull ? NO_ROOM : ROOM_AGAIN);
      const engine = await Engine.lead({ ...parts.ports, sink }, { ...parts.options, onFull }, parts.past);
      lead = new Lead(parts, lease, engine);
      await lead.#start();
      parts.logger.log('info', 'lead taken', { epoch: engine.epoch, resumed: lead.resumed });
      return lead;
    } catch (error) {
      if (lead !== undefined && lead.#isOver) return lead;
      parts.logger.log('error', 'the lead could not be taken', { error });
      if (lead === undefined) await releaseAll(parts, lease);
      else await lead.abandonTidily();
      throw error;
    }
  }

  /** Interrupted runs that go on with this lead. */
  get resumed(): readonly RunId[] {
    return this.#resumed;
  }

  /** Resolves with the reason when the lead is over and everything of it is released. */
  get ended(): Promise<string> {
    return this.#end;
  }

  /** Whether another process waits for runs, and nothing would be broken off by giving it the lead. */
  get hasWaitingFollower(): boolean {
    return this.#server?.hasWaiting === true && !this.#engine.mustNotBreakOff;
  }

  async dispatch(command: LocalCommand): Promise<Answer> {
    if (command.type === 'run.submit') return this.#submit(command);
    if (command.type === 'run.resume') return this.#resume(command);
    if (command.type === 'host.drain') return this.#drainHost(command);
    if (command.type === 'run.pause') {
      return this.#engine.dispatch({ ...command, reason: reasonOfPerson(command.reason) });
    }
    if (command.type !== 'proposal.vote') return this.#engine.dispatch(command);
    const vote = outsideVote(command.vote);
    if (vote === undefined) return { ok: false, refusal: { reason: 'credential-wrong' } };
    return this.#engine.dispatch({ ...command, vote });
  }

  /** A host looks for its leader several times a second: a brief one is there until it has heard of it. */
  async #drainHost(command: Extract<LocalCommand, { type: 'host.drain' }>): Promise<Answer> {
    const { options, whenDraining } = this.#parts;
    if (options.isBrief !== true || whenDraining === undefined) return this.#engine.dispatch(command);
    const signal = AbortSignal.timeout(HOST_HEARS_MS);
    const heard = whenDraining(command.host, signal);
    let answer = await this.#engine.dispatch(command);
    while (!answer.ok && answer.refusal.reason === 'host-unknown' && !signal.aborted) {
      await new Promise((resolve) => void setTimeout(resolve, HOST_LOOK_MS));
      answer = await this.#engine.dispatch(command);
    }
    if (answer.ok) await heard;
    return answer;
  }

  see(records: readonly JournalRecord[]): void {
    this.#history?.committed(records);
    this.#decisions?.committed(records);
    if (this.#parts.logger.wants('debug')) this.#logRecords(records);
    if (records.some(({ event }) => event.type === 'host.joined')) void this.#releaseRuns();
    const last = records.at(-1);
    if (last !== undefined) this.#server?.hint(last.seq);
  }

  #logRecords(records: readonly JournalRecord[]): void {
    for (const { seq, event } of records) this.#parts.logger.log('debug', event.type, { seq, ...aboutOf(event) });
  }

  /** Ends the attempts of this process uncharged and gives the lead back. */
  async drain(): Promise<void> {
    // While somebody leads to whom they can hand it back.
    await this.#parts.endWorkers();
    await this.#engine.drain();
    await this.#end;
  }

  /** Kills all attempts and gives the lead back. */
  async abandonTidily(): Promise<void> {
    this.#engine.stop('abandoned');
    await this.#end;
  }

  /** Kills all attempts; the caller ends the process. */
  abandon(): void {
    this.#engine.stop('abandoned');
  }

  async #start(): Promise<void> {
    const { host, memory, workspaces } = this.#parts;
    const open = new Set<string>(this.#engine.openRuns.map(({ runId }) => runId));
    await workspaces.removeLeftOvers(
      (key) => open.has(key),
      () => this.#lease.isHeld(),
    );
    this.#history = await this.#loadHistory(memory);
    this.#decisions = this.#openDecisions();
    await this.#engine.dispatch({ type: 'host.register', host });
    await this.#holdBackRuns();
    this.#resumed = this.#engine.openRuns.filter(({ state }) => state === 'running').map(({ runId }) => runId);
    // Nobody would close it any more.
    if (this.#isOver) return;
    this.#listening = this.#listen();
    await this.#listening;
    this.#engine.start();
  }

  /** Never rejects. */
  async #listen(): Promise<void> {
    const answer = (command: LocalCommand): Promise<Answer> => this.dispatch(command);
    const remember = (ask: MemoryAsk): Promise<MemoryReply> => this.memory.reply(ask);
    try {
      this.#server = await this.#parts.listen?.({ answer, remember }, () => this.#lease.isHeld());
    } catch (error) {
      if (this.#lease.isHeld()) this.#goAlone(error);
    }
  }

  /** Without a socket this process does its own runs; others wait until it has ended. */
  #goAlone(error: unknown): void {
    this.#parts.logger.log('warn', 'no socket for other processes', { error });
    this.#parts.onTrouble?.(`Other processes cannot take part in this project meanwhile: ${messageOf(error)}`);
  }

  async #loadHistory(memory: TieredMemory): Promise<TaskHistory> {
    const history = await TaskHistory.load(memory);
    for (const { runId } of this.#engine.openRuns) {
      const graph = this.#engine.run(runId)?.graph;
      history.know(runId, (name) => {
        const place = graph?.placeOf(name);
        return place === undefined ? undefined : graph?.identity(place).spec.type;
      });
    }
    return history;
  }

  /** With the votes of open runs: what came of them may not have been written before a crash. */
  #openDecisions(): DecisionLog | undefined {
    const { notes } = this.#parts.ports.memory ?? {};
    if (notes === undefined) return undefined;
    const log = new DecisionLog(notes, (error) =>
      this.#parts.logger.log('warn', 'a decision was not noted', { error }),
    );
    const ids = this.#engine.openRuns.flatMap(({ runId }) => [...(this.#engine.run(runId)?.proposals ?? [])]);
    log.know(ids.flatMap((id) => this.#engine.proposal(id) ?? []));
    return log;
  }

  /**
   * Runs with functions that this process does not have wait for the one that has them, instead of failing; those of
   * another folder wait for a lead there, instead of being done twice.
   */
  async #holdBackRuns(): Promise<void> {
    for (const { runId, state } of this.#engine.openRuns) {
      const run = this.#engine.run(runId);
      if (run === undefined) continue;
      const reason = this.#whyNotHere(run);
      if (reason !== undefined && state !== 'paused') await this.#engine.dispatch({ type: 'run.pause', runId, reason });
      const { pausedBecause = '' } = run;
      const waitedForUs = [FUNCTIONS_MISSING, OTHER_FOLDER].some((words) => pausedBecause.startsWith(words));
      if (reason === undefined && waitedForUs) await this.#engine.dispatch({ type: 'run.resume', runId });
    }
  }

  /** A host has come: it may have what a run waits for. */
  async #releaseRuns(): Promise<void> {
    for (const { runId } of this.#engine.openRuns) {
      const run = this.#engine.run(runId);
      if (run?.pausedBecause?.startsWith(FUNCTIONS_MISSING) !== true || this.#whyNotHere(run) !== undefined) continue;
      await this.#engine.dispatch({ type: 'run.resume', runId });
    }
  }

  #whyNotHere(run: Readonly<Run>): string | undefined {
    if (run.spec.project !== this.#parts.project) return `${OTHER_FOLDER}${run.spec.project}`;
    // Tasks that do the same share what says so.
    const calls = new Set<Work | JsonObject>(this.#actionsOf(run));
    for (const { identity } of run.cells) calls.add(identity.spec.work);
    const missing = this.#missingFunctions([...calls], run.spec);
    return missing.length === 0 ? undefined : `${FUNCTIONS_MISSING}${missing.slice(0, 5).join(', ')}`;
  }

  /** What votes of the run may still ask for, or have approved. */
  #actionsOf({ proposals }: Readonly<Run>): readonly JsonObject[] {
    return [...proposals].flatMap((id) => {
      const proposal = this.#engine.proposal(id);
      const isOver = proposal === undefined || !(isOpen(proposal) || owesAction(proposal));
      return isOver || proposal.spec.action === undefined ? [] : [proposal.spec.action];
    });
  }

  /** Not those that a host may bring later. */
  #missingFunctions(calls: readonly (Work | JsonObject)[], { awaits = [] }: RunSpec): readonly string[] {
    const names = calls.flatMap((call) =>
      'function' in call && typeof call.function === 'string' ? [call.function] : [],
    );
    return [...new Set(names)].filter(
      (name) => !this.#parts.knowsFunction(name) && !this.#mayCome(`function:${name}`, awaits),
    );
  }

  #mayCome(capability: string, awaits: readonly string[]): boolean {
    return awaits.includes(capability) || this.#engine.hasOnHosts(capability);
  }

  async #resume(input: Extract<LocalCommand, { type: 'run.resume' }>): Promise<Answer> {
    const { project = this.#parts.project } = this.#engine.run(input.runId)?.spec ?? {};
    if (project === this.#parts.project) return this.#engine.dispatch(input);
    return invalid(`the run is about "${project}": go on there, or cancel it and retry it here`);
  }

  async #submit(input: RunSubmit): Promise<Answer> {
    const { project, workspaces } = this.#parts;
    if (input.run.project !== project) {
      return invalid(`the run is about "${input.run.project}", but this store belongs to "${project}"`);
    }
    const missing = this.#missingFunctions(
      input.tasks.map(({ work }) => work),
      input.run,
    );
    if (missing.length > 0) return invalid(`no process that is here has the function "${missing.join('", "')}"`);
    const tasks =
      this.#history === undefined ? input.tasks : withEstimates(input.tasks, this.#history, this.#parts.host);
    const known = this.#engine.run(input.runId) !== undefined;
    if (known || !tasks.some(needsVerification)) return this.#engine.dispatch({ ...input, tasks });
    try {
      // Before anything runs: checks see the project as it is now.
      await workspaces.capture(input.runId, project, new AbortController().signal);
    } catch (error) {
      return invalid(`no clean copy can be made of the project: ${messageOf(error)}`);
    }
    const answer = await this.#engine.dispatch({ ...input, tasks });
    if (this.#engine.run(input.runId) === undefined) await workspaces.forget(input.runId);
    return answer;
  }

  /** Followers are told last: then the lock is free for them. */
  async #release(reason: string): Promise<string> {
    this.#isOver = true;
    // What was learned helps the next run, and nothing else rests on it.
    await this.#history?.close().catch(() => {});
    await this.#decisions?.close();
    const isPlanned = reason === 'drained' || reason === 'abandoned';
    this.#parts.logger.log(isPlanned ? 'info' : 'error', 'lead ended', { epoch: this.#engine.epoch, reason });
    await releaseAll(this.#parts, this.#lease);
    await this.#listening;
    await this.#server?.close();
    return reason;
  }
}

/** Ids alone: what people and programs have written stays in the journal. */
function aboutOf(event: JournalRecord['event']): Readonly<Record<string, unknown>> {
  const named = Object.entries(event).filter(
    ([key, value]) => /(?:Id|^key|^host|^name)$/.test(key) && typeof value === 'string',
  );
  return Object.fromEntries(named);
}

/** What cannot be closed is given up: the next lead opens its own. */
async function releaseAll({ ports, memory, close }: LeadParts, lease: LeaderLease): Promise<void> {
  await Promise.allSettled([memory.close(), ports.journal.close(), close()]);
  await lease.release().catch(() => {});
}

function invalid(problem: string): Answer {
  return { ok: false, refusal: { reason: 'graph-invalid', problems: [problem] } };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
