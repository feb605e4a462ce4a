import { posix } from 'node:path';
import { countOf } from '../words.ts';
import type { Motion } from './ballot.ts';
import { ruleOf } from './kinds.ts';
import { abstain, approve, type Opinion, reject } from './opinion.ts';

/** Share of lines that ran, from a coverage report. */
const WELL_COVERED = 0.8;
const BARELY_COVERED = 0.3;
/** Test files that reach it; one of them must import it itself. */
const MANY_TESTS = 2;

/** Whether a test would notice: code that none reaches matters more, and what is well tested is safe to be less fine. */
export function testsOf({ finding, place, reach }: Motion): Opinion {
  const kind = ruleOf(finding.kind).class;
  if (!place.isCode || place.context === 'test' || !['defect', 'quality', 'security'].includes(kind)) {
    return abstain('Tests do not run what this is about.');
  }
  if (reach === null) return abstain('The tests cannot be followed to this file by their imports.');
  // Tests make changes safer, not rarer or easier: they say nothing against a place where the work is.
  const isQuality = kind === 'quality' && finding.kind !== 'hot-spot';
  if (reach.coverageRatio !== null) return byCoverage(reach.coverageRatio, isQuality, finding.file);
  if (reach.tests === 0) {
    return approve('No test imports it, directly or through other files.', {
      text: '0 test files lead to it.',
      ref: finding.file,
    });
  }
  const counted = countedOf(reach, posix.basename(finding.file));
  if (isQuality && reach.direct > 0 && reach.tests >= MANY_TESTS) {
    const reason = `${countOf(reach.tests, 'test file')} lead to it, ${reach.direct} directly: a change that breaks it is noticed.`;
    return reject(reason, { text: counted, ref: finding.file });
  }
  return abstain(counted);
}

function countedOf({ tests, direct }: Readonly<{ tests: number; direct: number }>, name: string): string {
  if (tests === 1) return `1 test file leads to ${name}, ${direct === 1 ? 'directly' : 'through other files'}.`;
  return `${countOf(tests, 'test file')} lead to ${name}, ${direct} of them directly.`;
}

function byCoverage(ratio: number, isQuality: boolean, ref: string): Opinion {
  const share = `${Math.round(ratio * 100)}% of its lines ran in the tests, by the coverage report`;
  if (ratio < BARELY_COVERED) return approve(`${share}.`, { text: share, ref });
  if (isQuality && ratio >= WELL_COVERED) {
    return reject(`${share}: a change that breaks it is noticed.`, { text: share, ref });
  }
  return abstain(`${share}.`);
}
