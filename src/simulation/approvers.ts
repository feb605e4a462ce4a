import type { ProposalEvent } from '../core/events.ts';
import type { Choice } from '../core/consensus/proposal-spec.ts';
import { isOwn } from '../core/consensus/own-proposals.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { ApproverProfile, Request } from './plan.ts';
import type { World } from './world.ts';

type Opened = Extract<ProposalEvent, { type: 'proposal.opened' }>;

export type ApproverParts = Readonly<{
  world: World;
  profile: ApproverProfile | undefined;
  clients: readonly string[];
  ask: (request: Request) => void;
}>;

/** People whom the coordinator asks of its own accord: they see the question and answer it, late, twice or never. */
export class Approvers {
  readonly #parts: ApproverParts;

  constructor(parts: ApproverParts) {
    this.#parts = parts;
  }

  note(records: readonly JournalRecord[]): void {
    if (this.#parts.profile === undefined) return;
    for (const { event } of records) {
      if (event.type === 'proposal.opened' && isOwn(event.proposalId)) this.#answer(event, this.#parts.profile);
    }
  }

  #answer(
    { proposalId, spec }: Opened,
    { delayMs, silentPermille, wrongPermille, twicePermille }: ApproverProfile,
  ): void {
    const { world, clients, ask } = this.#parts;
    const { draw } = world;
    for (const { id: memberId } of spec.members) {
      const key = `${proposalId} ${memberId}`;
      if (draw.chance('approver is silent', key, silentPermille)) continue;
      const times = draw.chance('approver votes twice', key, twicePermille) ? 2 : 1;
      for (let nth = 1; nth <= times; nth++) {
        const isWrong = draw.chance('approver means something else', `${key} ${nth}`, wrongPermille);
        const vote = {
          memberId,
          choice: CHOICES[draw.word('approver says', `${key} ${nth}`) % CHOICES.length] ?? 'approve',
          contentHash: isWrong ? '0'.repeat(64) : spec.contentHash,
        };
        const client = clients[draw.word('approver asks as', key) % clients.length] ?? 'u1';
        const atMs = Math.floor(world.nowUs / 1_000) + nth * draw.around('approver thinks', key, delayMs);
        ask({ id: `approve ${key} ${nth}`, client, atMs, input: { type: 'proposal.vote', proposalId, vote } });
      }
    }
  }
}

const CHOICES: readonly Choice[] = ['approve', 'approve', 'approve', 'approve', 'reject', 'abstain'];
