import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Swarm, type SwarmOptions } from '../../src/index.ts';

/** A new project folder, and the swarms that were opened in it. */
export class SwarmFolder implements AsyncDisposable {
  readonly path: string = mkdtempSync(join(tmpdir(), 'waggle-swarm-'));
  readonly #swarms: Swarm[] = [];

  async open(options: SwarmOptions = {}): Promise<Swarm> {
    const swarm = await Swarm.open({ dir: this.path, ...options });
    this.#swarms.push(swarm);
    return swarm;
  }

  /** Closes the swarms and removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const swarm of this.#swarms) await swarm.close();
    rmSync(this.path, { recursive: true, force: true });
  }
}
