import type { Provisioned, Provisioner, ProvisionRequest } from '../../ports/provisioner.ts';

/** Agents of this process: being one costs nothing until there is work for it, so there is nothing to make or to keep. */
export class LocalProvisioner implements Provisioner {
  async scale({ runId, shape, agentIds }: ProvisionRequest): Promise<Provisioned> {
    return { ok: true, agents: agentIds.map((id) => ({ ...shape, id, runId })) };
  }

  forget(): void {
    // Nothing was kept.
  }
}
