import { globSync } from 'node:fs';
import { join } from 'node:path';
import { ASKED_ONLY } from '../../../src/analysers/voting/kinds.ts';
import type { Plant } from '../plants/plant.ts';

const FOLDER = join(import.meta.dirname, '..', 'plants');

/** Every plant of `test/check/plants`, each once, in the order of their files. */
export async function allPlants(): Promise<readonly Plant[]> {
  const names = globSync('*.ts', { cwd: FOLDER }).toSorted();
  const modules: unknown[] = await Promise.all(names.map((name) => import(join(FOLDER, name))));
  const exported = modules.flatMap((module): readonly unknown[] =>
    typeof module === 'object' && module !== null ? Object.values(module) : [],
  );
  const plants = [...new Set(exported.filter(isPlants).flat())];
  // What is only asked must not be confirmed, not even where it may well be true.
  return plants.map((plant) => (ASKED_ONLY.has(plant.kind) ? { ...plant, isTrue: false } : plant));
}

function isPlants(value: unknown): value is readonly Plant[] {
  return (
    Array.isArray(value) && value.every((one: unknown) => typeof one === 'object' && one !== null && 'isTrue' in one)
  );
}
