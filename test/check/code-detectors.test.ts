import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { needData } from '../../src/analysers/data-files.ts';
import type { Detected } from '../../src/analysers/detected.ts';
import { duplication } from '../../src/analysers/duplication.ts';
import { inventory } from '../../src/analysers/inventory.ts';
import { parse } from '../../src/analysers/parse.ts';
import { isOriginSeen } from '../../src/analysers/risk-texts.ts';
import { riskyCode } from '../../src/analysers/risky-code.ts';
import { testsMap } from '../../src/analysers/tests-map.ts';
import { DUPLICATION_PLANTS } from './plants/duplication.ts';
import type { Plant } from './plants/plant.ts';
import { RISKY_CODE_PLANTS } from './plants/risky-code.ts';
import { TESTS_PLANTS } from './plants/tests.ts';
import { TestRepository } from './support/repository.ts';

/** Busy code needs a past: it is judged with the voters, in a repository with commits. */
const PLANTS: readonly Plant[] = [...DUPLICATION_PLANTS, ...RISKY_CODE_PLANTS, ...TESTS_PLANTS].filter(
  ({ past }) => past === undefined,
);
/** What its line does not tell, but its place, or what stands around it: that is for the voters. */
const ABANDONED =
  /kept and not used|copied from elsewhere|its own server|the reason beside it|nobody can guess|nobody ever had to|no fix had to/;

async function findingsIn(plants: readonly Plant[]): Promise<ReadonlySet<string>> {
  using repository = new TestRepository(Object.fromEntries(plants.flatMap(({ files }) => Object.entries(files))));
  const data = mkdtempSync(join(tmpdir(), 'waggle-plants-'));
  try {
    const call = { input: { root: repository.path, data, shards: 1, shard: 0 }, signal: new AbortController().signal };
    await inventory(call);
    for (const analyser of [parse, duplication, riskyCode, testsMap]) await analyser(call);
    const ids = ['duplication', 'risky-code', 'tests-map'] as const;
    // A danger without anybody who chooses the value is a question.
    const findings = ids.flatMap((id) => needData(data, id).findings).filter(({ evidence }) => isOriginSeen(evidence));
    return new Set(findings.flatMap((one) => filesOf(one).map((file) => `${one.kind} ${file}`)));
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

/** All tests that are switched off are one finding: its evidence names their files. */
function filesOf({ kind, file, evidence }: Detected): readonly string[] {
  return kind === 'skipped-tests' ? evidence.flatMap(({ ref }) => ref?.replace(/:\d+$/, '') ?? []) : [file];
}

describe('detectors of code', () => {
  it('find what was planted, and nothing that only looks like it unless its place alone gives it away', async () => {
    const found = await findingsIn(PLANTS);
    const expected = PLANTS.filter(({ isTrue, why }) => isTrue || ABANDONED.test(why));
    expect([...found].toSorted()).toEqual(expected.map(({ kind, file }) => `${kind} ${file}`).toSorted());
  });

  it('have at least six true and six tempting plants of each kind', () => {
    const all = [...DUPLICATION_PLANTS, ...RISKY_CODE_PLANTS, ...TESTS_PLANTS];
    const counts = Map.groupBy(all, ({ kind, isTrue }) => `${kind} ${isTrue ? 'true' : 'tempting'}`);
    expect(counts.size).toBe(18);
    expect([...counts].filter(([, some]) => some.length < 6).map(([kind]) => kind)).toEqual([]);
  });
});
