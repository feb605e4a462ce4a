import { join } from 'node:path';
import { describe, test } from 'vitest';
import { FileArtifactStore } from '../../src/adapters/files/file-artifact-store.ts';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import { SystemProcessRunner } from '../../src/adapters/system/system-process-runner.ts';
import { CheckingVerifier } from '../../src/adapters/verifier/checking-verifier.ts';
import { VERIFIER_CONTRACT } from '../../src/testing/verifier-contract.ts';
import { CAPTURES, withWorkspaces } from '../support/workspaces-subject.ts';

const environment = { PATH: '/usr/local/bin:/usr/bin:/bin' };
const processes = await SystemProcessRunner.open();

for (const [adapter, prepare] of Object.entries(CAPTURES)) {
  describe(`Verifier contract over ${adapter}`, () => {
    for (const { name, run } of VERIFIER_CONTRACT) {
      test(name, () =>
        withWorkspaces(prepare, async (subject) => {
          const artifacts = new FileArtifactStore(join(subject.project, '..', 'artifacts'), new SystemClock());
          const ports = { workspaces: subject.workspaces, processes, artifacts, environment };
          await run({ ...subject, verifier: new CheckingVerifier(ports) });
        }),
      );
    }
  });
}
