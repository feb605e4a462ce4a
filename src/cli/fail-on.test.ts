import { describe, expect, it } from 'vitest';
import { finding } from '../../test/check/support/reports.ts';
import type { CheckRun } from '../app/check-run.ts';
import { reasonsToFail } from './fail-on.ts';
import { failOn } from './program/values.ts';

const ID = '0123456789abcdef';
const NOTHING = { critical: 0, high: 0, medium: 0, low: 0, new: 0 };

type Judged = Partial<Pick<CheckRun, 'counts' | 'findings' | 'notLookedFor' | 'failedTasks'>>;

const reasons = (text: string, run: Judged): readonly string[] =>
  reasonsToFail({ counts: NOTHING, findings: [], notLookedFor: [], failedTasks: [], ...run }, failOn(text));

describe('--fail-on', () => {
  it('counts confirmed findings from a severity on', () => {
    const counts = { ...NOTHING, critical: 1, medium: 2, low: 5 };
    expect(reasons('critical', { counts })).toEqual(['1 confirmed finding of severity critical']);
    expect(reasons('high', { counts })).toEqual(['1 confirmed finding of severity high or worse']);
    expect(reasons('medium', { counts })).toEqual(['3 confirmed findings of severity medium or worse']);
    expect(reasons('high', { counts: { ...NOTHING, medium: 2, low: 5 } })).toEqual([]);
  });

  it('takes several at once; of severities the lowest counts', () => {
    const counts = { ...NOTHING, medium: 1, new: 1 };
    expect(reasons('critical, medium,new', { counts })).toEqual([
      '1 confirmed finding of severity medium or worse',
      '1 new confirmed finding',
    ]);
    expect(reasons('new', { counts: { ...NOTHING, critical: 3 } })).toEqual([]);
  });

  it('of an id fails while the finding is there or could not be looked for', () => {
    expect(reasons(ID, { findings: [finding({ id: ID, state: 'unconfirmed' })] })).toEqual([`finding ${ID} is there`]);
    expect(reasons(ID, { notLookedFor: [ID] })).toEqual([`finding ${ID} could not be looked for`]);
    expect(reasons(ID, { findings: [finding({ id: ID, state: 'rejected' })] })).toEqual([]);
    expect(reasons(ID, { findings: [finding({ id: 'f'.repeat(16) })], notLookedFor: ['e'.repeat(16)] })).toEqual([]);
  });

  it('fails when a task of the check has failed: nobody knows what it would have found', () => {
    expect(reasons('critical', { failedTasks: ['secrets'] })).toEqual([
      'not known what failed tasks would have found: secrets',
    ]);
  });

  it.each(['', 'low', 'hihg', 'high,worst', '0123', 'HIGH'])('does not take %j', (text) => {
    expect(() => failOn(text)).toThrow(/Write critical, high, medium, new, or ids/);
  });
});
