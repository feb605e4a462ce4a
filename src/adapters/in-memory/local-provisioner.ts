import { DEPOSED, type Provisioned, type Provisioner, type ProvisionRequest } from '../../ports/provisioner.ts';

/** Agents of this process: being one costs nothing until there is work for it, so there is nothing to make or to keep. */
export class LocalProvisioner implements Provisioner {
  /** Of the newest leader that has asked. */
  #epoch = 0;

  async scale({ epoch, runId, shape, agentIds }: ProvisionRequest): Promise<Provisioned> {
    if (epoch < this.#epoch) return { ok: false, detail: DEPOSED };
    this.#epoch = epoch;
    return { ok: true, agents: agentIds.map((id) => ({ ...shape, id, runId })) };
  }

  forget(): void {
    // Nothing was kept.
  }
}
