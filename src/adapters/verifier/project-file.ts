import { createReadStream } from 'node:fs';
import { lstat, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import type { ArtifactRef } from '../../core/tasks/attempt.ts';

export type FoundFile = Readonly<{ isThere: boolean; bytes: number; path: string }>;

/** Looks at a file that a task must have left. Only a regular file inside the project counts, also behind links. */
export async function lookAt(project: string, path: string): Promise<FoundFile> {
  const missing: FoundFile = { isThere: false, bytes: 0, path: join(project, path) };
  if (path.startsWith('/') || path.split('/').includes('..')) return missing;
  const real = await realpath(missing.path).catch(() => undefined);
  const root = await realpath(project).catch(() => undefined);
  if (real === undefined || root === undefined || !real.startsWith(root + sep)) return missing;
  const found = await stat(real);
  return found.isFile() ? { isThere: true, bytes: found.size, path: real } : missing;
}

/** Stores the file's content. What is no longer a regular file is not opened: a pipe would never end. */
export async function keep(artifacts: Pick<ArtifactStore, 'create'>, path: string, name: string): Promise<ArtifactRef> {
  if (!(await lstat(path)).isFile()) throw new Error(`"${name}" is no file any more.`);
  const writer = await artifacts.create(name);
  try {
    for await (const chunk of createReadStream(path)) await writer.write(bytesOf(chunk));
    return await writer.finish();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

function bytesOf(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  throw new Error('Internal error: a stream of bytes gave text');
}
