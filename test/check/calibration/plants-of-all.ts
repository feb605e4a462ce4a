import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { Plant } from '../plants/plant.ts';

const FOLDER = join(import.meta.dirname, '..', 'plants');

/** Every plant of `test/check/plants`, each once, in the order of their files. */
export async function allPlants(): Promise<readonly Plant[]> {
  const found = new Set<Plant>();
  for (const name of globSync('*.ts', { cwd: FOLDER }).toSorted()) {
    const module: unknown = await import(join(FOLDER, name));
    if (typeof module !== 'object' || module === null) continue;
    for (const value of Object.values(module)) if (isPlants(value)) for (const plant of value) found.add(plant);
  }
  return [...found];
}

function isPlants(value: unknown): value is readonly Plant[] {
  return (
    Array.isArray(value) && value.every((one: unknown) => typeof one === 'object' && one !== null && 'isTrue' in one)
  );
}
