import { FAILURE_PLANTS } from './ci-failures.ts';
import { TRUST_PLANTS } from './ci-trust.ts';
import type { Plant } from './plant.ts';

export const CI_PLANTS: readonly Plant[] = [...FAILURE_PLANTS, ...TRUST_PLANTS];
