import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Json, JsonObject } from '../core/json.ts';
import type { ArtifactRef, Evidence } from '../core/tasks/attempt.ts';
import type { OutputSpec } from '../core/tasks/task-spec.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';

/** Larger files are proven by their size and stay where they are. */
const MAX_KEPT_BYTES = 64 * 2 ** 20;

/** What was found of the declared outputs. `missing` says by name, and for files why. */
export type DeliveredOutputs = Readonly<{
  outputs: JsonObject;
  evidence: readonly Evidence[];
  artifacts: readonly ArtifactRef[];
  missing: readonly string[];
}>;

type Found = Readonly<{ value: Json; evidence: Evidence; artifact?: ArtifactRef }> | Readonly<{ missing: string }>;

/** Looks for every declared output, in `result` or as a file below `project`, and keeps the files if `artifacts` are given. */
export async function collectOutputs(
  declared: Readonly<Record<string, OutputSpec>>,
  result: JsonObject,
  project: string,
  artifacts: Pick<ArtifactStore, 'create'> | undefined,
): Promise<DeliveredOutputs> {
  const outputs: Record<string, Json> = { ...result };
  const evidence: Evidence[] = [];
  const kept: ArtifactRef[] = [];
  const missing: string[] = [];
  for (const [name, spec] of Object.entries(declared)) {
    const found = 'file' in spec ? await findFile(name, spec.file, project, artifacts) : findValue(name, result);
    if ('missing' in found) missing.push(found.missing);
    else {
      outputs[name] = found.value;
      evidence.push(found.evidence);
      if (found.artifact !== undefined) kept.push(found.artifact);
    }
  }
  return { outputs, evidence, artifacts: kept, missing };
}

/** Whether `path` is `root` or below it; both are absolute and without links. */
export function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function findValue(name: string, result: JsonObject): Found {
  const value = Object.hasOwn(result, name) ? result[name] : undefined;
  if (value === undefined || value === null) return { missing: name };
  return { value, evidence: { check: 'output-value', ok: true, output: name } };
}

async function findFile(
  name: string,
  file: string,
  project: string,
  artifacts: Pick<ArtifactStore, 'create'> | undefined,
): Promise<Found> {
  const root = await realpath(project);
  const path = await realpath(resolve(root, file)).catch(() => undefined);
  if (path === undefined) return { missing: `${name} (${file} does not exist)` };
  if (!isInside(root, path)) return { missing: `${name} (${file} is outside the project)` };
  // Opened without waiting: a pipe would never end.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW).catch(
    () => undefined,
  );
  if (handle === undefined) return { missing: `${name} (${file} cannot be read)` };
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) return { missing: `${name} (${file} is not a file)` };
    if (stat.size === 0) return { missing: `${name} (${file} is empty)` };
    const evidence = { check: 'output-file', ok: true, output: name, path: file, bytes: stat.size } as const;
    if (artifacts === undefined || stat.size > MAX_KEPT_BYTES) return { value: file, evidence };
    const artifact = await keep(handle, file, artifacts);
    return { value: file, evidence: { ...evidence, bytes: artifact.bytes, sha256: artifact.sha256 }, artifact };
  } finally {
    await handle.close();
  }
}

async function keep(handle: FileHandle, name: string, artifacts: Pick<ArtifactStore, 'create'>): Promise<ArtifactRef> {
  const writer = await artifacts.create(name);
  try {
    const buffer = Buffer.alloc(2 ** 18);
    for (let at = 0; at < MAX_KEPT_BYTES;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) break;
      await writer.write(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
    return await writer.finish();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}
