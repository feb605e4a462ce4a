import { describe, expect, it } from 'vitest';
import { benchIn, motionOn } from '../../../test/check/support/motions.ts';
import { TestRepository } from '../../../test/check/support/repository.ts';
import type { Motion, Usual } from './ballot.ts';
import { blastRadiusOf } from './blast-radius.ts';
import { historyOf } from './history.ts';
import type { Bench, Opinion } from './opinion.ts';
import { testsOf } from './tests.ts';

const YEAR_MS = 365.25 * 24 * 3_600_000;

const PAST: Usual['past'] = { commits: 900, newestAtMs: 5 * YEAR_MS, oldestAtMs: 0, recentP75: 3, fixShareP75: 0.25 };
const USE: Usual['use'] = { importedByP75: 3, isWhole: true };

const bench = (usual: Partial<Usual> = {}): Bench => benchIn('/nonexistent', { past: PAST, use: USE, ...usual });

/** On a file whose history and importers are known. */
const motion = (kind: string, more: Partial<Motion> = {}): Motion => {
  const past = { commits: 20, authors: 2, fixes: 0, recent: 1, lastAtMs: 4.9 * YEAR_MS };
  return motionOn({ kind }, { past, use: { importedBy: 1, entryOf: null }, ...more });
};

const told = ({ choice, reason }: Opinion): string => `${choice}: ${reason}`;

describe('the voter on history', () => {
  const past = { commits: 20, authors: 2, fixes: 0, recent: 14, lastAtMs: 5 * YEAR_MS };

  it('approves what changes more than in three quarters of the files, or is mostly mended', () => {
    expect(told(historyOf(motion('complex-function', { past }), bench()))).toBe(
      'approve: Changed 14 times in 12 months; three quarters of the files changed 3 times or less.',
    );
    const calm = bench();
    const quiet = { ...calm, usual: { ...calm.usual, past: calm.usual.past && { ...calm.usual.past, recentP75: 0 } } };
    expect(told(historyOf(motion('complex-function', { past }), quiet))).toBe(
      'approve: Changed 14 times in 12 months; most files were not changed at all.',
    );
    const mended = { ...past, recent: 1, fixes: 10 };
    expect(told(historyOf(motion('complex-function', { past: mended }), bench()))).toBe(
      'approve: 10 of 20 changes were fixes; in three quarters of the files 25% or less are.',
    );
  });

  it('rejects quality that nobody has touched for two years, and nothing else', () => {
    const old = { ...past, recent: 0, lastAtMs: 2 * YEAR_MS };
    expect(told(historyOf(motion('complex-function', { past: old }), bench()))).toBe(
      'reject: Not changed for 3.0 years: nobody works on it.',
    );
    expect(historyOf(motion('duplicate-case', { past: old }), bench()).choice).toBe('abstain');
    expect(told(historyOf(motion('complex-function', { past: null }), bench()))).toBe(
      'reject: Not changed in the last 900 commits, which go back 5.0 years: nobody works on it.',
    );
  });

  it('abstains without history, and on pages', () => {
    expect(historyOf(motion('complex-function'), bench({ past: null })).choice).toBe('abstain');
    expect(historyOf(motion('dead-link', { past }), bench()).choice).toBe('abstain');
  });
});

describe('the voter on tests', () => {
  const of = (kind: string, reach: Motion['reach']): string => testsOf(motion(kind, { reach })).choice;

  it('approves what no test reaches, and rejects quality that tests look after', () => {
    expect(of('duplicate-case', { tests: 0, direct: 0, coverageRatio: null })).toBe('approve');
    expect(of('complex-function', { tests: 9, direct: 1, coverageRatio: null })).toBe('reject');
    expect(of('duplicate-case', { tests: 9, direct: 1, coverageRatio: null })).toBe('abstain');
    expect(of('complex-function', { tests: 9, direct: 0, coverageRatio: null })).toBe('abstain');
    expect(of('complex-function', null)).toBe('abstain');
  });

  it('counts test files in words that fit their number', () => {
    const reasonOf = (tests: number): string =>
      testsOf(motion('duplicate-case', { reach: { tests, direct: 1, coverageRatio: null } })).reason;
    expect(reasonOf(1)).toBe('1 test file leads to a.js, directly.');
    const through = testsOf(motion('duplicate-case', { reach: { tests: 1, direct: 0, coverageRatio: null } }));
    expect(through.reason).toBe('1 test file leads to a.js, through other files.');
    expect(reasonOf(2)).toBe('2 test files lead to a.js, 1 of them directly.');
  });

  it('believes a coverage report more than imports', () => {
    expect(of('complex-function', { tests: 9, direct: 9, coverageRatio: 0.1 })).toBe('approve');
    expect(of('complex-function', { tests: 0, direct: 0, coverageRatio: 0.9 })).toBe('reject');
    expect(of('complex-function', { tests: 0, direct: 0, coverageRatio: 0.5 })).toBe('abstain');
  });
});

describe('the voter on the blast radius', () => {
  it.each([
    ['on:\n  workflow_call:\n', 'Other workflows call it: when it runs is theirs to say.'],
    ['on:\n  schedule:\n', 'It runs by the clock or by hand, not on every change.'],
  ])('says when a workflow runs: %j', (on, said) => {
    const file = '.github/workflows/a.yml';
    using repository = new TestRepository({ [file]: `${on}jobs:\n  a:\n    runs-on: x\n` });
    const one = motion('unpinned-action');
    const opinion = blastRadiusOf(
      { ...one, finding: { ...one.finding, file } },
      benchIn(repository.path, bench().usual),
    );
    expect(JSON.stringify(opinion)).toContain(said);
  });

  const of = (kind: string, use: Motion['use'], usual: Partial<Usual> = {}): string =>
    told(blastRadiusOf(motion(kind, { use }), bench(usual)));

  it('approves ways in and what many import', () => {
    expect(of('complex-function', { importedBy: 0, entryOf: 'shop' })).toBe('approve: It is a way into shop.');
    expect(of('complex-function', { importedBy: 4, entryOf: null })).toBe(
      'approve: 4 files import it; three quarters of the files are imported by 3 files or fewer.',
    );
  });

  it('rejects quality that nothing uses, and only where all uses are known', () => {
    const none = { importedBy: 0, entryOf: null };
    expect(of('complex-function', none)).toMatch(/^reject: Nothing imports it/);
    expect(of('duplicate-case', none)).toMatch(/^abstain/);
    expect(of('complex-function', none, { use: { importedByP75: 3, isWhole: false } })).toMatch(/^abstain/);
    expect(of('complex-function', null)).toMatch(/^abstain/);
  });
});
