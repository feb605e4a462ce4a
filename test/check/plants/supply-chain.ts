import type { Plant } from './plant.ts';
import { DRIFT_PLANTS } from './supply-chain-drift.ts';
import { INTEGRITY_PLANTS, SOURCE_PLANTS } from './supply-chain-sources.ts';
import { LICENCE_PLANTS, SCRIPT_PLANTS } from './supply-chain-terms.ts';

export const SUPPLY_CHAIN_PLANTS: readonly Plant[] = [
  ...DRIFT_PLANTS,
  ...INTEGRITY_PLANTS,
  ...SOURCE_PLANTS,
  ...SCRIPT_PLANTS,
  ...LICENCE_PLANTS,
];
