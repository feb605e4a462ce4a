import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { type Ballot, recount } from '../../../test/support/vote-recount.ts';
import { outcomeAtDue, outcomeIfSettled, quorumOf, type Tally, type Threshold } from './outcome.ts';

const THRESHOLDS: readonly Threshold[] = ['majority', 'electorate', 'two-thirds', 'unanimous'];
const QUORUMS = [1, 20, 34, 50, 51, 60, 67, 80, 100];
const MOST = 12;

// Every way in which `total` members can have voted so far.
function* tallies(total: number): Generator<Tally> {
  for (let approve = 0; approve <= total; approve++) {
    for (let reject = 0; approve + reject <= total; reject++) {
      for (let abstain = 0; approve + reject + abstain <= total; abstain++) yield { total, approve, reject, abstain };
    }
  }
}

// All tallies of up to 12 members under each quorum.
function* votes(): Generator<readonly [Tally, quorumPercent: number]> {
  for (let total = 1; total <= MOST; total++) {
    for (const tally of tallies(total)) for (const quorumPercent of QUORUMS) yield [tally, quorumPercent];
  }
}

// Every way in which the rest of the members can still vote, or not.
function completions({ total, approve, reject, abstain }: Tally): readonly Tally[] {
  return [...tallies(total - approve - reject - abstain)].map((more) => ({
    total,
    approve: approve + more.approve,
    reject: reject + more.reject,
    abstain: abstain + more.abstain,
  }));
}

function ballotsOf({ total, approve, reject, abstain }: Tally): readonly Ballot[] {
  const voted = [...times(approve, 'approve'), ...times(reject, 'reject'), ...times(abstain, 'abstain')];
  return [...voted, ...times(total - voted.length, 'silent')];
}

function times(count: number, choice: Ballot['choice']): readonly Ballot[] {
  return Array.from({ length: count }, () => ({ weight: 1, choice }));
}

describe('the quorum', () => {
  test('is the percentage rounded up, for all of up to 1,000 members and every percentage', () => {
    for (let total = 1; total <= 1_000; total++) {
      for (let percent = 1; percent <= 100; percent++) {
        const exact = (BigInt(percent) * BigInt(total) + 99n) / 100n;
        if (BigInt(quorumOf(total, percent)) !== exact) assert.fail(`${percent} % of ${total}`);
      }
    }
  });

  test('is exact where floating point is not', () => {
    assert.equal(Math.ceil(0.55 * 100), 56);
    assert.equal(quorumOf(100, 55), 55);
    assert.equal(quorumOf(1_000_000_000, 60), 600_000_000);
  });
});

describe.each(THRESHOLDS)('with the threshold %s', (threshold) => {
  test('every tally of up to 12 members gives the outcome of a recount', () => {
    let compared = 0;
    for (const [tally, quorumPercent] of votes()) {
      const outcome = outcomeAtDue({ quorumPercent, threshold }, tally, 'impossible');
      if (outcome !== recount(ballotsOf(tally), quorumPercent, threshold)) assert.fail(JSON.stringify(tally));
      compared++;
    }
    assert.equal(compared, 1_819 * QUORUMS.length);
  });

  test('it is settled exactly when enough have voted and every way to go on gives the same outcome', () => {
    let settled = 0;
    for (const [tally, quorumPercent] of votes()) {
      const rule = { quorumPercent, threshold };
      const outcome = outcomeIfSettled(rule, tally, 'impossible');
      const possible = new Set(completions(tally).map((end) => outcomeAtDue(rule, end, 'impossible')));
      const isQuorate = recount(ballotsOf(tally), quorumPercent, threshold) !== 'expired';
      const [only] = isQuorate && possible.size === 1 ? possible : [];
      if (outcome !== only) assert.fail(`${JSON.stringify({ tally, rule })}: ${outcome} instead of ${only}`);
      if (outcome !== undefined) settled++;
    }
    assert.ok(settled > 1_000);
  });
});

describe('ties, abstentions and silence', () => {
  const decide = (threshold: Threshold, tally: Tally): unknown =>
    outcomeAtDue({ quorumPercent: 60, threshold }, tally, 'impossible');

  test('a tie is a rejection', () => {
    const tie = { total: 4, approve: 2, reject: 2, abstain: 0 };
    for (const threshold of THRESHOLDS) assert.equal(decide(threshold, tie), 'rejected');
  });

  test('abstentions make a quorum, and alone they reject', () => {
    const abstained = { total: 3, approve: 0, reject: 0, abstain: 3 };
    for (const threshold of THRESHOLDS) assert.equal(decide(threshold, abstained), 'rejected');
    assert.equal(decide('majority', { total: 5, approve: 1, reject: 0, abstain: 2 }), 'approved');
    assert.equal(decide('electorate', { total: 5, approve: 2, reject: 0, abstain: 3 }), 'rejected');
  });

  test('two of five are no quorum at 60 %, however they voted', () => {
    const few = { total: 5, approve: 2, reject: 0, abstain: 0 };
    assert.equal(decide('majority', few), 'expired');
    assert.equal(outcomeIfSettled({ quorumPercent: 60, threshold: 'majority' }, few, 'impossible'), undefined);
  });

  test('the first 60 % do not decide while the rest could turn it', () => {
    const rule = { quorumPercent: 60, threshold: 'majority' } as const;
    assert.equal(outcomeIfSettled(rule, { total: 5, approve: 2, reject: 1, abstain: 0 }, 'impossible'), undefined);
    assert.equal(outcomeIfSettled(rule, { total: 5, approve: 3, reject: 0, abstain: 0 }, 'impossible'), 'approved');
  });
});

describe('a veto', () => {
  const rule = { quorumPercent: 60, threshold: 'majority' } as const;
  const won = { total: 5, approve: 4, reject: 1, abstain: 0 };

  test('that is confirmed rejects, whatever the weights, but not without a quorum', () => {
    assert.equal(outcomeAtDue(rule, won, 'confirmed'), 'rejected');
    assert.equal(outcomeIfSettled(rule, won, 'confirmed'), 'rejected');
    const few = { total: 5, approve: 1, reject: 1, abstain: 0 };
    assert.equal(outcomeAtDue(rule, few, 'confirmed'), 'expired');
    assert.equal(outcomeIfSettled(rule, few, 'confirmed'), undefined);
  });

  test('that is still possible holds up an approval, and nothing else', () => {
    assert.equal(outcomeAtDue(rule, won, 'possible'), undefined);
    assert.equal(outcomeIfSettled(rule, won, 'possible'), undefined);
    const lost = { total: 5, approve: 1, reject: 4, abstain: 0 };
    assert.equal(outcomeAtDue(rule, lost, 'possible'), 'rejected');
    assert.equal(outcomeIfSettled(rule, lost, 'possible'), 'rejected');
    assert.equal(outcomeAtDue(rule, { total: 5, approve: 1, reject: 0, abstain: 0 }, 'possible'), 'expired');
  });
});
