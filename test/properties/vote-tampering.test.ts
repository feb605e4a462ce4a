import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import type { Threshold } from '../../src/core/consensus/outcome.ts';
import { isOpen } from '../../src/core/consensus/proposal.ts';
import type { Choice, Member } from '../../src/core/consensus/proposal-spec.ts';
import { cases } from '../support/core-world-plans.ts';
import { type Ballot, recount } from '../support/vote-recount.ts';
import { VETO_CHECK_MS, VotePlay } from '../support/vote-play.ts';
import { OTHER_CONTENT } from '../support/vote-specs.ts';

const CHOICES: readonly Choice[] = ['approve', 'reject', 'abstain'];
const DUE_MS = 30_000;

/** What somebody sends: a vote, honest or not, or a passing of time. */
type Act =
  | Readonly<{ kind: 'vote'; member: number; choice: Choice; isVeto: boolean; forged: boolean; otherContent: boolean }>
  | Readonly<{ kind: 'stranger'; choice: Choice }>
  | Readonly<{ kind: 'judge'; member: number; isShown: boolean; isStale: boolean }>
  | Readonly<{ kind: 'wake'; afterMs: number }>;

const choice = fc.constantFrom(...CHOICES);
const rarely = fc.integer({ min: 0, max: 9 }).map((drawn) => drawn === 0);
const member = fc.nat({ max: 3 });
const vote = fc.record({
  kind: fc.constant('vote' as const),
  member,
  choice,
  isVeto: fc.boolean(),
  forged: rarely,
  otherContent: rarely,
});
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: vote },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stranger' as const), choice }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('judge' as const), member, isShown: fc.boolean(), isStale: rarely }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('wake' as const),
      afterMs: fc.constantFrom(0, 1, 1, 9_999, 29_999, 30_000, 120_000),
    }),
  },
);

const electorate = fc.array(
  fc.record({ weight: fc.constantFrom(1, 1, 2, 7), mayVeto: fc.boolean(), hasCredential: fc.boolean() }),
  { minLength: 1, maxLength: 4 },
);

const tries = fc.record({
  electorate,
  acts: fc.array(act, { maxLength: 12, size: 'max' }),
  quorumPercent: fc.constantFrom(1, 34, 50, 60, 67, 100),
  threshold: fc.constantFrom<Threshold>('majority', 'electorate', 'two-thirds', 'unanimous'),
  revisable: rarely,
});
type Try = typeof tries extends fc.Arbitrary<infer Value> ? Value : never;

/** What a member is known for: the newest vote that must count. */
type Line = Readonly<{ id: string; weight: number; mayVeto: boolean; credentialHash: string | undefined }> & {
  choice: Choice | undefined;
  veto: Ballot['veto'];
  vetoDueMs: number;
  revision: number;
};

/** The rules of counting once more: who, what, when, and how often. Knows nothing of the core but its answers. */
class Oracle {
  readonly lines: readonly Line[];
  outcome: string | undefined;
  isAwaitingVeto = false;
  readonly #try: Try;

  constructor(one: Try) {
    this.#try = one;
    this.lines = one.electorate.map(({ weight, mayVeto, hasCredential }, index) => ({
      id: `m${index}`,
      weight,
      mayVeto,
      credentialHash: hasCredential ? `secret-${index}` : undefined,
      choice: undefined,
      veto: undefined,
      vetoDueMs: 0,
      revision: 0,
    }));
  }

  /** True when the vote must change something. */
  vote(sent: Extract<Act, { kind: 'vote' }>, nowMs: number): boolean {
    const line = this.lines[sent.member];
    if (line === undefined || !isHonest(sent) || this.outcome !== undefined || this.isAwaitingVeto) return false;
    const isVeto = vetoes(sent);
    if (line.choice === sent.choice && (line.veto !== undefined) === isVeto) return false;
    if (line.choice !== undefined && !this.#try.revisable) return false;
    if (isVeto && !line.mayVeto) return false;
    line.choice = sent.choice;
    line.veto = isVeto ? 'open' : undefined;
    line.vetoDueMs = nowMs + VETO_CHECK_MS;
    line.revision++;
    return true;
  }

  judge(line: Line, isShown: boolean): void {
    line.veto = isShown ? 'confirmed' : 'refuted';
  }

  pass(nowMs: number): void {
    if (this.outcome !== undefined) return;
    for (const line of this.lines) if (line.veto === 'open' && line.vetoDueMs <= nowMs) line.veto = 'refuted';
    if (nowMs >= DUE_MS) this.isAwaitingVeto = true;
  }

  /** Closes when every way to go on ends the same: over the votes that can still come and the vetoes still open. */
  settle(): void {
    if (this.outcome !== undefined) return;
    if (this.#try.revisable && !this.isAwaitingVeto) return;
    const ends = new Set<string>();
    this.#collect(0, [], ends);
    const [only] = ends;
    const isQuorate = this.#recount(this.lines.map(ballotOf)) !== 'expired';
    if (ends.size === 1 && (isQuorate || this.isAwaitingVeto)) this.outcome = only;
  }

  #collect(index: number, ballots: readonly Ballot[], ends: Set<string>): void {
    const line = this.lines[index];
    if (line === undefined) {
      ends.add(this.#recount(ballots));
      return;
    }
    for (const ballot of this.#futuresOf(line)) this.#collect(index + 1, [...ballots, ballot], ends);
  }

  #futuresOf(line: Line): readonly Ballot[] {
    const now = ballotOf(line);
    if (line.veto === 'open')
      return [
        { ...now, veto: 'confirmed' },
        { ...now, veto: 'refuted' },
      ];
    if (line.choice !== undefined || this.isAwaitingVeto) return [now];
    const plain = ([...CHOICES, 'silent'] as const).map((one): Ballot => ({ weight: line.weight, choice: one }));
    return line.mayVeto ? [...plain, { weight: line.weight, choice: 'reject', veto: 'confirmed' }] : plain;
  }

  #recount(ballots: readonly Ballot[]): string {
    return recount(ballots, this.#try.quorumPercent, this.#try.threshold);
  }
}

/** Whoever is not a member is a stranger of its own kind. */
function actsOf({ acts, electorate: { length } }: Try): readonly Act[] {
  return acts.map((one) => ('member' in one ? { ...one, member: one.member % length } : one));
}

function ballotOf({ weight, choice: cast, veto }: Line): Ballot {
  return { weight, choice: cast ?? 'silent', ...(veto === undefined ? {} : { veto }) };
}

function isHonest({ forged, otherContent }: Extract<Act, { kind: 'vote' }>): boolean {
  return !otherContent && !forged;
}

function vetoes({ choice: sent, isVeto }: Extract<Act, { kind: 'vote' }>): boolean {
  return isVeto && sent === 'reject';
}

function memberOf({ id, weight, mayVeto, credentialHash }: Line): Member {
  return { id, weight, mayVeto, ...(credentialHash === undefined ? {} : { credentialHash }) };
}

function send(play: VotePlay, oracle: Oracle, one: Act): boolean {
  switch (one.kind) {
    case 'stranger':
      assert.deepEqual(play.vote('stranger', one.choice), { reason: 'not-a-member' });
      return false;
    case 'wake':
      play.wakeAt(play.nowMs + one.afterMs);
      oracle.pass(play.nowMs);
      return true;
    case 'judge':
      return judge(play, oracle, one);
    case 'vote':
      return castVote(play, oracle, one);
  }
}

function judge(
  play: VotePlay,
  oracle: Oracle,
  { member: index, isShown, isStale }: Extract<Act, { kind: 'judge' }>,
): boolean {
  const line = oracle.lines[index];
  const revision = (line?.revision ?? 1) + (isStale ? 1 : 0);
  const refusal = play.judge(`m${index}`, isShown ? 'confirmed' : 'refuted', revision);
  if (line?.veto !== 'open' || isStale || oracle.outcome !== undefined) {
    assert.ok(refusal, 'a judgement of nothing counted');
    return false;
  }
  assert.equal(refusal, undefined);
  oracle.judge(line, isShown);
  return true;
}

function castVote(play: VotePlay, oracle: Oracle, one: Extract<Act, { kind: 'vote' }>): boolean {
  const line = oracle.lines[one.member];
  const credentialHash = one.forged ? 'forged' : line?.credentialHash;
  const before = play.events.length;
  play.vote(`m${one.member}`, one.choice, {
    ...(credentialHash === undefined ? {} : { credentialHash }),
    ...(one.otherContent ? { contentHash: OTHER_CONTENT } : {}),
    ...(vetoes(one) ? { reproduce: ['false'] } : {}),
  });
  const mustCount = oracle.vote(one, play.nowMs);
  assert.equal(play.events.length > before, mustCount, `${JSON.stringify(one)} counted: ${!mustCount}`);
  return mustCount;
}

function assertSame(play: VotePlay, oracle: Oracle): void {
  const counted = new Map(play.proposal.votes.map((cast) => [cast.memberId, cast.choice]));
  const expected = oracle.lines.filter((line) => line.choice !== undefined);
  assert.equal(counted.size, expected.length);
  for (const { id, choice: cast } of expected) assert.equal(counted.get(id), cast);
  if (isOpen(play.proposal)) assert.equal(oracle.outcome, undefined, `open, but settled as ${oracle.outcome}`);
  else assert.equal(play.status, oracle.outcome);
}

describe('whatever is sent', () => {
  test(
    'only the votes of members count, each once, and the end comes exactly when it is settled: 10,000 tries',
    { timeout: 120_000 },
    () => {
      let [refused, closed, waited] = [0, 0, 0];
      fc.assert(
        fc.property(tries, (one) => {
          const oracle = new Oracle(one);
          const { quorumPercent, threshold, revisable } = one;
          const play = new VotePlay({ members: oracle.lines.map(memberOf), quorumPercent, threshold, revisable });
          for (const sent of [
            ...actsOf(one),
            { kind: 'wake', afterMs: DUE_MS },
            { kind: 'wake', afterMs: VETO_CHECK_MS },
          ] as const) {
            if (send(play, oracle, sent)) oracle.settle();
            else refused++;
            assertSame(play, oracle);
            if (play.status === 'awaiting-veto') waited++;
          }
          if (play.closed?.cause === 'settled') closed++;
          assert.ok(!isOpen(play.proposal), 'it is open after its time');
        }),
        cases(10_000),
      );
      // What the tries went through.
      assert.ok(refused > 10_000 && closed > 1_000 && waited > 30, `${refused}, ${closed}, ${waited}`);
    },
  );
});

describe('liars below half of the members', () => {
  const LIES: readonly (Choice | 'silent')[] = [...CHOICES, 'silent'];

  test.each([1, 2, 3, 4, 5, 6, 7])('of %i never outvote the honest: they can only let it expire', (size) => {
    const most = Math.ceil(size / 2) - 1;
    for (let liars = 0; liars <= most; liars++) {
      for (const lies of combinations(liars, LIES)) {
        assertHonest(lies, size - liars, 'approve');
        assertHonest(lies, size - liars, 'reject');
      }
    }
  });

  function assertHonest(lies: readonly (Choice | 'silent')[], count: number, honest: 'approve' | 'reject'): void {
    const votes = [...lies, ...Array.from({ length: count }, () => honest)];
    const wanted = honest === 'approve' ? 'approved' : 'rejected';
    const places = [...votes.keys()];
    for (const order of [places, places.toReversed(), interleaved(places)]) {
      const outcome = outcomeOf(votes, order);
      const hasExpired = outcome === 'expired' && lies.includes('silent');
      assert.ok(outcome === wanted || hasExpired, `${votes.join()}: ${outcome}`);
    }
  }

  function outcomeOf(votes: readonly (Choice | 'silent')[], order: Iterable<number>): string {
    const play = new VotePlay({ members: votes.map((_, index) => ({ id: `m${index}` })) });
    for (const index of order) {
      const cast = votes[index] ?? 'silent';
      if (cast === 'silent') continue;
      play.vote(`m${index}`, cast);
      // Each liar also tries to vote twice, and for somebody else.
      for (const again of CHOICES) play.vote(`m${index}`, again);
      play.vote(`stranger-${index}`, cast);
    }
    play.wakeAt(DUE_MS);
    return play.status;
  }

  function combinations<T>(length: number, values: readonly T[]): readonly (readonly T[])[] {
    if (length === 0) return [[]];
    return combinations(length - 1, values).flatMap((rest) => values.map((value) => [value, ...rest]));
  }

  /** Odd places first. */
  function interleaved(all: readonly number[]): readonly number[] {
    return [...all.filter((index) => index % 2 === 1), ...all.filter((index) => index % 2 === 0)];
  }
});
