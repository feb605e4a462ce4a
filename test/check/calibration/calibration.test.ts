import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ASKED_ONLY } from '../../../src/analysers/voting/kinds.ts';
import { DETECTORS } from '../../../src/analysers/detectors.ts';
import { figuresOfKinds, figuresOfVoters, scoreOf } from './figures.ts';
import { measureAll } from './measure.ts';
import { calibrationPage, isConfirmed, lookedFor, type Measured } from './page.ts';
import { allPlants } from './plants-of-all.ts';

/** A link between files, what a registry knows, and what another program says: not in these repositories. */
const NOT_PLANTED = ['dead-symlink', 'known-vulnerability', 'lint-complaint'];

const PAGE = join(import.meta.dirname, '../../../docs/calibration.md');

describe('the voters on planted repositories', () => {
  let measured: Measured;

  beforeAll(async () => {
    measured = await measureAll(await allPlants());
  }, 300_000);

  it('confirm at least 9 real findings of 10, kind by kind', () => {
    const low = figuresOfKinds(measured.whole).filter(({ voted }) => voted.precision < 0.9);
    expect(low.map(({ kind, voted }) => `${kind}: ${voted.precision}`)).toEqual([]);
  });

  it('confirm at least 8 of 10 real plants, kind by kind', () => {
    const low = figuresOfKinds(measured.whole).filter(({ voted }) => voted.recall < 0.8);
    expect(low.map(({ kind, voted }) => `${kind}: ${voted.recall}`)).toEqual([]);
  });

  it('are tried on at least 6 real and 6 tempting plants of each kind', () => {
    const few = figuresOfKinds(measured.whole).filter(
      ({ kind, real, tempting }) => (real < 6 && !ASKED_ONLY.has(kind)) || tempting < 6,
    );
    expect(few.map(({ kind, real, tempting }) => `${kind}: ${real} and ${tempting}`)).toEqual([]);
  });

  it('are tried on every kind that a planted repository can have', async () => {
    const planted = new Set((await allPlants()).map(({ kind }) => kind));
    expect([...DETECTORS.keys()].filter((kind) => !planted.has(kind)).toSorted()).toEqual(NOT_PLANTED.toSorted());
  });

  it('show fewer wrong findings than there would be without a vote, and miss hardly more', () => {
    const voted = scoreOf(measured.whole, isConfirmed);
    const unvoted = scoreOf(measured.whole, ({ finding }) => finding !== undefined);
    expect(voted.precision).toBeGreaterThan(unvoted.precision + 0.1);
    expect(voted.recall).toBeGreaterThan(unvoted.recall - 0.05);
  });

  it('each earn their place: without any one of them more is wrong or missed', () => {
    const { wrong, missed } = scoreOf(measured.whole, isConfirmed);
    const idle = figuresOfVoters(measured.whole).filter(
      ({ without }) => without.wrong + without.missed <= wrong + missed,
    );
    expect(idle.map(({ voter }) => voter)).toEqual([]);
  });

  it('are hardly worse where there is no history, or no test', () => {
    for (const part of [measured.noHistory, measured.noTests]) {
      const { precision, recall } = scoreOf(lookedFor(part), isConfirmed);
      expect(precision).toBeGreaterThanOrEqual(0.9);
      expect(recall).toBeGreaterThanOrEqual(0.9);
    }
  });

  it('have their figures in docs/calibration.md, which node bench/calibration.ts writes', () => {
    expect(readFileSync(PAGE, 'utf8')).toBe(calibrationPage(measured));
  });
});
