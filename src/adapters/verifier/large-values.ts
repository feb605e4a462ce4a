import { z } from 'zod';
import type { Json, JsonObject } from '../../core/json.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';

/** How a driver writes down a value that is too large for the journal. */
const MARKER = z.strictObject({
  $artifact: z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.int().min(0), name: z.string() }),
});

/** Outputs with every large value put back in its place. Rejects when one is gone or damaged. */
export async function withLargeValues(
  outputs: JsonObject,
  artifacts: Pick<ArtifactStore, 'read'>,
): Promise<JsonObject> {
  const values: Record<string, Json> = {};
  for (const [name, value] of Object.entries(outputs)) {
    const marker = MARKER.safeParse(value);
    values[name] = marker.success ? await readJson(marker.data.$artifact, artifacts) : value;
  }
  return values;
}

async function readJson(
  ref: z.infer<typeof MARKER>['$artifact'],
  artifacts: Pick<ArtifactStore, 'read'>,
): Promise<Json> {
  return z.json().parse(JSON.parse(new TextDecoder().decode(await artifacts.read(ref))));
}
