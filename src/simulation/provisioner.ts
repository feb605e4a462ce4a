import type { Provisioned, Provisioner, ProvisionRequest } from '../ports/provisioner.ts';
import type { Life, SimNode } from './node.ts';
import type { ProvisionProfile } from './plan.ts';
import type { Watcher } from './watcher.ts';

export type ProvisionerParts = Readonly<{
  node: SimNode;
  life: Life;
  watcher: Watcher;
  profile: () => ProvisionProfile;
  /** Nobody else leads meanwhile, whatever this process thinks. */
  isLeading: () => boolean;
}>;

/** Makes agents, which takes time, fails, and sometimes never ends. */
export class ScriptedProvisioner implements Provisioner {
  readonly #parts: ProvisionerParts;
  #calls = 0;

  constructor(parts: ProvisionerParts) {
    this.#parts = parts;
  }

  scale(request: ProvisionRequest): Promise<Provisioned> {
    const { node, life, watcher, profile, isLeading } = this.#parts;
    const { runId, role, shape, agentIds } = request;
    const { draw } = node.world;
    const key = `${node.name} ${life.number} ${runId} ${role} ${++this.#calls}`;
    const { delayMs, failsPermille, throwsPermille, hangsPermille } = profile();
    watcher.provisioned({ node: node.name, runId, role, agentIds, isLeading: isLeading() });
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
