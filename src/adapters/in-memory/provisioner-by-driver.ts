import type { Provisioned, Provisioner, ProvisionRequest } from '../../ports/provisioner.ts';

/** Agents in processes of their own are made by one provisioner, all others by another. */
export class ProvisionerByDriver implements Provisioner {
  readonly #local: Provisioner;
  /** Undefined where no other process can take part. */
  readonly #processes: Provisioner | undefined;

  constructor(local: Provisioner, processes: Provisioner | undefined) {
    this.#local = local;
    this.#processes = processes;
  }

  async scale(request: ProvisionRequest, signal: AbortSignal): Promise<Provisioned> {
    if (request.shape.driver !== 'remote') return this.#local.scale(request, signal);
    if (this.#processes !== undefined) return this.#processes.scale(request, signal);
    return { ok: false, detail: 'workers need a swarm that is kept on disk' };
  }

  forget(runId: ProvisionRequest['runId']): void {
    this.#local.forget(runId);
    this.#processes?.forget(runId);
  }
}
