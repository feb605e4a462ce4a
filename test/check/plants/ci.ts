import { FAILURE_PLANTS } from './ci-failures.ts';
import { RIGHTS_PLANTS } from './ci-rights.ts';
import { TRUST_PLANTS } from './ci-trust.ts';
import type { Plant } from './plant.ts';

export const CI_PLANTS: readonly Plant[] = [...FAILURE_PLANTS, ...TRUST_PLANTS, ...RIGHTS_PLANTS];
