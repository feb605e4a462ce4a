import { DEPOSED, type Provisioned, type Provisioner, type ProvisionRequest } from '../ports/provisioner.ts';
import type { Life, SimNode } from './node.ts';
import type { ProvisionProfile } from './plan.ts';
import type { Watcher } from './watcher.ts';

/** Where agents are made, for whoever leads. It outlives them all. */
export class ProvisionDesk {
  #epoch = 0;

  /** Nothing that a deposed leader asks for is done any more. */
  admits(epoch: number): boolean {
    if (epoch < this.#epoch) return false;
    this.#epoch = epoch;
    return true;
  }
}

export type ProvisionerParts = Readonly<{
  node: SimNode;
  life: Life;
  desk: ProvisionDesk;
  watcher: Watcher;
  profile: () => ProvisionProfile;
  /** Nobody else leads meanwhile, whatever this process thinks. */
  isLeading: () => boolean;
  /** What this process has claimed. */
  epoch: () => number | undefined;
}>;

/** Makes agents, which takes time, fails, and sometimes never ends. */
export class ScriptedProvisioner implements Provisioner {
  readonly #parts: ProvisionerParts;
  #calls = 0;

  constructor(parts: ProvisionerParts) {
    this.#parts = parts;
  }

  async scale(request: ProvisionRequest): Promise<Provisioned> {
    const { node, desk, watcher, isLeading, epoch } = this.#parts;
    const { runId, role, agentIds } = request;
    if (!desk.admits(request.epoch)) {
      watcher.called('provision epoch-stale');
      return { ok: false, detail: DEPOSED };
    }
    watcher.provisioned({ node: node.name, epoch: epoch() ?? 0, runId, role, agentIds, isLeading: isLeading() });
    return this.#make(request);
  }

  #make({ runId, role, shape, agentIds }: ProvisionRequest): Promise<Provisioned> {
    const { node, life, watcher, profile } = this.#parts;
    const { draw } = node.world;
    const key = `${node.name} ${life.number} ${runId} ${role} ${++this.#calls}`;
    const { delayMs, failsPermille, throwsPermille, hangsPermille } = profile();
    const { promise, resolve, reject } = Promise.withResolvers<Provisioned>();
    if (draw.chance('provision hangs', key, hangsPermille)) {
      watcher.called('provision hangs');
      return promise;
    }
    node.after(life, draw.around('provision', key, delayMs * 1_000), () => {
      if (draw.chance('provision throws', key, throwsPermille)) {
        watcher.called('provision throws');
        reject(new Error('no answer from where agents are made'));
      } else if (draw.chance('provision fails', key, failsPermille)) {
        watcher.called('provision fails');
        resolve({ ok: false, detail: 'no room' });
      } else {
        watcher.called('provision ok');
        resolve({ ok: true, agents: agentIds.map((id) => ({ ...shape, id, runId })) });
      }
    });
    return promise;
  }

  forget(): void {
    // Nothing was kept.
  }
}
