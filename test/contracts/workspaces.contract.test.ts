import { describe, test } from 'vitest';
import { WORKSPACES_CONTRACT } from '../../src/testing/workspaces-contract.ts';
import { CAPTURES, withWorkspaces } from '../support/workspaces-subject.ts';

for (const [adapter, prepare] of Object.entries(CAPTURES)) {
  describe(`Workspaces contract: ${adapter}`, () => {
    for (const { name, run } of WORKSPACES_CONTRACT) {
      test(name, () => withWorkspaces(prepare, run));
    }
  });
}
