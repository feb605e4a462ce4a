import type { CountedVote, Proposal } from '../core/consensus/proposal.ts';
import type { ActionFailure, ActionResult, ProposalSpec } from '../core/consensus/proposal-spec.ts';
import { type ProposalId, runOf } from '../core/ids.ts';
import type { SwarmInput } from '../core/inputs.ts';
import type { Swarm } from '../core/swarm-state.ts';
import { assert } from '../util/assert.ts';
import type { ApprovedProposal, ProposalDuties, VetoToConfirm } from '../ports/proposal-duties.ts';
import type { LedTime } from './led-time.ts';
import type { Wait, Waits } from './waits.ts';

/** After this an action counts as ended without a known outcome, ms. */
const ACTION_TIMEOUT_MS = 600_000;
/** Programs of vetoes at the same time; others wait their turn, and their time runs. */
const MAX_CHECKS = 2;
const MAX_MESSAGE_CHARS = 2_000;

export type ProposalSurroundings = Readonly<{
  swarm: Swarm;
  waits: Waits;
  time: LedTime;
  feed: (input: SwarmInput) => void;
}>;

/** One veto that is being checked, or waits for that. */
type Check = Readonly<{
  revision: number;
  veto: VetoToConfirm;
  controller: AbortController;
  /** Its time is over: the core says so itself. */
  deadline: Wait;
}>;

/** What this process does for votes: it runs the programs of vetoes, and does what was approved. */
export class ProposalWork {
  readonly #duties: ProposalDuties | undefined;
  readonly #surroundings: ProposalSurroundings;
  readonly #checks = new Map<string, Check>();
  readonly #waiting = new Set<Check>();
  readonly #actions = new Map<ProposalId, AbortController>();
  #running = 0;
  #isDraining = false;
  #isStopped = false;

  /** Without `duties` no veto is ever confirmed, and every action fails: nobody here can do either. */
  constructor(duties: ProposalDuties | undefined, surroundings: ProposalSurroundings) {
    this.#duties = duties;
    this.#surroundings = surroundings;
  }

  /** Actions under way. */
  get count(): number {
    return this.#actions.size;
  }

  /** An action that nobody can do is not worth a vote. */
  findProblems({ action }: ProposalSpec): readonly string[] {
    return action === undefined ? [] : (this.#duties?.findProblems(action) ?? []);
  }

  /** Asking twice for the same revision starts one check; a later revision takes the place of an older one. */
  confirmVeto(proposalId: ProposalId, memberId: string, revision: number): void {
    const proposal = this.#surroundings.swarm.proposals.get(proposalId);
    const vote = proposal?.votes.find((one) => one.memberId === memberId);
    if (this.#isDraining || vote?.revision !== revision || vote.veto?.finding !== 'being-checked') return;
    const key = keyOf(proposalId, memberId);
    const earlier = this.#checks.get(key);
    if (earlier?.revision === revision) return;
    if (earlier !== undefined) this.#drop(earlier);
    const check = this.#newCheck(proposalId, vote, vote.veto);
    this.#checks.set(key, check);
    this.#waiting.add(check);
    this.#startChecks();
  }

  stopVetoChecks(proposalId: ProposalId): void {
    for (const check of this.#checks.values()) if (check.veto.proposalId === proposalId) this.#drop(check);
  }

  /** Safe to call twice: an action under way is not begun again. */
  perform(proposalId: ProposalId): void {
    const proposal = this.#surroundings.swarm.proposals.get(proposalId);
    if (this.#isDraining || this.#actions.has(proposalId) || proposal === undefined) return;
    const approved = this.#approvedOf(proposal);
    if (approved === undefined) return;
    const controller = new AbortController();
    this.#actions.set(proposalId, controller);
    void this.#act(approved, controller);
  }

  /** Drops the checks, which the next lead does again. Actions under way are let to their end; nothing more begins. */
  drain(): void {
    this.#isDraining = true;
    for (const check of this.#checks.values()) this.#drop(check);
  }

  /** Nothing starts any more, and what still comes goes nowhere: the next lead owes it again. */
  close(): void {
    this.#isStopped = true;
    this.drain();
    for (const controller of this.#actions.values()) controller.abort('lead-lost');
  }

  #newCheck(
    proposalId: ProposalId,
    { memberId, revision }: CountedVote,
    { reproduce, dueMs }: CountedVote['veto'] & object,
  ): Check {
    const veto = { proposalId, memberId, reproduce, ...this.#placeOf(proposalId) };
    const controller = new AbortController();
    const drop = (): void => this.#drop(check);
    const deadline = this.#surroundings.waits.add(dueMs, drop);
    const check: Check = { revision, veto, controller, deadline };
    return check;
  }

  #drop(check: Check): void {
    this.#surroundings.waits.remove(check.deadline);
    this.#waiting.delete(check);
    const key = keyOf(check.veto.proposalId, check.veto.memberId);
    if (this.#checks.get(key) === check) this.#checks.delete(key);
    check.controller.abort('not-needed');
  }

  #startChecks(): void {
    for (const check of this.#waiting) {
      if (this.#running >= MAX_CHECKS) return;
      this.#waiting.delete(check);
      this.#running++;
      void this.#check(check);
    }
  }

  async #check(check: Check): Promise<void> {
    const isShown = await this.#isShown(check);
    this.#running--;
    if (!check.controller.signal.aborted) {
      const { proposalId, memberId } = check.veto;
      const { revision } = check;
      const finding = isShown ? 'confirmed' : 'refuted';
      this.#drop(check);
      this.#surroundings.feed({ type: 'proposal.judge-veto', proposalId, memberId, revision, finding });
    }
    this.#startChecks();
  }

  async #isShown({ veto, controller }: Check): Promise<boolean> {
    try {
      return (await this.#duties?.confirmVeto(veto, controller.signal)) ?? false;
    } catch {
      return false; // by contract: not shown
    }
  }

  async #act(approved: ApprovedProposal, controller: AbortController): Promise<void> {
    const { proposalId } = approved;
    const { waits, time, feed } = this.#surroundings;
    const late = Promise.withResolvers<ActionResult>();
    const deadline = waits.add(time.nowMs() + ACTION_TIMEOUT_MS, () => {
      controller.abort('timed-out');
      late.resolve(failed({ reason: 'timed-out', afterMs: ACTION_TIMEOUT_MS }));
    });
    const result = await Promise.race([this.#result(approved, controller.signal), late.promise]);
    waits.remove(deadline);
    this.#actions.delete(proposalId);
    const end = result ?? this.#givenUp(approved);
    if (!this.#isStopped && end !== undefined) feed({ type: 'proposal.end-action', proposalId, result: end });
  }

  /** What another process can do stays owed, and the next lead is asked again; but nobody waits for it in a run that was cancelled. */
  #givenUp({ runId }: ApprovedProposal): ActionResult | undefined {
    if (this.#surroundings.swarm.runs.get(runId)?.ending?.state !== 'cancelled') return undefined;
    const message =
      'the run was cancelled, and nobody here can do it; whether a process before this one had begun is not known';
    return failed({ reason: 'failed', message });
  }

  /** Only what was voted on is acted on: what is there now must have the hash that the votes were given for. */
  async #result(approved: ApprovedProposal, signal: AbortSignal): Promise<ActionResult | undefined> {
    if (this.#duties === undefined) return failed({ reason: 'failed', message: 'nobody here can do it' });
    try {
      const loaded = await this.#duties.load(approved, signal);
      if (loaded === 'not-here') return undefined;
      if (loaded === undefined) return failed({ reason: 'content-changed' });
      if (loaded.contentHash !== approved.contentHash) {
        return failed({ reason: 'content-changed', foundHash: loaded.contentHash });
      }
      await loaded.act(approved.proposalId, signal);
      return { ok: true };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return failed({ reason: 'failed', message: message.slice(0, MAX_MESSAGE_CHARS) });
    }
  }

  #approvedOf(proposal: Proposal): ApprovedProposal | undefined {
    const { id: proposalId, spec } = proposal;
    if (proposal.status !== 'approved' || proposal.action !== 'owed' || spec.action === undefined) return undefined;
    const { subject, contentHash, action } = spec;
    return { proposalId, subject, contentHash, action, ...this.#placeOf(proposalId) };
  }

  #placeOf(proposalId: ProposalId): Pick<ApprovedProposal, 'runId' | 'project'> {
    const runId = runOf(proposalId);
    const run = this.#surroundings.swarm.runs.get(runId);
    assert(run !== undefined, `proposal ${proposalId} has no run`);
    return { runId, project: run.spec.project };
  }
}

function failed(failure: ActionFailure): ActionResult {
  return { ok: false, failure };
}

function keyOf(proposalId: ProposalId, memberId: string): string {
  return `${proposalId} ${memberId}`;
}
