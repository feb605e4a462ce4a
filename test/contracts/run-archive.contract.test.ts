import { describe, test } from 'vitest';
import { RUN_ARCHIVE_CONTRACT } from '../../src/testing/run-archive-contract.ts';
import { ARCHIVES } from '../support/archives.ts';

for (const [adapter, open] of Object.entries(ARCHIVES)) {
  describe(`RunArchive contract: ${adapter}`, () => {
    for (const { name, run } of RUN_ARCHIVE_CONTRACT) {
      test(name, async () => {
        const opened = await open();
        try {
          await run(opened);
        } finally {
          await opened.close();
        }
      });
    }
  });
}
