import type { Outcome } from '../core/consensus/outcome.ts';
import { isOpen, type Proposal } from '../core/consensus/proposal.ts';
import { nameOf, type ProposalId, runOf, SWARM_ITSELF } from '../core/ids.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { NewDecision } from '../ports/run-memory.ts';
import type { Notes } from './notes.ts';

type About = Readonly<{ title: string; kind: string; subject: string }>;

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

  /** A proposal that was opened before this process took the lead; one that has closed is written if it was not. */
  know(proposal: Proposal): void {
    this.#note(proposal.id, proposal.spec);
    if (!isOpen(proposal)) this.#log(proposal.id, proposal.status);
  }

  committed(records: readonly JournalRecord[]): void {
    for (const { event } of records) {
      if (event.type === 'proposal.opened') this.#note(event.proposalId, event.spec);
      if (event.type === 'proposal.closed') this.#log(event.proposalId, event.outcome);
    }
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#last;
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
    const write = (): Promise<unknown> => this.#notes.decide(runOf(id), 'vote', decision, { ifVersion: 0 });
    this.#last = this.#last.then(write).catch(this.#onTrouble);
  }
}
