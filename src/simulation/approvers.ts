import type { ProposalEvent } from '../core/events.ts';
import type { Choice } from '../core/consensus/proposal-spec.ts';
import { isOwn } from '../core/consensus/own-proposals.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { ApproverProfile, Plan, Request } from './plan.ts';
import type { World } from './world.ts';

type Opened = Extract<ProposalEvent, { type: 'proposal.opened' }>;

/** People whom the coordinator asks of its own accord: they see the question and answer it, late, twice or never. */
export class Approvers {
  readonly #world: World;
  readonly #plan: Plan;
  readonly #ask: (request: Request) => void;

  constructor(world: World, plan: Plan, ask: (request: Request) => void) {
    this.#world = world;
    this.#plan = plan;
    this.#ask = ask;
  }

  note(records: readonly JournalRecord[]): void {
    const { approvers } = this.#plan;
    if (approvers === undefined) return;
    for (const { event } of records) {
      if (event.type === 'proposal.opened' && isOwn(event.proposalId)) this.#answer(event, approvers);
    }
  }

  #answer(
    { proposalId, spec }: Opened,
    { delayMs, silentPermille, wrongPermille, twicePermille }: ApproverProfile,
  ): void {
    const { clients } = this.#plan;
    const { draw, nowUs } = this.#world;
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
        const atMs = Math.floor(nowUs / 1_000) + nth * draw.around('approver thinks', key, delayMs);
        this.#ask({ id: `approve ${key} ${nth}`, client, atMs, input: { type: 'proposal.vote', proposalId, vote } });
      }
    }
  }
}

const CHOICES: readonly Choice[] = ['approve', 'approve', 'approve', 'approve', 'reject', 'abstain'];
