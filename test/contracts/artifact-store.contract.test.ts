import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { FileArtifactStore } from '../../src/adapters/files/file-artifact-store.ts';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import { ARTIFACT_STORE_CONTRACT } from '../../src/testing/artifact-store-contract.ts';

describe('ArtifactStore contract: files', () => {
  for (const { name, run } of ARTIFACT_STORE_CONTRACT) {
    test(name, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'waggle-artifacts-'));
      try {
        await run(new FileArtifactStore(join(folder, 'artifacts'), new SystemClock()));
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});
