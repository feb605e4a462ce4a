import { describe, expect, it } from 'vitest';
import { DETECTORS } from '../../src/analysers/detectors.ts';
import { stateOf } from '../../src/analysers/plan.ts';
import { canonicalJson } from '../../src/analysers/voting/ballot.ts';
import { electorateOf, memberOf, proposalOf, voterOf } from '../../src/analysers/voting/electorate.ts';
import { isUsedUp, ruleOf, sourceOf } from '../../src/analysers/voting/kinds.ts';
import { SHAPED_KINDS } from '../../src/analysers/voting/shape.ts';
import { opinionOf } from '../../src/analysers/voting/vote.ts';
import { type Choice, type ProposalSpec } from '../../src/core/consensus/proposal-spec.ts';
import { VOTERS, type Voter } from '../../src/core/findings/finding.ts';
import { checkByEngine } from './support/check-by-engine.ts';
import { CoreProposals } from './support/core-proposals.ts';
import { benchIn, motionOn } from './support/motions.ts';
import { tokenWithChecksum } from './support/plants.ts';
import { finding } from './support/reports.ts';
import { TestRepository } from './support/repository.ts';
import { checkHere, type CheckHereOptions } from './support/run-check.ts';

const NAN = 'export const f = (a) => a === NaN;\n';
const OWN_NAN = 'export function f(a) {\n  const NaN = {};\n  return a === NaN;\n}\n';
const LOOP =
  'export async function f(list, store) {\n  list.forEach(async (one) => {\n    await store.save(one);\n  });\n  return store.close();\n}\n';

const FILES = {
  'package.json': '{"name":"a"}\n',
  'src/a.js': NAN,
  'src/b.js': OWN_NAN,
  'src/c.js': LOOP,
};

async function statesOf(options: CheckHereOptions = {}): Promise<Readonly<Record<string, string>>> {
  using repository = new TestRepository(FILES);
  const { report } = await checkHere(repository.path, options);
  return Object.fromEntries(report.findings.map(({ file, state }) => [file, state]));
}

describe('a vote on findings', () => {
  it('confirms what holds, and puts last what a second look refutes', async () => {
    using repository = new TestRepository(FILES);
    const { report, failures } = await checkHere(repository.path);
    expect(failures).toEqual([]);
    expect(report.findings.map(({ file, state }) => [file, state])).toEqual([
      ['src/a.js', 'confirmed'],
      ['src/c.js', 'confirmed'],
      ['src/b.js', 'rejected'],
    ]);
    expect(report.plan?.map(({ findingIds }) => findingIds.length)).toEqual([1, 1]);
  });

  it('reaches the report with all reasons, in the order of the voters', async () => {
    using repository = new TestRepository(FILES);
    const { report } = await checkHere(repository.path);
    const refuted = report.findings.find(({ file }) => file === 'src/b.js');
    expect(refuted?.votes.map(({ voter }) => voter)).toEqual([...VOTERS]);
    expect(refuted?.votes[0]).toEqual({
      voter: 'shape',
      choice: 'reject',
      reason: 'The file has a variable of its own that is called NaN.',
      evidence: [
        { source: 'vote.shape', text: 'The file has a variable of its own that is called NaN.', ref: 'src/b.js:3' },
      ],
      isCounted: true,
    });
    expect(
      refuted?.votes.filter(({ choice }) => choice === 'abstain').every(({ evidence }) => evidence.length === 0),
    ).toBe(true);
    expect(report.findings.flatMap(({ votes }) => votes).every(({ reason }) => /^[A-Z"0-9.].*\.$/.test(reason))).toBe(
      true,
    );
  });

  it('gives the same states through the engine, where every vote stands in the journal', async () => {
    using repository = new TestRepository(FILES);
    const { report, proposals } = await checkByEngine(repository.path);
    expect(report.findings.map(({ file, state }) => [file, state])).toEqual([
      ['src/a.js', 'confirmed'],
      ['src/c.js', 'confirmed'],
      ['src/b.js', 'rejected'],
    ]);
    expect(proposals).toHaveLength(3);
    for (const { id, votes } of report.findings) {
      const record = proposals.find(({ spec }) => spec.subject === id);
      const stored = record?.votes.map(({ memberId, choice }) => `${memberId} ${choice}`) ?? [];
      const counted = votes.filter(({ isCounted }) => isCounted);
      expect(new Set(stored)).toEqual(new Set(counted.map(({ voter, choice }) => `${memberOf(voter)} ${choice}`)));
    }
  });

  it('expires when most voters fail, and nothing is confirmed by the rest', async () => {
    const broken = ['vote.shape', 'vote.history', 'vote.tests', 'vote.blast-radius'];
    expect(await statesOf({ broken })).toEqual({
      'src/a.js': 'unconfirmed',
      'src/b.js': 'unconfirmed',
      'src/c.js': 'unconfirmed',
    });
  });

  it('goes on when one voter fails', async () => {
    expect(await statesOf({ broken: ['vote.history'] })).toEqual({
      'src/a.js': 'confirmed',
      'src/b.js': 'rejected',
      'src/c.js': 'confirmed',
    });
  });

  it('leaves findings not voted on when they were never proposed, or the outcomes never came', async () => {
    const notVoted = { 'src/a.js': 'not-voted', 'src/b.js': 'not-voted', 'src/c.js': 'not-voted' };
    expect(await statesOf({ broken: ['propose'] })).toEqual(notVoted);
    expect(await statesOf({ broken: ['plan'] })).toEqual(notVoted);
  });

  it('has nothing to do where nothing was found', async () => {
    using repository = new TestRepository({ 'a.js': 'export const a = 1;\n' });
    const { report, failures } = await checkHere(repository.path);
    expect(failures).toEqual([]);
    expect(report.plan).toBeNull();
  });

  it('takes the first 40 findings, and leaves the rest as they are', async () => {
    const many = Array.from({ length: 45 }, (_, index): readonly [string, string] => [`src/n${index}.js`, NAN]);
    using repository = new TestRepository(Object.fromEntries(many));
    const { report } = await checkHere(repository.path);
    const count = (state: string): number => report.findings.filter((one) => one.state === state).length;
    expect([report.findings.length, count('confirmed'), count('not-voted')]).toEqual([45, 40, 5]);
  });
});

describe('who votes', () => {
  it('is everybody, but for what cannot be weighed', () => {
    expect(electorateOf('compares-with-nan', false)).toMatchObject({ asked: VOTERS, threshold: 'unanimous' });
    expect(electorateOf('hot-spot', false)).toMatchObject({
      asked: VOTERS,
      threshold: 'two-thirds',
    });
    expect(electorateOf('secret', false)).toMatchObject({ asked: ['shape', 'context'], threshold: 'unanimous' });
    expect(electorateOf('merge-marker', false)).toMatchObject({ asked: ['shape', 'context'], threshold: 'unanimous' });
    expect(electorateOf('secret', true)).toMatchObject({ asked: ['shape'] });
  });

  it('decides alone over a token whose checksum holds, also in a test', async () => {
    const token = tokenWithChecksum('ghp', 'q7Zt2LmX9vKc4RbN8sWdH3jYpE6uAo');
    using repository = new TestRepository({ 'test/login.test.js': `const token = '${token}';\n` });
    const { report } = await checkHere(repository.path);
    expect(report.findings).toMatchObject([{ kind: 'secret', state: 'confirmed', votes: [{ voter: 'shape' }] }]);
    expect(JSON.stringify(report)).not.toContain(token.slice(4, 20));
  });

  it('is named by its task, and only so', () => {
    expect(VOTERS.map((voter) => voterOf(memberOf(voter)))).toEqual([...VOTERS]);
    expect(voterOf('agent:vote.shape')).toBeUndefined();
  });
});

describe('evidence', () => {
  it('of a voter is never what the detector went by', () => {
    const kinds = [...DETECTORS.keys()];
    const isHeardTwice = (voter: Voter, kind: string): boolean => {
      const source = sourceOf(voter, kind);
      return source !== null && ruleOf(kind).found.includes(source) && !isUsedUp(voter, finding({ kind }));
    };
    for (const voter of VOTERS) expect(kinds.filter((kind) => isHeardTwice(voter, kind))).toEqual([]);
    expect(
      kinds.filter((kind) => isUsedUp('shape', finding({ kind })) || isUsedUp('context', finding({ kind }))),
    ).toEqual([]);
    expect(isUsedUp('history', finding({ kind: 'hot-spot' }))).toBe(true);
    expect(isUsedUp('tests', finding({ kind: 'untested-hot-spot' }))).toBe(true);
  });

  it('that is used up makes the voter abstain', () => {
    const known = { past: { commits: 99, authors: 9, fixes: 50, recent: 99, lastAtMs: 0 } };
    const motion = motionOn({ kind: 'hot-spot' }, known);
    const past = { commits: 100, newestAtMs: 0, oldestAtMs: 0, recentP75: 1, fixShareP75: 0 };
    const bench = benchIn('/nonexistent', { past, use: null });
    expect(opinionOf('history', motion, bench)).toMatchObject({ choice: 'abstain', seen: [] });
    const other = motionOn({ kind: 'complex-function' }, known);
    expect(opinionOf('history', other, bench)).toMatchObject({ choice: 'approve' });
  });

  it('of a second look is there for every kind', () => {
    expect([...DETECTORS.keys()].filter((kind) => !SHAPED_KINDS.includes(kind))).toEqual([]);
  });
});

const CHOICES: readonly Choice[] = ['approve', 'reject', 'abstain'];

function product(length: number): readonly (readonly Choice[])[] {
  if (length === 0) return [[]];
  return product(length - 1).flatMap((rest) => CHOICES.map((choice) => [...rest, choice]));
}

function ordersOf(items: readonly number[]): readonly (readonly number[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => ordersOf(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}

const ORDERS = [...ordersOf([0, 1]), ...ordersOf([0, 1, 2, 3, 4])];

async function stateAfter(spec: ProposalSpec, choices: readonly Choice[], order: readonly number[]): Promise<string> {
  const counter = new CoreProposals();
  await counter.of('propose').open([spec]);
  for (const index of order) {
    const task = spec.members[index]?.id.slice('task:'.length) ?? '';
    const choice = choices[index] ?? 'abstain';
    await counter.of(task).vote([{ proposal: spec.name, contentHash: spec.contentHash, choice }]);
  }
  const [outcome] = await counter.of('plan').outcomes([spec.name]);
  return outcome === undefined ? 'none' : stateOf(outcome, choices[0]);
}

describe('the state of a finding', () => {
  const spec = proposalOf(finding(), 'a'.repeat(64), electorateOf('duplicate-case', false));
  const closed = (
    status: 'approved' | 'rejected' | 'expired',
    ...choices: readonly Choice[]
  ): Parameters<typeof stateOf>[0] => ({
    status,
    spec,
    votes: choices.map((choice, index) => ({ memberId: spec.members[index]?.id ?? '', choice, revision: 1 })),
  });

  it('is confirmed by two approvals, or by all that were asked', () => {
    expect(stateOf(closed('approved', 'approve', 'approve', 'abstain'), 'approve')).toBe('confirmed');
    const one = closed('approved', 'approve', 'abstain', 'abstain', 'abstain', 'abstain');
    expect(stateOf(one, 'approve')).toBe('unconfirmed');
    const alone: ProposalSpec = { ...spec, members: spec.members.slice(0, 1) };
    expect(stateOf({ ...closed('approved', 'approve'), spec: alone }, 'approve')).toBe('confirmed');
  });

  it('is unconfirmed when nobody has looked a second time whether it is so', () => {
    const votes = closed('approved', 'abstain', 'approve', 'approve', 'approve', 'approve');
    for (const look of ['abstain', 'reject', undefined] as const) expect(stateOf(votes, look)).toBe('unconfirmed');
  });

  it('is unconfirmed when all abstain, or too few voted in time', () => {
    const silent = closed('rejected', 'abstain', 'abstain', 'abstain', 'abstain', 'abstain');
    expect(stateOf(silent, 'abstain')).toBe('unconfirmed');
    expect(stateOf(closed('expired', 'approve', 'approve'), 'approve')).toBe('unconfirmed');
  });

  it('is rejected when somebody with evidence spoke against it', () => {
    expect(stateOf(closed('rejected', 'reject', 'approve'), 'reject')).toBe('rejected');
  });

  it('is the same in whatever order the votes come', async () => {
    const kinds = ['hot-spot', 'duplicate-case', 'secret'];
    for (const electorate of kinds.map((kind) => electorateOf(kind, false))) {
      const proposal = proposalOf(finding(), 'a'.repeat(64), electorate);
      for (const choices of product(electorate.asked.length)) {
        const states = new Set<string>();
        for (const order of ORDERS.filter(({ length }) => length === choices.length)) {
          states.add(await stateAfter(proposal, choices, order));
        }
        expect([...states], choices.join()).toHaveLength(1);
      }
    }
  });

  it('is counted by the core: nobody votes for another, and silence expires', async () => {
    const counter = new CoreProposals();
    await counter.of('propose').open([spec]);
    const vote = { proposal: spec.name, contentHash: spec.contentHash, choice: 'approve' as const };
    expect(await counter.of('vote.shape').vote([vote])).toMatchObject([{ ok: true }]);
    expect(await counter.of('docs').vote([vote])).toMatchObject([{ ok: false, refusal: { reason: 'not-a-member' } }]);
    const [outcome] = await counter.of('plan').outcomes([spec.name]);
    expect(outcome?.status).toBe('expired');
  });
});

describe('what is voted on', () => {
  it('has one hash, in whatever order its fields stand', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined })).toBe('{"b":[1,{"c":"x","d":null}]}');
    expect(canonicalJson({ a: 1, b: 2 })).toBe(canonicalJson({ b: 2, a: 1 }));
  });
});
