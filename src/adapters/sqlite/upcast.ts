import type { SwarmEvent } from '../../core/events.ts';
import { assert } from '../../util/assert.ts';
import { EVENT_VERSION } from './schema.ts';

/** Lifts one event by one version. Gets and gives plain data: the types of old releases are gone. */
export type Upcaster = Readonly<{ from: number; lift: (event: unknown) => unknown }>;

/** Oldest first. The first form of events needs none. */
const UPCASTERS: readonly Upcaster[] = [];

/**
 * The event in today's form. The stored text never changes: its hash covers it as it was written. Upcasters stay for
 * ever, and a recorded journal of every old version shows that they work.
 */
export function upcast(
  data: string,
  version: number,
  upcasters: readonly Upcaster[] = UPCASTERS,
  target: number = EVENT_VERSION,
): SwarmEvent {
  return lifted(JSON.parse(data), version, upcasters, target);
}

/** Many at once, as one JSON array: a tenth less than one by one. */
export function upcastAll(data: string, count: number, versionOf: (index: number) => number): readonly SwarmEvent[] {
  const events: unknown = JSON.parse(data);
  assert(Array.isArray(events) && events.length === count, `${count} records do not hold one event each`);
  return events.map((event: unknown, index) => lifted(event, versionOf(index), UPCASTERS, EVENT_VERSION));
}

function lifted(stored: unknown, version: number, upcasters: readonly Upcaster[], target: number): SwarmEvent {
  let event = stored;
  if (version !== target) {
    for (const { from, lift } of upcasters) if (from >= version) event = lift(event);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only `append` writes here: it takes SwarmEvent, and the hash was checked
  return event as SwarmEvent;
}
