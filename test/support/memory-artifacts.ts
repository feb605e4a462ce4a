import { createHash } from 'node:crypto';
import type { ArtifactRef } from '../../src/core/tasks/attempt.ts';
import type { ArtifactStore, ArtifactWriter } from '../../src/ports/artifact-store.ts';

/** An artifact store for tests: everything in one map, and a count of what was begun and never ended. */
export class MemoryArtifacts implements ArtifactStore {
  readonly #blobs = new Map<string, Buffer>();
  openWriters = 0;

  async create(name: string): Promise<ArtifactWriter> {
    const chunks: Buffer[] = [];
    this.openWriters++;
    return {
      write: async (chunk) => void chunks.push(Buffer.from(chunk)),
      finish: async () => {
        this.openWriters--;
        return this.put(name, Buffer.concat(chunks));
      },
      abandon: async () => void this.openWriters--,
    };
  }

  async put(name: string, content: Uint8Array | string): Promise<ArtifactRef> {
    const bytes = Buffer.from(content);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    this.#blobs.set(sha256, bytes);
    return { sha256, bytes: bytes.length, name };
  }

  async read({ sha256, name }: ArtifactRef): Promise<Uint8Array> {
    const blob = this.#blobs.get(sha256);
    if (blob === undefined) throw new Error(`The artifact ${name} is missing.`);
    return blob;
  }

  async tail(ref: ArtifactRef, maxBytes: number): Promise<Uint8Array> {
    return (await this.read(ref)).slice(-maxBytes);
  }

  pathOf(): undefined {
    return undefined;
  }

  async prune(keep: ReadonlySet<string>): Promise<number> {
    const gone = [...this.#blobs].filter(([sha256]) => !keep.has(sha256));
    for (const [sha256] of gone) this.#blobs.delete(sha256);
    return gone.reduce((sum, [, blob]) => sum + blob.length, 0);
  }

  /** The text of the artifact called `name` among `refs`. */
  async textOf(refs: readonly ArtifactRef[] | undefined, name: string): Promise<string> {
    const ref = refs?.find((one) => one.name === name);
    if (ref === undefined) throw new Error(`There is no artifact ${name}.`);
    return Buffer.from(await this.read(ref)).toString('utf8');
  }
}
