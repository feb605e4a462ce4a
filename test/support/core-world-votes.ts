import fc from 'fast-check';
import type { Choice, ProposalSpec } from '../../src/core/consensus/proposal-spec.ts';
import { proposalId, runId } from '../../src/core/ids.ts';
import type { SwarmInput } from '../../src/core/inputs.ts';
import type { Acted, VetoCheck } from './core-world.ts';
import { membersOf, proposalOf, voteOf } from './vote-specs.ts';

type Timed = Readonly<{ atMs: number; input: SwarmInput }>;

const cast = fc.record({
  afterMs: fc.nat({ max: 300 }),
  member: fc.nat({ max: 4 }),
  choice: fc.constantFrom<Choice>('approve', 'approve', 'approve', 'reject', 'reject', 'abstain'),
  isVeto: fc.boolean(),
});

/** One proposal with what comes in about it: votes for others and strangers' too. */
const ballot: fc.Arbitrary<readonly Timed[]> = fc
  .record({
    run: fc.nat({ max: 1 }),
    name: fc.nat({ max: 3 }),
    atMs: fc.integer({ min: 50, max: 400 }),
    size: fc.integer({ min: 1, max: 5 }),
    rule: fc.record({
      timeoutMs: fc.constantFrom(50, 300, 5_000),
      threshold: fc.constantFrom('majority', 'majority', 'electorate', 'two-thirds', 'unanimous'),
      quorumPercent: fc.constantFrom(20, 60, 100),
      revisable: fc.boolean(),
    }),
    flags: fc.record({ mayVeto: fc.boolean(), hasAction: fc.boolean() }),
    casts: fc.array(cast, { maxLength: 8, size: 'max' }),
  })
  .map(({ run, name, atMs, size, rule, flags: { mayVeto, hasAction }, casts }) => {
    const action: Partial<ProposalSpec> = hasAction ? { action: { do: 'it' } } : {};
    const proposal = proposalOf({ name: `p${name}`, members: membersOf(size, { mayVeto }), ...rule, ...action });
    const of = runId(`r${run}`);
    const opening: Timed = { atMs, input: { type: 'proposal.open', runId: of, proposal } };
    const votes = casts.map(({ afterMs, member, choice, isVeto }): Timed => {
      const reproduce = isVeto && choice === 'reject' ? { reproduce: ['false'] } : {};
      const vote = voteOf(`m${(member % (size + 1)) + 1}`, choice, reproduce);
      return {
        atMs: atMs + afterMs,
        input: { type: 'proposal.vote', proposalId: proposalId(of, proposal.name), vote },
      };
    });
    return [opening, ...votes];
  });

/** Proposals in the first two runs, and votes on them. */
export const voteCommands: fc.Arbitrary<readonly Timed[]> = fc
  .array(ballot, { maxLength: 6, size: 'max' })
  .map((ballots) => ballots.flat());

/** How the check of a veto goes: some find something, some take longer than they may. */
export function checkOf(word: number): VetoCheck {
  return { afterMs: word % 300, isShown: (word >>> 9) % 2 === 0 };
}

/** How an approved action goes. */
export function actOf(word: number): Acted {
  const failure = { reason: 'failed', message: 'no luck' } as const;
  return { afterMs: word % 400, result: (word >>> 9) % 3 === 0 ? { ok: false, failure } : { ok: true } };
}
