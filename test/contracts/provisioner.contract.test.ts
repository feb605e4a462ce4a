import { describe, test } from 'vitest';
import { LocalProvisioner } from '../../src/adapters/in-memory/local-provisioner.ts';
import { PROVISIONER_CONTRACT } from '../../src/testing/provisioner-contract.ts';

const shape = { role: 'pool', driver: 'function', capabilities: ['work'], slots: 2, host: 'local' } as const;

describe('Provisioner contract: agents of this process', () => {
  for (const { name, run } of PROVISIONER_CONTRACT) {
    test(name, () => run({ provisioner: new LocalProvisioner(), shape }));
  }
});
