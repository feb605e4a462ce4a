import { z } from 'zod';
import type { Json, JsonObject } from '../../../core/json.ts';
import type { ArtifactRef } from '../../../core/tasks/attempt.ts';
import type { ArtifactStore } from '../../../ports/artifact-store.ts';

/** More than this does not go into the journal. */
export const MAX_OUTPUTS_BYTES = 32_768;
/** A single value larger than this is refused. */
export const MAX_VALUE_BYTES: number = 64 * 2 ** 20;

export type LargeValueStore = Pick<ArtifactStore, 'put' | 'read'>;

const markerSchema = z.strictObject({
  $artifact: z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.int().min(0), name: z.string() }),
});

/** Outputs that fit into the journal, and the artifacts that hold the rest. */
export type SlimOutputs = Readonly<{ outputs: JsonObject; artifacts: readonly ArtifactRef[] }>;

/** Moves the largest outputs into artifacts, one by one, until the rest fits. */
export async function slimDown(outputs: JsonObject, store: LargeValueStore): Promise<SlimOutputs> {
  const slim: Record<string, Json> = { ...outputs };
  const artifacts: ArtifactRef[] = [];
  const bySize = Object.entries(outputs)
    .map(([name, value]) => ({ name, text: JSON.stringify(value) }))
    .sort((one, other) => other.text.length - one.text.length);
  for (const { name, text } of bySize) {
    if (sizeOf(slim) <= MAX_OUTPUTS_BYTES) break;
    const ref = await store.put(`${name}.json`, text);
    artifacts.push(ref);
    slim[name] = { $artifact: { ...ref } };
  }
  return { outputs: slim, artifacts };
}

export function sizeOf(outputs: JsonObject): number {
  return Buffer.byteLength(JSON.stringify(outputs));
}

/** The value behind a marker; any other value as it is. */
export async function loadValue(value: Json, store: LargeValueStore | undefined): Promise<Json> {
  const marker = markerSchema.safeParse(value);
  if (!marker.success) return value;
  if (store === undefined) throw new Error('This host keeps no artifacts, so the value cannot be loaded.');
  const bytes = await store.read(marker.data.$artifact);
  return z.json().parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
}

/** Every marker in the outputs of needs replaced by its value: a worker thread cannot ask for them. */
export async function loadNeeds(
  needs: Readonly<Record<string, JsonObject>>,
  store: LargeValueStore | undefined,
): Promise<Readonly<Record<string, JsonObject>>> {
  const loaded: Record<string, JsonObject> = {};
  for (const [task, outputs] of Object.entries(needs)) {
    const values: Record<string, Json> = {};
    for (const [name, value] of Object.entries(outputs)) values[name] = await loadValue(value, store);
    loaded[task] = values;
  }
  return loaded;
}
