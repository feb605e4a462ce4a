import { describe, expect, it } from 'vitest';
import type { Analyser } from '../../src/analysers/analyser.ts';
import { ci } from '../../src/analysers/ci.ts';
import { hygiene } from '../../src/analysers/hygiene.ts';
import { manifests } from '../../src/analysers/manifests.ts';
import { secrets } from '../../src/analysers/secrets.ts';
import { supplyChain } from '../../src/analysers/supply-chain.ts';
import { CI_PLANTS } from './plants/ci.ts';
import { HYGIENE_PLANTS } from './plants/hygiene.ts';
import { MANIFEST_PLANTS } from './plants/manifests.ts';
import type { Plant } from './plants/plant.ts';
import { SECRET_PLANTS } from './plants/secrets.ts';
import { SUPPLY_CHAIN_PLANTS } from './plants/supply-chain.ts';
import { analyseFolder, type Looking } from './support/analyse.ts';
import { TestRepository } from './support/repository.ts';

/** Below this a detector itself doubts, and leaves it to the voters. */
const DOUBT = 0.1;

const TOPICS: readonly (readonly [Looking, Analyser, readonly Plant[]])[] = [
  ['supply-chain', supplyChain, SUPPLY_CHAIN_PLANTS],
  ['ci', ci, CI_PLANTS],
  ['hygiene', hygiene, HYGIENE_PLANTS],
  ['manifests', manifests, MANIFEST_PLANTS],
  ['secrets', secrets, SECRET_PLANTS],
];

/** One finding, whatever their number in the repository: each plant gets one of its own. */
const ALONE = new Set(['unpinned-action', 'outdated-action', 'unstated-rights']);

async function findingsOf(id: Looking, analyser: Analyser, plants: readonly Plant[]): Promise<readonly string[]> {
  const together = plants.filter(({ kind }) => !ALONE.has(kind));
  const found = [...(await findingsIn(id, analyser, together))];
  for (const plant of plants.filter(({ kind }) => ALONE.has(kind)))
    found.push(...(await findingsIn(id, analyser, [plant])));
  return found;
}

async function findingsIn(id: Looking, analyser: Analyser, plants: readonly Plant[]): Promise<ReadonlySet<string>> {
  const files = Object.fromEntries(plants.flatMap((plant) => Object.entries(plant.files)));
  using repository = new TestRepository(files);
  repository.commit('everything at once');
  const { findings } = await analyseFolder(repository.path, [id, analyser]);
  return new Set(findings.filter(({ confidence }) => confidence > DOUBT).map(({ kind, file }) => `${kind} ${file}`));
}

describe('detectors of what surrounds the code', () => {
  for (const [id, analyser, plants] of TOPICS) {
    it(`${id} finds what was planted, and nothing that only looks like it`, async () => {
      const expected = plants.filter(({ isTrue }) => isTrue).map(({ kind, file }) => `${kind} ${file}`);
      expect([...(await findingsOf(id, analyser, plants))].toSorted()).toEqual(expected.toSorted());
    });

    it(`${id} has at least six true and six tempting plants of each kind`, () => {
      const counts = Map.groupBy(plants, ({ kind, isTrue }) => `${kind} ${isTrue ? 'true' : 'tempting'}`);
      expect([...counts].filter(([, all]) => all.length < 6).map(([kind]) => kind)).toEqual([]);
    });
  }
});
