import type { Outcome } from '../core/consensus/outcome.ts';
import { type ClosedProposal, isOpen, type Proposal } from '../core/consensus/proposal.ts';
import { nameOf, type ProposalId, type RunId, runOf, SWARM_ITSELF } from '../core/ids.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { NewDecision } from '../ports/run-memory.ts';
import type { Notes } from './notes.ts';

type About = Readonly<{ title: string; kind: string; subject: string }>;

/** Who has written what votes came to. */
const BY = 'vote';
/** Proposals whose title is kept in mind until they close. */
const MAX_OPEN = 10_000;

/**
 * Writes what votes came to into the decision log of their run. A view: what it could not write is in the journal. Votes
 * on the findings of a check stand in its report and are left out, as are those of the swarm itself, which has no run.
 */
export class DecisionLog implements EventSink {
  readonly #notes: Notes;
  readonly #onTrouble: (error: unknown) => void;
  readonly #open = new Map<ProposalId, About>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(notes: Notes, onTrouble: (error: unknown) => void) {
    this.#notes = notes;
    this.#onTrouble = onTrouble;
  }

  /** Those that were opened before this process took the lead; of the closed ones, what was not written is. */
  know(proposals: readonly Proposal[]): void {
    for (const proposal of proposals) if (isOpen(proposal)) this.#note(proposal.id, proposal.spec);
    const closed = proposals.filter((proposal): proposal is ClosedProposal => !isOpen(proposal));
    for (const [runId, ofRun] of Map.groupBy(closed, ({ id }) => runOf(id))) {
      this.#last = this.#last.then(() => this.#logMissing(runId, ofRun)).catch(this.#onTrouble);
    }
  }

  committed(records: readonly JournalRecord[]): void {
    for (const { event } of records) {
      if (event.type === 'proposal.opened') this.#note(event.proposalId, event.spec);
      if (event.type === 'proposal.closed') this.#log(event.proposalId, event.outcome);
    }
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    // What was not there is written behind the question whether it is.
    let last: Promise<unknown> | undefined;
    while (last !== this.#last) {
      last = this.#last;
      await last;
    }
  }

  /** Asks once for all: a long run has closed many. */
  async #logMissing(runId: RunId, proposals: readonly ClosedProposal[]): Promise<void> {
    const isThere = await this.#notes.decided(runId, BY);
    for (const { id, spec, status } of proposals) {
      if (isThere(nameOf(id))) continue;
      this.#note(id, spec);
      this.#log(id, status);
    }
  }

  #note(id: ProposalId, { title, kind, subject }: About): void {
    const isOfRun = runOf(id) !== SWARM_ITSELF;
    if (isOfRun && kind !== 'finding' && this.#open.size < MAX_OPEN) this.#open.set(id, { title, kind, subject });
  }

  #log(id: ProposalId, outcome: Outcome): void {
    const about = this.#open.get(id);
    this.#open.delete(id);
    if (about === undefined) return;
    const { title, kind, subject } = about;
    const decision: NewDecision = { title: nameOf(id), outcome, why: title, data: { kind, subject } };
    const write = (): Promise<unknown> => this.#notes.decide(runOf(id), BY, decision, { ifVersion: 0 });
    this.#last = this.#last.then(write).catch(this.#onTrouble);
  }
}
